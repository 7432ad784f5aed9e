import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { equalJson, isObject, type JsonValue, stringifyJson } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { type Suite, Tally } from './suite.ts';

/** One case: a text, what sigs.k8s.io/yaml makes of it (null: an error), and whether its strict reader refuses. */
interface Case {
  yaml: string;
  json: string | null;
  strictError: boolean;
}

export const suite: Suite = {
  name: 'yaml-k8s-semantics',
  async run(dir) {
    const tally = new Tally();
    const cases = readCases(await readFile(join(dir, 'cases.json'), 'utf8'));
    for (const [index, entry] of cases.entries()) {
      const message = judge(entry);
      if (message === undefined) tally.pass();
      else tally.fail(`case ${index + 1}`, `${JSON.stringify(entry.yaml)}: ${message}`);
    }
    return tally;
  },
};

function judge(entry: Case): string | undefined {
  const { documents, errors } = parseYaml(entry.yaml);
  const [document] = documents;
  if (entry.json === null) return errors.length > 0 ? undefined : 'expected an error';
  if (document === undefined) return `expected ${entry.json}, got ${errors[0]?.format() ?? 'nothing'}`;
  const wanted = readJson(entry.json);
  if (!equalJson(document.value, wanted))
    return `expected ${entry.json}, got ${stringifyJson(document.value)}`;
  if (entry.strictError && document.duplicates.length === 0) return 'expected a duplicate key to be reported';
  return undefined;
}

/** JSON with exact integers. The platform's reader is used, not the one that is judged. */
function readJson(text: string): JsonValue {
  return JSON.parse(text, (_key, value: JsonValue, context?: { source?: string }) => {
    const written = context?.source;
    const isWide = typeof value === 'number' && !Number.isSafeInteger(value) && written !== undefined;
    return isWide && /^-?\d+$/.test(written) ? BigInt(written) : value;
  });
}

function readCases(text: string): Case[] {
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed)) throw new TypeError('cases.json is not a list');
  return parsed.map((entry: unknown) => {
    if (!isObject(entry)) throw new TypeError('a case is not an object');
    const { yaml, json, strictError } = entry;
    if (typeof yaml !== 'string' || (json !== null && typeof json !== 'string')) {
      throw new TypeError('a case lacks yaml or json');
    }
    return { yaml, json, strictError: strictError === true };
  });
}
