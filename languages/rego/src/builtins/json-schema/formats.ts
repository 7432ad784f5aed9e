import { Regex, RegexSyntaxError } from '@keelson/regex';
import { BuiltinError } from '../builtin.ts';
import { parseAddress } from '../net/address.ts';
import { rfc3339, rfc3339Nano } from '../time/layout.ts';
import { parseTime } from '../time/parse.ts';
import { parseUrl, UrlSyntaxError } from '../url.ts';

function isTime(...layouts: readonly string[]): (text: string) => boolean {
  return (text) =>
    layouts.some((layout) => {
      try {
        parseTime(layout, text);
        return true;
      } catch (error) {
        if (error instanceof BuiltinError) return false;
        throw error;
      }
    });
}

function urlOf(text: string): ReturnType<typeof parseUrl> | undefined {
  try {
    return text.includes('\\') ? undefined : parseUrl(text);
  } catch (error) {
    if (error instanceof UrlSyntaxError) return undefined;
    throw error;
  }
}

function isRegex(text: string): boolean {
  try {
    return new Regex(text) instanceof Regex;
  } catch (error) {
    if (error instanceof RegexSyntaxError) return false;
    throw error;
  }
}

const isDate = isTime('2006-01-02');
const clock = ['15:04:05Z07:00', '15:04:05'];
const isUrl = (text: string) => (urlOf(text)?.scheme ?? '') !== '';
const isReference = (text: string) => urlOf(text) !== undefined;
const hostname =
  /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]))*$/;
const isHostname = (text: string) => text.length < 256 && hostname.test(text);
const address = /^[^\s@<>(),;:\\"[\]]+@[^\s@<>(),;:\\"]+$/;
const isEmail = (text: string) => address.test(/^[^<>]*<([^<>]*)>$/.exec(text.trim())?.[1] ?? text.trim());

const checks = new Map<string, (text: string) => boolean>([
  ['date', isDate],
  ['time', isTime(...clock)],
  ['date-time', isTime('15:04:05', '15:04:05Z07:00', '2006-01-02', rfc3339, rfc3339Nano)],
  ['hostname', isHostname],
  ['email', isEmail],
  ['idn-email', isEmail],
  ['ipv4', (text) => text.includes('.') && parseAddress(text) !== undefined],
  ['ipv6', (text) => text.includes(':') && parseAddress(text) !== undefined],
  ['uri', isUrl],
  ['iri', isUrl],
  ['uri-reference', isReference],
  ['iri-reference', isReference],
  ['uri-template', (text) => /^(?:[^{]|\{[^}]*\})*$/.test(urlOf(text)?.path ?? '{')],
  ['uuid', (text) => /^[a-f\d]{8}-[a-f\d]{4}-[a-f\d]{4}-[a-f\d]{4}-[a-f\d]{12}$/i.test(text)],
  ['regex', isRegex],
  ['json-pointer', (text) => /^(?:\/(?:[^~/]|~0|~1)*)*$/.test(text)],
  ['relative-json-pointer', (text) => /^(?:0|[1-9]\d*)(?:#|(?:\/(?:[^~/]|~0|~1)*)*)$/.test(text)],
]);

/** Whether a text has a format; formats that are not known are no constraint. */
export function hasFormat(text: string, format: string): boolean {
  return checks.get(format)?.(text) ?? true;
}
