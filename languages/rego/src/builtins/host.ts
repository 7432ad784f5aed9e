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
  /** The addresses of a host name. */
  lookUpAddresses?(name: string): readonly string[];
  /** An HTTP exchange, synchronous as evaluation is. */
  http?(request: HttpRequest): HttpResponse;
  /** What `opa.runtime` shows: configuration, environment, version. Nothing secret belongs here. */
  runtime?(): RuntimeInformation;
  /** Digests, signatures and certificates. */
  crypto?: Cryptography;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array;
  /** Milliseconds. */
  readonly timeout?: number;
  /** The hosts that redirects may lead to; any where not given. */
  readonly allowedHosts?: readonly string[];
  /** Options of transport security and redirects as the policy gave them. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

export interface RuntimeInformation {
  readonly config?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly version?: string;
  readonly commit?: string;
}
