import { createHash } from 'node:crypto';
import { createObject, isObject, type JsonObject, type JsonValue, stringifyJson } from '@keelson/core';
import { currentId, type Item, itemObject, rememberId, setName } from './item.ts';

/** Adds the hash of their content to the names of generated objects. */
export function addHashes(items: readonly Item[]): void {
  for (const item of items) {
    if (!item.needsHash) continue;
    const hash = contentHash(itemObject(item));
    rememberId(item);
    setName(item, `${currentId(item).name}-${hash}`, item.root.place);
  }
}

/** Ten characters of the SHA-256 of what counts in a ConfigMap or Secret, without digits and vowels that could spell words. */
export function contentHash(object: JsonObject): string {
  const kind = object['kind'];
  const content = createObject();
  content['kind'] = kind ?? '';
  // Always empty: kustomize looks the name up where it is not, and the hashes in use depend on it.
  content['name'] = '';
  content['data'] = object['data'] ?? '';
  if (kind === 'Secret') {
    content['type'] = object['type'] ?? '';
    if (isObject(object['stringData'])) content['stringData'] = object['stringData'];
  } else if (isObject(object['binaryData'])) {
    content['binaryData'] = object['binaryData'];
  }
  const hex = createHash('sha256').update(goJson(content)).digest('hex');
  const substitutes: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };
  return hex.slice(0, 10).replace(/[013ae]/g, (char) => substitutes[char] ?? char);
}

/** JSON as Go's encoder writes it: sorted keys, and `<`, `>`, `&` and the line separators escaped. */
function goJson(value: JsonValue): string {
  return stringifyJson(value, { sortKeys: true }).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
