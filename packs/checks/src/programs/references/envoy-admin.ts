import type { Violation } from '@keelson/checks';
import { isObject } from '@keelson/core';
import { mappingAt, textAt, titleOf } from '../fields.ts';
import type { Program } from '../program.ts';

/** ConfigMaps with an Envoy configuration whose administration port listens on every address. */
export const envoyAdminOpen: Program = function* ({ resources }): Iterable<Violation> {
  for (const map of resources) {
    const data = mappingAt(map.object, ['data']) ?? {};
    for (const key of Object.keys(data)) {
      const text = data[key];
      if (typeof text !== 'string' || !text.includes('admin') || !opensAdmin(text)) continue;
      const message = `${titleOf(map)} configures an Envoy (${key}) whose administration port listens on every address`;
      yield { subject: map, path: ['data', key], message };
    }
  }
};

function opensAdmin(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return adminBlock(text).some((line) => openAddress.test(line));
  try {
    const value: unknown = JSON.parse(text);
    const address = isObject(value)
      ? textAt(value, ['admin', 'address', 'socket_address', 'address'])
      : undefined;
    return address === '0.0.0.0' || address === '::';
  } catch {
    // Not JSON after all, a template for example: nothing can be said.
    return false;
  }
}

const openAddress = /(?:^|[\s{,"])address"?:\s*["']?(?:0\.0\.0\.0|::)["']?\s*(?:[,}#]|$)/;

/** Lines below a top-level `admin:`, up to the next key that stands as far left. */
function adminBlock(text: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^"?admin"?:/.test(line));
  if (start < 0) return [];
  const length = lines.slice(start + 1).findIndex((line) => /^[^\s#-]/.test(line));
  return length < 0 ? lines.slice(start) : lines.slice(start, start + 1 + length);
}
