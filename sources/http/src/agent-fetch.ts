import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';

/** The proxy for each scheme, in the order in which Node looks for it. */
const variables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

/**
 * Proxies as Node's agents take them. Node would pass by one that it does not know, which nobody means who names one.
 *
 * @throws Error of code ERR_PROXY_INVALID_CONFIG
 */
function proxiesOf(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given = variables.flatMap((name): [string, string][] => {
    const text = environment[name] ?? '';
    if (text === '') return [];
    const url = text.includes('://') ? text : `http://${text}`;
    if (/^https?:\/\//i.test(url) && URL.canParse(url)) return [[name, url]];
    throw Object.assign(new Error(`${name} names no proxy over HTTP`), { code: 'ERR_PROXY_INVALID_CONFIG' });
  });
  const direct = [environment['no_proxy'], environment['NO_PROXY']].find((text = '') => text !== '');
  return { ...Object.fromEntries(given), no_proxy: direct ?? '' };
}

/**
 * As much of `fetch` as `HttpClient` asks for, over agents of Node: redirects are given as they are, and nothing is decompressed.
 *
 * @param environment names the proxies; without it none is asked, also where Node was started to go by them (`NODE_USE_ENV_PROXY=1`)
 */
export function agentFetch(
  environment?: Readonly<Record<string, string | undefined>>,
): typeof globalThis.fetch {
  const proxies = environment === undefined ? {} : { proxyEnv: proxiesOf(environment) };
  const options = { keepAlive: true, ...proxies };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  return async (input, { method = 'GET', headers, body, signal } = {}) => {
    const url = new URL(String(input));
    const isSecure = url.protocol === 'https:';
    const shared = {
      method,
      headers: Object.fromEntries(new Headers(headers)),
      ...(signal === undefined || signal === null ? {} : { signal }),
    };
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = isSecure
        ? requestHttps(url, { ...shared, agent: agents.https }, resolve)
        : requestHttp(url, { ...shared, agent: agents.http }, resolve);
      request.on('error', reject);
      if (body instanceof Uint8Array || typeof body === 'string') request.end(body);
      else request.end();
    });
    return responseOf(message, method);
  };
}

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const bodiless = new Set([204, 205, 304]);

function responseOf(message: IncomingMessage, method: string): Response {
  const headers = new Headers();
  const { rawHeaders, statusCode: status = 0 } = message;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  if (method !== 'HEAD' && !bodiless.has(status))
    return new Response(Readable.toWeb(message), { status, headers });
  message.resume();
  return new Response(null, { status, headers });
}
