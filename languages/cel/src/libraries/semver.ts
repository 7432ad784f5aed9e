import { CelFault } from '../runtime/fault.ts';
import { CelObject, type CelValue, toInt } from '../runtime/values.ts';
import type { FunctionTable } from './library.ts';

/** Kubernetes' semver library, version 1: with an argument that normalises sloppy versions. */
export const semverDeclarations: readonly string[] = [
  'semver(string) -> kubernetes.Semver',
  'semver(string, bool) -> kubernetes.Semver',
  'isSemver(string) -> bool',
  'isSemver(string, bool) -> bool',
  ...['major', 'minor', 'patch'].map((name) => `kubernetes.Semver.${name}() -> int`),
  'kubernetes.Semver.compareTo(kubernetes.Semver) -> int',
  'kubernetes.Semver.isGreaterThan(kubernetes.Semver) -> bool',
  'kubernetes.Semver.isLessThan(kubernetes.Semver) -> bool',
];

interface Version {
  readonly numbers: readonly bigint[];
  readonly prerelease: readonly string[];
}

export class CelSemver extends CelObject {
  readonly typeName = 'kubernetes.Semver';
  readonly version: Version;
  constructor(version: Version) {
    super();
    this.version = version;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelSemver && compareVersions(this.version, other.version) === 0;
  }
}

// Semantic Versioning 2.0.0, section 2, 9 and 10.
const form =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const maxLength = 256;

/** Drops a leading v and leading zeros, and fills in missing numbers. */
function normalize(text: string): string {
  const found = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?([-+].*)?$/s.exec(text);
  if (found === null) return text;
  const [, major = '0', minor = '0', patch = '0', rest = ''] = found;
  return [major, minor, patch].map((number) => number.replace(/^0+(?=\d)/, '')).join('.') + rest;
}

function parseVersion(text: CelValue, loose: CelValue = false): CelSemver | undefined {
  if (typeof text !== 'string' || typeof loose !== 'boolean' || text.length > maxLength) return undefined;
  const found = form.exec(loose ? normalize(text) : text);
  if (found === null) return undefined;
  const [, major = '', minor = '', patch = '', prerelease] = found;
  const labels = prerelease?.split('.') ?? [];
  const numbers = [major, minor, patch].map(BigInt);
  if (numbers.some((number) => number >= 2n ** 64n) || labels.some((label) => /^0\d+$/.test(label)))
    return undefined;
  return new CelSemver({ numbers, prerelease: labels });
}

/** Precedence, section 11. */
function compareVersions(a: Version, b: Version): number {
  for (const [at, number] of a.numbers.entries()) {
    const other = b.numbers[at] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Math.sign(b.prerelease.length - a.prerelease.length);
  }
  for (const [at, label] of a.prerelease.entries()) {
    const other = b.prerelease[at];
    if (other === undefined) return 1;
    const order = compareLabels(label, other);
    if (order !== 0) return order;
  }
  return a.prerelease.length < b.prerelease.length ? -1 : 0;
}

function compareLabels(a: string, b: string): number {
  const [x, y] = [a, b].map((label) => (/^\d+$/.test(label) ? BigInt(label) : undefined));
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0;
  if (x !== undefined || y !== undefined) return x === undefined ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function part(at: number) {
  return (value: CelValue) =>
    value instanceof CelSemver ? toInt(value.version.numbers[at] ?? 0n) : undefined;
}

function comparison(read: (order: number) => CelValue) {
  return (a: CelValue, b: CelValue) =>
    a instanceof CelSemver && b instanceof CelSemver
      ? read(compareVersions(a.version, b.version))
      : undefined;
}

export const semverFunctions: FunctionTable = {
  semver: (text, loose = false) => {
    if (typeof text !== 'string' || typeof loose !== 'boolean') return undefined;
    const version = parseVersion(text, loose);
    if (version === undefined)
      throw new CelFault(`semver parse error during conversion from string: ${text}`);
    return version;
  },
  isSemver: (text, loose = false) =>
    typeof text === 'string' && typeof loose === 'boolean'
      ? parseVersion(text, loose) !== undefined
      : undefined,
  '.major': part(0),
  '.minor': part(1),
  '.patch': part(2),
  '.compareTo': comparison((order) => order),
  '.isGreaterThan': comparison((order) => order > 0),
  '.isLessThan': comparison((order) => order < 0),
};
