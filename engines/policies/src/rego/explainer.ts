import type { JsonValue } from '@keelson/core';
import type { EvaluationOptions, ExplainOptions, Policy, RegoValue } from '@keelson/rego';
import { type ExplainedPolicy, explainResult, type ResultExplanation } from './explanation.ts';

/** What an evaluation keeps of why: enough for a decision about one object. */
const explainOptions: ExplainOptions = Object.freeze({ maxTries: 2_000, maxResults: 500 });

/** Why a result is there; undefined where it cannot be told. */
export type Explain = (value: JsonValue | undefined) => ResultExplanation | undefined;

/** Evaluates a document once more, in slower code, and tells why it is as it is. */
export class Explainer {
  readonly #policy: Policy;
  readonly #entrypoint: string;
  readonly #explained: ExplainedPolicy;
  #isTooSlow = false;

  constructor(policy: Policy, entrypoint: string, explained: ExplainedPolicy) {
    this.#policy = policy;
    this.#entrypoint = entrypoint;
    this.#explained = explained;
  }

  /** Explains the results for an input. A document that passes a bound here, where it has no indexes, is explained no more. */
  of(input: RegoValue, options: EvaluationOptions): Explain {
    if (this.#isTooSlow) return () => undefined;
    const evaluated = this.#policy.evaluate(this.#entrypoint, input, { ...options, explain: explainOptions });
    const { explanation, errors } = evaluated;
    this.#isTooSlow = errors.some(({ endsEvaluation }) => endsEvaluation);
    if (this.#isTooSlow || explanation === undefined) return () => undefined;
    return (value) => explainResult(explanation, value, this.#explained);
  }
}
