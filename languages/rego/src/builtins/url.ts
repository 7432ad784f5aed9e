import { decodeUtf8, encodeUtf8, quoteString } from '../values/index.ts';
import { isIpv6Literal } from './ipv6.ts';

/** URLs as Go's net/url reads them, down to the texts of its errors. */
export interface ParsedUrl {
  readonly scheme: string;
  /** The host name with its brackets and port. */
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  /** The path as written, where escaping the path anew would not give it. */
  readonly rawPath: string;
  /** The path with its escapes, as it goes over the wire. */
  readonly escapedPath: string;
  readonly rawQuery: string;
  readonly fragment: string;
}

export class UrlSyntaxError extends Error {}

/** Reads a URL; throws `UrlSyntaxError` with Go's text. */
export function parseUrl(text: string): ParsedUrl {
  const [before, fragment] = cut(text, '#');
  const url = within(before, () => parseWithoutFragment(before));
  return { ...url, fragment: within(text, () => unescapePart(fragment, 'path')) };
}

function within<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UrlSyntaxError)) throw error;
    throw new UrlSyntaxError(`parse ${quoteString(text)}: ${error.message}`);
  }
}

function cut(text: string, separator: string): [before: string, after: string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

const empty: ParsedUrl = {
  scheme: '',
  host: '',
  hostname: '',
  port: '',
  path: '',
  rawPath: '',
  escapedPath: '',
  rawQuery: '',
  fragment: '',
};

const control = /[\u0000-\u001f\u007f]/;

function parseWithoutFragment(text: string): ParsedUrl {
  if (control.test(text)) throw new UrlSyntaxError('net/url: invalid control character in URL');
  if (text === '*') return { ...empty, path: '*', rawPath: '*', escapedPath: '*' };
  const [scheme, afterScheme] = splitScheme(text);
  const [rest, rawQuery] = cut(afterScheme, '?');
  const known = { ...empty, scheme, rawQuery };
  if (!rest.startsWith('/')) {
    // What has a scheme and no slash is opaque, as `mailto:` has it.
    if (scheme !== '') return known;
    if (cut(rest, '/')[0].includes(':')) {
      throw new UrlSyntaxError('first path segment in URL cannot contain colon');
    }
  }
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'));
  if (!hasAuthority) return { ...known, ...readPath(rest) };
  const slash = rest.indexOf('/', 2);
  const authority = rest.slice(2, slash < 0 ? undefined : slash);
  return { ...known, ...readAuthority(scheme, authority), ...readPath(slash < 0 ? '' : rest.slice(slash)) };
}

function splitScheme(text: string): [scheme: string, rest: string] {
  if (text.startsWith(':')) throw new UrlSyntaxError('missing protocol scheme');
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text);
  return match === null ? ['', text] : [(match[1] ?? '').toLowerCase(), text.slice(match[0].length)];
}

const escapedCharacters = /^[A-Za-z0-9\-_.~!$&'()*+,;=:@/[\]%]*$/;

function readPath(written: string): Pick<ParsedUrl, 'path' | 'rawPath' | 'escapedPath'> {
  const path = unescapePart(written, 'path');
  const escapedPath = escapedCharacters.test(written) ? written : escapePath(path);
  return { path, rawPath: escapePath(path) === written ? path : written, escapedPath };
}

const usualInPath = /[A-Za-z0-9\-_.~$&+,/:;=@]/;

function escapePath(path: string): string {
  let out = '';
  for (const byte of encodeUtf8(path)) {
    const character = String.fromCharCode(byte);
    const isUsual = byte < 0x80 && usualInPath.test(character);
    out += isUsual ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

const userCharacters = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;

function readAuthority(scheme: string, authority: string): Pick<ParsedUrl, 'host' | 'hostname' | 'port'> {
  const at = authority.lastIndexOf('@');
  const host = readHost(scheme, authority.slice(at + 1));
  if (at >= 0) {
    const user = authority.slice(0, at);
    if (!userCharacters.test(user)) throw new UrlSyntaxError('net/url: invalid userinfo');
    for (const part of cut(user, ':')) unescapePart(part, 'path');
  }
  return { host, ...splitPort(host) };
}

function readHost(scheme: string, host: string): string {
  const open = host.lastIndexOf('[');
  if (open > 0) throw new UrlSyntaxError('invalid IP-literal');
  if (open === 0) return readIpLiteral(host);
  const first = host.indexOf(':');
  // Only web addresses are held to one colon.
  const isWeb = scheme === 'http' || scheme === 'https';
  if (first >= 0) checkPort(host.slice(isWeb ? first : host.lastIndexOf(':')));
  return unescapePart(host, 'host');
}

function checkPort(port: string): void {
  if (!/^(?::[0-9]*)?$/.test(port)) {
    throw new UrlSyntaxError(`invalid port ${quoteString(port)} after host`);
  }
}

function readIpLiteral(host: string): string {
  const close = host.lastIndexOf(']');
  if (close < 0) throw new UrlSyntaxError("missing ']' in host");
  const port = host.slice(close + 1);
  checkPort(port);
  const inner = host.slice(1, close);
  const zone = inner.indexOf('%25');
  const address =
    zone < 0
      ? unescapePart(inner, 'host')
      : unescapePart(inner.slice(0, zone), 'host') + unescapePart(inner.slice(zone), 'zone');
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) throw new UrlSyntaxError('invalid IP-literal');
  if (!isIpv6Literal(address)) {
    throw new UrlSyntaxError(`invalid host: ParseAddr(${quoteString(address)}): unable to parse IP`);
  }
  return `[${address}]${port}`;
}

function splitPort(host: string): Pick<ParsedUrl, 'hostname' | 'port'> {
  const match = /:([0-9]*)$/.exec(host);
  const name = match === null ? host : host.slice(0, match.index);
  const isLiteral = name.startsWith('[') && name.endsWith(']');
  return { hostname: isLiteral ? name.slice(1, -1) : name, port: match?.[1] ?? '' };
}

type Part = 'path' | 'host' | 'zone';

const hostCharacters = /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/;

/** The part with its escapes resolved. In a host only bytes beyond ASCII may be escaped (RFC 6874 for zones). */
function unescapePart(text: string, part: Part): string {
  const bytes = encodeUtf8(text);
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0x25) {
      out.push(escapedByteAt(bytes, i, part));
      i += 2;
      continue;
    }
    const character = String.fromCharCode(byte);
    if (part !== 'path' && byte < 0x80 && !hostCharacters.test(character)) {
      throw new UrlSyntaxError(`invalid character ${quoteString(character)} in host name`);
    }
    out.push(byte);
  }
  return decodeUtf8(Uint8Array.from(out));
}

function escapedByteAt(bytes: Uint8Array, index: number, part: Part): number {
  const shown = decodeUtf8(bytes.subarray(index, index + 3));
  const isEscape = /^%[\da-fA-F]{2}$/.test(shown);
  const value = isEscape ? Number.parseInt(shown.slice(1), 16) : 0;
  const isForbidden =
    shown !== '%25' &&
    ((part === 'host' && value < 0x80) ||
      (part === 'zone' &&
        value !== 0x20 &&
        (value >= 0x80 || !hostCharacters.test(String.fromCharCode(value)))));
  if (!isEscape || isForbidden) throw new UrlSyntaxError(`invalid URL escape ${quoteString(shown)}`);
  return value;
}
