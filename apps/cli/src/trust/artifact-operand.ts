import { existsSync } from 'node:fs';
import { type Artifact, artifactOfBytes, artifactOfDigest } from '@keelson/signing';
import { readInput } from './input.ts';

/** What an operand names: the artifact, and its digest where only that is known. */
export interface NamedArtifact {
  readonly name: string;
  readonly artifact: Artifact;
  /** `sha256:…`; undefined for a file. */
  readonly digest?: string;
  /** True for an image by its digest. */
  readonly isImage: boolean;
}

/**
 * An artifact: a file, `-` for stdin, `sha256:HEX`, or an image by its digest, of which nothing else is looked at.
 *
 * @throws CommandError USAGE; SigningError ARTIFACT_MISMATCH for a digest that is none
 */
export function artifactNamed(name: string): NamedArtifact {
  if (/^sha(?:256|384|512):[0-9a-f]+$/.test(name))
    return { name, artifact: artifactOfDigest(name), digest: name, isImage: false };
  const [, digest] = /@(sha(?:256|512):[0-9a-f]+)$/.exec(name) ?? [];
  if (digest !== undefined && !existsSync(name))
    return { name, artifact: artifactOfDigest(digest), digest, isImage: true };
  return { name, artifact: artifactOfBytes(readInput(name)), isImage: false };
}
