/**
 * Milliseconds of a clock that only goes forward. `performance` would load modules of Node at a start that is mostly not
 * measured.
 */
export function clock(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** How long parts of the work took, by the names of OPA's metrics. */
export class Timers {
  readonly #milliseconds = new Map<string, number>();

  /** What is done under one name adds up. */
  time<T>(name: string, work: () => T): T {
    const start = clock();
    try {
      return work();
    } finally {
      this.add(name, clock() - start);
    }
  }

  add(name: string, milliseconds: number): void {
    this.#milliseconds.set(name, (this.#milliseconds.get(name) ?? 0) + milliseconds);
  }

  /** In nanoseconds, in order of the names. */
  get metrics(): ReadonlyMap<string, number> {
    return new Map(
      [...this.#milliseconds]
        .map(([name, milliseconds]) => [`timer_${name}_ns`, Math.round(milliseconds * 1e6)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }
}
