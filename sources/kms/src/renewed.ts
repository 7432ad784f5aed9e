/** Something that holds for a time only. */
export interface Passing<T> {
  readonly value: T;
  /** Milliseconds since 1970; absent where it does not end. */
  readonly expires?: number;
}

/** It is got again so long before its end, so that a request is not overtaken by it. */
const margin = 60_000;

/** A value that is got when it is first asked for, and again when it is about to end. */
export function renewed<T>(now: () => number, get: () => Promise<Passing<T>>): () => Promise<T> {
  let held: Passing<T> | undefined;
  return async () => {
    if (held === undefined || (held.expires ?? Number.POSITIVE_INFINITY) < now() + margin) held = await get();
    return held.value;
  };
}
