import { createObject, isObject, type JsonValue } from '@keelson/core';
import type { SensitiveKey } from './sensitive.ts';

/** Values shorter than this are not looked for in text: they would stand everywhere. */
const shortestSecret = 4;
const filterBits = 16;

/** A known value in a text. */
interface FoundValue {
  start: number;
  end: number;
  digest: string;
}

/**
 * Takes known secret values out of texts, also where they are written in base64 or escaped as in JSON. The time for
 * a text grows with its length, not with the number of values: only where four characters in a row can begin a
 * value are values compared.
 */
export class Redactor {
  readonly #key: SensitiveKey;
  readonly #digests = new Map<string, string>();
  /** One bit for each hash of four characters that begin a value. */
  readonly #filter = new Uint8Array(1 << filterBits);
  readonly #byStart = new Map<string, string[]>();

  constructor(key: SensitiveKey) {
    this.#key = key;
  }

  /** Makes a value known. */
  add(value: string): void {
    if (value.length < shortestSecret) return;
    const digest = this.#key.digest(value);
    const encoded = Buffer.from(value, 'utf8').toString('base64');
    for (const form of [value, encoded, encoded.replace(/=+$/, ''), JSON.stringify(value).slice(1, -1)]) {
      this.#addForm(form, digest);
    }
  }

  #addForm(form: string, digest: string): void {
    if (this.#digests.has(form)) return;
    this.#digests.set(form, digest);
    this.#filter[hashAt(form, 0)] = 1;
    const start = form.slice(0, shortestSecret);
    const forms = this.#byStart.get(start);
    if (forms === undefined) this.#byStart.set(start, [form]);
    else forms.push(form);
  }

  /** The text with every known value replaced by its digest; values that overlap are replaced together. */
  redact(text: string): string {
    if (this.#digests.size === 0) return text;
    let out = '';
    let done = 0;
    for (const { start, end, digest } of this.#found(text)) {
      out += text.slice(done, start) + digest;
      done = end;
    }
    return done === 0 ? text : out + text.slice(done);
  }

  /** Where values stand: in order, those that overlap joined under the digest of the first and longest. */
  #found(text: string): FoundValue[] {
    const found: FoundValue[] = [];
    for (let at = 0; at + shortestSecret <= text.length; at++) {
      if (this.#filter[hashAt(text, at)] === 0) continue;
      const form = this.#longestAt(text, at);
      if (form === undefined) continue;
      const end = at + form.length;
      const last = found.at(-1);
      if (last !== undefined && at < last.end) last.end = Math.max(last.end, end);
      else found.push({ start: at, end, digest: this.#digests.get(form) ?? '' });
    }
    return found;
  }

  #longestAt(text: string, at: number): string | undefined {
    const forms = this.#byStart.get(text.slice(at, at + shortestSecret)) ?? [];
    let longest: string | undefined;
    for (const form of forms) {
      if (form.length > (longest?.length ?? 0) && text.startsWith(form, at)) longest = form;
    }
    return longest;
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

function hashAt(text: string, at: number): number {
  let hash = text.charCodeAt(at);
  for (let i = 1; i < shortestSecret; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(at + i)) | 0;
  return (Math.imul(hash, 0x9e3779b1) >>> (32 - filterBits)) & 0xffff;
}
