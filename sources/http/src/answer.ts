import { HttpError } from './errors.ts';
import { interrupted } from './faults.ts';
import type { Watch } from './watch.ts';

/** The answer to a request, its body not yet read. Read it or discard it: either ends the connection's use. */
export class HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from in the end. */
  readonly url: URL;
  /** A redirect led to another scheme, host or port than the request's. */
  readonly leftOrigin: boolean;
  readonly #response: Response;
  readonly #watch: Watch;
  readonly #what: string;
  readonly #idleMilliseconds: number;

  constructor(
    response: Response,
    parts: { url: URL; leftOrigin: boolean; watch: Watch; what: string; idleMilliseconds: number },
  ) {
    this.status = response.status;
    this.headers = response.headers;
    this.url = parts.url;
    this.leftOrigin = parts.leftOrigin;
    this.#response = response;
    this.#watch = parts.watch;
    this.#what = parts.what;
    this.#idleMilliseconds = parts.idleMilliseconds;
  }

  /**
   * The body as it comes.
   *
   * @throws HttpError HTTP_TIMEOUT, HTTP_INTERRUPTED; HTTP_TOO_LARGE
   */
  async *stream(maxBytes = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
    const tooLarge = () =>
      new HttpError('HTTP_TOO_LARGE', `${this.#what}: the answer has more than ${maxBytes} bytes`);
    const { body } = this.#response;
    let size = 0;
    try {
      if (Number(this.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
      if (body === null) return;
      this.#watch.step('idleMilliseconds', this.#idleMilliseconds);
      for await (const piece of body) {
        // How long the reader takes is not the server's fault.
        this.#watch.pause();
        size += piece.length;
        if (size > maxBytes) throw tooLarge();
        yield piece;
        this.#watch.step('idleMilliseconds', this.#idleMilliseconds);
      }
    } catch (error) {
      throw this.#watch.fault ?? (error instanceof HttpError ? error : interrupted(this.#what, error));
    } finally {
      this.#watch.stop();
    }
  }

  /** The whole body. @throws HttpError as `stream` */
  async bytes(maxBytes: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.stream(maxBytes)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** Ends the answer without reading it. */
  async discard(): Promise<void> {
    this.#watch.stop();
    await this.#response.body?.cancel().catch(() => undefined);
  }
}
