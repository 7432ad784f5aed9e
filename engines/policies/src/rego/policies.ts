import { isObject, type JsonValue, type PathStep } from '@keelson/core';
import type { FindingExplanation, Severity } from '@keelson/evidence';
import type { EvaluationOptions, Policy, RegoValue } from '@keelson/rego';
import { PolicyError } from '../errors.ts';
import { evaluationFault } from '../gatekeeper/rego-engine.ts';
import { fromRego } from '../json.ts';
import { Explainer } from './explainer.ts';
import { compileModules, parseFiles, type RegoFile, type RegoPoliciesOptions } from './modules.ts';
import { pathOfResult } from './place.ts';
import { type DecisionRule, findRules, severityOf } from './rules.ts';

/** One thing that a rule says against a document. */
export interface RegoResult {
  readonly rule: DecisionRule;
  readonly message: string;
  readonly severity: Severity;
  /** What the rule gave, whole. */
  readonly value: JsonValue;
  /** Where in the document, when the result says so. */
  readonly path: readonly PathStep[] | undefined;
  /** An `exception` of the package names the rule. */
  readonly excused: boolean;
  /** Where it was asked for and can be told. */
  readonly explanation?: FindingExplanation;
}

export interface AskOptions {
  /**
   * Tell why, and where in the document: a result that names no path of its own has that of what it read. Only a document
   * that a rule is against is evaluated once more, in slower code.
   */
  readonly explain?: boolean;
}

export interface RegoJudgement {
  readonly results: readonly RegoResult[];
  /** Rules that could not be evaluated: nobody knows what they would say. */
  readonly faults: readonly { readonly rule: DecisionRule; readonly error: PolicyError }[];
}

/**
 * Rego as conftest takes it: rules `deny`, `violation` and `warn` (and `deny_…`) of every package, whose items are
 * texts or objects with `msg`; `exception` lists names of rules to excuse. A document with the metadata
 * `entrypoint: true` is a decision: false or undefined is against the document, and so is each item of a list.
 */
export class RegoPolicies {
  readonly rules: readonly DecisionRule[];
  /** Files that could not be parsed or compiled. */
  readonly faults: readonly PolicyError[];
  readonly #policy: Policy;
  readonly #options: RegoPoliciesOptions;
  readonly #explainers = new Map<string, Explainer>();

  constructor(files: readonly RegoFile[], options: RegoPoliciesOptions = {}) {
    const parsed = parseFiles(files);
    const found = findRules(parsed.modules);
    const { policy, kept, faults } = compileModules(found.modules, options);
    this.#policy = policy;
    this.#options = options;
    this.rules = found.rules.filter(({ file }) => kept.has(file));
    this.faults = [...parsed.faults, ...faults];
  }

  /** Asks every rule about one document; `data` is the base document beside the modules. */
  judge(input: RegoValue, data: RegoValue = this.#options.data ?? {}): RegoJudgement {
    const results: RegoResult[] = [];
    const faults: { rule: DecisionRule; error: PolicyError }[] = [];
    for (const rule of this.rules) {
      try {
        results.push(...this.ask(rule, input, data));
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error;
        faults.push({ rule, error });
      }
    }
    return { results, faults };
  }

  /**
   * Asks one rule.
   * @throws PolicyError POLICY_FAILED where it cannot be evaluated
   */
  ask(
    rule: DecisionRule,
    input: RegoValue,
    data: RegoValue = this.#options.data ?? {},
    { explain = false }: AskOptions = {},
  ): RegoResult[] {
    const decision = this.#evaluate(rule.entrypoint, input, data);
    const items = itemsOf(rule, decision);
    if (items.length === 0) return [];
    const excused = excusedBy(this.#evaluate(`${rule.home}.exception`, input, data)).has(rule.excuse);
    const why = explain && !excused ? this.#explainerOf(rule).of(input, this.#optionsWith(data)) : undefined;
    // What fails as a whole gives no item that could be found again.
    const isItem = Array.isArray(decision) || rule.kind !== 'decision';
    return items.map((value) => {
      const found = why?.(isItem ? value : undefined);
      return {
        rule,
        message: messageOf(rule, value),
        severity: severityOf(objectOf(value)['severity']) ?? rule.severity,
        value,
        path: pathOfResult(value) ?? found?.path,
        excused,
        ...(found === undefined ? {} : { explanation: { ...found.explanation, rule: rule.document } }),
      };
    });
  }

  #explainerOf({ entrypoint, location }: DecisionRule): Explainer {
    const known = this.#explainers.get(entrypoint);
    if (known !== undefined) return known;
    const made = new Explainer(this.#policy, entrypoint, {
      objectAt: [],
      locate: ({ file, row, col }) => ({ file: file || location.file, line: row, column: col }),
    });
    this.#explainers.set(entrypoint, made);
    return made;
  }

  #optionsWith(data: RegoValue): EvaluationOptions {
    const { host } = this.#options;
    return { data, ...(host === undefined ? {} : { host }) };
  }

  #evaluate(entrypoint: string, input: RegoValue, data: RegoValue): JsonValue | undefined {
    const { result, errors } = this.#policy.evaluate(entrypoint, input, this.#optionsWith(data));
    const fatal = errors.find(({ endsEvaluation }) => endsEvaluation);
    if (fatal !== undefined) throw evaluationFault(fatal);
    return result === undefined ? undefined : fromRego(result);
  }
}

function itemsOf({ kind, title, id }: DecisionRule, value: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  if (kind === 'decision') {
    if (value === true || isObject(value)) return [];
    if (typeof value === 'string') return [value];
    return [title === '' ? `${id} does not hold` : title];
  }
  // `deny` may also be one text, or just true.
  if (typeof value === 'string' || isObject(value))
    return typeof value === 'string' ? [value] : Object.values(value);
  return value === true ? [title === '' ? id : title] : [];
}

function objectOf(value: JsonValue): { readonly [key: string]: JsonValue } {
  return isObject(value) ? value : {};
}

function messageOf({ id }: DecisionRule, value: JsonValue): string {
  const { msg, message } = objectOf(value);
  const text = typeof value === 'string' ? value : (msg ?? message);
  if (typeof text !== 'string') throw new PolicyError('POLICY_FAILED', `${id} gives a result without "msg"`);
  return text;
}

/** Names in the collections of `exception`, as conftest asks `exception[_][_]`: a text that stands alone excuses nothing. */
function excusedBy(value: JsonValue | undefined): ReadonlySet<string> {
  const names = collectionOf(value).flatMap(collectionOf);
  return new Set(names.filter((name) => typeof name === 'string'));
}

function collectionOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  return value !== undefined && isObject(value) ? Object.values(value) : [];
}
