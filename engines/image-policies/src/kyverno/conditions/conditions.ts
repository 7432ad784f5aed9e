import { equalJson, type JsonFields, type JsonValue } from '@keelson/core';
import { wildcardTest } from '../../wildcard.ts';
import { parseDuration } from './duration.ts';
import { type QueryClock, QueryFault } from './query.ts';
import { compileTemplate } from './template.ts';

/**
 * Conditions over a document.
 *
 * @returns why they do not hold; undefined where they do
 * @throws QueryFault where that cannot be told
 */
export type Conditions = (document: JsonValue, clock: QueryClock) => string | undefined;

/**
 * Kyverno's conditions: a list of groups of `any` and `all`, which must all hold, or the older list of conditions by themselves.
 *
 * @throws QueryFault for what keelson does not read
 */
export function compileConditions(groups: readonly JsonFields[]): Conditions {
  const compiled = groups.map(compileGroup);
  return (document, clock) => {
    for (const group of compiled) {
      const reason = group(document, clock);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

function compileGroup(group: JsonFields): Conditions {
  if (group.has('key') || group.has('operator')) return compileCondition(group);
  const unknown = group.names().find((name) => name !== 'any' && name !== 'all');
  if (unknown !== undefined) throw new QueryFault(`${group.place(unknown)} is no part of conditions`);
  const [any, all] = [group.objects('any').map(compileCondition), group.objects('all').map(compileCondition)];
  if (any.length + all.length === 0) throw new QueryFault(`${group.place('')} asks for nothing`);
  return (document, clock) => {
    const broken = any.map((condition) => condition(document, clock));
    if (broken.length > 0 && !broken.includes(undefined)) return `none holds: ${broken.join('; ')}`;
    return all.map((condition) => condition(document, clock)).find((reason) => reason !== undefined);
  };
}

function compileCondition(fields: JsonFields): Conditions {
  const name = fields.text('operator');
  const operator = operators.get(name.toLowerCase());
  if (operator === undefined)
    throw new QueryFault(`${fields.place('operator')}: keelson does not have the operator ${name}`);
  const [key, value] = ['key', 'value'].map((member) => compileTemplate(fields.value(member) ?? null));
  if (key === undefined || value === undefined)
    throw new QueryFault(`${fields.place('')} has no key and value`);
  // A wildcard counts where the policy's author wrote it, and never in what a statement says: see `meaning`.
  const isPattern = !JSON.stringify(fields.value('value') ?? null).includes('{{');
  const said = fields.optionalText('message');
  const judged = (document: JsonValue, clock: QueryClock): string | undefined => {
    const found = key(document, clock);
    if (operator(found, value(document, clock), isPattern)) return undefined;
    return said ?? `${fields.place('')}: ${shown(found)} does not meet ${name}`;
  };
  return judged;
}

const shown = (value: JsonValue): string => {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};

type Operator = (key: JsonValue, value: JsonValue, isPattern: boolean) => boolean;

const equals: Operator = (key, value, isPattern) => {
  if (typeof key !== 'string' || typeof value !== 'string') {
    if (typeof key === 'string' || typeof value === 'string') throw mixed(key, value);
    return equalJson(key, value);
  }
  if (key === value) return true;
  const [one, other] = [parseDuration(key), parseDuration(value)];
  if (one !== undefined && other !== undefined) return one === other;
  const [left, right] = [numberOf(key), numberOf(value)];
  if (left !== undefined && right !== undefined) return left === right;
  // 1000m and 1, or 1Ki and 1024, are equal to Kyverno.
  if (isQuantity(key) && isQuantity(value))
    throw new QueryFault(
      `keelson does not compare the quantities ${key.slice(0, 40)} and ${value.slice(0, 40)}`,
    );
  return meaning(value, isPattern)(key);
};

const maxVariableWildcard = 1_000;

/**
 * A test for what a text means. Kyverno takes `*` and `?` for wildcards in what a variable gives, too; where that would change the answer,
 * either answer could let something pass, so there is none.
 */
function meaning(wanted: string, isPattern: boolean): (text: string) => boolean {
  if (isPattern) return wildcardTest(wanted);
  return (text) => {
    if (text === wanted) return true;
    if (!/[*?]/.test(wanted)) return false;
    if (wanted.length <= maxVariableWildcard && !wildcardTest(wanted)(text)) return false;
    throw new QueryFault(`a variable gives a text with wildcards, ${shown(wanted)}`);
  };
}

const isQuantity = (text: string): boolean =>
  /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/.test(text);

/** Whether each of the texts that are asked about is among those that are accepted. */
function membership(key: JsonValue, value: JsonValue, isPattern: boolean): readonly boolean[] {
  const keys = Array.isArray(key) ? key : [key];
  const values = Array.isArray(value) ? value : [value];
  const [asked, accepted] = [keys, values].map((list) =>
    list.map((item) => {
      if (typeof item === 'object') throw new QueryFault('a list to compare with holds lists or objects');
      return String(item);
    }),
  );
  if (
    typeof value === 'string' &&
    /^\s*\[|^[-+\d.a-zA-Z]+!?-[-+\d.a-zA-Z]+$/.test(value) &&
    !isPlainWord(value)
  )
    throw new QueryFault('keelson reads neither ranges nor lists in a text');
  const tests = (accepted ?? []).map((each) => meaning(each, isPattern));
  return (asked ?? []).map((each) => tests.some((test) => test(each)));
}

const isPlainWord = (text: string): boolean => /^[a-zA-Z]/.test(text);

const among =
  (judge: (found: readonly boolean[]) => boolean): Operator =>
  (key, value, isPattern) =>
    judge(membership(key, value, isPattern));

const one =
  (judge: Operator): Operator =>
  (key, value, isPattern) => {
    if (Array.isArray(key))
      throw new QueryFault(
        'the operators In and NotIn are for one value: write AllIn, AnyIn, AllNotIn or AnyNotIn',
      );
    return judge(key, value, isPattern);
  };

const allIn = among((found) => found.length > 0 && found.every((is) => is));
const anyIn = among((found) => found.some((is) => is));
const allNotIn = among((found) => !found.includes(true));
const anyNotIn = among((found) => found.includes(false));

/** Numbers, texts that are whole numbers or decimals, and durations. */
const ordered =
  (judge: (key: number, value: number) => boolean): Operator =>
  (key, value) => {
    const pairs = [
      [numberOf(key), numberOf(value)],
      [durationOf(key), durationOf(value)],
    ];
    for (const [left, right] of pairs)
      if (left !== undefined && right !== undefined) return judge(left, right);
    throw mixed(key, value);
  };

const numberOf = (value: JsonValue): number | undefined => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(value)
    ? Number(value)
    : undefined;
};
// A bare number beside a duration is seconds.
const durationOf = (value: JsonValue): number | undefined => {
  if (typeof value === 'string') return parseDuration(value);
  return typeof value === 'number' ? value * 1_000 : undefined;
};

const mixed = (key: JsonValue, value: JsonValue) =>
  new QueryFault(`keelson does not compare ${shown(key)} and ${shown(value)}`);

const comparisons = {
  greaterthan: ordered((key, value) => key > value),
  greaterthanorequals: ordered((key, value) => key >= value),
  lessthan: ordered((key, value) => key < value),
  lessthanorequals: ordered((key, value) => key <= value),
};

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['equal', equals],
  ['equals', equals],
  ['notequal', (...given) => !equals(...given)],
  ['notequals', (...given) => !equals(...given)],
  ['in', one(anyIn)],
  ['notin', one(allNotIn)],
  ['anyin', anyIn],
  ['allin', allIn],
  ['anynotin', anyNotIn],
  ['allnotin', allNotIn],
  ...Object.entries(comparisons),
  ...Object.entries(comparisons).map(([name, judge]) => [`duration${name}`, judge] as const),
]);
