import type { CachedHttpResponse, HttpCache } from '@keelson/rego';

/** Responses up to so many bytes; what was not asked for longest makes room. */
export class BoundedCache implements HttpCache {
  readonly #responses = new Map<string, CachedHttpResponse>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): CachedHttpResponse | undefined {
    const response = this.#responses.get(key);
    if (response === undefined) return undefined;
    this.#responses.delete(key);
    this.#responses.set(key, response);
    return response;
  }

  set(key: string, response: CachedHttpResponse): void {
    this.delete(key);
    this.#responses.set(key, response);
    this.#bytes += sizeOf(key, response);
    for (const [oldest] of this.#responses) {
      if (this.#bytes <= this.#maxBytes) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const response = this.#responses.get(key);
    if (response === undefined) return;
    this.#bytes -= sizeOf(key, response);
    this.#responses.delete(key);
  }
}

function sizeOf(key: string, { headers, body }: CachedHttpResponse): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, key.length + body.length);
}
