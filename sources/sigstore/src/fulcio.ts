import { objectOf } from '@keelson/core';
import type { HttpClient } from '@keelson/http';
import { PkiError, type PublicKey, readCertificate, readPem } from '@keelson/pki';
import { SigstoreError } from './errors.ts';
import { answerFields, base64, below, post } from './exchange.ts';

export interface CertificateRequest {
  /** An OpenID Connect token that says who asks. */
  readonly token: string;
  readonly publicKey: PublicKey;
  /** The key's signature over the subject of the token. */
  readonly proofOfPossession: Uint8Array;
}

const algorithms = Object.freeze({ ec: 'ECDSA', rsa: 'RSA_PSS', ed25519: 'ED25519' });

/**
 * Asks a Fulcio for a certificate (sigstore/fulcio, fulcio.proto: `CreateSigningCertificate`).
 *
 * @returns DER, leaf first
 * @throws SigstoreError, HttpError
 */
export async function certify(
  http: HttpClient,
  base: string,
  { token, publicKey, proofOfPossession }: CertificateRequest,
): Promise<readonly Uint8Array[]> {
  const pem = publicKey.keyObject.export({ format: 'pem', type: 'spki' }).toString();
  const body = objectOf([
    ['credentials', objectOf([['oidcIdentityToken', token]])],
    [
      'publicKeyRequest',
      objectOf([
        [
          'publicKey',
          objectOf([
            ['algorithm', algorithms[publicKey.type]],
            ['content', pem],
          ]),
        ],
        ['proofOfPossession', base64(proofOfPossession)],
      ]),
    ],
  ]);
  const answer = answerFields(
    await post(http, {
      url: below(base, '/api/v2/signingCert'),
      body,
      authorization: { scheme: 'Bearer', secret: token },
    }),
    'the answer of the certificate authority',
  );
  const signed =
    answer.object('signedCertificateEmbeddedSct') ?? answer.required('signedCertificateDetachedSct');
  const texts = signed.required('chain').texts('certificates');
  const certificates = understood(() => texts.flatMap((text) => readPem(text).map(({ bytes }) => bytes)));
  const [leaf] = certificates;
  if (leaf === undefined)
    throw new SigstoreError('SIGSTORE_ANSWER_INVALID', 'the certificate authority answered no certificate');
  const certified = understood(() => readCertificate(leaf).publicKey);
  if (Buffer.compare(certified.spki, publicKey.spki) !== 0)
    throw new SigstoreError(
      'SIGSTORE_ANSWER_INVALID',
      'the certificate authority answered a certificate for another key',
    );
  return certificates;
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new SigstoreError(
      'SIGSTORE_ANSWER_INVALID',
      `the certificate authority's answer: ${error.message}`,
      { cause: error },
    );
  }
}
