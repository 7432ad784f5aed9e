import type { JsonValue } from '@keelson/core';
import { kindOf, resolvePlain, type ScalarKind } from './resolve.ts';

const yamlTag = 'tag:yaml.org,2002:';

/** Thrown by the caller as YAML_VALUE with a position. */
export interface TagProblem {
  problem: string;
}

/**
 * The value of a scalar with a tag, as go-yaml decodes it: the tags of YAML's own types are honoured where
 * the text fits them, `!!binary` becomes text, every other tag makes the scalar a string.
 */
export function resolveTagged(tag: string, text: string): { value: JsonValue } | TagProblem {
  if (!tag.startsWith(yamlTag)) return { value: text };
  const name = tag.slice(yamlTag.length);
  if (name === 'binary') return decodeBinary(text);
  if (name === 'str') return { value: text };
  if (name === 'timestamp') return isTimestamp(text) ? { value: text } : { problem: refusal(text, name) };
  if (name !== 'bool' && name !== 'int' && name !== 'float' && name !== 'null') return { value: text };
  const value = resolvePlain(text);
  const kind: ScalarKind = isTimestamp(text) ? 'str' : kindOf(text, value);
  if (kind === name) return { value };
  // go-yaml widens an int64 to a float, but not what only fits a uint64.
  const isWidened = name === 'float' && kind === 'int' && BigInt(Number(value)) < 2n ** 63n;
  return isWidened ? { value: Number(value) } : { problem: refusal(text, name) };
}

function refusal(text: string, name: string): string {
  return `cannot read ${JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)} as !!${name}`;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function decodeBinary(text: string): { value: string } | TagProblem {
  const dense = text.replace(/[\r\n]/g, '');
  if (!base64.test(dense)) return { problem: 'a !!binary value is not base64' };
  return { value: decodeUtf8(Buffer.from(dense, 'base64')) };
}

/** UTF-8 as Go's JSON writer shows it: each byte that begins no character becomes U+FFFD by itself. */
function decodeUtf8(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length === 0) {
      parts.push(decoder.decode(bytes.subarray(from, at)), '\ufffd');
      from = at + 1;
    }
    at += Math.max(length, 1);
  }
  parts.push(decoder.decode(bytes.subarray(from)));
  return parts.join('');
}

/** Bytes of the character that begins at `start` (Unicode Standard, table 3-7), 0 when none does. */
function characterLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  // No longer form than needed, no surrogates, nothing beyond U+10FFFF.
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[start + 1] ?? 0;
  if (second < lowest || second > highest) return 0;
  for (let i = start + 2; i < start + length; i++) if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

const dateSyntax =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d)))|(?: (\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?))?$/;

/** True for the four layouts that go-yaml takes as a timestamp; they stay text in JSON. */
export function isTimestamp(text: string): boolean {
  const match = dateSyntax.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, ...rest] = match.slice(1).map((part) => Number(part ?? 0));
  const [
    hour = 0,
    minute = 0,
    second = 0,
    zoneHour = 0,
    zoneMinute = 0,
    hour2 = 0,
    minute2 = 0,
    second2 = 0,
  ] = rest;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return (
    day >= 1 &&
    day <= (lengths[month - 1] ?? 0) &&
    Math.max(hour, hour2) <= 23 &&
    Math.max(minute, minute2) <= 59 &&
    Math.max(second, second2) <= 59 &&
    zoneHour <= 24 &&
    zoneMinute <= 60
  );
}
