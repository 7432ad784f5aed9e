import { sameBytes } from '../bytes.ts';
import type { Certificate } from '../certificates/certificate.ts';
import { describe } from '../certificates/describe.ts';
import { extensionOids, keyPurposes } from '../certificates/extensions.ts';
import { sameName } from '../certificates/name.ts';
import { checkCertificate, checkSignature } from '../chains/verify-chain.ts';
import { PkiError } from '../errors.ts';
import { verifySignature } from '../keys/verify-signature.ts';
import { issuerHashes, keyBits } from './ocsp-request.ts';
import type { OcspResponse, OcspStatus, SingleResponse } from './ocsp-response.ts';
import { checkTimes } from './verify-crl.ts';

export interface OcspOptions {
  readonly certificate: Certificate;
  /** The CA that issued the certificate. */
  readonly issuer: Certificate;
  /** Milliseconds since the epoch: the time at which the answer must be in force. */
  readonly at: number;
  /** What was sent with the question: an answer must then return it. */
  readonly nonce?: Uint8Array;
}

export interface VerifiedOcsp {
  readonly status: OcspStatus;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** The CA itself, or whom it allows to answer. */
  readonly responder: Certificate;
}

/**
 * Verifies an answer of OCSP about a certificate (RFC 6960 section 3.2): whom it is about, who signed it and may, and that it is
 * in force.
 * @throws PkiError REVOCATION_SCOPE, OCSP_RESPONDER, REVOCATION_SIGNATURE, REVOCATION_TIME, CHAIN_*
 */
export function verifyOcspResponse(response: OcspResponse, options: OcspOptions): VerifiedOcsp {
  const single = responseAbout(response, options);
  if (
    options.nonce !== undefined &&
    !(response.nonce !== undefined && sameBytes(response.nonce, options.nonce))
  )
    throw new PkiError('REVOCATION_SCOPE', 'an answer of OCSP does not return the nonce of the question');
  const responder = responderOf(response, options);
  if (!verifySignature(responder.publicKey, response.signatureScheme, response.tbsBytes, response.signature))
    throw new PkiError(
      'REVOCATION_SIGNATURE',
      `an answer of OCSP was not signed by the key of ${describe(responder)}`,
    );
  checkTimes('an answer of OCSP', single.thisUpdate, single.nextUpdate, options.at);
  const { status, thisUpdate, nextUpdate } = single;
  return { status, thisUpdate, nextUpdate, responder };
}

function responseAbout({ responses }: OcspResponse, { certificate, issuer }: OcspOptions): SingleResponse {
  if (!sameName(certificate.issuer, issuer.subject))
    throw new PkiError('REVOCATION_SCOPE', `${describe(certificate)} was not issued by ${describe(issuer)}`);
  const found = responses.filter((each) => {
    if (!sameBytes(each.serialNumber, certificate.serialNumber)) return false;
    const { name, key } = issuerHashes(issuer, each.hash);
    return sameBytes(each.issuerNameHash, name) && sameBytes(each.issuerKeyHash, key);
  });
  const [single] = found;
  if (single === undefined || found.length > 1)
    throw new PkiError(
      'REVOCATION_SCOPE',
      `an answer of OCSP is ${single === undefined ? 'not' : 'more than once'} about ${describe(certificate)}`,
    );
  return single;
}

/** Section 4.2.2.2: the CA itself, or a certificate that it issued itself for the purpose of OCSP. */
function responderOf(response: OcspResponse, { issuer, at }: OcspOptions): Certificate {
  const { responder, certificates } = response;
  const isNamed = (each: Certificate) =>
    'name' in responder
      ? sameName(each.subject, responder.name)
      : sameBytes(
          process.getBuiltinModule('node:crypto').hash('sha1', keyBits(each), 'buffer'),
          responder.keyHash,
        );
  if (isNamed(issuer)) return issuer;
  const delegate = certificates.find(isNamed);
  if (delegate === undefined)
    throw new PkiError(
      'OCSP_RESPONDER',
      `an answer of OCSP is neither of ${describe(issuer)} nor brings its signer's certificate`,
    );
  const mayAnswer = delegate.extendedKeyUsage?.includes(keyPurposes.ocspSigning) === true;
  if (!mayAnswer || delegate.keyUsage?.has('digitalSignature') === false)
    throw new PkiError('OCSP_RESPONDER', `${describe(delegate)} is not for answers of OCSP`);
  if (!sameName(delegate.issuer, issuer.subject))
    throw new PkiError('OCSP_RESPONDER', `${describe(delegate)} was not issued by ${describe(issuer)}`);
  checkSignature(issuer, delegate);
  checkCertificate(delegate, { at, extraCriticalExtensions: [extensionOids.ocspNoCheck] });
  return delegate;
}
