import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SigstoreError } from '../errors.ts';
import { signInLimits } from './limits.ts';

const path = '/auth/callback';
const attempts = 5;

/**
 * A server on loopback for the one request by which a browser brings back the answer of a provider (RFC 8252, section 7.3). It stands on
 * a port of its own, and takes nothing but what carries the state of this sign-in.
 */
export class RedirectReceiver implements AsyncDisposable {
  readonly #servers: Server[];
  readonly #port: number;
  readonly #state: string;
  readonly #answer = Promise.withResolvers<URLSearchParams>();
  #strays = 0;

  private constructor(servers: Server[], port: number, state: string) {
    this.#servers = servers;
    this.#port = port;
    this.#state = state;
    // Whoever waits gets the fault; nobody may be waiting yet.
    this.#answer.promise.catch(() => undefined);
    for (const server of servers)
      server.on('request', (request, response) => this.#handle(request, response));
  }

  /** @throws SigstoreError SIGSTORE_SIGN_IN_FAILED where no port is to be had */
  static async open(state: string): Promise<RedirectReceiver> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const first = await listening('127.0.0.1', 0);
      if (typeof first === 'string') continue;
      const address = first.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      // A browser may take localhost for either address: both must be ours.
      const second = await listening('::1', port);
      if (typeof second !== 'string') return new RedirectReceiver([first, second], port, state);
      if (second !== 'EADDRINUSE') return new RedirectReceiver([first], port, state);
      first.close();
    }
    throw failed('no port of this machine is free for the browser to come back to');
  }

  /** Providers know programs on people's machines by the name localhost, with any port. */
  get uri(): string {
    return `http://localhost:${this.#port}${path}`;
  }

  /**
   * The parameters of the provider's answer.
   *
   * @throws SigstoreError SIGSTORE_SIGN_IN_FAILED where none comes in time
   */
  async answer(milliseconds: number): Promise<URLSearchParams> {
    const late = () =>
      this.#answer.reject(failed(`nobody signed in within signInMilliseconds (${milliseconds})`));
    const timer = setTimeout(late, milliseconds);
    try {
      return await this.#answer.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #handle({ method, url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const asked = URL.parse(url, 'http://localhost');
    const hosts = ['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${this.#port}`);
    // By another name a page of somebody else's may have come here (DNS rebinding).
    if (asked === null || asked.pathname !== path || !hosts.includes(headers.host ?? ''))
      respond(response, 404, 'Nothing is here.');
    else if (method !== 'GET') respond(response, 405, 'Nothing is done here.');
    else if (this.#isOurs(asked.searchParams)) this.#take(asked.searchParams, response);
    else this.#refuse(response);
  }

  #take(answer: URLSearchParams, response: ServerResponse): void {
    // The server goes away with the answer: the page must have left by then.
    response.once('close', () => this.#answer.resolve(answer));
    const text = answer.has('error')
      ? 'The sign-in was refused. The terminal says more.'
      : 'keelson has the answer. This page can be closed; the terminal says the rest.';
    respond(response, 200, text);
  }

  #refuse(response: ServerResponse): void {
    const { maxStrayRequests } = signInLimits;
    this.#strays++;
    if (this.#strays > maxStrayRequests)
      this.#answer.reject(
        failed(`more than maxStrayRequests (${maxStrayRequests}) answers were of other sign-ins`),
      );
    respond(response, 400, 'This answer is of another sign-in. keelson waits for its own.');
  }

  #isOurs(parameters: URLSearchParams): boolean {
    const [state = '', ...others] = parameters.getAll('state');
    const [given, own] = [Buffer.from(state), Buffer.from(this.#state)];
    return others.length === 0 && given.length === own.length && timingSafeEqual(given, own);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
  }
}

/** The server, or the code of the error why there is none. */
async function listening(host: string, port: number): Promise<Server | string> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 });
  return await new Promise((resolve) => {
    server.once('error', (error) => resolve('code' in error ? String(error.code) : ''));
    server.listen(port, host, () => resolve(server));
  });
}

function respond(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    // The address of the page has the code in it.
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  response.end(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>keelson</title><p>${text}</p></html>\n`,
  );
}

function failed(reason: string): SigstoreError {
  return new SigstoreError('SIGSTORE_SIGN_IN_FAILED', `the sign-in failed: ${reason}`);
}
