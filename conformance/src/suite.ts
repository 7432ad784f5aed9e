/** One public suite: how its owners judge it. */
export interface Suite {
  /** Name of the corpus's folder, or of the property where there is no corpus. */
  name: string;
  /** True when the suite makes its own cases and `dir` is not read. */
  isGenerated?: boolean;
  /** Judges every case in `dir`. Throws only when the corpus itself cannot be read. */
  run(dir: string): Promise<SuiteResult>;
}

export interface SuiteResult {
  passed: number;
  failed: number;
  /** Cases that were not judged, each with the true reason. */
  skipped: { id: string; reason: string }[];
  failures: { id: string; message: string }[];
  /** Printed before the last line: measurements, what the corpus lacks. */
  notes?: string[];
}

/** Gathers verdicts while a suite runs. */
export class Tally implements SuiteResult {
  passed = 0;
  readonly skipped: { id: string; reason: string }[] = [];
  readonly failures: { id: string; message: string }[] = [];
  readonly notes: string[] = [];

  get failed(): number {
    return this.failures.length;
  }

  pass(): void {
    this.passed++;
  }

  fail(id: string, message: string): void {
    this.failures.push({ id, message });
  }

  skip(id: string, reason: string): void {
    this.skipped.push({ id, reason });
  }
}
