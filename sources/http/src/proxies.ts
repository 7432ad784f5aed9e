import { isLocalName, isLoopbackAddress, isMetadataAddress } from './addresses.ts';

type Fetch = typeof globalThis.fetch;
type Environment = Readonly<Record<string, string | undefined>>;

const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/**
 * `fetch`, by the proxies that an environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, also in small letters). Node's own takes them
 * only where it was started to (`NODE_USE_ENV_PROXY=1`). This machine and services of a cloud's host are never asked by a proxy.
 */
export function environmentFetch(environment: Environment): Fetch {
  const isOwn = environment['NODE_USE_ENV_PROXY'] === '1';
  if (isOwn || names.every((name) => (environment[name] ?? '') === '')) return globalThis.fetch;
  let proxied: Promise<Fetch> | undefined;
  return async (input, init) => {
    if (isNear(new URL(String(input)))) return await globalThis.fetch(input, init);
    proxied ??= import('./proxied-fetch.ts').then(({ proxiedFetch }) => proxiedFetch(environment));
    return await (await proxied)(input, init);
  };
}

function isNear({ hostname }: URL): boolean {
  const name = hostname.replace(/^\[|\]$|\.$/g, '');
  return isLocalName(name) || isLoopbackAddress(name) || isMetadataAddress(name);
}
