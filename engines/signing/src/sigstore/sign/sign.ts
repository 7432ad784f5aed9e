import { createHash, type Hash } from 'node:crypto';
import { createObject, type JsonObject, type JsonValue, objectOf, stringifyJson } from '@keelson/core';
import { envelopeObject, pae } from '@keelson/envelopes';
import { hashOfScheme } from '@keelson/pki';
import { SigningError } from '../../errors.ts';
import type { Signer } from '../../keys/signer.ts';
import type { Artifact } from '../artifact.ts';
import { bundleMediaType } from '../bundle.ts';
import { type HashAlgorithm, hash } from '../hashes.ts';
import { statementPayloadType } from '../statement.ts';

/** What stands in a bundle to verify its signature with: nothing but a hint of the key, or certificates, leaf first. */
export type SigningCertificates = readonly Uint8Array[];

/** What is signed, as those are told it who bear witness to a signature. */
export interface SignedContent {
  readonly signature: Uint8Array;
  readonly signer: Signer;
  readonly certificates: SigningCertificates;
  /** Of what the signature is over, by the hash that the signature has; SHA-256 where it has none. */
  readonly digest: { readonly algorithm: HashAlgorithm; readonly digest: Uint8Array };
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
  const algorithm = hashOf(signer);
  return await blobBundle(await signer.sign(blob), { algorithm, digest: hash(algorithm, blob) }, options);
}

/** What was signed as it came, by its digests alone. */
export interface SignedPieces {
  readonly bundle: string;
  readonly artifact: Artifact;
}

/**
 * The same of bytes that are not held: each piece is signed and hashed as it comes.
 *
 * @throws SigningError PRIVATE_KEY_INVALID for a signer that needs all of them at once
 */
export async function signPieces(
  pieces: AsyncIterable<Uint8Array>,
  options: SignOptions,
): Promise<SignedPieces> {
  const { signer } = options;
  if (signer.signPieces === undefined)
    throw new SigningError(
      'PRIVATE_KEY_INVALID',
      `${signer.scheme} signs all bytes at once, not their hash, and they are too many to be held: sign with an ECDSA or RSA key`,
    );
  const algorithm = hashOf(signer);
  const hashes = new Map(
    [...new Set<HashAlgorithm>(['sha256', algorithm])].map((name) => [name, createHash(name)]),
  );
  const signature = await signer.signPieces(alsoInto([...hashes.values()], pieces));
  const digests = new Map([...hashes].map(([name, each]) => [name, each.digest()]));
  const artifact: Artifact = { digest: (name) => digests.get(name) };
  const digest = digests.get(algorithm) ?? new Uint8Array();
  return { bundle: await blobBundle(signature, { algorithm, digest }, options), artifact };
}

async function* alsoInto(
  hashes: readonly Hash[],
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    for (const each of hashes) each.update(piece);
    yield piece;
  }
}

async function blobBundle(
  signature: Uint8Array,
  digest: SignedContent['digest'],
  options: SignOptions,
): Promise<string> {
  const described = objectOf([
    ['algorithm', `SHA2_${digest.algorithm.slice(3)}`],
    ['digest', base64(digest.digest)],
  ]);
  const content = objectOf([
    ['messageDigest', described],
    ['signature', base64(signature)],
  ]);
  return await bundleOf(['messageSignature', content], { signature, digest }, options);
}

/** Signs an in-toto Statement: the text of a bundle with a DSSE envelope. */
export async function signStatement(statement: Uint8Array, options: SignOptions): Promise<string> {
  const { signer } = options;
  const signed = pae(statementPayloadType, statement);
  const signature = await signer.sign(signed);
  const envelope = envelopeObject({
    payloadType: statementPayloadType,
    payload: statement,
    signatures: [{ sig: signature }],
  });
  const algorithm = hashOf(signer);
  const told = {
    signature,
    digest: { algorithm, digest: hash(algorithm, signed) },
    envelope: Buffer.from(stringifyJson(envelope)),
  };
  return await bundleOf(['dsseEnvelope', envelope], told, options);
}

function hashOf({ scheme }: Signer): HashAlgorithm {
  return hashOfScheme(scheme) ?? 'sha256';
}

async function bundleOf(
  content: readonly [string, JsonObject],
  made: Pick<SignedContent, 'signature' | 'digest' | 'envelope'>,
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
