import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A server on loopback that a test ends with `await using`. */
export class TestServer implements AsyncDisposable {
  readonly #server: Server;
  /** `METHOD /path` of every request, in order. */
  readonly log: string[] = [];
  /** The `Authorization` of every request. */
  readonly authorizations: (string | undefined)[] = [];

  private constructor(handler: Handler) {
    this.#server = createServer((request, response) => {
      this.log.push(`${request.method} ${request.url}`);
      this.authorizations.push(request.headers.authorization);
      Promise.resolve(handler(request, response)).catch(() => response.destroy());
    });
  }

  static async start(handler: Handler): Promise<TestServer> {
    const server = new TestServer(handler);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
