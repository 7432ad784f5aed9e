import { HttpAnswer } from './answer.ts';
import { HttpError } from './errors.ts';
import { isPassingFault, unreachable } from './faults.ts';
import { defaultHttpLimits, type HttpLimits } from './limits.ts';
import { directFetch, environmentFetch } from './proxies.ts';
import { delayBefore, mayRepeat, systemTiming, type Timing } from './timing.ts';
import { checkedUrl, onwardUrl, shownUrl } from './url.ts';
import { Watch } from './watch.ts';

export interface HttpRequest {
  readonly url: string | URL;
  /** GET where it is not given. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent to the scheme, host and port of `url` only, whatever a redirect says. */
  readonly authorization?: string | undefined;
  readonly body?: Uint8Array | string;
  /** Sending it twice does no harm; so for all methods but POST and PATCH where it is not given. */
  readonly repeatable?: boolean;
}

export interface HttpOptions {
  readonly limits?: Partial<HttpLimits>;
  /** Allow http to other machines than this one. */
  readonly plainHttp?: boolean;
  readonly userAgent?: string;
  /** False: ask nothing by a proxy, whatever the environment says. */
  readonly proxies?: boolean;
  readonly fetch?: typeof globalThis.fetch;
  readonly timing?: Timing;
}

/** Headers that may follow a redirect to another origin. */
const travelling = new Set(['accept', 'range', 'if-none-match', 'user-agent', 'accept-encoding']);
const redirects = new Set([301, 302, 303, 307, 308]);

interface Sending {
  readonly request: HttpRequest;
  readonly what: string;
  /** On the client's clock. */
  readonly deadline: number;
}

interface Answered {
  readonly response: Response;
  readonly url: URL;
  readonly leftOrigin: boolean;
  readonly watch: Watch;
}

/**
 * Sends requests with bounds on redirects, repetitions and time, by the proxies that the environment names. Further roots of trust are
 * Node's own: `NODE_EXTRA_CA_CERTS`.
 */
export class HttpClient {
  readonly #limits: HttpLimits;
  readonly #plainHttp: boolean;
  readonly #userAgent: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #timing: Timing;

  constructor(options: HttpOptions = {}) {
    this.#limits = Object.freeze({ ...defaultHttpLimits, ...options.limits });
    this.#plainHttp = options.plainHttp ?? false;
    this.#userAgent = options.userAgent ?? 'keelson';
    this.#fetch = options.fetch ?? (options.proxies === false ? directFetch : environmentFetch)(process.env);
    this.#timing = options.timing ?? systemTiming;
  }

  /**
   * The answer, of whatever status.
   *
   * @throws HttpError
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { maxAttempts, maxRetryAfterSeconds, totalMilliseconds, idleMilliseconds } = this.#limits;
    const url = checkedUrl(String(request.url), this.#plainHttp);
    const method = request.method ?? 'GET';
    const what = `${method} ${shownUrl(url)}`;
    const isRepeatable = request.repeatable ?? (method !== 'POST' && method !== 'PATCH');
    const sending = { request, what, deadline: this.#timing.now() + totalMilliseconds };
    for (let attempt = 1; ; attempt++) {
      const answered = await this.#attempt(sending, url, isRepeatable && attempt < maxAttempts);
      const retryAfter = answered?.response.headers.get('retry-after') ?? null;
      const delay = delayBefore(attempt, retryAfter, this.#timing, maxRetryAfterSeconds);
      const isFinal =
        answered !== undefined &&
        (attempt >= maxAttempts || delay === undefined || !mayRepeat(answered.response.status, isRepeatable));
      if (isFinal) return new HttpAnswer(answered.response, { ...answered, what, idleMilliseconds });
      answered?.watch.stop();
      await this.#wait(delay ?? 0, sending);
    }
  }

  async #wait(delay: number, { what, deadline }: Sending): Promise<void> {
    if (this.#timing.now() + delay > deadline)
      throw new HttpError(
        'HTTP_TIMEOUT',
        `${what} took longer than totalMilliseconds (${this.#limits.totalMilliseconds})`,
      );
    await this.#timing.sleep(delay);
  }

  /** One try with its redirects; undefined where it failed in a way that passes, and another try is left. */
  async #attempt(sending: Sending, url: URL, mayFail: boolean): Promise<Answered | undefined> {
    const { deadline, what } = sending;
    const { totalMilliseconds } = this.#limits;
    const watch = new Watch(what, deadline - this.#timing.now(), totalMilliseconds);
    try {
      return await this.#follow(sending, url, watch);
    } catch (error) {
      const fault = watch.fault;
      watch.stop();
      if (fault !== undefined) throw fault;
      if (error instanceof HttpError) throw error;
      if (mayFail && isPassingFault(error)) return undefined;
      throw unreachable(what, error);
    }
  }

  async #follow(sending: Sending, start: URL, watch: Watch): Promise<Answered> {
    const { request } = sending;
    const method = request.method ?? 'GET';
    const seen = new Set([start.href]);
    let leftOrigin = false;
    for (let url = start; ; ) {
      watch.step('headMilliseconds', this.#limits.headMilliseconds);
      const response = await this.#fetch(url, {
        method,
        headers: this.#headers(request, leftOrigin),
        redirect: 'manual',
        signal: watch.signal,
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      if (!redirects.has(response.status)) return { response, url, leftOrigin, watch };
      await response.body?.cancel();
      const next = onwardUrl(url, response.headers.get('location'), this.#plainHttp);
      leftOrigin ||= next.origin !== start.origin;
      this.#checkRedirect(sending, { next, leftOrigin, status: response.status, seen });
      seen.add(next.href);
      url = next;
    }
  }

  #checkRedirect(
    { request, what }: Sending,
    { next, leftOrigin, status, seen }: { next: URL; leftOrigin: boolean; status: number; seen: Set<string> },
  ): void {
    const { maxRedirects } = this.#limits;
    const refuse = (reason: string) => new HttpError('HTTP_REDIRECT_REFUSED', `${what}: ${reason}`);
    const isReading = request.method === undefined || request.method === 'GET' || request.method === 'HEAD';
    if (seen.has(next.href)) throw refuse('redirects go in a circle');
    if (seen.size > maxRedirects) throw refuse(`more than maxRedirects (${maxRedirects}) redirects`);
    // Only 307 and 308 keep method and body (RFC 9110, 15.4), and what is written stays with whom it was meant for.
    if (!isReading && (leftOrigin || (status !== 307 && status !== 308)))
      throw refuse(`a request that writes is sent on to ${shownUrl(next)}`);
  }

  #headers({ headers = {}, authorization }: HttpRequest, leftOrigin: boolean): Record<string, string> {
    const all: [string, string][] = [
      ['user-agent', this.#userAgent],
      ...Object.entries(headers).map(([name, text]): [string, string] => [name.toLowerCase(), text]),
    ];
    if (leftOrigin) return Object.fromEntries(all.filter(([name]) => travelling.has(name)));
    return Object.fromEntries(authorization === undefined ? all : [...all, ['authorization', authorization]]);
  }
}
