import { type BuiltinLimits, defaultBuiltinLimits } from '../../builtins/builtin.ts';

/** Bounds of one evaluation; passing one is the error `eval_limit_error` that names it. */
export interface EvaluationLimits extends BuiltinLimits {
  /** Turns of loops, calls and items made, all together. */
  readonly maxSteps: number;
  /** Items that comprehensions and rules make, all together, which bounds memory. */
  readonly maxItems: number;
  /** Characters of JavaScript that are generated for one rule set, function or query. */
  readonly maxCodeLength: number;
  /** Milliseconds; read every `stepsPerCheck` steps. */
  readonly maxMilliseconds: number;
}

export const defaultEvaluationLimits: EvaluationLimits = Object.freeze({
  ...defaultBuiltinLimits,
  maxSteps: 2_000_000_000,
  maxItems: 10_000_000,
  maxCodeLength: 16 * 1024 * 1024,
  maxMilliseconds: 60_000,
});

/** Steps between two looks at the clock. */
export const stepsPerCheck = 20_000;
