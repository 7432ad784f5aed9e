import {
  type CelEnvironment,
  CelError,
  CelFault,
  type CelProgram,
  type CelRecord,
  type CelValue,
  compileCel,
  createEnvironment,
} from '@keelson/cel';
import { type JsonObject, type Path, type SourceLocation, valueAt } from '@keelson/core';
import { PolicyError } from '../errors.ts';
import { objectsAt, textAt } from '../json.ts';
import type { Engine, EngineViolation } from './engine.ts';
import type { Review } from './review.ts';

/** Cost that one expression may spend, as in Kubernetes ("Resource constraints" of CEL in Kubernetes). */
const perCallLimit = 1_000_000;
/** Cost that all expressions of a policy may spend together, as in Kubernetes. */
const policyBudget = 10_000_000;
const longestMessage = 5 * 1024;

let known: CelEnvironment | undefined;

/** The names that expressions of admission policies see; what a request does not have is null. */
function environment(): CelEnvironment {
  known ??= createEnvironment({
    variables: {
      object: 'dyn',
      oldObject: 'dyn',
      request: 'dyn',
      namespaceObject: 'dyn',
      params: 'dyn',
      variables: 'dyn',
    },
  });
  return known;
}

interface Validation {
  readonly expression: string;
  readonly program: CelProgram;
  readonly message: string;
  readonly messageProgram: CelProgram | undefined;
}

interface Named {
  readonly name: string;
  readonly program: CelProgram;
}

/** The CEL of a template: `source` of the engine K8sNativeValidation. */
export class CelEngine implements Engine {
  readonly name = 'K8sNativeValidation';
  readonly #conditions: readonly Named[];
  readonly #variables: readonly Named[];
  readonly #validations: readonly Validation[];
  readonly #failsClosed: boolean;

  /**
   * @param locate says where a path below `source` stands in the template
   * @throws PolicyError POLICY_CODE, POLICY_TEMPLATE
   */
  constructor(source: JsonObject, locate: (path: Path) => SourceLocation | undefined) {
    const compile = (text: string, path: Path): CelProgram => {
      try {
        return compileCel(text, environment());
      } catch (error) {
        if (!(error instanceof CelError)) throw error;
        const location = locate(path);
        throw new PolicyError('POLICY_CODE', error.message, {
          cause: error,
          ...(location === undefined ? {} : { location }),
        });
      }
    };
    const named = (list: string): Named[] =>
      objectsAt(source, list).map((entry, i) => ({
        name: textAt(entry, 'name'),
        program: compile(textAt(entry, 'expression'), [list, i, 'expression']),
      }));
    this.#conditions = [...named('matchCondition'), ...named('matchConditions')];
    this.#variables = named('variables');
    this.#validations = objectsAt(source, 'validations').map((entry, i) => {
      const messageExpression = textAt(entry, 'messageExpression');
      return {
        expression: textAt(entry, 'expression').trim(),
        program: compile(textAt(entry, 'expression'), ['validations', i, 'expression']),
        message: textAt(entry, 'message').trim(),
        messageProgram:
          messageExpression === ''
            ? undefined
            : compile(messageExpression, ['validations', i, 'messageExpression']),
      };
    });
    const taken = this.#variables.find(({ name }) => name === 'params' || name === 'anyObject');
    if (taken !== undefined) {
      throw new PolicyError('POLICY_TEMPLATE', `a variable may not be called "${taken.name}"`);
    }
    const failurePolicy = source['failurePolicy'] ?? 'Fail';
    if (failurePolicy !== 'Fail' && failurePolicy !== 'Ignore') {
      throw new PolicyError('POLICY_TEMPLATE', 'failurePolicy is Fail or Ignore');
    }
    this.#failsClosed = failurePolicy === 'Fail';
  }

  evaluate(review: Review, constraint: JsonObject): readonly EngineViolation[] {
    const scope = new Scope(review, constraint);
    const faultsOf = (fault: CelFault, expression: string): EngineViolation[] => {
      const message = `expression '${expression}' resulted in error: ${fault.message}`;
      return this.#failsClosed ? [{ message, details: {}, isFault: true }] : [];
    };
    for (const { name, program } of this.#conditions) {
      const held = scope.attempt(program);
      if ('fault' in held) return faultsOf(held.fault, `matchConditions ${name}`);
      if (held.value !== true) return [];
    }
    for (const { name, program } of this.#variables) scope.define(name, program);
    return this.#validations.flatMap((validation) => {
      const held = scope.attempt(validation.program);
      if ('fault' in held) return faultsOf(held.fault, validation.expression);
      return held.value === true ? [] : [{ message: messageOf(validation, scope), details: {} }];
    });
  }
}

/** The made text where it is one that the API server would take, else the fixed one. */
function messageOf({ expression, message, messageProgram }: Validation, scope: Scope): string {
  const made = messageProgram === undefined ? undefined : scope.attempt(messageProgram);
  const text =
    made !== undefined && 'value' in made && typeof made.value === 'string' ? made.value.trim() : '';
  if (text !== '' && text.length <= longestMessage && !text.includes('\n')) return text;
  return message === '' ? `failed expression: ${expression}` : message;
}

type Attempt = { readonly value: CelValue } | { readonly fault: CelFault };

/** What the expressions of one evaluation see and have spent. */
class Scope {
  readonly #inputs: Record<string, CelValue>;
  readonly #variables: CelRecord;
  #spent = 0;

  constructor({ request, namespace }: Review, constraint: JsonObject) {
    const isDelete = request['operation'] === 'DELETE';
    const object = isDelete ? null : (request['object'] ?? null);
    const oldObject = request['oldObject'] ?? null;
    this.#variables = Object.create(null);
    this.#inputs = {
      object,
      oldObject,
      request,
      namespaceObject: namespace ?? null,
      params: constraint,
      variables: this.#variables,
    };
    this.#give('params', valueAt(constraint, ['spec', 'parameters']) ?? null);
    this.#give('anyObject', isDelete ? oldObject : object);
  }

  #give(name: string, value: CelValue): void {
    Object.defineProperty(this.#variables, name, { value, enumerable: true, configurable: true });
  }

  /** A variable is evaluated when it is first used, and its fault is that of whoever uses it. */
  define(name: string, program: CelProgram): void {
    let result: Attempt | undefined;
    const get = (): CelValue => {
      result ??= this.attempt(program);
      if ('fault' in result) throw result.fault;
      return result.value;
    };
    Object.defineProperty(this.#variables, name, { get, enumerable: true, configurable: true });
  }

  attempt(program: CelProgram): Attempt {
    const costLimit = Math.min(perCallLimit, policyBudget - this.#spent);
    try {
      const { value, cost } = program.evaluateWithCost(this.#inputs, { costLimit });
      this.#spent += cost;
      return { value };
    } catch (error) {
      if (error instanceof CelFault) return { fault: error };
      if (!(error instanceof CelError)) throw error;
      const code = error.code === 'CEL_COST' ? 'CEL_COST' : 'CEL_EVALUATION';
      return { fault: new CelFault(error.message, code) };
    }
  }
}
