import { quoteString } from '../values/index.ts';
import { type BuiltinArguments, type BuiltinFamily, builtinError } from './builtin.ts';
import { operand, stringOperand } from './operands.ts';

/** Versions as semver.org 2.0.0 has them, with an optional `v` before. */
interface Version {
  /** Major, minor and patch. */
  readonly core: readonly bigint[];
  readonly preRelease: readonly string[];
}

const syntax =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const maxInt64 = 2n ** 63n - 1n;
const numeric = /^\d+$/;

function parseVersion(text: string): Version | undefined {
  const match = syntax.exec(text);
  if (match === null) return undefined;
  const core = match.slice(1, 4).map(BigInt);
  if (core.some((part) => part > maxInt64)) return undefined;
  const preRelease = match[4]?.split('.') ?? [];
  if (preRelease.some((part) => part.length > 1 && part.startsWith('0') && numeric.test(part)))
    return undefined;
  return { core, preRelease };
}

function compareVersions(a: Version, b: Version): number {
  for (const [i, part] of a.core.entries()) {
    const other = b.core[i] ?? 0n;
    if (part !== other) return part < other ? -1 : 1;
  }
  if (a.preRelease.length === 0 || b.preRelease.length === 0) {
    return Math.sign(b.preRelease.length - a.preRelease.length);
  }
  for (const [i, part] of a.preRelease.entries()) {
    const other = b.preRelease[i];
    if (other === undefined) return 1;
    const order = compareIdentifiers(part, other);
    if (order !== 0) return order;
  }
  return a.preRelease.length < b.preRelease.length ? -1 : 0;
}

/** Numbers come before other identifiers and are compared as such (section 11.4). */
function compareIdentifiers(a: string, b: string): number {
  if (a === b) return 0;
  const isNumeric = numeric.test(a);
  if (isNumeric !== numeric.test(b)) return isNumeric ? -1 : 1;
  if (isNumeric) return BigInt(a) < BigInt(b) ? -1 : 1;
  return a < b ? -1 : 1;
}

function versionOperand(args: BuiltinArguments, position: number): Version {
  const text = stringOperand(args, position);
  const version = parseVersion(text);
  if (version === undefined)
    throw builtinError(`operand ${position}: string ${quoteString(text)} is not a valid SemVer`);
  return version;
}

function compare(args: BuiltinArguments): number {
  stringOperand(args, 1);
  stringOperand(args, 2);
  return compareVersions(versionOperand(args, 1), versionOperand(args, 2));
}

function isValid(args: BuiltinArguments): boolean {
  const value = operand(args, 1);
  return typeof value === 'string' && parseVersion(value) !== undefined;
}

export const semver: BuiltinFamily = { 'semver.compare': compare, 'semver.is_valid': isValid };
