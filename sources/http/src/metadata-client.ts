import { HttpClient, type HttpOptions } from './client.ts';

/**
 * A client for the service of a cloud's own host, which gives out credentials to whoever asks: plain HTTP within the machine's own network,
 * by no proxy and to nobody else. The service answers at once, or is not there.
 */
export function metadataClient(options: Pick<HttpOptions, 'fetch' | 'timing'> = {}): HttpClient {
  return new HttpClient({
    ...options,
    plainHttp: true,
    proxies: false,
    limits: {
      maxRedirects: 0,
      maxAttempts: 2,
      headMilliseconds: 2_000,
      idleMilliseconds: 2_000,
      totalMilliseconds: 10_000,
    },
  });
}
