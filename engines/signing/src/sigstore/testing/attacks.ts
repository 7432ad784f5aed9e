import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SigningErrorCode } from '../../errors.ts';
import { type Artifact, artifactOfBytes, artifactOfDigest } from '../artifact.ts';
import { readBundle } from '../bundle.ts';
import { type BundleRequirements, type VerifiedBundle, verifyBundle } from '../verify.ts';
import type { Json } from './json.ts';
import { artifact, hex, requirements } from './world.ts';

export const digest = (algorithm: 'sha256' | 'sha512'): Uint8Array =>
  createHash(algorithm).update(artifact).digest();
export const known = artifactOfBytes(artifact);
export const byDigest = artifactOfDigest(`sha256:${hex(digest('sha256'))}`);

export function verify(
  bundle: Json,
  changes: Partial<BundleRequirements> = {},
  of: Artifact = known,
): VerifiedBundle {
  return verifyBundle(readBundle(JSON.stringify(bundle)), of, { ...requirements, ...changes });
}

/** What must not be accepted, and the rule that refuses it. */
export type Attack = [
  name: string,
  code: SigningErrorCode,
  bundle: () => Json,
  changes?: Partial<BundleRequirements>,
];

/** A test for each attack. */
export function refuses(attacks: readonly Attack[]): void {
  test.each(attacks)('%s: %s', (_, code, bundle, changes = {}) => {
    expect(() => verify(bundle(), changes)).toThrow(expect.objectContaining({ code }));
  });
}
