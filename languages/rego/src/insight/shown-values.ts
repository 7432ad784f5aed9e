import type { Read, ReadPath } from '../evaluator/runtime/reads.ts';
import type { Term } from '../syntax/ast.ts';
import { varTerm } from '../syntax/build.ts';
import { printRef } from '../syntax/print.ts';
import {
  entriesOf,
  isArray,
  isNumber,
  isObjectValue,
  isSet,
  type JsonResult,
  type RegoValue,
  sizeOf,
  stringifyJson,
  stringifyRego,
} from '../values/index.ts';
import type { ExplainedRead, ExplainOptions } from './explanation.ts';

/** Characters of a text, and items of a document, that are shown in full. */
const maxText = 500;
const maxItems = 50;
const maxShownDepth = 6;
const redactedText = '[redacted]';

/** A key of a place; what is no scalar stands as its text. */
export type PathKey = string | number | boolean | null;

interface PlacedValue {
  readonly value: RegoValue;
  readonly path: readonly PathKey[];
  /** Something above it is kept back. */
  readonly hidden: boolean;
}

/** Values as an explanation shows them: shortened, and without what is to be kept back. */
export class ShownValues {
  readonly #redact: ExplainOptions['redact'];
  /** Texts at places that are kept back. */
  readonly #secrets = new Set<string>();
  /** Collections that were learnt, each with the places where they stood. */
  readonly #learned = new Map<object, Set<string>>();
  #pattern: RegExp | undefined;

  constructor(redact: ExplainOptions['redact']) {
    this.#redact = redact;
  }

  /** Learns what is kept back, before anything is shown: all of what was read, for texts can be made of it whole. */
  learn(reads: Iterable<Read>): void {
    if (this.#redact === undefined) return;
    for (const { path, value } of reads) {
      if (value === undefined) continue;
      const keys = keysOf(path);
      if (this.#isNew(value, keys)) this.#learnValue({ value, path: keys, hidden: this.#isHidden(keys) });
    }
  }

  /** Rules read the same large documents again and again. */
  #isNew(value: RegoValue, keys: readonly PathKey[]): boolean {
    if (typeof value !== 'object' || value === null) return true;
    const place = JSON.stringify(keys);
    const places = this.#learned.get(value);
    if (places === undefined) this.#learned.set(value, new Set([place]));
    else if (places.has(place)) return false;
    else places.add(place);
    return true;
  }

  /** Without recursion: a document may nest deeper than the call stack allows. */
  #learnValue(read: PlacedValue): void {
    const waiting = [read];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { value, path } = next;
      const hidden = next.hidden || this.#redact?.(path) === true;
      if (typeof value === 'string') {
        if (hidden) this.#learnText(value);
        continue;
      }
      for (const [key, item] of members(value)) waiting.push({ value: item, path: [...path, key], hidden });
    }
  }

  /** The text as it is, and as it stands within JSON. */
  #learnText(text: string): void {
    if (text === '') return;
    this.#secrets.add(text);
    for (const escapeHtml of [false, true])
      this.#secrets.add(stringifyJson(text, { escapeHtml }).slice(1, -1));
  }

  #isHidden(path: readonly PathKey[]): boolean {
    return path.some((_, i) => this.#redact?.(path.slice(0, i + 1)) === true);
  }

  /** What was read, each place once. */
  reads(reads: readonly Read[]): readonly ExplainedRead[] {
    const shown = new Map<string, ExplainedRead>();
    for (const { path, value } of reads) {
      const keys = keysOf(path);
      const text = shorten(this.#withoutSecrets(pathText(keys)));
      if (shown.has(text)) continue;
      const place = { path: text, keys: keys.map((key) => this.#shownKey(key)) };
      shown.set(text, value === undefined ? place : { ...place, value: this.#at(value, keys) });
    }
    return [...shown.values()];
  }

  #shownKey(key: PathKey): PathKey {
    return typeof key === 'string' ? this.#withoutSecrets(key) : key;
  }

  #at(value: RegoValue, keys: readonly PathKey[]): JsonResult {
    return this.#isHidden(keys) ? redactedText : this.show(value, keys);
  }

  /** @param keys the place of the value, where it has one. */
  show(value: RegoValue, keys?: readonly PathKey[], depth = 0): JsonResult {
    if (keys !== undefined && this.#redact?.(keys) === true) return redactedText;
    if (typeof value === 'string') return shorten(this.#withoutSecrets(value));
    if (typeof value !== 'object' || value === null || isNumber(value)) return value;
    if (depth > maxShownDepth) return '…';
    const shown: [string, JsonResult][] = [];
    for (const [key, item] of members(value)) {
      const place = keys === undefined ? undefined : [...keys, key];
      shown.push([this.#withoutSecrets(String(key)), this.show(item, place, depth + 1)]);
      if (shown.length >= maxItems) break;
    }
    const more = sizeOf(value) - shown.length;
    if (more > 0) shown.push(['…', `${more} more`]);
    return isArray(value) || isSet(value) ? shown.map(([, item]) => item) : Object.fromEntries(shown);
  }

  #withoutSecrets(text: string): string {
    if (this.#secrets.size === 0) return text;
    this.#pattern ??= anyOf(this.#secrets);
    return text.replaceAll(this.#pattern, redactedText);
  }
}

/** Matches each of the texts, the longest first: one may begin another. */
function anyOf(texts: ReadonlySet<string>): RegExp {
  const literals = [...texts]
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(literals.join('|'), 'g');
}

function shorten(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText)}… (${text.length} characters)` : text;
}

/** The members of a collection; nothing of anything else. */
function* members(value: RegoValue): Generator<readonly [PathKey, RegoValue]> {
  if (isArray(value)) yield* value.entries();
  else if (isSet(value)) for (const item of value.sorted()) yield [pathKey(item), item];
  else if (isObjectValue(value)) for (const [key, item] of entriesOf(value)) yield [pathKey(key), item];
}

function pathKey(key: RegoValue): PathKey {
  return typeof key === 'object' && key !== null ? stringifyRego(key) : key;
}

function keysOf(path: ReadPath): readonly PathKey[] {
  const keys: PathKey[] = [];
  let at = path;
  while ('parent' in at) {
    keys.push(pathKey(at.key));
    at = at.parent;
  }
  return [at.root, ...at.below.map(pathKey), ...keys.reverse()];
}

function pathText([root, ...keys]: readonly PathKey[]): string {
  return printRef([varTerm(String(root)), ...keys.map(termOf)]);
}

function termOf(key: PathKey): Term {
  const location = undefined;
  if (typeof key === 'string') return { type: 'string', value: key, location };
  if (typeof key === 'number') return { type: 'number', text: String(key), location };
  return key === null ? { type: 'null', location } : { type: 'boolean', value: key, location };
}
