import { equalJson, isObject, type JsonValue, type PathStep, type SourceLocation } from '@keelson/core';
import type { FindingExplanation, FindingRead } from '@keelson/evidence';
import type { ExplainedLocation, ExplainedRead, ExplainedRule, Explanation } from '@keelson/rego';
import { fromRego } from '../json.ts';

/** Places that are told of a result. */
const maxReads = 8;
/** Characters of a text that is told; a longer one is told by its place alone. */
const maxText = 200;

/** How a policy sees the object that it judges. */
export interface ExplainedPolicy {
  /** Where the object stands in the input: `['review', 'object']`. */
  readonly objectAt: readonly string[];
  /** Where a place in a module is. */
  readonly locate: (place: ExplainedLocation) => SourceLocation | undefined;
}

export interface ResultExplanation {
  readonly explanation: FindingExplanation;
  /** The place in the object that the result hangs on, where one can be told. */
  readonly path: readonly PathStep[] | undefined;
}

/** Why a policy gave a value, or why a decision did not hold where `value` is undefined. */
export function explainResult(
  { rules }: Explanation,
  value: JsonValue | undefined,
  policy: ExplainedPolicy,
): ResultExplanation | undefined {
  const found = (value === undefined ? undefined : wayTo(rules, value)) ?? failureOf(rules);
  if (found === undefined) return undefined;
  const { rule } = found;
  const places = decisivePlaces(found, policy);
  const location = rule.location === undefined ? undefined : policy.locate(rule.location);
  const made = namesOf(rules);
  const reads = [...new Set([...found.reads, ...places.map(({ read }) => read)])];
  return {
    explanation: {
      rule: rule.name,
      ...(location === undefined ? {} : { location }),
      reads: reads
        .filter((read) => !isOfRule(read, made))
        .flatMap(toldRead)
        .slice(0, maxReads),
    },
    path: commonPlace(places),
  };
}

interface Way {
  readonly rule: ExplainedRule;
  readonly reads: readonly ExplainedRead[];
  /** What rules and functions read that it asked. */
  readonly helpers: () => readonly ExplainedRead[];
  /** The way to the result of another rule that was handed on. */
  readonly handedOn?: () => Way | undefined;
}

/** The definition that gave the value; long values are shortened in an explanation, and only one result can be meant then. */
function wayTo(rules: readonly ExplainedRule[], value: JsonValue): Way | undefined {
  const ways = waysOf(rules);
  return ways.find(({ given }) => equalJson(given, value)) ?? (ways.length === 1 ? ways[0] : undefined);
}

function waysOf(rules: readonly ExplainedRule[]): (Way & { readonly given: JsonValue })[] {
  return rules.flatMap((rule) =>
    rule.results.map(({ value, reads }) => {
      const given = fromRego(value);
      return {
        rule,
        given,
        reads,
        helpers: () => readsOf(rule.asked),
        handedOn: () => handedOn(rule, given),
      };
    }),
  );
}

/** The result of another rule that a rule hands on: a text, or an object with the same text as its message. */
function handedOn(rule: ExplainedRule, given: JsonValue): Way | undefined {
  const message = messageIn(given);
  return message === undefined
    ? undefined
    : waysOf(rule.asked).find((way) => messageIn(way.given) === message);
}

function messageIn(value: JsonValue): string | undefined {
  const text = isObject(value) ? value['msg'] : value;
  return typeof text === 'string' ? text : undefined;
}

/** The first definition that did not hold, for a decision that had to. */
function failureOf(rules: readonly ExplainedRule[]): Way | undefined {
  const rule = rules.find(({ held, failures }) => !held && failures.length > 0);
  if (rule === undefined) return undefined;
  return { rule, reads: rule.failures.flatMap(({ reads }) => reads), helpers: () => readsOf(rule.asked) };
}

function readsOf(rules: readonly ExplainedRule[]): readonly ExplainedRead[] {
  return rules.flatMap(({ results, failures, asked }) => [
    ...results.flatMap(({ reads }) => reads),
    ...failures.flatMap(({ reads }) => reads),
    ...readsOf(asked),
  ]);
}

/** A place in the object. */
interface Place {
  readonly read: ExplainedRead;
  readonly path: readonly PathStep[];
}

/** The reads of the object, but for those of all of it. */
function placesOf(reads: readonly ExplainedRead[], { objectAt }: ExplainedPolicy): Place[] {
  const places = new Map<string, Place>();
  for (const read of reads) {
    const [root, ...keys] = read.keys;
    if (root !== 'input' || objectAt.some((key, i) => keys[i] !== key)) continue;
    const path = keys
      .slice(objectAt.length)
      .filter((key): key is PathStep => typeof key === 'string' || typeof key === 'number');
    if (path.length > 0 && path.length === keys.length - objectAt.length)
      places.set(JSON.stringify(path), { read, path });
  }
  return [...places.values()];
}

const kindPath = /^(?:apiVersion|kind)$/;
const namePath = /^metadata\/(?:name|namespace|generateName)$/;

/** Which objects a rule is about, it asks in most rules; what is wrong stands elsewhere. */
function withoutKind(places: readonly Place[]): readonly Place[] {
  return places.filter(({ path }) => !kindPath.test(path.join('/')));
}

/** Names of things are read for the message. */
function isName({ path }: Place): boolean {
  return path.at(-1) === 'name' || namePath.test(path.join('/'));
}

/**
 * The places that a result hangs on: those that its rule read, or within them, or beside the names there, those that its
 * helpers did; the helpers of other ways to a result are asked in the same rule.
 */
function decisivePlaces(way: Way, policy: ExplainedPolicy): readonly Place[] {
  const own = withoutKind(placesOf(way.reads, policy));
  const helpers = withoutKind(placesOf(way.helpers(), policy)).filter((place) => !isName(place));
  const telling = own.filter((place) => !isName(place));
  if (telling.length > 0)
    return deepest([...telling, ...helpers.filter((place) => isWithin(place, telling))]);
  const other = way.handedOn?.();
  const handed = other === undefined ? [] : decisivePlaces(other, policy);
  if (handed.length > 0) return handed;
  const around = own.map(({ path, read }) => ({ read, path: path.slice(0, -1) }));
  const near = around.length === 0 ? helpers : helpers.filter((place) => isWithin(place, around));
  return near.length > 0 ? deepest(near) : own;
}

function isWithin({ path }: Place, places: readonly Place[]): boolean {
  return places.some((above) => above.path.every((step, i) => path[i] === step));
}

/** Without places that others lie in: of a container and its image the image tells more. */
function deepest(places: readonly Place[]): readonly Place[] {
  return places.filter(
    (place) => !places.some((other) => other.path.length > place.path.length && isWithin(other, [place])),
  );
}

/** The deepest place that holds all of them; undefined for the whole object. */
function commonPlace(places: readonly Place[]): readonly PathStep[] | undefined {
  const [first, ...others] = places;
  if (first === undefined) return undefined;
  let { path } = first;
  for (const other of others) {
    const end = path.findIndex((step, i) => other.path[i] !== step);
    if (end >= 0) path = path.slice(0, end);
  }
  return path.length === 0 ? undefined : path;
}

/** The names of rules and functions that were asked. */
function namesOf(rules: readonly ExplainedRule[]): ReadonlySet<string> {
  const names = new Set<string>();
  const waiting = [...rules];
  for (let rule = waiting.pop(); rule !== undefined; rule = waiting.pop()) {
    names.add(rule.name);
    waiting.push(...rule.asked);
  }
  return names;
}

/** What a rule made is no ground: what it read is. */
function isOfRule({ keys }: ExplainedRead, rules: ReadonlySet<string>): boolean {
  return keys[0] === 'data' && keys.some((_, i) => rules.has(keys.slice(0, i + 1).join('.')));
}

/** A read as a finding tells it: documents and large values by their place alone. */
function toldRead({ path, value, keys }: ExplainedRead): FindingRead[] {
  if (keys.length < 2) return [];
  if (value === undefined) return [{ path, missing: true }];
  const plain = fromRego(value);
  if (typeof plain === 'bigint') return [{ path, value: String(plain) }];
  if (typeof plain === 'string') return [plain.length > maxText ? { path } : { path, value: plain }];
  return [typeof plain === 'object' && plain !== null ? { path } : { path, value: plain }];
}
