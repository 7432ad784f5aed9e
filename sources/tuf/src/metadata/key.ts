import { createHash } from 'node:crypto';
import { type JsonFields, type JsonValue, objectOf } from '@keelson/core';
import { canonicalJson, type MetadataKey, readMetadataKey, unknownKey } from '@keelson/envelopes';

/**
 * The keys of a `keys` object by id. One whose id is not its hash (specification 4.3, KEYID) is there, but never counts, as one of an
 * unknown kind: a real repository once had one among others that were right, and its threshold says whether that matters.
 *
 * @throws TufError TUF_METADATA_INVALID
 */
export function readKeys(fields: JsonFields): ReadonlyMap<string, MetadataKey> {
  return new Map(
    fields.names().map((id) => [id, readOne(id, fields.required(id), fields.value(id) ?? null)]),
  );
}

function readOne(id: string, key: JsonFields, value: JsonValue): MetadataKey {
  return isHashOf(id, key, value) ? readMetadataKey(id, key) : unknownKey(id);
}

/** Some makers hash all members, some only those that the specification knows; either binds the key. */
function isHashOf(id: string, key: JsonFields, value: JsonValue): boolean {
  const known = ['keytype', 'keyval', 'scheme'].map((name): [string, JsonValue] => [
    name,
    key.value(name) ?? null,
  ]);
  return [value, objectOf(known)].some((form) => {
    const canonical = canonicalJson(form);
    return canonical !== undefined && createHash('sha256').update(canonical).digest('hex') === id;
  });
}

/** Who may sign for a role. */
export interface Authority {
  readonly keyIds: readonly string[];
  /** At least 1. */
  readonly threshold: number;
  /** Those of the ids that there is a key for. */
  readonly keys: readonly MetadataKey[];
}

/** @throws TufError TUF_METADATA_INVALID */
export function readAuthority(role: JsonFields, keys: ReadonlyMap<string, MetadataKey>): Authority {
  const keyIds = role.texts('keyids');
  if (!role.has('keyids')) throw role.invalid('keyids', 'is missing');
  if (new Set(keyIds).size !== keyIds.length) throw role.invalid('keyids', 'names a key twice');
  const threshold = role.count('threshold');
  // With 0, nothing at all would have to be signed.
  if (threshold < 1) throw role.invalid('threshold', 'is less than 1');
  return { keyIds, threshold, keys: keyIds.flatMap((id) => keys.get(id) ?? []) };
}
