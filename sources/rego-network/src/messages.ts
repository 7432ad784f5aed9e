import type { MessagePort } from 'node:worker_threads';
import type { HttpRequest, HttpResponse } from '@keelson/rego';
import type { NetworkLimits } from './limits.ts';

/** What the thread of the network is given when it starts. */
export interface ThreadData {
  readonly marker: typeof threadMarker;
  readonly port: MessagePort;
  /** One number of `state`, shared. */
  readonly shared: Int32Array<SharedArrayBuffer>;
  /** Names and addresses that may be reached, as URLs have them. */
  readonly allowed: ReadonlySet<string>;
  readonly limits: NetworkLimits;
  /** Variables that name proxies. */
  readonly proxies: Readonly<Record<string, string>>;
}

export const threadMarker = 'keelson rego network';

/** Whose turn it is. The thread leaves `asked`, the evaluation every other but `stopped`. */
export const state = { idle: 0, asked: 1, answered: 2, stopped: 3 } as const;

/** What is asked of the thread, one thing at a time. */
export type Question =
  | { readonly type: 'exchange'; readonly request: HttpRequest }
  | { readonly type: 'addresses'; readonly name: string };

export type Answer =
  | { readonly type: 'response'; readonly response: HttpResponse }
  | { readonly type: 'addresses'; readonly addresses: readonly string[] }
  | { readonly type: 'fault'; readonly name: string; readonly message: string };
