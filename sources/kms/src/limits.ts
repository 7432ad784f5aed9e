import type { HttpLimits } from '@keelson/http';

/** Bounds on what is taken from outside. */
export const kmsLimits = Object.freeze({
  /** Of an answer: the longest is a page of key versions. */
  maxAnswerBytes: 1 << 20,
  /** Of a file with credentials. */
  maxFileBytes: 1 << 20,
  /** Characters of a service's reason that are shown. */
  maxReason: 300,
  /** Times that a request is sent where the service says that it is asked too often. */
  maxAttempts: 4,
  /** Pages of the versions of a key. */
  maxPages: 50,
});

/** Requests are signed, or carry a token: nobody else gets them, so no redirect is followed. */
export const serviceHttpLimits: Partial<HttpLimits> = Object.freeze({
  maxRedirects: 0,
  maxAttempts: kmsLimits.maxAttempts,
  headMilliseconds: 15_000,
  idleMilliseconds: 15_000,
  totalMilliseconds: 60_000,
});
