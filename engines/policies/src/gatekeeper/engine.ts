import type { JsonObject, JsonValue } from '@keelson/core';
import type { BuiltinHost, EvaluationLimits } from '@keelson/rego';
import type { ResultExplanation } from '../rego/explanation.ts';
import type { Inventory } from './inventory.ts';
import type { Review } from './review.ts';

/** Names of the languages as templates give them. */
export const engineNames = ['K8sNativeValidation', 'Rego'] as const;
export type EngineName = (typeof engineNames)[number];

export interface EngineViolation {
  readonly message: string;
  readonly details: JsonValue;
  /** The violation only stands for an expression that could not be evaluated, as `failurePolicy: Fail` has it. */
  readonly isFault?: boolean;
  /** Why, where it was asked for and can be told. */
  readonly why?: ResultExplanation;
}

/** A template's code, ready to be asked. */
export interface Engine {
  readonly name: EngineName;
  /**
   * What the code says of a review under a constraint.
   * @throws PolicyError POLICY_FAILED where it cannot be evaluated
   */
  evaluate(review: Review, constraint: JsonObject, inventory: Inventory): readonly EngineViolation[];
}

export interface EngineOptions {
  /** The world that Rego's built-ins see; nothing where not given. */
  readonly host?: BuiltinHost;
  readonly limits?: Partial<EvaluationLimits>;
  /** Tell of violations in Rego why: only a review with violations is evaluated once more, in slower code. */
  readonly explain?: boolean;
}

/** Bounds of one evaluation of a policy in Rego. */
export const policyLimits: Partial<EvaluationLimits> = Object.freeze({
  maxSteps: 100_000_000,
  maxMilliseconds: 10_000,
});
