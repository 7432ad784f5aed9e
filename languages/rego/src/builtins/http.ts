import { RegoError } from '../errors.ts';
import {
  getKey,
  type Key,
  keyOf,
  type ObjectValue,
  objectOf,
  type RegoValue,
  stringifyRego,
} from '../values/index.ts';
import {
  type BuiltinArguments,
  type BuiltinContext,
  BuiltinError,
  type BuiltinFamily,
  builtinError,
} from './builtin.ts';
import type { CachedHttpResponse, HttpCache, HttpResponse } from './host.ts';
import { errorText, NetworkError } from './http/errors.ts';
import { checkHost, send } from './http/exchange.ts';
import { expiryOf, keptStatuses, mayBeKept } from './http/freshness.ts';
import { headerOf } from './http/headers.ts';
import {
  booleanAt,
  cacheKeyOf,
  type Exchange,
  forcedSeconds,
  readExchange,
  retriesOf,
} from './http/options.ts';
import { requestOperand } from './http/request.ts';
import { type Decoding, responseValue } from './http/response.ts';
import { objectOperand } from './operands.ts';

/** What requests gave in this evaluation: a value or an error. */
class Answers extends Map<Key, RegoValue | BuiltinError> {}

function answersOf({ cache }: BuiltinContext): Answers {
  const found = cache.get('http.send');
  if (found instanceof Answers) return found;
  const made = new Answers();
  cache.set('http.send', made);
  return made;
}

/** One call: the request, how its answer is read, and by what it is remembered. */
class Call {
  readonly #request: ObjectValue;
  readonly #key: ObjectValue;
  readonly #context: BuiltinContext;
  readonly #forced: number;
  /** What outlives the evaluation, where the request asks for it. */
  readonly #kept: { readonly cache: HttpCache; readonly now: bigint } | undefined;

  constructor(request: ObjectValue, context: BuiltinContext) {
    this.#request = request;
    this.#context = context;
    this.#key = cacheKeyOf(request);
    const isKept = booleanAt(request, 'cache');
    this.#forced = forcedSeconds(request);
    const { httpCache, now } = context.host;
    const isAsked = isKept || booleanAt(request, 'force_cache');
    this.#kept =
      isAsked && httpCache !== undefined && now !== undefined
        ? { cache: httpCache, now: timeOf(context) }
        : undefined;
  }

  /** The response, from the caches where they have it. */
  answer(): RegoValue {
    const answers = answersOf(this.#context);
    const key = keyOf(this.#key);
    const known = answers.get(key);
    if (known instanceof BuiltinError) throw known;
    if (known !== undefined) return known;
    try {
      const { value, isCommon } = this.#kept === undefined ? this.#fresh() : this.#remembered(this.#kept);
      if (isCommon) answers.set(key, value);
      return value;
    } catch (error) {
      if (error instanceof BuiltinError) answers.set(key, error);
      throw error;
    }
  }

  #fresh(): { value: RegoValue; isCommon: boolean } {
    const response = this.#send(this.#exchange(this.#request));
    return { value: this.#value(response), isCommon: keptStatuses.has(response.status) };
  }

  /** As `#fresh`, with what is kept beyond the evaluation. */
  #remembered({ cache, now }: { cache: HttpCache; now: bigint }): { value: RegoValue; isCommon: boolean } {
    const name = stringifyRego(this.#key);
    // Before anything kept is shown: another policy may have been allowed more.
    const exchange = this.#exchange(this.#request);
    const decoding = this.#decoding();
    const old = cache.get(name);
    let response: HttpResponse | undefined = old;
    if (old !== undefined && old.expires <= now) {
      cache.delete(name);
      response = this.#revalidated(old);
      if (response !== undefined) this.#keep(cache, name, response, now);
    }
    if (response === undefined) {
      response = this.#send(exchange);
      this.#keep(cache, name, response, now);
    }
    return { value: responseValue(response, decoding, this.#context), isCommon: true };
  }

  /** The response that the server still stands by, or a new one; undefined where it has neither to say. */
  #revalidated(old: CachedHttpResponse): HttpResponse | undefined {
    const tag = headerOf(old, 'etag');
    const modified = headerOf(old, 'last-modified');
    if (tag === '' && modified === '') return undefined;
    const exchange = this.#exchange(this.#key);
    const set = new Map(exchange.headers);
    if (tag !== '') set.set('If-None-Match', tag);
    if (modified !== '') set.set('If-Modified-Since', modified);
    const response = this.#send({ ...exchange, headers: [...set] });
    if (response.status === 200) return response;
    if (response.status !== 304) return undefined;
    const renewed = new Set(response.headers.map(([header]) => header.toLowerCase()));
    const others = old.headers.filter(([header]) => !renewed.has(header.toLowerCase()));
    return { ...old, headers: [...others, ...response.headers] };
  }

  #keep(cache: HttpCache, name: string, response: HttpResponse, now: bigint): void {
    const isForced = this.#forced > 0;
    if (!keptStatuses.has(response.status) || !(isForced || mayBeKept(response))) return;
    const expires = isForced ? now + BigInt(this.#forced) * 1_000_000_000n : expiryOf(response);
    if (expires !== undefined) cache.set(name, { ...response, expires });
  }

  #exchange(request: ObjectValue): Exchange {
    const { host } = this.#context;
    return readExchange(request, (url) => {
      checkHost(url, host);
    });
  }

  #send(exchange: Exchange): HttpResponse {
    return send(exchange, retriesOf(this.#request), this.#context);
  }

  #decoding(): Decoding {
    return {
      json: booleanAt(this.#key, 'force_json_decode'),
      yaml: booleanAt(this.#key, 'force_yaml_decode'),
    };
  }

  #value(response: HttpResponse): RegoValue {
    return responseValue(response, this.#decoding(), this.#context);
  }
}

/** The time of the evaluation, as `time.now_ns` has it. */
function timeOf({ host, cache }: BuiltinContext): bigint {
  const known = cache.get('time.now_ns');
  if (typeof known === 'bigint') return known;
  const now = host.now?.() ?? 0n;
  cache.set('time.now_ns', now);
  return now;
}

function sendRequest(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  const given = objectOperand(args, 1);
  const raises = getKey(given, 'raise_error') ?? true;
  if (typeof raises !== 'boolean') throw builtinError('invalid value for raise_error field');
  try {
    return new Call(requestOperand(given), context).answer();
  } catch (error) {
    if (raises || !(error instanceof BuiltinError) || error instanceof RegoError) throw error;
    const code = error instanceof NetworkError ? 'network' : 'internal';
    const message = errorText(error, context);
    return objectOf([
      ['status_code', 0],
      [
        'error',
        objectOf([
          ['code', `eval_http_send_${code}_error`],
          ['message', message],
        ]),
      ],
    ]);
  }
}

export const http: BuiltinFamily = { 'http.send': sendRequest };
