import { createHash, randomBytes } from 'node:crypto';
import { HttpClient } from '@keelson/http';
import {
  chosenServices,
  generateKey,
  type SignedContent,
  type SigningConfig,
  type SignOptions,
  signerOfKey,
  subjectOfToken,
  type Witnesses,
} from '@keelson/signing';
import { addToRekorV1, addToRekorV2, ambientToken, certify, stamp } from '@keelson/sigstore';
import { CommandError } from '../errors.ts';

/** What is signed: logs of the first Rekor are asked for files only, since they know envelopes in another form. */
export type SignedKind = 'file' | 'statement';

const rekorVersions: Readonly<Record<SignedKind, readonly number[]>> = { file: [1, 2], statement: [2] };

/**
 * Who bears witness to signatures, as a signing config names them.
 *
 * @throws SigningError SIGNING_CONFIG_INVALID
 */
export function witnessesOf(config: SigningConfig, kind: SignedKind, now: number): Witnesses {
  const http = new HttpClient();
  const logs = chosenServices(
    config.transparencyLogs,
    config.transparencyLogSelector,
    rekorVersions[kind],
    now,
  );
  const authorities = chosenServices(
    config.timestampAuthorities,
    config.timestampAuthoritySelector,
    [1],
    now,
  );
  return {
    logs: logs.map(
      ({ url, majorApiVersion }) =>
        (content) =>
          (majorApiVersion === 1 ? addToRekorV1 : addToRekorV2)(http, url, logRequest(content)),
    ),
    timestampAuthorities: authorities.map(
      ({ url }) =>
        ({ signature }) =>
          stamp(http, url, {
            algorithm: 'sha256',
            digest: createHash('sha256').update(signature).digest(),
            nonce: randomBytes(8).readBigUInt64BE(),
            certReq: true,
          }),
    ),
  };
}

function logRequest({ signature, signed, signer, certificates }: SignedContent) {
  const [certificate] = certificates;
  return {
    signature,
    digest: { algorithm: 'sha256' as const, digest: createHash('sha256').update(signed).digest() },
    publicKey: signer.publicKey,
    ...(certificate === undefined ? {} : { certificate }),
  };
}

/**
 * A key for this run alone, with a certificate that says whose it is.
 *
 * @throws SigningError IDENTITY_TOKEN_INVALID, SIGNING_CONFIG_INVALID; SigstoreError, HttpError
 */
export async function keylessOptions(
  config: SigningConfig,
  given: string | undefined,
  now: number,
): Promise<Pick<SignOptions, 'signer' | 'certificates'>> {
  const http = new HttpClient();
  const token = (given ?? (await ambientToken(http))).trim();
  const [authority] = chosenServices(config.certificateAuthorities, { kind: 'any' }, [1], now);
  if (authority === undefined)
    throw new CommandError('USAGE', 'the signing config has no certificate authority; sign with --key');
  const signer = signerOfKey(generateKey('ecdsa-p256'));
  const proofOfPossession = await signer.sign(Buffer.from(subjectOfToken(token)));
  const chain = await certify(http, authority.url, { token, publicKey: signer.publicKey, proofOfPossession });
  // The authority's own certificates stand in the trusted root.
  return { signer, certificates: chain.slice(0, 1) };
}
