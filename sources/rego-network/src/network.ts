import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  workerData,
} from 'node:worker_threads';
import type { BuiltinHost, HttpCache, HttpRequest, HttpResponse } from '@keelson/rego';
import { BoundedCache } from './cache.ts';
import { defaultNetworkLimits, type NetworkLimits } from './limits.ts';
import { type Answer, type Question, state, type ThreadData, threadMarker } from './messages.ts';
import { serve } from './serve.ts';
import { retryMilliseconds, timeoutOf } from './times.ts';

export interface NetworkOptions {
  /**
   * The hosts that policies may reach, redirects included, as `allow_net` of OPA's capabilities names them: names or
   * addresses, without ports. A name that leads to this machine, to a link-local network or to the metadata of a cloud
   * needs the address on the list as well; `localhost` does not.
   */
  readonly allowNet: readonly string[];
  readonly limits?: Partial<NetworkLimits>;
  /**
   * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as environments have them; no proxies where not given. A proxy looks up
   * names itself.
   */
  readonly proxies?: Readonly<Record<string, string | undefined>>;
}

/** Time for the thread to start and to answer, beyond that of the exchange. */
const grace = 5_000;

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/**
 * The network for `http.send` and `net.lookup_ip_addr`, as a part of a policy's host. Evaluation is synchronous, so a
 * thread does the work while the evaluation waits. The thread starts with the first exchange, stops when it is asked for
 * nothing, and never keeps a program from ending.
 */
export class Network implements BuiltinHost {
  readonly httpHosts: readonly string[];
  readonly httpCache: HttpCache;
  readonly #thread: NetworkThread;
  readonly #limits: NetworkLimits;
  readonly #allowed: ReadonlySet<string>;

  constructor({ allowNet, limits, proxies = {} }: NetworkOptions) {
    this.#limits = { ...defaultNetworkLimits, ...limits };
    this.httpHosts = [...allowNet];
    this.httpCache = new BoundedCache(this.#limits.maxCacheBytes);
    this.#allowed = new Set(allowNet.map(canonicalHost));
    this.#thread = new NetworkThread({
      allowed: this.#allowed,
      limits: this.#limits,
      proxies: Object.fromEntries(
        proxyNames.flatMap((name) => (proxies[name] === undefined ? [] : [[name, proxies[name]]])),
      ),
    });
  }

  // Functions of their own, so that they go into other hosts as they are.
  readonly http = (request: HttpRequest): HttpResponse => {
    // Here URLs are read by the rules that connections go by, whatever the evaluation made of them.
    this.#check(new URL(request.url).hostname);
    const time = timeoutOf(request, this.#limits) + retryMilliseconds(request.attempt) + grace;
    const answer = this.#thread.ask({ type: 'exchange', request }, time);
    if (answer.type !== 'response') throw new Error('the thread of the network gave no response');
    return answer.response;
  };

  readonly lookUpAddresses = (name: string): readonly string[] => {
    this.#check(canonicalHost(name));
    const answer = this.#thread.ask({ type: 'addresses', name }, this.#limits.maxExchangeMilliseconds);
    if (answer.type !== 'addresses') throw new Error('the thread of the network gave no addresses');
    return answer.addresses;
  };

  /** Ends the thread, where there is one. */
  close(): void {
    this.#thread.end();
  }

  #check(name: string): void {
    if (!this.#allowed.has(name.replace(/^\[|\]$/g, ''))) throw new Error(`disallowed host: ${name}`);
  }
}

/** A host as URLs have it: in lower case, names in ASCII, addresses in their short form, without brackets. */
function canonicalHost(name: string): string {
  const written = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  const url = URL.parse(`http://${written}/`);
  return url === null ? name : url.hostname.replace(/^\[|\]$/g, '');
}

/** A thread that answers one question at a time, while the asking one waits. */
class NetworkThread {
  readonly #data: Pick<ThreadData, 'allowed' | 'limits' | 'proxies'>;
  #running: { worker: Worker; port: MessagePort; shared: ThreadData['shared'] } | undefined;

  constructor(data: Pick<ThreadData, 'allowed' | 'limits' | 'proxies'>) {
    this.#data = data;
  }

  ask(question: Question, milliseconds: number): Exclude<Answer, { type: 'fault' }> {
    const { port, shared } = this.#ready();
    port.postMessage(question);
    const isLate = Atomics.wait(shared, 0, state.asked, milliseconds) === 'timed-out';
    const received: { message: Answer } | undefined = isLate ? undefined : receiveMessageOnPort(port);
    if (received === undefined) {
      this.end();
      throw Object.assign(new Error(`no answer within ${milliseconds} ms`), { name: 'TimeoutError' });
    }
    Atomics.store(shared, 0, state.idle);
    const { message: answer } = received;
    if (answer.type !== 'fault') return answer;
    throw Object.assign(new Error(answer.message), { name: answer.name });
  }

  end(): void {
    void this.#running?.worker.terminate();
    this.#running = undefined;
  }

  /** A thread that waits for a question: the one there is, unless it just stopped. */
  #ready(): { port: MessagePort; shared: ThreadData['shared'] } {
    const old = this.#running;
    if (old !== undefined && Atomics.compareExchange(old.shared, 0, state.idle, state.asked) === state.idle)
      return old;
    const { port1, port2 } = new MessageChannel();
    const shared = new Int32Array(new SharedArrayBuffer(4));
    shared[0] = state.asked;
    const data: ThreadData = { ...this.#data, marker: threadMarker, port: port2, shared };
    // This module is what the thread runs too, so that a bundle needs no second file beside the one that it is in.
    const worker = new Worker(new URL(import.meta.url), {
      workerData: data,
      transferList: [port2],
      env: {},
      execArgv: [],
    });
    // A thread that fails gives no answer, which `ask` tells.
    worker.on('error', () => undefined);
    worker.unref();
    this.#running = { worker, port: port1, shared };
    return this.#running;
  }
}

function isThreadData(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'marker' in data && data.marker === threadMarker;
}

if (isThreadData(workerData)) serve(workerData);
