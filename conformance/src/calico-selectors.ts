import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { canonicalSelector, parseSelector, selectorMatches, selectorUid } from '@keelson/netpol';
import { recordsOf } from './netpol-inputs.ts';
import { type Suite, Tally } from './suite.ts';

/** Calico's own table of selectors: what they match, what is refused, and their canonical texts. */
export const suite: Suite = {
  name: 'calico-selectors',
  async run(dir) {
    const tally = new Tally();
    const table: JsonValue = JSON.parse(readFileSync(join(dir, 'selectors.json'), 'utf8'));
    if (!isObject(table)) throw new Error('selectors.json is not an object');
    for (const each of recordsOf(table['match'])) {
      judge(tally, `match ${each['selector']}`, () => mismatch(each));
    }
    for (const text of Array.isArray(table['bad']) ? table['bad'] : []) {
      judge(tally, `bad ${text}`, () => (isRefused(String(text)) ? undefined : 'was read'));
    }
    for (const each of recordsOf(table['canonical'])) {
      judge(tally, `canonical ${each['input']}`, () => difference(each));
    }
    return tally;
  },
};

function judge(tally: Tally, id: string, fault: () => string | undefined): void {
  let message: string | undefined;
  try {
    message = fault();
  } catch (error) {
    message = String(error);
  }
  if (message === undefined) tally.pass();
  else tally.fail(id, message);
}

function mismatch({ selector, matches, nonMatches }: JsonObject): string | undefined {
  const parsed = parseSelector(String(selector));
  for (const [sets, expected] of [
    [matches, true],
    [nonMatches, false],
  ] as const) {
    for (const labels of recordsOf(sets)) {
      const map = new Map(Object.entries(labels).map(([key, value]) => [key, String(value)]));
      if (selectorMatches(parsed, map) !== expected)
        return `is ${!expected} of ${JSON.stringify(Object.fromEntries(map))}`;
    }
  }
  return undefined;
}

function isRefused(text: string): boolean {
  try {
    parseSelector(text);
    return false;
  } catch {
    return true;
  }
}

function difference({ input, canonical, uid }: JsonObject): string | undefined {
  const parsed = parseSelector(String(input));
  const text = canonicalSelector(parsed);
  if (text !== canonical) return `is written ${text}`;
  const id = selectorUid(parsed);
  return uid === '' || uid === id ? undefined : `has the name ${id}`;
}
