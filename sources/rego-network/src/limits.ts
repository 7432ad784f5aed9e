/** Bounds of the network that policies may use; passing one is an error that names it. */
export interface NetworkLimits {
  /** Bytes of the body of a response. */
  readonly maxResponseBytes: number;
  /** Bytes of the headers of a response, all together. */
  readonly maxHeaderBytes: number;
  /** Milliseconds of one exchange or look-up, whatever longer time a policy asks for. */
  readonly maxExchangeMilliseconds: number;
  /** Bytes of the bodies that the cache keeps; what was not asked for longest goes first. */
  readonly maxCacheBytes: number;
  /** Milliseconds after which a thread stops that is asked for nothing; the next exchange starts another. */
  readonly maxIdleMilliseconds: number;
}

export const defaultNetworkLimits: NetworkLimits = Object.freeze({
  maxResponseBytes: 16 * 1024 * 1024,
  maxHeaderBytes: 64 * 1024,
  maxExchangeMilliseconds: 30_000,
  maxCacheBytes: 64 * 1024 * 1024,
  maxIdleMilliseconds: 10_000,
});
