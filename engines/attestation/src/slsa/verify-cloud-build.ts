import type { PublicKey } from '@keelson/pki';
import { artifactOfDigest } from '@keelson/signing';
import { AttestationError } from '../errors.ts';
import { type AttestationLimits, defaultAttestationLimits } from '../limits.ts';
import { type BuilderId, readBuilderId } from './builder-id.ts';
import { type CloudBuildProvenance, readCloudBuild, signedCloudBuild } from './cloud-build.ts';
import {
  cloudBuilder,
  cloudTag,
  demandCloudBuilder,
  demandCloudSource,
  demandCloudSubject,
  demandSurroundings,
} from './cloud-build-claims.ts';
import type { SourceExpectations } from './expectations.ts';
import { demandVersion } from './git.ts';

/** What is asked of an image that Google Cloud Build built. */
export interface CloudBuildExpectations extends Omit<SourceExpectations, 'inputs'> {
  /** `https://cloudbuild.googleapis.com/GoogleHostedWorker`, perhaps with a version. */
  readonly builderId?: string;
}

export interface VerifiedCloudBuild {
  readonly builder: BuilderId;
  readonly provenance: CloudBuildProvenance;
}

/**
 * Verifies where an image was built by Google Cloud Build.
 *
 * @param document what `gcloud artifacts docker images describe --show-provenance --format json` prints
 * @param digest of the image: `sha256:…`
 * @param keys of Cloud Build, by the name under which signatures have them
 * @throws AttestationError
 */
export function verifyCloudBuild(
  document: Uint8Array,
  digest: string,
  keys: ReadonlyMap<string, PublicKey>,
  expected: CloudBuildExpectations,
  limits: AttestationLimits = defaultAttestationLimits,
): VerifiedCloudBuild {
  if (expected.builderId !== undefined && readBuilderId(expected.builderId).name !== cloudBuilder)
    throw new AttestationError('BUILDER_UNSUPPORTED', `${expected.builderId} is no builder of Cloud Build`);
  const read = readCloudBuild(document, limits);
  const provenance = signedCloudBuild(read, keys, limits);
  const builder = demandCloudBuilder(provenance, expected.builderId);
  demandCloudSubject(provenance, artifactOfDigest(digest));
  demandCloudSource(provenance, builder, expected.source);
  demandSurroundings(read, provenance, digest);
  if (expected.branch !== undefined)
    throw new AttestationError(
      'BUILDER_UNSUPPORTED',
      'a provenance of Cloud Build does not prove the branch',
    );
  demandTags(cloudTag(provenance), expected);
  return { builder, provenance };
}

function demandTags(
  actual: string | undefined,
  { tag, versionedTag }: Pick<CloudBuildExpectations, 'tag' | 'versionedTag'>,
): void {
  if (tag !== undefined && actual !== tag)
    throw new AttestationError('TAG_MISMATCH', `${actual ?? 'no tag'} was built, not ${tag}`);
  if (versionedTag === undefined) return;
  if (actual === undefined)
    throw new AttestationError(
      'VERSIONED_TAG_MISMATCH',
      `no tag was built, and ${versionedTag} is asked for`,
    );
  demandVersion(actual, versionedTag);
}
