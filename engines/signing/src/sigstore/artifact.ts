import { SigningError } from '../errors.ts';
import { type HashAlgorithm, hash, hashSizes } from './hashes.ts';

/** What a signature is to be about: bytes, or a digest of bytes that are elsewhere. */
export interface Artifact {
  /** Absent where only a digest is known. */
  readonly bytes?: Uint8Array;
  /** The digest; undefined where it is not known. */
  digest(algorithm: HashAlgorithm): Uint8Array | undefined;
}

export function artifactOfBytes(bytes: Uint8Array): Artifact {
  const digests = new Map<HashAlgorithm, Uint8Array>();
  return {
    bytes,
    digest(algorithm) {
      const known = digests.get(algorithm) ?? hash(algorithm, bytes);
      digests.set(algorithm, known);
      return known;
    },
  };
}

/**
 * An artifact by one digest.
 *
 * @param text `sha256:` (or sha384, sha512) and hex
 * @throws SigningError ARTIFACT_MISMATCH for a text that is no digest
 */
export function artifactOfDigest(text: string): Artifact {
  const [, algorithm, hex = ''] = /^(sha256|sha384|sha512):([0-9a-f]+)$/.exec(text) ?? [];
  const known = Buffer.from(hex, 'hex');
  if (
    (algorithm !== 'sha256' && algorithm !== 'sha384' && algorithm !== 'sha512') ||
    hex.length !== 2 * hashSizes[algorithm]
  )
    throw new SigningError('ARTIFACT_MISMATCH', `${text} is no digest of sha256, sha384 or sha512`);
  return { digest: (asked) => (asked === algorithm ? known : undefined) };
}
