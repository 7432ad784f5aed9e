import { RegoError } from '../../errors.ts';
import { type BuiltinContext, BuiltinError, builtinError } from '../builtin.ts';
import type { BuiltinHost, HttpRequest, HttpResponse } from '../host.ts';
import { countRequest, disallowedHost, isListed } from '../network.ts';
import { parseUrl } from '../url.ts';
import { NetworkError } from './errors.ts';
import { type Headers, headerOf, isHeaderValue, isToken } from './headers.ts';
import type { Exchange } from './options.ts';

const maxRedirects = 10;

/** What an attempt costs of the evaluation's steps, so that no policy tries for ever. */
const stepsOfAttempt = 1_000;

/** Throws unless the host of a URL may be reached. */
export function checkHost(url: string, host: BuiltinHost): void {
  const { http, httpHosts = [] } = host;
  const name = nameOf(url);
  if (http === undefined || !isListed(name, httpHosts)) throw disallowedHost(name, host);
}

function nameOf(url: string): string {
  return attempt(
    () => parseUrl(url).hostname,
    (error) => builtinError(error.message),
  );
}

/** What a call gives, or what becomes of its error. Errors of the evaluation stay as they are. */
function attempt<T>(call: () => T, failed: (error: Error) => Error): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof BuiltinError || error instanceof RegoError || !(error instanceof Error)) throw error;
    throw failed(error);
  }
}

/** The response to an exchange, with redirects followed and failures tried again as asked for. */
export function send(exchange: Exchange, retries: number, context: BuiltinContext): HttpResponse {
  for (let count = 0; ; count++) {
    context.chargeSteps(stepsOfAttempt);
    try {
      return follow(exchange, count, context);
    } catch (error) {
      if (count >= retries || !(error instanceof NetworkError)) throw error;
    }
  }
}

function follow(exchange: Exchange, tried: number, context: BuiltinContext): HttpResponse {
  let current = exchange;
  for (let count = 0; ; count++) {
    const response = once(current, tried, context);
    const location = redirectOf(current, response);
    if (location === undefined) return response;
    const next = redirected(current, response.status, location);
    // An error tells of the request that would have been next, as Go's client has it.
    const refuse = (error: Error) => new NetworkError(next.method, next.url, error.message);
    if (count === maxRedirects) throw refuse(new Error(`stopped after ${maxRedirects} redirects`));
    try {
      checkHost(next.url, context.host);
    } catch (error) {
      throw error instanceof BuiltinError ? refuse(error) : error;
    }
    current = next;
  }
}

function once(exchange: Exchange, tried: number, context: BuiltinContext): HttpResponse {
  const { host } = context;
  const { method, headers, body, timeout, options } = exchange;
  const fail = (fault: string): Error => new NetworkError(method, withoutPassword(exchange.url), fault);
  const { scheme, host: authority } = parseUrl(exchange.url);
  const isWeb = scheme === 'http' || scheme === 'https';
  const name = headers.find(([given]) => !isToken(given));
  const value = headers.find(([, text]) => !isHeaderValue(text));
  if (isWeb && name !== undefined) throw fail(`net/http: invalid header field name "${name[0]}"`);
  if (isWeb && value !== undefined) throw fail(`net/http: invalid header field value for "${value[0]}"`);
  if (!isWeb) throw fail(`unsupported protocol scheme "${scheme}"`);
  if (authority === '') throw fail('http: no Host in request URL');
  const request: HttpRequest = {
    method,
    url: exchange.url.replace(/#.*$/s, ''),
    headers,
    attempt: tried,
    options,
    ...(body === undefined ? {} : { body }),
    ...(timeout === undefined ? {} : { timeout }),
  };
  countRequest(context);
  return attempt(
    () => {
      const response = host.http?.(request);
      if (response === undefined) throw disallowedHost(authority, host);
      return response;
    },
    (error) =>
      error.name === 'TimeoutError'
        ? new NetworkError(method, withoutPassword(exchange.url), error.message, true)
        : fail(error.message),
  );
}

function withoutPassword(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#]*@/i, '$1:***@');
}

const redirectCodes: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where a response leads, if anywhere. */
function redirectOf(exchange: Exchange, response: HttpResponse): string | undefined {
  if (!exchange.followsRedirects || !redirectCodes.has(response.status)) return undefined;
  const location = headerOf(response, 'location');
  return location === '' ? undefined : location;
}

const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'www-authenticate',
  'cookie',
  'cookie2',
  'proxy-authorization',
  'proxy-authenticate',
  'host',
]);

/** The exchange after a redirect: credentials stay with the host that they were for. */
function redirected(exchange: Exchange, status: number, location: string): Exchange {
  const url = attempt(
    () => new URL(location, exchange.url).href,
    () => {
      const fault = `failed to parse Location header ${JSON.stringify(location)}`;
      return new NetworkError(exchange.method, withoutPassword(exchange.url), fault);
    },
  );
  const staysWithHost = nameOf(url) === nameOf(exchange.url);
  const keepsBody = status === 307 || status === 308;
  const headers: Headers = exchange.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    if (!staysWithHost && credentialHeaders.has(lower)) return false;
    return keepsBody || !lower.startsWith('content-');
  });
  const isSafe = exchange.method === 'GET' || exchange.method === 'HEAD';
  return {
    ...exchange,
    url,
    headers,
    method: keepsBody || isSafe ? exchange.method : 'GET',
    body: keepsBody ? exchange.body : undefined,
  };
}
