/** Nothing is shown of work that takes less, in seconds. */
const patience = 1;
const interval = 0.2;

/**
 * A line on stderr that tells how far the work is, once it takes more than a second and stderr is a terminal. The
 * terminal is asked only then: a short run loads nothing for it.
 */
export class Progress {
  readonly #isQuiet: boolean;
  readonly #started = process.hrtime();
  #next = patience;
  #shown = 0;

  constructor(isQuiet: boolean) {
    this.#isQuiet = isQuiet;
  }

  /** Seconds since the start. */
  get seconds(): number {
    const [seconds, nanoseconds] = process.hrtime(this.#started);
    return seconds + nanoseconds / 1e9;
  }

  /** Shows what is being done, at most five times a second. */
  tell(text: () => string): void {
    if (this.#isQuiet) return;
    const now = this.seconds;
    if (now < this.#next) return;
    this.#next = now + interval;
    if (process.stderr.isTTY !== true) {
      this.#next = Number.POSITIVE_INFINITY;
      return;
    }
    // A terminal that does not know its width says 0.
    const line = text().slice(0, (process.stderr.columns || 80) - 1);
    process.stderr.write(`\r${line.padEnd(this.#shown)}`);
    this.#shown = line.length;
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown > 0) process.stderr.write(`\r${' '.repeat(this.#shown)}\r`);
    this.#shown = 0;
  }
}
