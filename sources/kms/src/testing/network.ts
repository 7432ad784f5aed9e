import type { Timing } from '@keelson/http';

export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

export type Handler = (request: Received) => Response | Promise<Response>;

/** A network of our own: hosts that answer what they are told, and an error for every other request. */
export class FakeNetwork {
  /** `METHOD scheme://host/path` of each request. */
  readonly log: string[] = [];
  readonly slept: number[] = [];
  readonly #routes = new Map<string, Handler>();
  /** Asked before any host is: a request that it answers goes no further. */
  intercept: (request: Received) => Response | undefined | Promise<Response | undefined> = () => undefined;
  now: number;

  constructor(now: number) {
    this.now = now;
  }

  /** The answer of the host itself. */
  async answer(request: Received): Promise<Response> {
    const handler = this.#routes.get(`${request.method} ${request.url.origin}${request.url.pathname}`);
    if (handler === undefined) throw refusedConnection();
    return await handler(request);
  }

  /** @param route `METHOD scheme://host/path` */
  on(route: string, handler: Handler): this {
    this.#routes.set(route, handler);
    return this;
  }

  readonly fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = new URL(String(input));
    const method = init.method ?? 'GET';
    const route = `${method} ${url.origin}${url.pathname}`;
    this.log.push(route);
    if (init.redirect !== 'manual') throw new Error('redirects are left to fetch');
    const body = init.body === undefined || init.body === null ? '' : await new Response(init.body).text();
    const request = { method, url, headers: new Headers(init.headers), body };
    return (await this.intercept(request)) ?? (await this.answer(request));
  };

  readonly timing: Timing = {
    now: () => this.now,
    sleep: async (milliseconds) => {
      this.slept.push(milliseconds);
      this.now += milliseconds;
    },
    random: () => 0,
  };
}

function refusedConnection(): Error {
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }),
  });
}

export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}

/** Answers in JSON what comes with the right credentials. */
export function guarded(
  demandToken: (request: Received) => void,
  answer: (request: Received) => unknown,
): Handler {
  return (request) => {
    demandToken(request);
    return json(answer(request));
  };
}

/** A refusal of a fake service; what it says is held against the test. */
export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(`a request is not as it should be: ${what}`);
}
