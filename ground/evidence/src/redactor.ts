import { createObject, isObject, type JsonValue } from '@keelson/core';
import { FormIndex, shortestForm } from './form-index.ts';
import type { SensitiveKey } from './sensitive.ts';

/** A known value in a text. */
interface FoundValue {
  start: number;
  end: number;
  value: string;
}

/**
 * Takes known secret values out of texts, also where they are written in base64 or escaped as in JSON. Of values
 * longer than 64 characters pieces of that length are taken out too. The time for a text grows with its length, not
 * with the number and length of the values. Values shorter than four characters stand everywhere and stay.
 */
export class Redactor {
  readonly #key: SensitiveKey;
  readonly #forms = new FormIndex();
  readonly #wholeOnly = new Set<string>();

  constructor(key: SensitiveKey) {
    this.#key = key;
  }

  /**
   * Makes a value known. One that is a word like others (`admin`) may be looked for only where it is a whole
   * value: behind a colon, an equals sign or a quote, up to the value's end.
   */
  add(value: string, where: 'anywhere' | 'whole-value' = 'anywhere'): void {
    if (value.length < shortestForm) return;
    if (where === 'whole-value') this.#wholeOnly.add(value);
    const encoded = Buffer.from(value, 'utf8').toString('base64');
    for (const form of [value, encoded, encoded.replace(/=+$/, ''), JSON.stringify(value).slice(1, -1)]) {
      this.#forms.add(form, value);
    }
  }

  /** The text with every known value replaced by its digest; values that overlap are replaced together. */
  redact(text: string): string {
    if (this.#forms.size === 0) return text;
    let out = '';
    let done = 0;
    for (const { start, end, value } of this.#found(text)) {
      out += text.slice(done, start) + this.#key.digest(value);
      done = end;
    }
    return done === 0 ? text : out + text.slice(done);
  }

  /** Where values stand: in order, those that overlap joined under the digest of the first. */
  #found(text: string): FoundValue[] {
    const found: FoundValue[] = [];
    for (let at = this.#forms.next(text, 0); at >= 0; at = this.#forms.next(text, at + 1)) {
      const form = this.#forms.longestAt(text, at);
      if (form === undefined) continue;
      const end = at + form.text.length;
      if (this.#wholeOnly.has(form.text) && !isWholeValue(text, at, end)) continue;
      const last = found.at(-1);
      const isJoined = last !== undefined && (at < last.end || (at === last.end && form.isContinuation));
      if (isJoined) last.end = Math.max(last.end, end);
      else found.push({ start: at, end, value: form.value });
    }
    return found;
  }

  /** As `redact`, for every text in a JSON value, keys included. */
  redactJson(value: JsonValue): JsonValue {
    if (typeof value === 'string') return this.redact(value);
    if (Array.isArray(value)) return value.map((item) => this.redactJson(item));
    if (!isObject(value)) return value;
    const out = createObject();
    for (const key of Object.keys(value)) out[this.redact(key)] = this.redactJson(value[key] ?? null);
    return out;
  }
}

/** True when nothing but a colon, an equals sign, quotes or the line's ends stand around `[start, end)`. */
function isWholeValue(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 8), start);
  const after = text.slice(end, end + 8);
  return /(?:[:=] *["'\\]*|["']|(?:^|\n) *(?:- +)?)$/.test(before) && /^(?:[\\"',;\n]| *$| +#)/.test(after);
}
