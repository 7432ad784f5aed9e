import { isKeelsonError, isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { splitApiVersion } from '@keelson/kubernetes';
import { PolicyError } from '../errors.ts';
import { textAt } from '../json.ts';
import type { ResultExplanation } from '../rego/explanation.ts';
import {
  type Constraint,
  constraintGroup,
  type EnforcementPoint,
  enforcementActions,
  readConstraint,
} from './constraint.ts';
import type { EngineName, EngineOptions } from './engine.ts';
import { type Expansion, expandObject, readExpansion } from './expansion.ts';
import { Inventory } from './inventory.ts';
import { matchesReview } from './match.ts';
import { type Review, reviewOf } from './review.ts';
import { documentError, type PolicyDocument, readTemplate, type Template } from './template.ts';

export interface PoliciesOptions extends EngineOptions {
  /** The language that judges where a template has it; else the one that rules. */
  readonly engine?: EngineName;
}

/** What a constraint says against an object. */
export interface ConstraintViolation {
  readonly constraint: Constraint;
  readonly message: string;
  readonly details: JsonValue;
  /** `deny`, `warn`, `dryrun`… as the constraint, or the expansion that made the object, has it. */
  readonly actions: readonly string[];
  /** The violation only stands for an expression that could not be evaluated. */
  readonly isFault: boolean;
  /** The expansion that made the object that was judged. */
  readonly expansion: Expansion | undefined;
  /** Why, and where in the object that was judged, where it was asked for and can be told. */
  readonly why?: ResultExplanation;
}

/** A constraint that could not be evaluated on an object: nobody knows what it would say. */
export interface ConstraintFault {
  readonly constraint: Constraint | undefined;
  readonly error: PolicyError;
}

export interface ReviewResult {
  readonly violations: readonly ConstraintViolation[];
  readonly faults: readonly ConstraintFault[];
}

export interface ReviewSettings {
  readonly point?: EnforcementPoint;
  /** Judge what the object makes later too; true where not given. */
  readonly expand?: boolean;
}

/** True for the documents that `GatekeeperPolicies.add` takes. */
export function isGatekeeperDocument(object: JsonObject): boolean {
  const { group } = splitApiVersion(textAt(object, 'apiVersion'));
  if (group === constraintGroup) return true;
  if (group === 'templates.gatekeeper.sh') return object['kind'] === 'ConstraintTemplate';
  return group === 'expansion.gatekeeper.sh' && object['kind'] === 'ExpansionTemplate';
}

/** Templates, constraints and expansions, and the objects that they know of. */
export class GatekeeperPolicies {
  readonly #options: PoliciesOptions;
  readonly #templates = new Map<string, Template>();
  readonly #constraints: Constraint[] = [];
  readonly #expansions: Expansion[] = [];
  /** `data.inventory` of every template. */
  readonly inventory: Inventory;

  constructor(options: PoliciesOptions = {}, inventory: Inventory = new Inventory()) {
    this.#options = options;
    this.inventory = inventory;
  }

  /** The same policies over other objects, all or one of the constraints. */
  withInventory(inventory: Inventory, only?: Constraint): GatekeeperPolicies {
    const other = new GatekeeperPolicies(this.#options, inventory);
    for (const [kind, template] of this.#templates) other.#templates.set(kind, template);
    other.#constraints.push(...(only === undefined ? this.#constraints : [only]));
    other.#expansions.push(...this.#expansions);
    return other;
  }

  get templates(): readonly Template[] {
    return [...this.#templates.values()];
  }

  get constraints(): readonly Constraint[] {
    return this.#constraints;
  }

  /** @throws PolicyError POLICY_TEMPLATE, POLICY_CODE */
  addTemplate(document: PolicyDocument): Template {
    const template = readTemplate(document, this.#options);
    this.#templates.set(template.kind, template);
    return template;
  }

  /** @throws PolicyError POLICY_CONSTRAINT, also where its template is not there yet */
  addConstraint(document: PolicyDocument): Constraint {
    const { object } = document;
    const kind = textAt(object, 'kind');
    const { group } = splitApiVersion(textAt(object, 'apiVersion'));
    const template = group === constraintGroup ? this.#templates.get(kind) : undefined;
    if (template === undefined) {
      const known =
        group === constraintGroup ? `there is no template of ${kind}` : `${kind} is no constraint`;
      throw documentError('POLICY_CONSTRAINT', known, document, ['kind']);
    }
    const constraint = readConstraint(document, template);
    this.#constraints.push(constraint);
    return constraint;
  }

  /** @throws PolicyError POLICY_EXPANSION */
  addExpansion(document: PolicyDocument): Expansion {
    const expansion = readExpansion(document);
    this.#expansions.push(expansion);
    return expansion;
  }

  /**
   * Adds documents in whatever order they stand, templates first. A bad one is a fault of its own; the others
   * are kept. Documents of other kinds are passed over.
   */
  add(documents: Iterable<PolicyDocument>): readonly PolicyError[] {
    const faults: PolicyError[] = [];
    const later: PolicyDocument[] = [];
    const attempt = (add: () => unknown) => {
      try {
        add();
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error;
        faults.push(error);
      }
    };
    for (const document of documents) {
      const { object } = document;
      if (!isGatekeeperDocument(object)) continue;
      if (object['kind'] === 'ConstraintTemplate') attempt(() => this.addTemplate(document));
      else if (object['kind'] === 'ExpansionTemplate') attempt(() => this.addExpansion(document));
      else later.push(document);
    }
    for (const document of later) attempt(() => this.addConstraint(document));
    return faults;
  }

  /** Asks every constraint that matches; one that fails never loses what the others say. */
  review(review: Review, settings: ReviewSettings = {}): ReviewResult {
    const { point = 'audit.gatekeeper.sh', expand = true } = settings;
    const result: Gathered = { violations: [], faults: [] };
    this.#judge(review, point, result);
    const object = review.request['object'];
    if (!expand || !isObject(object)) return result;
    try {
      this.#judgeResultants(object, review, point, result);
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      result.faults.push({ constraint: undefined, error });
    }
    return result;
  }

  #judgeResultants(
    object: JsonObject,
    { namespace }: Review,
    point: EnforcementPoint,
    result: Gathered,
  ): void {
    for (const resultant of expandObject(object, this.#expansions, namespace)) {
      const { expansion } = resultant;
      const options = { namespace, source: 'Generated' } as const;
      const gathered: Gathered = { violations: [], faults: [] };
      this.#judge(reviewOf(resultant.object, options), point, gathered);
      result.faults.push(...gathered.faults);
      for (const violation of gathered.violations) {
        result.violations.push({
          ...violation,
          expansion,
          message: `[Implied by ${expansion.name}] ${violation.message}`,
          ...(expansion.enforcementAction === '' ? {} : { actions: [expansion.enforcementAction] }),
        });
      }
    }
  }

  #judge(review: Review, point: EnforcementPoint, result: Gathered): void {
    for (const constraint of this.#constraints) {
      const { template } = constraint;
      if (!takesOperation(template, textAt(review.request, 'operation'))) continue;
      try {
        const actions = enforcementActions(constraint, point);
        if (actions.length === 0 || !matchesReview(constraint.match, review)) continue;
        const engine = template.engine(this.#engineOf(template));
        for (const found of engine.evaluate(review, constraint.object, this.inventory)) {
          const { isFault = false } = found;
          result.violations.push({ ...found, constraint, actions, isFault, expansion: undefined });
        }
      } catch (error) {
        if (!isKeelsonError(error)) throw error;
        result.faults.push({ constraint, error: faultOf(constraint, error) });
      }
    }
  }

  #engineOf({ engines }: Template): EngineName {
    const { engine } = this.#options;
    return engine !== undefined && engines.includes(engine) ? engine : (engines[0] ?? 'Rego');
  }
}

interface Gathered {
  readonly violations: ConstraintViolation[];
  readonly faults: ConstraintFault[];
}

function takesOperation({ operations }: Template, operation: string): boolean {
  return operations.length === 0 || operations.includes('*') || operations.includes(operation);
}

/** The fault, by the name of its constraint. */
function faultOf({ document, template, name }: Constraint, error: Error): PolicyError {
  const location = document.locate?.([]);
  const code = error instanceof PolicyError ? error.code : 'POLICY_FAILED';
  return new PolicyError(code, `${template.kind} ${name}: ${error.message}`, {
    cause: error,
    ...(location === undefined ? {} : { location }),
  });
}
