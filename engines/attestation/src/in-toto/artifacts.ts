import type { JsonFields } from '@keelson/core';
import { type AttestationLimits, beyond } from '../limits.ts';

/** Files by their path, each with its digests in hex by algorithm. */
export type Artifacts = ReadonlyMap<string, ReadonlyMap<string, string>>;

const maxDigests = 32;

/**
 * The materials or products of a link. A path that could be written another way (`a/../b`, `a//b`) is refused, since it would slip past a
 * rule that forbids the file.
 *
 * @throws the `invalid` of `fields`; AttestationError ATTESTATION_LIMIT
 */
export function readArtifacts(fields: JsonFields, name: string, limits: AttestationLimits): Artifacts {
  const found = new Map<string, ReadonlyMap<string, string>>();
  const artifacts = fields.required(name);
  const paths = artifacts.names();
  if (paths.length > limits.maxArtifacts) throw beyond(fields.place(name), 'maxArtifacts', limits);
  for (const path of paths) {
    if (!isPlain(path)) throw artifacts.invalid(path, 'is a path that can be written in more than one way');
    found.set(path, digestsOf(artifacts, path));
  }
  return found;
}

function isPlain(path: string): boolean {
  const segments = path.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').split('/');
  return segments.every((segment, at) => segment !== '.' && segment !== '..' && (segment !== '' || at === 0));
}

function digestsOf(artifacts: JsonFields, path: string): ReadonlyMap<string, string> {
  const digests = artifacts.map(path, maxDigests);
  if (digests.size === 0) throw artifacts.invalid(path, 'has no digest');
  const found = new Map<string, string>();
  for (const [algorithm, hex] of digests) {
    if (!/^[0-9a-fA-F]+$/.test(hex)) throw artifacts.invalid(`${path}.${algorithm}`, 'is no hex');
    found.set(algorithm, hex.toLowerCase());
  }
  return found;
}

/** True where both have the same algorithms with the same digests. */
export function sameDigests(
  a: ReadonlyMap<string, string> | undefined,
  b: ReadonlyMap<string, string> | undefined,
): boolean {
  if (a === undefined || b === undefined || a.size !== b.size) return false;
  return [...a].every(([algorithm, hex]) => b.get(algorithm) === hex);
}

export function sameArtifacts(a: Artifacts, b: Artifacts): boolean {
  return a.size === b.size && [...a].every(([path, digests]) => sameDigests(digests, b.get(path)));
}

/** For messages: the first few of many. */
export function namesOf(paths: readonly string[]): string {
  const few = paths.slice(0, 5).map((path) => JSON.stringify(path));
  return paths.length > few.length
    ? `${few.join(', ')} and ${paths.length - few.length} more`
    : few.join(', ');
}
