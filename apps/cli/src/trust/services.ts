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
import { addToRekorV1, addToRekorV2, certify, stamp } from '@keelson/sigstore';
import { CommandError } from '../errors.ts';

/** How a signature is kept: as a Sigstore bundle, or at a tag in the form of cosign 1 and 2. */
export type SignatureForm = 'bundle' | 'tag';

/** The form of cosign 1 and 2 keeps what a log promises, and logs of the second Rekor promise nothing. */
const rekorVersions: Readonly<Record<SignatureForm, readonly number[]>> = { bundle: [1, 2], tag: [1] };

/**
 * Who bears witness to signatures, as a signing config names them.
 *
 * @throws SigningError SIGNING_CONFIG_INVALID; CommandError USAGE for witnesses that the form has no place for
 */
export function witnessesOf(config: SigningConfig, form: SignatureForm, now: number): Witnesses {
  if (form === 'tag') demandPlace(config);
  const http = new HttpClient();
  const logs = chosenServices(
    config.transparencyLogs,
    config.transparencyLogSelector,
    rekorVersions[form],
    now,
  );
  const authorities = chosenServices(
    config.timestampAuthorities,
    config.timestampAuthoritySelector,
    [1],
    now,
  );
  return {
    logs: logs.map(({ url, majorApiVersion }) => async (content) => {
      demandHashed(content, majorApiVersion);
      const add = majorApiVersion === 1 ? addToRekorV1 : addToRekorV2;
      return await add(http, url, logRequest(content));
    }),
    timestampAuthorities: authorities.map(
      ({ url }) =>
        ({ signature, envelope }) =>
          stamp(http, url, {
            algorithm: 'sha256',
            // cosign 1 and 2 have an envelope stamped whole.
            digest: sha256(form === 'tag' && envelope !== undefined ? envelope : signature),
            nonce: randomBytes(8).readBigUInt64BE(),
            certReq: true,
          }),
    ),
  };
}

/** @throws CommandError USAGE */
function demandPlace(config: SigningConfig): void {
  const refuse = (reason: string) =>
    new CommandError('USAGE', `the form of cosign 1 and 2 ${reason}: leave out --new-bundle-format`);
  const logs = config.transparencyLogs;
  if (logs.length > 0 && logs.every(({ majorApiVersion }) => majorApiVersion !== 1))
    throw refuse('keeps entries of the first Rekor alone, and the signing config names none');
  const selectors = [config.transparencyLogSelector, config.timestampAuthoritySelector];
  if (selectors.some((selector) => selector.kind === 'exact' && selector.count > 1))
    throw refuse('has a place for one log entry and one timestamp, and the signing config asks for more');
}

/** Logs know what was signed by its hash; the first Rekor alone gets envelopes as they are. @throws CommandError USAGE */
function demandHashed({ signer, envelope }: SignedContent, version: number): void {
  if (signer.scheme === 'ed25519' && !(version === 1 && envelope !== undefined))
    throw new CommandError(
      'USAGE',
      'the log takes signatures of a hash, and Ed25519 signs all bytes: sign with an ECDSA or RSA key, or without a log',
    );
}

function logRequest({ signature, digest, signer, certificates, envelope }: SignedContent) {
  const [certificate] = certificates;
  return {
    signature,
    scheme: signer.scheme,
    digest,
    publicKey: signer.publicKey,
    ...(certificate === undefined ? {} : { certificate }),
    ...(envelope === undefined ? {} : { envelope }),
  };
}

/**
 * A key for this run alone, with a certificate that says whose it is.
 *
 * @throws SigningError IDENTITY_TOKEN_INVALID, SIGNING_CONFIG_INVALID; SigstoreError, HttpError
 */
export async function keylessOptions(
  config: SigningConfig,
  identityToken: () => Promise<string>,
  now: number,
): Promise<Pick<SignOptions, 'signer' | 'certificates'>> {
  const http = new HttpClient();
  const [authority] = chosenServices(config.certificateAuthorities, { kind: 'any' }, [1], now);
  if (authority === undefined)
    throw new CommandError('USAGE', 'the signing config has no certificate authority; sign with --key');
  const token = (await identityToken()).trim();
  const signer = signerOfKey(generateKey('ecdsa-p256'));
  const proofOfPossession = await signer.sign(Buffer.from(subjectOfToken(token)));
  const chain = await certify(http, authority.url, { token, publicKey: signer.publicKey, proofOfPossession });
  // The authority's own certificates stand in the trusted root.
  return { signer, certificates: chain.slice(0, 1) };
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
