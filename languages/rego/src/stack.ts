import { RegoError } from './errors.ts';

export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

/** What is too deep to be compiled is refused like anything that passes a bound. */
export function withinStack<T>(what: string, compileIt: () => T): T {
  try {
    return compileIt();
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    throw new RegoError('eval_limit_error', `${what}: nested deeper than the call stack allows`);
  }
}
