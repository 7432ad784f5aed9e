import { childOf, isObject, type JsonFields, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import type { ImagePolicyError } from '../errors.ts';
import { refused, unsupported } from '../faults.ts';
import type { ImagePolicy, Rule } from '../model/policy.ts';
import type { DemandVerdict } from '../model/verdict.ts';
import { payloadJson } from '../payload.ts';
import { type Conditions, compileConditions } from './conditions/conditions.ts';
import { type QueryClock, QueryFault } from './conditions/query.ts';
import { besideContext } from './rule-context.ts';

/** What conditions see besides statements. */
export interface ConditionContext {
  readonly context: JsonObject;
  readonly clock: QueryClock;
}

const maxConditions = 100;
/** Choices of one statement of each attestation that conditions over all of them are held against. */
const maxCombinations = 100;

/** The rule of an attestation's conditions, or why keelson cannot judge them; neither where there are none. */
export function conditionsRule(
  fields: JsonFields,
  about: ConditionContext,
): { readonly rule?: Rule; readonly fault?: ImagePolicyError } {
  if (fields.list('conditions').length === 0) return {};
  try {
    const conditions = compileConditions(fields.objects('conditions', maxConditions));
    return { rule: (statement) => judgeStatement(statement, conditions, about) };
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    return { fault: unsupported(fields.place('conditions'), `these conditions: ${error.message}`) };
  }
}

function judgeStatement(statement: JsonValue, conditions: Conditions, about: ConditionContext) {
  const predicate = predicateOf(statement);
  if (predicate === undefined) return refused('the statement has no predicate to judge');
  return judged(conditions, predicate, about, (reason) => reason);
}

const predicateOf = (statement: JsonValue): JsonObject | undefined => {
  const predicate = isObject(statement) ? childOf(statement, 'predicate') : undefined;
  return isObject(predicate) ? predicate : undefined;
};

/** @param complaint what is wrong, from the reason why conditions do not hold; undefined where nothing is */
function judged(
  conditions: Conditions,
  document: JsonObject,
  { context, clock }: ConditionContext,
  complaint: (reason: string | undefined) => string | undefined,
): ImagePolicyError | undefined {
  try {
    const wrong = complaint(conditions(besideContext(document, context), clock));
    return wrong === undefined ? undefined : refused(wrong);
  } catch (error) {
    if (error instanceof QueryFault) return refused(`the conditions cannot be judged: ${error.message}`);
    throw error;
  }
}

/**
 * The rule of `validate.deny`: conditions over several attestations, each by its name, that must not hold.
 *
 * @throws ImagePolicyError IMAGE_POLICY_UNSUPPORTED for conditions that keelson cannot judge
 */
export function denyRule(validate: JsonFields, about: ConditionContext): NonNullable<ImagePolicy['rule']> {
  const deny = validate.object('deny');
  const conditions = deny === undefined ? undefined : denied(deny);
  const message = validate.optionalText('message') ?? 'the conditions of validate.deny hold';
  return (parts) => {
    if (conditions === undefined) return undefined;
    const predicates = predicatesIn(parts);
    const documents = combinations(predicates);
    if (documents === undefined)
      return refused(`conditions over more than maxCombinations (${maxCombinations}) choices of statements`);
    for (const document of documents) {
      const fault = judged(conditions, document, about, (reason) =>
        reason === undefined ? message : undefined,
      );
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

function denied(deny: JsonFields): Conditions {
  try {
    const value = deny.value('conditions');
    return compileConditions(
      Array.isArray(value) ? deny.objects('conditions', maxConditions) : [deny.required('conditions')],
    );
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    throw unsupported(deny.place('conditions'), `these conditions: ${error.message}`);
  }
}

/** The predicates that were accepted, by the names of their attestations. */
function predicatesIn(parts: readonly DemandVerdict[]): ReadonlyMap<string, readonly JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  const add = (name: string, statement: JsonValue) => {
    const predicate = predicateOf(statement);
    if (predicate !== undefined) found.set(name, [...(found.get(name) ?? []), predicate]);
  };
  const walk = (part: DemandVerdict): void => {
    if (!part.isPassed) return;
    for (const [name, signatures] of part.answers)
      for (const { verified } of signatures)
        if (verified.payload !== undefined) add(name, payloadJson(verified.payload));
    for (const [name, statements] of part.statements ?? []) for (const each of statements) add(name, each);
    part.parts.forEach(walk);
  };
  parts.forEach(walk);
  return found;
}

/** Each choice of one predicate for each name; undefined where there are too many. */
function combinations(found: ReadonlyMap<string, readonly JsonObject[]>): readonly JsonObject[] | undefined {
  let made: readonly (readonly [string, JsonValue])[][] = [[]];
  for (const [name, predicates] of found) {
    made = made.flatMap((chosen) => predicates.map((each) => [...chosen, [name, each] as const]));
    if (made.length > maxCombinations) return undefined;
  }
  return made.map(objectOf);
}
