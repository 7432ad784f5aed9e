import { isKeelsonError } from '@keelson/core';
import type { Bundle } from '@keelson/signing';
import { type BuildKind, githubBuildType } from './known-builders.ts';
import { readProvenance } from './provenance.ts';

/**
 * As what a bundle is to be judged. It is read before anything is verified: the build type is signed with all the rest, so that one which
 * says something else about itself does not hold.
 */
export function buildKindOf({ content }: Bundle, isImage: boolean): BuildKind {
  const type = content.kind === 'dsse' ? buildTypeIn(content.envelope.payload) : undefined;
  if (type === githubBuildType) return 'github-attestation';
  return isImage ? 'image' : 'artifact';
}

/** Undefined for what is no provenance, which its verification tells. */
function buildTypeIn(payload: Uint8Array): string | undefined {
  try {
    return readProvenance(payload).buildType;
  } catch (error) {
    if (isKeelsonError(error)) return undefined;
    throw error;
  }
}
