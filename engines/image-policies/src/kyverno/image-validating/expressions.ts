import { CelError, CelFault, type CelProgram, type CelRecord, type CelValue, compileCel } from '@keelson/cel';
import { createObject, type JsonFields } from '@keelson/core';
import { ImagePolicyError } from '../../errors.ts';
import { unsupported } from '../../faults.ts';
import type { RuleEnvironment } from './environment.ts';

/** Cost that one expression may spend, and all of a policy together, as in Kubernetes ("Resource constraints" of CEL in Kubernetes). */
const perCallLimit = 1_000_000;
const policyBudget = 10_000_000;

/** An expression of a policy, or why keelson cannot evaluate it. */
export interface Expression {
  readonly place: string;
  readonly program: CelProgram | ImagePolicyError;
}

/**
 * An expression that names what keelson does not have is one that nothing meets; one that is no CEL is a fault of the policy.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function compileExpression(
  fields: JsonFields,
  name: string,
  environment: RuleEnvironment,
): Expression {
  const place = fields.place(name);
  try {
    return { place, program: compileCel(fields.text(name), environment.cel) };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    if (error.code === 'CEL_TYPE')
      return { place, program: unsupported(place, `this expression: ${error.message}`) };
    throw new ImagePolicyError('IMAGE_POLICY_INVALID', `${place}: ${error.message}`, { cause: error });
  }
}

/** One evaluation of a policy: its inputs, its variables, and what it may still spend. */
export class ExpressionRun {
  readonly #inputs: Record<string, CelValue>;
  readonly #variables: CelRecord = createObject();
  #spent = 0;

  constructor(inputs: Readonly<Record<string, CelValue>>, variables: ReadonlyMap<string, Expression>) {
    this.#inputs = { ...inputs, variables: this.#variables };
    for (const [name, expression] of variables) this.#define(name, expression);
  }

  /** @throws ImagePolicyError, CelError */
  evaluate({ program }: Expression): CelValue {
    if (program instanceof ImagePolicyError) throw program;
    const costLimit = Math.min(perCallLimit, policyBudget - this.#spent);
    const { value, cost } = program.evaluateWithCost(this.#inputs, { costLimit });
    this.#spent += cost;
    return value;
  }

  /** A variable is evaluated when it is first used, and its fault is that of whoever uses it. */
  #define(name: string, expression: Expression): void {
    let result: { readonly value: CelValue } | { readonly fault: CelFault } | undefined;
    const get = (): CelValue => {
      result ??= this.#attempt(expression);
      if ('fault' in result) throw result.fault;
      return result.value;
    };
    Object.defineProperty(this.#variables, name, { get, enumerable: true });
  }

  #attempt(expression: Expression): { readonly value: CelValue } | { readonly fault: CelFault } {
    try {
      return { value: this.evaluate(expression) };
    } catch (error) {
      if (!(error instanceof CelError) && !(error instanceof ImagePolicyError)) throw error;
      return {
        fault: new CelFault(error.message, error.code === 'CEL_COST' ? 'CEL_COST' : 'CEL_EVALUATION'),
      };
    }
  }
}
