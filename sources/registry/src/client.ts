import {
  type HttpAnswer,
  HttpClient,
  type HttpOptions,
  type HttpRequest,
  isLoopback,
  systemTiming,
  type Timing,
} from '@keelson/http';
import { registryHost } from '@keelson/oci';
import { answerFault } from './answer-fault.ts';
import { Authorizer } from './authorizer.ts';
import { anonymous, type CredentialProvider } from './credentials.ts';
import { RegistryError } from './errors.ts';
import { defaultRegistryLimits, type RegistryLimits } from './limits.ts';
import { type Scope, type ScopeSet, scopeSet } from './scopes.ts';

export interface RegistryOptions extends Omit<HttpOptions, 'limits'> {
  readonly credentials?: CredentialProvider;
  readonly limits?: Partial<RegistryLimits>;
  readonly httpLimits?: HttpOptions['limits'];
}

/** A request to a registry. */
export interface RegistryRequest extends Omit<HttpRequest, 'url' | 'authorization'> {
  /** Below `/v2/`, or a URL of the registry's own. */
  readonly path: string | URL;
  readonly scopes: readonly Scope[];
  /** Statuses that are given to the caller; others are errors. */
  readonly accept: readonly number[];
}

/** What another writer may take between reading a tag and writing it. */
const othersMilliseconds = 200;

/** One registry: its address, and who is asking. Its repositories share tokens. */
export class RegistryClient {
  /** As references have it. */
  readonly registry: string;
  readonly limits: RegistryLimits;
  readonly #base: URL;
  readonly #http: HttpClient;
  readonly #authorizer: Authorizer;
  readonly #timing: Timing;

  constructor(registry: string, options: RegistryOptions = {}) {
    const { credentials = anonymous, limits, httpLimits, ...http } = options;
    const host = registryHost(registry);
    this.registry = registry;
    this.limits = Object.freeze({ ...defaultRegistryLimits, ...limits });
    const plainHttp = options.plainHttp ?? false;
    const isPlain = plainHttp || isLoopback(host.replace(/:\d+$/, ''));
    const base = URL.parse(`${isPlain ? 'http' : 'https'}://${host}/v2/`);
    if (base === null) throw new RegistryError('REGISTRY_REFUSED', `${registry} is no host`);
    this.#base = base;
    this.#http = new HttpClient({ ...http, ...(httpLimits === undefined ? {} : { limits: httpLimits }) });
    this.#timing = options.timing ?? systemTiming;
    this.#authorizer = new Authorizer({
      http: this.#http,
      registry,
      plainHttp,
      credentials,
      limits: this.limits,
      now: this.#timing.now,
    });
  }

  /** Waits for longer than others take between reading a tag and writing it, and never as long as another who waits. */
  async settle(): Promise<void> {
    await this.#timing.sleep(othersMilliseconds * (1 + this.#timing.random()));
  }

  /**
   * Sends a request, and once more with credentials where the registry asks for some.
   *
   * @throws RegistryError REGISTRY_DENIED, REGISTRY_REFUSED, REGISTRY_FAILED and those of credentials; HttpError
   */
  async send(request: RegistryRequest): Promise<HttpAnswer> {
    const url = this.urlOf(request.path);
    const scopes = scopeSet(request.scopes);
    const known = this.#authorizer.known(scopes);
    let answer = await this.#http.send({ ...request, url, authorization: known });
    const authorization = await this.#authorizationFor(answer, request, scopes).catch(
      async (error: unknown) => {
        await answer.discard();
        throw error;
      },
    );
    if (authorization !== undefined) {
      await answer.discard();
      answer = await this.#http.send({ ...request, url, authorization });
    }
    if (request.accept.includes(answer.status)) return answer;
    const what = `${request.method ?? 'GET'} ${url.host}${url.pathname}`;
    throw await answerFault(what, answer, this.#authorizer.lacksCredentials);
  }

  /** What to send after a 401; only the registry itself is answered, not a host that it sent on to. */
  async #authorizationFor(
    answer: HttpAnswer,
    { scopes: [scope] }: RegistryRequest,
    scopes: ScopeSet,
  ): Promise<string | undefined> {
    const header = answer.headers.get('www-authenticate');
    if (answer.status !== 401 || answer.leftOrigin || header === null) return undefined;
    return await this.#authorizer.answer(answer.url, header, scopes, scope?.repository ?? '');
  }

  /**
   * A URL of this registry. What the registry itself names (`Location`, `Link`) must be of it too.
   *
   * @throws RegistryError REGISTRY_ANSWER_INVALID
   */
  urlOf(path: string | URL, from: URL = this.#base): URL {
    const url = URL.parse(String(path), from.href);
    if (url !== null && url.origin === this.#base.origin && url.username === '' && url.password === '')
      return url;
    const shown = url === null ? 'what is no URL' : `${url.protocol}//${url.host}`;
    throw new RegistryError(
      'REGISTRY_ANSWER_INVALID',
      `${this.registry} names ${shown} as a place of its own`,
    );
  }
}
