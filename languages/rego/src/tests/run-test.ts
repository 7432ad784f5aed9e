import type { Builtin } from '../builtins/builtin.ts';
import { findBuiltin } from '../builtins/index.ts';
import type { EvaluationError } from '../evaluator/runtime/failure.ts';
import type { Policy } from '../policy.ts';
import type { EvaluationOptions } from '../policy-options.ts';
import { entriesSorted, isArray, isObjectValue, type RegoValue, stringifyRego } from '../values/index.ts';
import { type RegoTest, testCaseFunction } from './find-tests.ts';

/** What became of a test or of one of its cases. */
export interface TestOutcome {
  readonly name: string;
  readonly failed: boolean;
  /** Cases by name, in order; empty for a test without. */
  readonly cases: readonly TestOutcome[];
}

export interface TestResult extends TestOutcome {
  readonly test: RegoTest;
  /** What ended the evaluation. */
  readonly error: EvaluationError | undefined;
}

/** Hears which cases of tests begin; its `builtins` belong into the options of the policy. */
export class CaseListener {
  #begun: (readonly RegoValue[])[] = [];
  readonly builtins: ReadonlyMap<string, Builtin>;

  constructor() {
    const declared = findBuiltin(testCaseFunction);
    const call = ([names]: readonly RegoValue[]): boolean => {
      if (isArray(names)) this.#begun.push(names);
      return true;
    };
    this.builtins = new Map(declared === undefined ? [] : [[testCaseFunction, { ...declared, call }]]);
  }

  /** The names of the cases that began since the last call. */
  take(): readonly (readonly RegoValue[])[] {
    const begun = this.#begun;
    this.#begun = [];
    return begun;
  }
}

/** Evaluates a test. It holds where its value is true, or where every case that begins is. */
export function runTest(
  policy: Policy,
  test: RegoTest,
  listener: CaseListener,
  options: EvaluationOptions,
): TestResult {
  listener.take();
  const { values, errors } = policy.query(test.query, { values: true }).run(undefined, options);
  const value = values[0]?.[0];
  const [error] = errors;
  const isFatal = value === undefined && error?.endsEvaluation === true;
  if (error !== undefined && (isFatal || options.strictBuiltinErrors === true))
    return { test, name: test.name, failed: false, cases: [], error };
  const base = { test, name: test.name, error: undefined };
  if (!test.hasCases) return { ...base, failed: value !== true, cases: [] };
  const cases = casesOf(value, listener.take());
  return { ...base, failed: value === undefined || cases.some(({ failed }) => failed), cases };
}

/** The cases that have a value, and those that began and came to none. */
function casesOf(value: RegoValue | undefined, begun: readonly (readonly RegoValue[])[]): TestOutcome[] {
  const members = new Map<
    string,
    { readonly member?: RegoValue; readonly below: (readonly RegoValue[])[] }
  >();
  if (isObjectValue(value))
    for (const [key, member] of entriesSorted(value)) members.set(caseName(key), { member, below: [] });
  for (const [first, ...rest] of begun) {
    const name = first === undefined ? '' : caseName(first);
    const known = members.get(name) ?? { below: [] };
    members.set(name, known);
    if (rest.length > 0) known.below.push(rest);
  }
  return [...members].map(([name, { member, below }]) => {
    const cases = isObjectValue(member) || below.length > 0 ? casesOf(member, below) : [];
    return { name, cases, failed: cases.length > 0 ? cases.some(({ failed }) => failed) : member !== true };
  });
}

function caseName(key: RegoValue): string {
  return typeof key === 'string' ? key : stringifyRego(key);
}
