import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A server on loopback that answers in the way of a test, which ends it with `await using`. */
export class TestServer implements AsyncDisposable {
  readonly #server: Server;
  /** `METHOD /path?query` of every request, in order. */
  readonly log: string[] = [];
  /** The headers of every request, in order. */
  readonly headers: IncomingMessage['headers'][] = [];

  private constructor(handler: Handler) {
    this.#server = createServer((request, response) => {
      this.log.push(`${request.method} ${request.url}`);
      this.headers.push(request.headers);
      Promise.resolve(handler(request, response)).catch(() => response.destroy());
    });
  }

  static async start(handler: Handler): Promise<TestServer> {
    const server = new TestServer(handler);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** The `Authorization` of every request, in order. */
  get authorizations(): (string | undefined)[] {
    return this.headers.map(({ authorization }) => authorization);
  }

  /** Host and port. */
  get host(): string {
    const address: AddressInfo | string | null = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
