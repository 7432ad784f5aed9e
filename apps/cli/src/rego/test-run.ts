import {
  type BuiltinHost,
  CaseListener,
  Coverage,
  type CoverageReport,
  findTests,
  formatExplanation,
  Policy,
  type PolicyOptions,
  type RegoTest,
  runTest,
  Trace,
  type TraceMode,
} from '@keelson/rego';
import { type Benchmark, benchmark } from './benchmark.ts';
import type { Loaded } from './loading.ts';
import type { Report } from './test-report.ts';

export interface TestRunOptions {
  readonly policy: PolicyOptions;
  /** Only tests whose full name matches. */
  readonly wanted: { test(name: string): boolean };
  /** How often each test is run. */
  readonly count: number;
  readonly coverage: boolean;
  /** Measure tests that hold. */
  readonly benchmark: boolean;
  readonly host: BuiltinHost;
  /** Which events of tests that fail are told, or why they fail. */
  readonly trace: TraceMode | 'why' | undefined;
}

/** The tests of policies that were loaded. */
export class TestRun {
  readonly #options: TestRunOptions;
  readonly #loaded: Loaded;
  readonly #tests: readonly RegoTest[];
  readonly #policy: Policy;
  readonly #cases = new CaseListener();
  readonly #coverage: Coverage | undefined;

  /** @throws RegoError where the policies do not compile. */
  constructor(loaded: Loaded, options: TestRunOptions) {
    const { modules, tests } = findTests(loaded.modules);
    this.#loaded = loaded;
    this.#options = options;
    this.#tests = tests.filter((test) => options.wanted.test(`${test.package}.${test.name}`));
    this.#policy = new Policy(modules, {
      ...options.policy,
      data: loaded.data,
      checkDataConflicts: true,
      print: !options.benchmark,
      builtins: this.#cases.builtins,
    });
    this.#coverage = options.coverage ? new Coverage() : undefined;
  }

  run(): Report[] {
    const reports: Report[] = [];
    for (let round = this.#options.count; round > 0; round--)
      for (const test of this.#tests) reports.push(this.#reportOf(test));
    return reports;
  }

  get coverage(): CoverageReport | undefined {
    return this.#coverage?.report(this.#loaded.modules);
  }

  #reportOf(test: RegoTest): Report {
    if (test.skipped) return { test, result: undefined, nanoseconds: 0, output: '' };
    const lines: string[] = [];
    const start = process.hrtime.bigint();
    const result = this.#evaluate(test, {
      listeners: this.#coverage === undefined ? [] : [this.#coverage],
      print: (text) => lines.push(`${text}\n`),
    });
    const took = Number(process.hrtime.bigint() - start);
    const holds = !result.failed && result.error === undefined;
    const measured = holds && this.#options.benchmark ? this.#measure(test) : undefined;
    return {
      test,
      result,
      nanoseconds: measured?.nanoseconds ?? took,
      output: lines.join(''),
      ...(measured === undefined ? {} : { benchmark: measured }),
      ...(result.failed ? { trace: this.#traceOf(test) } : {}),
    };
  }

  #evaluate(test: RegoTest, options: Parameters<typeof runTest>[3]) {
    return runTest(this.#policy, test, this.#cases, { host: this.#options.host, ...options });
  }

  #measure(test: RegoTest): Benchmark {
    return benchmark(() => this.#evaluate(test, {}), false);
  }

  /** A test that fails is run again to be watched: the others pay nothing for it. */
  #traceOf(test: RegoTest): string {
    const { trace: mode } = this.#options;
    if (mode === undefined) return '';
    if (mode === 'why') {
      const { explanation } = this.#policy
        .query(test.query)
        .run(undefined, { host: this.#options.host, explain: true });
      return explanation === undefined ? '' : `${formatExplanation(explanation).trimEnd()}\n`;
    }
    const trace = new Trace({ mode });
    this.#evaluate(test, { listeners: [trace] });
    return trace.format();
  }
}
