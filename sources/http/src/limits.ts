/** Bounds on one request, its redirects and repetitions counted in. Passing one is an error that names it. */
export interface HttpLimits {
  readonly maxRedirects: number;
  /** Times that a request is sent where the server is busy or fails. */
  readonly maxAttempts: number;
  /** The longest wait that a server may ask for (`Retry-After`); its answer is given as it is where it asks for more. */
  readonly maxRetryAfterSeconds: number;
  /** From sending to the head of the answer. */
  readonly headMilliseconds: number;
  /** Between two pieces of an answer's body. */
  readonly idleMilliseconds: number;
  /** All of it, with waits. */
  readonly totalMilliseconds: number;
}

export const defaultHttpLimits: HttpLimits = Object.freeze({
  maxRedirects: 5,
  maxAttempts: 4,
  maxRetryAfterSeconds: 30,
  headMilliseconds: 30_000,
  idleMilliseconds: 30_000,
  totalMilliseconds: 600_000,
});
