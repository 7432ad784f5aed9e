import { openKey } from '../open-key.ts';
import type { ServiceKey } from '../service-key.ts';
import type { KeyServiceOptions } from '../surroundings.ts';
import { FakeNetwork, type Received } from './network.ts';

export type Step = 'key' | 'sign';

/** A service with one key, and who asks it. */
export interface World {
  readonly name: string;
  readonly network: FakeNetwork;
  reference: string;
  environment: Record<string, string>;
  files: Record<string, string>;
  /** Which of the two things that are asked of a service a request asks; undefined for credentials. */
  readonly stepOf: (request: Received) => Step | undefined;
  /** What no message may show. */
  readonly secrets: readonly string[];
}

/** 2026-11-23T12:00:00Z. */
export const start = Date.UTC(2026, 10, 23, 12);

export function newNetwork(): FakeNetwork {
  return new FakeNetwork(start);
}

export function optionsOf({ environment, files, network }: World): KeyServiceOptions {
  return {
    environment,
    home: '/home/dev',
    readFile: (path) => {
      const text = files[path];
      return text === undefined ? undefined : Buffer.from(text);
    },
    http: { fetch: network.fetch, timing: network.timing },
  };
}

export async function open(world: World): Promise<ServiceKey> {
  return await openKey(world.reference, optionsOf(world));
}

/** The step of a request by its route. */
export function stepByRoute(routes: Readonly<Record<Step, string>>): World['stepOf'] {
  return ({ method, url }) => {
    const route = `${method} ${url.origin}${url.pathname}`;
    return route === routes.sign ? 'sign' : route === routes.key ? 'key' : undefined;
  };
}
