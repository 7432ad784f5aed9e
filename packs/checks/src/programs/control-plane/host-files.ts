import { type ProgramContext, parsePathPattern, type Violation, walkPattern } from '@keelson/checks';
import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { textAt, textsAt } from '../fields.ts';

/**
 * Judges files in snapshots of a host. `params`: `files`, patterns that lead to descriptions of files (`path`,
 * `permissions` as a number, `ownership` with `uid`, `gid`, `username`, `groupname`); `permissions`, the most that is allowed, in
 * octal; or `owners`, each as `user:group`; `suffix`, to look only at files whose path ends so.
 */
export function* hostFiles({ resources, params }: ProgramContext): Generator<Violation> {
  const suffix = textAt(params, ['suffix']) ?? '';
  const patterns = textsAt(params, ['files']).map(parsePathPattern);
  for (const subject of resources) {
    for (const pattern of patterns) {
      const found: Violation[] = [];
      walkPattern(subject.object, pattern, (file, path) => {
        if (!isObject(file) || !(textAt(file, ['path']) ?? '').endsWith(suffix)) return;
        const message = faultOf(file, params);
        if (message !== undefined) found.push({ subject, path, message });
      });
      yield* found;
    }
  }
}

function faultOf(file: JsonObject, params: JsonObject): string | undefined {
  const name = textAt(file, ['path']) ?? 'file';
  const { permissions } = params;
  if (typeof permissions === 'string') {
    return permissionFault(name, file['permissions'], Number.parseInt(permissions, 8));
  }
  return ownerFault(name, file['ownership'], textsAt(params, ['owners']));
}

/** A file that allows anything the limit does not; permissions that were not collected say nothing. */
function permissionFault(name: string, actual: JsonValue | undefined, allowed: number): string | undefined {
  if (typeof actual !== 'number' || (actual & ~allowed & 0o7777) === 0) return undefined;
  return `${name} has permissions ${actual.toString(8)}, more than ${allowed.toString(8)}`;
}

function ownerFault(
  name: string,
  ownership: JsonValue | undefined,
  owners: readonly string[],
): string | undefined {
  if (!isObject(ownership)) return undefined;
  const actual = `${nameOrId(ownership, 'username', 'uid')}:${nameOrId(ownership, 'groupname', 'gid')}`;
  return owners.includes(actual) || actual === ':'
    ? undefined
    : `${name} is owned by ${actual}, not ${owners.join(' or ')}`;
}

/** The name that the host gave the id; without one only root is known, whose id is 0. */
function nameOrId(ownership: JsonObject, name: string, id: string): string {
  const known = ownership[name];
  if (typeof known === 'string' && known !== '') return known;
  const number = ownership[id];
  if (typeof number !== 'number') return '';
  return number === 0 ? 'root' : String(number);
}
