import { CelError, CelFault, type CelRecord, type CelValue, compileCel } from '@keelson/cel';
import { isObject, type JsonObject, type JsonValue, valueAt } from '@keelson/core';
import { withoutNulls } from '../absent.ts';
import { admissionEnvironment } from './environment.ts';
import { type AdmissionRequest, selectsNamespace, selectsRequest } from './match.ts';

export type { AdmissionRequest } from './match.ts';

/** What a policy says of a request, before its actions are applied; `cost` is in Kubernetes' units. */
export type AdmissionVerdict =
  | { readonly verdict: 'allowed'; readonly cost: number }
  /** The policy has nothing to say about this request. */
  | { readonly verdict: 'not-matched' }
  | { readonly verdict: 'denied'; readonly messages: readonly string[]; readonly cost: number }
  /** An expression could not be evaluated: `failurePolicy` decides. */
  | { readonly verdict: 'error'; readonly message: string };

/** Cost that one expression may spend, as in Kubernetes ("Resource constraints" of CEL in Kubernetes). */
const perCallLimit = 1_000_000;
/** Cost that a policy's variables, validations and messages may spend together, as in Kubernetes. */
const policyBudget = 10_000_000;
const longestMessage = 5 * 1024;

/**
 * Evaluates what was written as the API server would: a ValidatingAdmissionPolicy with its binding, a Kyverno
 * ValidatingPolicy, or a Gatekeeper ConstraintTemplate with its constraint. Namespace selectors see the labels
 * that the request gives. Expressions that cannot be compiled are an error.
 */
export function evaluatePolicy(
  policy: JsonObject,
  companion: JsonObject | undefined,
  request: AdmissionRequest,
): AdmissionVerdict {
  const isTemplate = policy['kind'] === 'ConstraintTemplate';
  const at = isTemplate ? ['spec', 'targets', 0, 'code', 0, 'source'] : ['spec'];
  const source = objectAt(policy, at);
  const selected = isTemplate
    ? selectsNamespace(objectAt(companion, ['spec', 'match']), request)
    : selectsRequest(objectAt(source, ['matchConstraints']), request) &&
      selectsNamespace(objectAt(companion, ['spec', 'matchResources']), request);
  if (!selected) return { verdict: 'not-matched' };
  const evaluation = new Evaluation(source, request);
  if (isTemplate) {
    evaluation.define('anyObject', 'object');
    evaluation.give('params', valueAt(companion ?? null, ['spec', 'parameters']) ?? null);
  }
  try {
    return evaluation.run();
  } catch (error) {
    if (error instanceof CelError || error instanceof CelFault)
      return { verdict: 'error', message: error.message };
    throw error;
  }
}

class Evaluation {
  readonly #source: JsonObject;
  readonly #inputs: Record<string, CelValue>;
  readonly #variables: CelRecord;
  #spent = 0;

  constructor(source: JsonObject, request: AdmissionRequest) {
    this.#source = source;
    this.#variables = Object.create(null);
    this.#inputs = {
      // The API server keeps no nulls.
      object: request.object === null ? null : withoutNulls(request.object),
      oldObject: request.oldObject ?? null,
      request: requestValue(request),
      namespaceObject: null,
      params: null,
      variables: this.#variables,
    };
  }

  give(name: string, value: JsonValue): void {
    Object.defineProperty(this.#variables, name, { value, enumerable: true, configurable: true });
  }

  /** A variable is evaluated when it is first used, and its fault is that of whoever uses it. */
  define(name: string, expression: string): void {
    let result: { value: CelValue } | { fault: CelFault } | undefined;
    const get = (): CelValue => {
      result ??= this.#attempt(expression);
      if ('fault' in result) throw result.fault;
      return result.value;
    };
    Object.defineProperty(this.#variables, name, { get, enumerable: true, configurable: true });
  }

  run(): AdmissionVerdict {
    const conditions = [
      ...listAt(this.#source, 'matchConditions'),
      ...listAt(this.#source, 'matchCondition'),
    ];
    const holds = conditions.map((condition) => this.#evaluate(textAt(condition, 'expression')) === true);
    if (holds.includes(false)) return { verdict: 'not-matched' };
    for (const variable of listAt(this.#source, 'variables')) {
      this.define(textAt(variable, 'name'), textAt(variable, 'expression'));
    }
    const validations = listAt(this.#source, 'validations');
    const passed = validations.map((validation) => this.#evaluate(textAt(validation, 'expression')) === true);
    // The API server makes all messages, also those that nobody will read: they count.
    const messages = validations.map((validation) => this.#message(validation));
    const cost = this.#spent;
    if (cost > policyBudget) throw new CelFault('the budget of the policy is spent', 'CEL_COST');
    if (!passed.includes(false)) return { verdict: 'allowed', cost };
    return { verdict: 'denied', messages: messages.filter((_, i) => passed[i] !== true), cost };
  }

  /** The expression's text where it is one that the API server would take, else the fixed one. */
  #message(validation: JsonObject): string {
    const expression = textAt(validation, 'messageExpression');
    const made = expression === '' ? undefined : this.#attempt(expression);
    const text =
      made !== undefined && 'value' in made && typeof made.value === 'string' ? made.value.trim() : '';
    if (text !== '' && text.length <= longestMessage && !text.includes('\n')) return text;
    const fixed = textAt(validation, 'message').trim();
    return fixed === '' ? `failed expression: ${textAt(validation, 'expression').trim()}` : fixed;
  }

  #attempt(expression: string): { value: CelValue } | { fault: CelFault } {
    try {
      return { value: this.#evaluate(expression) };
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      const code = error.code === 'CEL_COST' ? 'CEL_COST' : 'CEL_EVALUATION';
      return { fault: new CelFault(error.message, code) };
    }
  }

  #evaluate(expression: string): CelValue {
    const costLimit = Math.min(perCallLimit, policyBudget - this.#spent);
    const { value, cost } = compileCel(expression, admissionEnvironment()).evaluateWithCost(this.#inputs, {
      costLimit,
    });
    this.#spent += cost;
    return value;
  }
}

/** The fields of AdmissionRequest that expressions read. */
function requestValue({
  operation,
  kind,
  resource,
  subresource,
  object,
  userInfo,
}: AdmissionRequest): JsonObject {
  return {
    operation,
    kind: { ...kind },
    resource: { ...resource },
    ...(subresource === undefined ? {} : { subResource: subresource }),
    name: textAt(objectAt(object ?? undefined, ['metadata']), 'name'),
    namespace: textAt(objectAt(object ?? undefined, ['metadata']), 'namespace'),
    userInfo: { username: userInfo?.username ?? '', groups: [...(userInfo?.groups ?? [])] },
  };
}

function objectAt(value: JsonValue | undefined, path: readonly (string | number)[]): JsonObject {
  const found = value === undefined ? undefined : valueAt(value, path);
  return isObject(found) ? found : {};
}

function listAt(object: JsonObject, key: string): JsonObject[] {
  const list = object[key];
  return Array.isArray(list) ? list.filter((item) => isObject(item)) : [];
}

function textAt(object: JsonObject, key: string): string {
  const text = object[key];
  return typeof text === 'string' ? text : '';
}
