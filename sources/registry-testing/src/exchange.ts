import type { IncomingMessage, ServerResponse } from 'node:http';
import { RegistryFault } from './fault.ts';

/** One request and its answer. */
export class Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://registry');
    this.method = request.method ?? 'GET';
    this.path = url.pathname;
    this.query = url.searchParams;
    this.request = request;
    this.response = response;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** @throws RegistryFault SIZE_INVALID */
  async body(maxBytes: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of this.request) {
      if (!(piece instanceof Uint8Array)) continue;
      size += piece.length;
      if (size > maxBytes) throw new RegistryFault(413, 'SIZE_INVALID', `more than ${maxBytes} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  answer(status: number, headers: Readonly<Record<string, string>> = {}, body?: Uint8Array | string): void {
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const hasLength = status !== 204 || body !== undefined;
    this.response.writeHead(status, {
      ...(hasLength ? { 'content-length': String(length) } : {}),
      ...headers,
    });
    this.response.end(this.method === 'HEAD' ? undefined : body);
  }

  json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.answer(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(value));
  }

  fault({ status, code, message, headers }: RegistryFault): void {
    this.json(status, { errors: [{ code, message, detail: {} }] }, headers);
  }
}
