import {
  encodeUtf8,
  entriesOf,
  entriesSorted,
  getKey,
  isArray,
  isNumber,
  isObjectValue,
  memberName,
  numberText,
  type ObjectValue,
  objectOf,
  quoteString,
  type RegoValue,
  stringifyJson,
  stringifyRego,
  toInt64,
  typeName,
} from '../../values/index.ts';
import { BuiltinError, builtinError, typeError } from '../builtin.ts';
import { parseDuration } from '../time/duration.ts';
import { parseUrl, UrlSyntaxError } from '../url.ts';
import { PlacelessError } from './errors.ts';
import { canonicalName, type Headers, isToken } from './headers.ts';
import { jsonBody } from './request.ts';

/** An exchange as a policy asks for it. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
  /** Milliseconds; undefined for no limit. */
  readonly timeout: number | undefined;
  readonly followsRedirects: boolean;
  readonly options: Readonly<Record<string, string | boolean>>;
}

const textNames: ReadonlySet<RegoValue> = new Set([
  'method',
  'url',
  'raw_body',
  'tls_ca_cert',
  'tls_ca_cert_file',
  'tls_ca_cert_env_variable',
  'tls_client_cert',
  'tls_client_cert_file',
  'tls_client_cert_env_variable',
  'tls_client_key',
  'tls_client_key_file',
  'tls_client_key_env_variable',
  'tls_server_name',
]);

/** Reads what a request asks for, in the order of its names, so that the first fault is OPA's. */
export function readExchange(request: ObjectValue, checkUrl: (url: string) => void): Exchange {
  const texts = new Map<string, string>();
  const flags = new Map<string, boolean>();
  let headers: GivenHeaders = [];
  let timeout: number | undefined = 5_000;
  for (const [key, value] of entriesSorted(request)) {
    const name = memberName(key);
    if (textNames.has(name)) texts.set(name, textOf(name, value));
    if (name === 'url') checkUrl(texts.get(name) ?? '');
    else if (name === 'headers') headers = readHeaders(value);
    else if (name === 'timeout') timeout = readTimeout(value);
    else if (flagNames.has(name)) flags.set(name, flagOf(value));
  }
  const method = (texts.get('method') ?? '').toUpperCase();
  if (method !== '' && !isToken(method))
    throw builtinError(`net/http: invalid method ${quoteString(method)}`);
  const url = texts.get('url') ?? '';
  checkSyntax(url);
  const options = [...texts, ...flags].filter(([name]) => name.startsWith('tls_'));
  return {
    method: method === '' ? 'GET' : method,
    url,
    headers: asTexts(headers),
    body: bodyOf(request, texts.get('raw_body')),
    timeout,
    followsRedirects: flags.get('enable_redirect') ?? false,
    options: Object.fromEntries(options),
  };
}

const flagNames: ReadonlySet<string> = new Set([
  'enable_redirect',
  'tls_use_system_certs',
  'tls_insecure_skip_verify',
]);

function textOf(name: string, value: RegoValue): string {
  if (typeof value !== 'string') throw builtinError(`${quoteString(name)} must be a string`);
  return value.replace(/^"+|"+$/g, '');
}

/** A boolean, or 0 or 1. */
function flagOf(value: RegoValue): boolean {
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  throw builtinError(`strconv.ParseBool: parsing ${quoteString(stringifyRego(value))}: invalid syntax`);
}

function checkSyntax(url: string): void {
  try {
    parseUrl(url);
  } catch (error) {
    if (error instanceof UrlSyntaxError) throw builtinError(error.message);
    throw error;
  }
}

function bodyOf(request: ObjectValue, raw: string | undefined): Uint8Array | undefined {
  if (raw !== undefined) return encodeUtf8(raw);
  const body = getKey(request, 'body');
  return body === undefined ? undefined : jsonBody(body);
}

type GivenHeaders = readonly (readonly [name: string, value: RegoValue])[];

function readHeaders(value: RegoValue): GivenHeaders {
  if (!isObjectValue(value)) throw builtinError('invalid type for headers key');
  const byName = new Map<string, RegoValue>();
  for (const [key, member] of entriesSorted(value)) byName.set(canonicalName(memberName(key)), member);
  return [...byName];
}

function asTexts(headers: GivenHeaders): Headers {
  return headers.map(([name, value]) => {
    if (typeof value === 'string') return [name, value];
    throw builtinError(`invalid type for headers value ${quotedValue(value)}`);
  });
}

/** Go's %q of a value of JSON. */
function quotedValue(value: RegoValue): string {
  if (isNumber(value)) return quoteString(numberText(value));
  if (value === null) return '%!q(<nil>)';
  return typeof value === 'boolean' ? `%!q(bool=${value})` : stringifyJson(value);
}

/** Milliseconds of nanoseconds or of a duration; undefined for none. */
function readTimeout(value: RegoValue): number | undefined {
  const nanoseconds = timeoutOf(value);
  return nanoseconds > 0n ? Math.max(1, Math.ceil(Number(nanoseconds) / 1e6)) : undefined;
}

function timeoutOf(value: RegoValue): bigint {
  if (isNumber(value)) {
    const integer = toInt64(value);
    if (integer !== undefined) return integer;
    throw builtinError(`invalid timeout number value ${numberText(value)}, must be int64`);
  }
  if (typeof value !== 'string') {
    throw typeError(`operand 1 'timeout' must be one of {string, number} but got ${typeName(value)}`);
  }
  if (/^[+-]?\d{1,18}$/.test(value)) return BigInt(value);
  try {
    return parseDuration(value);
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    throw builtinError(`invalid timeout value ${quoteString(value)}: ${error.message}`);
  }
}

/** A flag of the request that is a boolean where it is given. */
export function booleanAt(request: ObjectValue, name: string): boolean {
  const value = getKey(request, name) ?? false;
  if (typeof value !== 'boolean') throw builtinError(`invalid value for ${quoteString(name)} field`);
  return value;
}

/** How often a request is tried again. */
export function retriesOf(request: ObjectValue): number {
  const value = getKey(request, 'max_retry_attempts') ?? 0;
  const count = isNumber(value) ? toInt64(value) : undefined;
  if (count !== undefined && count >= 0n) return Number(count);
  throw new PlacelessError(`invalid value ${stringifyRego(value)} for field "max_retry_attempts"`);
}

/** Seconds that a response is kept whatever its headers say; 0 where they count. */
export function forcedSeconds(request: ObjectValue): number {
  if (!booleanAt(request, 'force_cache')) return 0;
  const value = getKey(request, 'force_cache_duration_seconds');
  if (value === undefined) {
    throw builtinError("'force_cache' set but 'force_cache_duration_seconds' parameter is missing");
  }
  const text = stringifyRego(value);
  const fault = (reason: string) => builtinError(`strconv.ParseInt: parsing ${quoteString(text)}: ${reason}`);
  if (!/^[+-]?\d+$/.test(text)) throw fault('invalid syntax');
  const seconds = Number(text);
  if (seconds !== (seconds | 0)) throw fault('value out of range');
  return seconds;
}

/** The request by which responses are remembered: without the headers that do not count. */
export function cacheKeyOf(request: ObjectValue): ObjectValue {
  const ignored = getKey(request, 'cache_ignored_headers');
  const headers = getKey(request, 'headers');
  const key = objectOf(entriesOf(request)).set('cache_ignored_headers', null);
  if (ignored === undefined || headers === undefined) return key;
  if (!isArray(ignored) || ignored.some((name) => typeof name !== 'string')) {
    throw new PlacelessError('cache_ignored_headers must be an array of strings');
  }
  if (!isObjectValue(headers)) throw builtinError('invalid type for headers key');
  const kept = [...entriesOf(headers)].filter(([name]) => !ignored.includes(name));
  return key.set('headers', objectOf(kept));
}
