import { createHash } from 'node:crypto';
import type { JsonFields } from '@keelson/core';
import type { MetadataKey } from '@keelson/envelopes';
import { type Authority, readAuthority, readKeys } from './key.ts';
import { matchesPattern, parsePattern } from './path-pattern.ts';
import { topLevelRoles } from './root.ts';

/** A role that another one trusts with some targets. */
export interface Delegation {
  readonly name: string;
  readonly authority: Authority;
  /** Where it has no such target, none that stands behind it is asked (specification 4.5, TERMINATING). */
  readonly isTerminating: boolean;
}

/** Gives the roles that are trusted with a target, in their order. */
export type Delegations = (path: string) => readonly Delegation[];

const maxRoles = 100_000;

/** @throws TufError TUF_METADATA_INVALID, TUF_LIMIT */
export function readDelegations(fields: JsonFields): Delegations {
  const keys = readKeys(fields.required('keys'));
  const succinct = fields.object('succinct_roles');
  if ((succinct === undefined) === !fields.has('roles'))
    throw fields.invalid('', 'has not exactly one of roles and succinct_roles');
  if (succinct !== undefined) return readSuccinctRoles(succinct, keys);
  const names = new Set<string>();
  const roles = fields.objects('roles', maxRoles).map((role) => {
    const name = roleName(role, 'name');
    if (names.has(name)) throw role.invalid('name', 'stands twice');
    names.add(name);
    return readRole(role, name, keys);
  });
  return (path) => roles.filter(({ isOf }) => isOf(path)).map(({ delegation }) => delegation);
}

interface Role {
  readonly delegation: Delegation;
  readonly isOf: (path: string) => boolean;
}

function readRole(role: JsonFields, name: string, keys: ReadonlyMap<string, MetadataKey>): Role {
  const isTerminating = role.optionalBoolean('terminating');
  if (isTerminating === undefined) throw role.invalid('terminating', 'is missing');
  return { delegation: { name, authority: readAuthority(role, keys), isTerminating }, isOf: readPaths(role) };
}

/** The targets that a role is trusted with: none where it names none. */
function readPaths(role: JsonFields): (path: string) => boolean {
  if (role.has('paths') && role.has('path_hash_prefixes'))
    throw role.invalid('', 'has both paths and path_hash_prefixes');
  const patterns = role.texts('paths').map((text, at) => {
    const pattern = parsePattern(text);
    if (pattern === undefined)
      throw role.invalid(`paths[${at}]`, 'is no pattern that all programs read alike');
    return pattern;
  });
  const prefixes = role.texts('path_hash_prefixes');
  for (const [at, prefix] of prefixes.entries())
    if (!/^[0-9a-f]{1,64}$/.test(prefix))
      throw role.invalid(`path_hash_prefixes[${at}]`, 'is no beginning of a digest in hex');
  if (prefixes.length === 0) return (path) => patterns.some((pattern) => matchesPattern(pattern, path));
  return (path) => {
    const digest = pathDigest(path).toString('hex');
    return prefixes.some((prefix) => digest.startsWith(prefix));
  };
}

/** TAP 15: as many roles as a number of bits counts, each with the targets whose hash begins with its bits. */
function readSuccinctRoles(fields: JsonFields, keys: ReadonlyMap<string, MetadataKey>): Delegations {
  const authority = readAuthority(fields, keys);
  const bits = fields.count('bit_length');
  if (bits < 1 || bits > 32) throw fields.invalid('bit_length', 'is none from 1 to 32');
  const prefix = roleName(fields, 'name_prefix');
  const digits = (2 ** bits - 1).toString(16).length;
  return (path) => {
    const bin = pathDigest(path).readUInt32BE(0) >>> (32 - bits);
    return [{ name: `${prefix}-${bin.toString(16).padStart(digits, '0')}`, authority, isTerminating: true }];
  };
}

function pathDigest(path: string): Buffer {
  return createHash('sha256').update(path).digest();
}

/** A role that is named as one of root's would be taken for it. */
function roleName(fields: JsonFields, member: string): string {
  const name = fields.text(member);
  if (name === '') throw fields.invalid(member, 'is empty');
  if (topLevelRoles.some((role) => role === name))
    throw fields.invalid(member, 'is the name of a top-level role');
  return name;
}
