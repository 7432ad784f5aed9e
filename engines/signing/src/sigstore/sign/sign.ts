import { createHash } from 'node:crypto';
import { createObject, type JsonObject, type JsonValue, objectOf, stringifyJson } from '@keelson/core';
import { envelopeObject, pae } from '@keelson/envelopes';
import { hashOfScheme } from '@keelson/pki';
import type { Signer } from '../../keys/signer.ts';
import { bundleMediaType } from '../bundle.ts';
import { hash } from '../hashes.ts';
import { statementPayloadType } from '../statement.ts';

/** What stands in a bundle to verify its signature with: nothing but a hint of the key, or certificates, leaf first. */
export type SigningCertificates = readonly Uint8Array[];

/** What is signed, as those are told it who bear witness to a signature. */
export interface SignedContent {
  readonly signature: Uint8Array;
  readonly signer: Signer;
  readonly certificates: SigningCertificates;
  /** What the signature is over: the artifact, or a DSSE pre-authentication encoding. */
  readonly signed: Uint8Array;
  /** The DSSE envelope in JSON, where what is signed is a Statement. */
  readonly envelope?: Uint8Array;
}

/** Who bears witness to a signature: transparency logs and timestamp authorities. What they answer is verified by who asks. */
export interface Witnesses {
  /** Each gives a TransparencyLogEntry in its JSON form (sigstore_rekor.proto). */
  readonly logs: readonly ((content: SignedContent) => Promise<JsonObject>)[];
  /** Each gives an RFC 3161 response in DER. */
  readonly timestampAuthorities: readonly ((content: SignedContent) => Promise<Uint8Array>)[];
}

export const noWitnesses: Witnesses = Object.freeze({ logs: [], timestampAuthorities: [] });

export interface SignOptions {
  readonly signer: Signer;
  /** None for a key. */
  readonly certificates?: SigningCertificates;
  readonly witnesses?: Witnesses;
}

/** Signs bytes: the text of a bundle with a messageSignature (sigstore_bundle.proto). */
export async function signBlob(blob: Uint8Array, options: SignOptions): Promise<string> {
  const { signer } = options;
  const signature = await signer.sign(blob);
  const algorithm = hashOfScheme(signer.scheme) ?? 'sha256';
  const content = objectOf([
    [
      'messageDigest',
      objectOf([
        ['algorithm', `SHA2_${algorithm.slice(3)}`],
        ['digest', base64(hash(algorithm, blob))],
      ]),
    ],
    ['signature', base64(signature)],
  ]);
  return await bundleOf(['messageSignature', content], { signature, signed: blob }, options);
}

/** Signs an in-toto Statement: the text of a bundle with a DSSE envelope. */
export async function signStatement(statement: Uint8Array, options: SignOptions): Promise<string> {
  const signed = pae(statementPayloadType, statement);
  const signature = await options.signer.sign(signed);
  const envelope = envelopeObject({
    payloadType: statementPayloadType,
    payload: statement,
    signatures: [{ sig: signature }],
  });
  const told = { signature, signed, envelope: Buffer.from(stringifyJson(envelope)) };
  return await bundleOf(['dsseEnvelope', envelope], told, options);
}

async function bundleOf(
  content: readonly [string, JsonObject],
  made: Pick<SignedContent, 'signature' | 'signed' | 'envelope'>,
  { signer, certificates = [], witnesses = noWitnesses }: SignOptions,
): Promise<string> {
  const told: SignedContent = { ...made, signer, certificates };
  const material = materialOf(signer, certificates);
  const stamps = await Promise.all(witnesses.timestampAuthorities.map((stamp) => stamp(told)));
  const entries = await Promise.all(witnesses.logs.map((add) => add(told)));
  if (entries.length > 0) material['tlogEntries'] = entries;
  if (stamps.length > 0)
    material['timestampVerificationData'] = objectOf([
      ['rfc3161Timestamps', stamps.map((stamp) => objectOf([['signedTimestamp', base64(stamp)]]))],
    ]);
  return stringifyJson(
    objectOf([['mediaType', bundleMediaType], ['verificationMaterial', material], content]),
  );
}

/** One certificate stands alone, as Fulcio's; a chain is that of an authority of one's own. */
function materialOf(signer: Signer, certificates: SigningCertificates): JsonObject {
  const material = createObject();
  const raw = (bytes: Uint8Array): JsonValue => objectOf([['rawBytes', base64(bytes)]]);
  const [leaf, ...others] = certificates;
  if (leaf === undefined) {
    const hint = base64(createHash('sha256').update(signer.publicKey.spki).digest());
    material['publicKey'] = objectOf([['hint', hint]]);
  } else if (others.length === 0) {
    material['certificate'] = raw(leaf);
  } else {
    material['x509CertificateChain'] = objectOf([['certificates', certificates.map(raw)]]);
  }
  return material;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
