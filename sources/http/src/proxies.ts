import { isInward } from './url.ts';

type Fetch = typeof globalThis.fetch;
type Environment = Readonly<Record<string, string | undefined>>;

const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/**
 * `fetch`, by the proxies that an environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, also in small letters). Node's own takes them
 * only where it was started to (`NODE_USE_ENV_PROXY=1`), and then for all. This machine and services of a cloud's host are never asked by
 * a proxy.
 */
export function environmentFetch(environment: Environment): Fetch {
  if (!namesProxy(environment)) return globalThis.fetch;
  const [direct, proxied] = [byAgents(), byAgents(environment)];
  return async (input, init) => await (isInward(new URL(String(input))) ? direct : proxied)(input, init);
}

/** `fetch` that no proxy hears of, whatever an environment names. */
export function directFetch(environment: Environment): Fetch {
  return namesProxy(environment) ? byAgents() : globalThis.fetch;
}

function namesProxy(environment: Environment): boolean {
  return names.some((name) => (environment[name] ?? '') !== '');
}

/** Loaded when it is first asked: most networks have no proxies. */
function byAgents(proxies?: Environment): Fetch {
  let made: Promise<Fetch> | undefined;
  return async (input, init) => {
    made ??= import('./agent-fetch.ts').then(({ agentFetch }) => agentFetch(proxies));
    return await (await made)(input, init);
  };
}
