import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { capabilities, findBuiltin } from '@keelson/rego';
import { type Suite, Tally } from './suite.ts';

/**
 * OPA's capabilities document: every built-in function must be there with its declared signature and resolve
 * in the engine, and what else the document says must be equal to ours.
 */
export const suite: Suite = {
  name: 'opa-meta',
  async run(dir) {
    const tally = new Tally();
    const wanted = members(JSON.parse(await readFile(join(dir, 'capabilities.json'), 'utf8')));
    const ours = members(JSON.parse(JSON.stringify(capabilities())));
    const declared = byName(ours['builtins']);
    const names = byName(wanted['builtins']);
    for (const [name, declaration] of names) {
      const message = judge(name, declaration, declared.get(name));
      if (message === undefined) tally.pass();
      else tally.fail(name, message);
    }
    for (const name of declared.keys()) if (!names.has(name)) tally.fail(name, 'OPA has no such function');
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(ours)])) {
      if (key !== 'builtins' && !isDeepStrictEqual(wanted[key], ours[key])) tally.fail(key, 'is not equal');
    }
    return tally;
  },
};

function judge(name: string, wanted: unknown, ours: unknown): string | undefined {
  if (ours === undefined) return 'is not declared';
  if (!isDeepStrictEqual(wanted, ours)) return 'is declared otherwise';
  return findBuiltin(name) === undefined ? 'is not implemented' : undefined;
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function byName(list: unknown): Map<string, unknown> {
  const entries: unknown[] = Array.isArray(list) ? list : [];
  return new Map(entries.map((entry) => [String(members(entry)['name']), entry]));
}
