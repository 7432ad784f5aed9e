import { HttpError } from './errors.ts';

/** Ends a request that takes too long, and tells which of its bounds it passed. */
export class Watch {
  readonly #controller = new AbortController();
  readonly #what: string;
  readonly #total: NodeJS.Timeout;
  #step: NodeJS.Timeout | undefined;
  #passed: string | undefined;

  /** @param left milliseconds until the whole must be done. */
  constructor(what: string, left: number, totalMilliseconds: number) {
    this.#what = what;
    const end = () => this.#end('totalMilliseconds', totalMilliseconds);
    // A program that has nothing else to do need not wait for a bound.
    this.#total = setTimeout(end, Math.max(left, 0)).unref();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Begins a step, which ends at the next. */
  step(bound: string, milliseconds: number): void {
    this.pause();
    this.#step = setTimeout(() => this.#end(bound, milliseconds), milliseconds).unref();
  }

  /** Ends a step; none begins. */
  pause(): void {
    clearTimeout(this.#step);
  }

  #end(bound: string, milliseconds: number): void {
    this.#passed = `${bound} (${milliseconds})`;
    this.#controller.abort();
  }

  /** The error to give in place of one that the end caused. */
  get fault(): HttpError | undefined {
    if (this.#passed === undefined) return undefined;
    return new HttpError('HTTP_TIMEOUT', `${this.#what} took longer than ${this.#passed}`);
  }

  /** Once the request is over, or no longer wanted. */
  stop(): void {
    this.pause();
    clearTimeout(this.#total);
    this.#controller.abort();
  }
}
