import type { JsonFields, JsonObject } from '@keelson/core';
import { isObject } from '@keelson/core';
import { TufError } from '../errors.ts';
import { type Delegations, readDelegations } from './delegations.ts';
import { type Hashes, readHashes } from './meta-files.ts';
import { type Metadata, readMetadata, type Signed } from './metadata.ts';

/** What metadata says of a target (specification 4.5, TARGETS). */
export interface TargetInfo {
  /** Its name in the repository. */
  readonly path: string;
  /** In bytes. */
  readonly length: number;
  readonly hashes: Hashes;
  /** What the repository says besides, for applications. */
  readonly custom?: JsonObject;
}

/** The signed part of targets, and of each role that it delegates to. */
export interface Targets extends Signed {
  readonly target: (path: string) => TargetInfo | undefined;
  readonly paths: readonly string[];
  readonly delegations?: Delegations;
}

const maxTargets = 500_000;

/**
 * @param name of the role
 * @throws TufError TUF_METADATA_INVALID, TUF_LIMIT
 */
export function readTargets(bytes: Uint8Array, name: string): Metadata<Targets> {
  return readMetadata(bytes, name, 'targets', (signed) => {
    const fields = signed.required('targets');
    const paths = fields.names();
    if (paths.length > maxTargets)
      throw new TufError('TUF_LIMIT', `metadata of ${name}: targets has more than ${maxTargets} entries`);
    const infos = new Map(paths.map((path) => [path, readInfo(fields.required(path), path)]));
    const delegations = signed.object('delegations');
    return {
      target: (path) => infos.get(path),
      paths,
      ...(delegations === undefined ? {} : { delegations: readDelegations(delegations) }),
    };
  });
}

function readInfo(fields: JsonFields, path: string): TargetInfo {
  if (!fields.has('hashes')) throw fields.invalid('hashes', 'is missing');
  const custom = fields.value('custom');
  if (custom !== undefined && !isObject(custom)) throw fields.invalid('custom', 'is no object');
  const info = { path, length: fields.count('length'), hashes: readHashes(fields) };
  return custom === undefined ? info : { ...info, custom };
}
