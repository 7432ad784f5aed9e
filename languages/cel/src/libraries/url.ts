import { CelFault } from '../runtime/fault.ts';
import { CelObject, type CelRecord, type CelValue, newRecord } from '../runtime/values.ts';
import type { FunctionTable } from './library.ts';

/** Kubernetes' url library: absolute URIs and absolute paths, split as Go's net/url does. */
export const urlDeclarations: readonly string[] = [
  'url(string) -> kubernetes.URL',
  'isURL(string) -> bool',
  ...['Scheme', 'Host', 'Hostname', 'Port', 'EscapedPath'].map(
    (name) => `kubernetes.URL.get${name}() -> string`,
  ),
  'kubernetes.URL.getQuery() -> map(string, list(string))',
];

interface UrlParts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

export class CelUrl extends CelObject {
  readonly typeName = 'kubernetes.URL';
  readonly text: string;
  readonly parts: UrlParts;
  constructor(text: string, parts: UrlParts) {
    super();
    this.text = text;
    this.parts = parts;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelUrl && other.text === this.text;
  }
}

const form = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/s;

function parseUrl(text: string): CelUrl | undefined {
  const found = form.exec(text);
  if (found === null || /[\x00-\x20\x7f]/.test(text) || /%(?![0-9a-fA-F]{2})/.test(found[3] ?? ''))
    return undefined;
  const [, scheme = '', authority = '', path = '', query = ''] = found;
  if (scheme === '' && !path.startsWith('/')) return undefined;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (!/^(?:\[[0-9a-fA-F:.%a-z]*\]|[^[\]:]*)(?::\d*)?$/.test(host)) return undefined;
  return new CelUrl(text, { scheme: scheme.toLowerCase(), host, path, query });
}

function readUrl(text: string): CelUrl {
  const url = parseUrl(text);
  if (url === undefined) throw new CelFault(`URL parse error during conversion from string: ${text}`);
  return url;
}

function of(read: (parts: UrlParts) => CelValue) {
  return (value: CelValue) => (value instanceof CelUrl ? read(value.parts) : undefined);
}

function hostname({ host }: UrlParts): string {
  const bracketed = /^\[(.*)\]/.exec(host);
  return bracketed?.[1] ?? host.replace(/:\d*$/, '');
}

function queryOf({ query }: UrlParts): CelRecord {
  const record = newRecord();
  for (const [name, value] of new URLSearchParams(query)) {
    const known = Object.hasOwn(record, name) ? record[name] : undefined;
    if (Array.isArray(known)) known.push(value);
    else record[name] = [value];
  }
  return record;
}

/** As Go's EscapedPath: what may not stand in a path is escaped. */
function escapedPath({ path }: UrlParts): string {
  return path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@!*'()%]+/gu, encodeURIComponent);
}

export const urlFunctions: FunctionTable = {
  url: (text) => (typeof text === 'string' ? readUrl(text) : undefined),
  isURL: (text) => (typeof text === 'string' ? parseUrl(text) !== undefined : undefined),
  '.getScheme': of((parts) => parts.scheme),
  '.getHost': of((parts) => parts.host),
  '.getHostname': of(hostname),
  '.getPort': of((parts) => /:(\d*)$/.exec(parts.host.replace(/^\[.*\]/, ''))?.[1] ?? ''),
  '.getEscapedPath': of(escapedPath),
  '.getQuery': of(queryOf),
};
