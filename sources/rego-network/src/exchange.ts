import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, type RequestOptions, request as requestHttps } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import type { HttpRequest, HttpResponse } from '@keelson/rego';
import { guardedLookup } from './addresses.ts';
import { inWordsOfGo } from './errors.ts';
import type { NetworkLimits } from './limits.ts';
import { retryMilliseconds, timeoutOf } from './times.ts';
import { transportSecurity } from './transport-security.ts';

/** What exchanges need to know of the network that they are part of. */
export interface ExchangeContext {
  readonly allowed: ReadonlySet<string>;
  readonly limits: NetworkLimits;
  readonly proxies: Readonly<Record<string, string>>;
}

/** One exchange. It follows no redirect. Whatever goes wrong is an Error; one named `TimeoutError` is a timeout. */
export async function exchange(request: HttpRequest, context: ExchangeContext): Promise<HttpResponse> {
  const pause = retryMilliseconds(request.attempt);
  if (pause > 0) await wait(pause);
  const time = timeoutOf(request, context.limits);
  const sent = send(request, context);
  const timer = setTimeout(() => sent.destroy(timeoutError(time)), time);
  try {
    return await responseTo(sent, context.limits);
  } finally {
    clearTimeout(timer);
  }
}

function timeoutError(time: number): Error {
  const error = new Error(`no whole response within ${time} ms`);
  error.name = 'TimeoutError';
  return error;
}

/** Of the message itself: how it is framed is not a policy's to say. */
const ownHeaders: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'trailer']);

function send(request: HttpRequest, { allowed, limits, proxies }: ExchangeContext): ClientRequest {
  const url = new URL(request.url);
  const isSecure = url.protocol === 'https:';
  const agentOptions = { keepAlive: false, proxyEnv: proxies };
  const options: RequestOptions = {
    method: request.method,
    headers: headersOf(request),
    agent: isSecure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions),
    maxHeaderSize: limits.maxHeaderBytes,
    lookup: guardedLookup(allowed),
    ...(isSecure ? transportSecurity(request) : {}),
  };
  const sent = isSecure ? requestHttps(url, options) : requestHttp(url, options);
  return request.body === undefined ? sent.end() : sent.end(request.body);
}

function headersOf({ headers, body }: HttpRequest): Record<string, string> {
  const given = headers.filter(([name]) => !ownHeaders.has(name.toLowerCase()));
  return {
    'User-Agent': 'keelson',
    ...(body === undefined ? {} : { 'Content-Length': String(body.length) }),
    // Node takes a text as bytes, one for each character.
    ...Object.fromEntries(given.map(([name, value]) => [name, Buffer.from(value).toString('latin1')])),
  };
}

function responseTo(sent: ClientRequest, limits: NetworkLimits): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    sent.on('error', (error) => reject(inWordsOfGo(error, limits)));
    sent.on('response', (message) => {
      readBody(message, limits.maxResponseBytes).then((body) => {
        resolve({
          status: message.statusCode ?? 0,
          statusText: message.statusMessage ?? '',
          headers: shownHeaders(message.rawHeaders),
          body,
        });
      }, reject);
    });
  });
}

async function readBody(message: IncomingMessage, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of message) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    if (length > limit) {
      message.destroy();
      throw new Error(`the response passed the limit maxResponseBytes, ${limit}`);
    }
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/** The headers, but for those of the connection itself: policies see none of them in OPA either. */
function shownHeaders(raw: readonly string[]): [name: string, value: string][] {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = raw.slice(i, i + 2);
    const lower = name.toLowerCase();
    const isOwn =
      lower === 'transfer-encoding' || (lower === 'connection' && value.toLowerCase() === 'close');
    if (!isOwn) headers.push([name, value]);
  }
  return headers;
}
