const pattern =
  /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([0-9A-Za-z.-]{1,200}))?(?:\+[0-9A-Za-z.-]{1,200})?$/;

/** A version of semver.org 2.0.0 without its build metadata. */
export interface SemanticVersion {
  readonly numbers: readonly number[];
  readonly prerelease: readonly string[];
}

export function parseVersion(text: string): SemanticVersion | undefined {
  const [, major, minor, patch, tail] = pattern.exec(text) ?? [];
  if (major === undefined) return undefined;
  const prerelease = tail?.split('.') ?? [];
  // No empty parts, and no numbers with zeros before them (semver 9).
  if (prerelease.some((part) => part === '' || /^0\d+$/.test(part))) return undefined;
  return { numbers: [major, minor, patch].map(Number), prerelease };
}

/** Below 0 where `a` comes before `b` (semver 11). */
export function compareVersions(a: SemanticVersion, b: SemanticVersion): number {
  for (const [at, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0)
    return b.prerelease.length - a.prerelease.length;
  for (const [at, part] of a.prerelease.entries()) {
    const other = b.prerelease[at];
    if (other === undefined) return 1;
    const difference = compareParts(part, other);
    if (difference !== 0) return difference;
  }
  return a.prerelease.length - b.prerelease.length;
}

function compareParts(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  if (isNumber && a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}
