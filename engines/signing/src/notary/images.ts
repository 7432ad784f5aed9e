import { isKeelsonError } from '@keelson/core';
import {
  type CheckedReferrer,
  checkedReferrers,
  type Descriptor,
  type Digest,
  digestOf,
  type ImageSource,
  type ImageStore,
  type LoadedManifest,
  mediaTypes,
  readBlob,
  writeManifest,
} from '@keelson/oci';
import { SigningError } from '../errors.ts';
import { defaultSigningLimits, type SigningLimits } from '../limits.ts';
import { notaryMediaTypes } from './attributes.ts';
import type { TargetDescriptor } from './payload.ts';
import type { NotarySignature } from './sign.ts';
import { type NotationTarget, statementFor } from './target.ts';
import { type NotationRequirements, type NotationVerdict, skippedVerdict, verifyNotation } from './verify.ts';

/** A signature of the Notary Project that a registry keeps beside an image. It has not been fetched. */
export interface StoredNotarySignature {
  readonly manifest: Digest;
  /** The layer with the signature. */
  readonly layer: Descriptor;
  /** What the manifest says of itself; nothing of it is signed. */
  readonly annotations: ReadonlyMap<string, string>;
}

export interface StoredNotarySignatures {
  readonly found: readonly StoredNotarySignature[];
  /** What calls itself such a signature, and cannot be read. */
  readonly unreadable: readonly { readonly manifest: Digest; readonly fault: Error }[];
}

/**
 * The signatures of an image: manifests that refer to it and say that they are one, by their artifact type or, as before image-spec
 * 1.1, by the type of their configuration.
 *
 * @throws OciError for a source that fails, MANIFEST_LIMIT
 */
export async function notarySignatures(
  source: ImageSource,
  subject: Digest,
  limits: SigningLimits = defaultSigningLimits,
): Promise<StoredNotarySignatures> {
  const { referrers, leftOut } = await checkedReferrers(
    source,
    subject,
    notaryMediaTypes.signature,
    limits.maxStoredSignatures,
  );
  const unreadable = leftOut.map(({ digest, reason }) => ({
    manifest: digest,
    fault: new SigningError('NOTARY_ENVELOPE_INVALID', reason),
  }));
  const among = notarySignaturesAmong(referrers);
  return { found: among.found, unreadable: [...unreadable, ...among.unreadable] };
}

/** The signatures of the Notary Project among the manifests that refer to an image. */
export function notarySignaturesAmong(referrers: readonly CheckedReferrer[]): StoredNotarySignatures {
  const found: StoredNotarySignature[] = [];
  const unreadable: StoredNotarySignatures['unreadable'][number][] = [];
  for (const each of referrers) {
    if (each.artifactType !== notaryMediaTypes.signature) continue;
    const layer = signatureLayer(each);
    if (layer === undefined)
      unreadable.push({
        manifest: each.digest,
        fault: new SigningError(
          'NOTARY_ENVELOPE_INVALID',
          `the manifest ${each.digest} does not have one layer with a signature`,
        ),
      });
    else found.push({ manifest: each.digest, layer, annotations: each.manifest.annotations });
  }
  return { found, unreadable };
}

function signatureLayer({ manifest }: CheckedReferrer): Descriptor | undefined {
  const [layer, ...others] = manifest.kind === 'manifest' ? manifest.layers : [];
  const types: readonly string[] = [notaryMediaTypes.jws, notaryMediaTypes.cose];
  return others.length === 0 && layer !== undefined && types.includes(layer.mediaType) ? layer : undefined;
}

/** The bytes of a stored signature. @throws OciError */
export function readNotarySignature(
  source: ImageSource,
  { layer }: StoredNotarySignature,
  limits: SigningLimits = defaultSigningLimits,
): Promise<Uint8Array> {
  return readBlob(source, layer, limits.maxNotaryEnvelopeBytes);
}

export interface NotationImageVerdict {
  readonly outcome: NotationVerdict['outcome'];
  /** Of the signature that holds, or that no signature is needed. */
  readonly verdict?: NotationVerdict;
  readonly manifest?: Digest;
  /** Signatures that were tried before, and those that cannot be read, each with its reason. */
  readonly refused: readonly {
    readonly manifest: Digest;
    readonly fault: Error;
    readonly verdict?: NotationVerdict;
  }[];
  /** How many were not looked at: one that holds is enough, and the number of attempts is bounded. */
  readonly untried: number;
}

/**
 * Verifies an image by the first of its signatures that holds. Without one it is refused.
 *
 * @throws SigningError TRUST_POLICY_MISSING, TRUST_POLICY_INVALID; OciError for a source that fails
 */
export async function verifyNotationImage(
  source: ImageSource,
  target: NotationTarget & { readonly kind: 'image' },
  requirements: Omit<NotationRequirements, 'target'>,
): Promise<NotationImageVerdict> {
  const { limits = defaultSigningLimits } = requirements;
  const isSkipped = statementFor(requirements.policy, target).level.name === 'skip';
  const stored = isSkipped
    ? { found: [], unreadable: [] }
    : await notarySignatures(source, target.descriptor.digest, limits);
  const read = (each: StoredNotarySignature) => readNotarySignature(source, each, limits);
  return await verifyNotarySignatures(stored, read, { ...requirements, target });
}

/**
 * The same for signatures that are known already.
 *
 * @param read gives a signature's bytes, or throws a KeelsonError, which hides none of the others
 * @throws SigningError TRUST_POLICY_MISSING, TRUST_POLICY_INVALID
 */
export async function verifyNotarySignatures(
  { found, unreadable }: StoredNotarySignatures,
  read: (signature: StoredNotarySignature) => Promise<Uint8Array>,
  requirements: NotationRequirements,
): Promise<NotationImageVerdict> {
  const statement = statementFor(requirements.policy, requirements.target);
  if (statement.level.name === 'skip')
    return { outcome: 'skipped', verdict: skippedVerdict(statement), refused: [], untried: 0 };
  const { limits = defaultSigningLimits } = requirements;
  const refused: NotationImageVerdict['refused'][number][] = [...unreadable];
  const tried = found.slice(0, limits.maxSignatureAttempts);
  for (const [at, stored] of tried.entries()) {
    const { manifest } = stored;
    try {
      const verdict = await verifyNotation(await read(stored), stored.layer.mediaType, requirements);
      const { fault } = verdict;
      if (fault === undefined)
        return { outcome: verdict.outcome, verdict, manifest, refused, untried: found.length - at - 1 };
      refused.push({ manifest, fault, verdict });
    } catch (error) {
      // One that cannot be fetched hides none of the others.
      if (!isKeelsonError(error)) throw error;
      refused.push({ manifest, fault: error });
    }
  }
  return { outcome: 'refused', refused, untried: found.length - tried.length };
}

const emptyConfig = Buffer.from('{}');
const thumbprints = 'io.cncf.notary.x509chain.thumbprint#S256';

/**
 * Keeps a signature beside its image, in the form that notation gives it.
 *
 * @param created milliseconds since the epoch
 * @throws OciError
 */
export async function storeNotarySignature(
  store: ImageStore,
  subject: TargetDescriptor,
  { bytes, mediaType, envelope }: NotarySignature,
  created: number,
): Promise<LoadedManifest> {
  const config = blobOf(emptyConfig, mediaTypes.ociEmpty);
  const layer = blobOf(bytes, mediaType);
  await store.putBlob(config, () => emptyConfig);
  await store.putBlob(layer, () => bytes);
  const hashes = envelope.chain.map((each) => digestOf(each.bytes).slice('sha256:'.length));
  const manifest = writeManifest({
    kind: 'manifest',
    mediaType: mediaTypes.ociManifest,
    artifactType: notaryMediaTypes.signature,
    config: { ...config, data: emptyConfig.toString('base64') },
    layers: [layer],
    subject: { ...subject, annotations: new Map() },
    annotations: new Map([
      [thumbprints, JSON.stringify(hashes)],
      ['org.opencontainers.image.created', new Date(created).toISOString().replace(/\.\d+Z$/, 'Z')],
    ]),
  });
  return await store.putManifest(manifest, mediaTypes.ociManifest);
}

function blobOf(bytes: Uint8Array, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length, annotations: new Map() };
}
