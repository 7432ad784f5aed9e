import type { Cryptography } from './crypto-host.ts';

/**
 * The world as built-ins see it: nothing reads a clock, chance, the network or the environment but through
 * this. What is absent is not allowed, and the built-in says so.
 */
export interface BuiltinHost {
  /** Nanoseconds since 1970, UTC. */
  now?(): bigint;
  /** Random bytes, for `rand.intn` and `uuid.rfc4122`. */
  randomBytes?(length: number): Uint8Array;
  /** The addresses of a host name. Any error that it throws is one of the network; one named `TimeoutError` is a timeout. */
  lookUpAddresses?(name: string): readonly string[];
  /**
   * One HTTP exchange, synchronous as evaluation is. It follows no redirect: `http.send` does, and asks anew
   * for each. Any error that it throws is one of the network; one named `TimeoutError` is a timeout.
   */
  http?(request: HttpRequest): HttpResponse;
  /**
   * The names of the hosts that `http.send` may reach, redirects included; none where not given. Where they are given, no
   * others are looked up either.
   */
  httpHosts?: readonly string[];
  /** How a host could be allowed; stands behind the error of one that is not. */
  howToAllow?(name: string): string | undefined;
  /** Responses that outlive an evaluation, for `http.send` with `cache` or `force_cache`; a Map will do. */
  httpCache?: HttpCache;
  /** What `opa.runtime` shows: configuration, environment, version. Nothing secret belongs here. */
  runtime?(): RuntimeInformation;
  /** Digests, signatures and certificates. */
  crypto?: Cryptography;
}

export interface HttpRequest {
  readonly method: string;
  /** http or https, without a fragment. */
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array;
  /** Milliseconds; no limit where not given. */
  readonly timeout?: number;
  /** How often this request failed before. A host may wait before it tries again. */
  readonly attempt: number;
  /** Options of transport security, `tls_ca_cert` and the like, as the policy gave them. */
  readonly options: Readonly<Record<string, string | boolean>>;
}

export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

export interface HttpCache {
  get(key: string): CachedHttpResponse | undefined;
  set(key: string, response: CachedHttpResponse): unknown;
  delete(key: string): unknown;
}

export interface CachedHttpResponse extends HttpResponse {
  /** Nanoseconds since 1970, UTC. */
  readonly expires: bigint;
}

export interface RuntimeInformation {
  readonly config?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly version?: string;
  readonly commit?: string;
}
