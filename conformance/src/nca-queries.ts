import { type JsonObject, type JsonValue, stringifyJson } from '@keelson/core';
import {
  areEquivalent,
  areStronglyEquivalent,
  Comparison,
  containmentOf,
  emptinessOf,
  interferenceOf,
  isContained,
  isVacuous,
  notForbidden,
  notPermitted,
  overlapsOf,
  type RuleOf,
  redundancyOf,
  type Setting,
  sanityOf,
  semanticDiff,
  uncaptured,
  writtenPolicies,
} from '@keelson/netpol';
import type { Configuration } from './nca-configuration.ts';

/** What a query comes to: its number, and how many of its parts could not be run. */
export interface Answer {
  number: number;
  notExecuted: number;
}

const notExecuted = (number = 0): Answer => ({ number, notExecuted: 1 });

type Single = (configuration: Configuration, pods: boolean) => number;
type Paired = (first: Configuration, second: Configuration) => number | Answer;

/** Kinds that are asked of each configuration. */
const singles: ReadonlyMap<string, Single> = new Map<string, Single>([
  ['connectivityMap', () => 0],
  ['vacuity', ({ setting }) => Number(isVacuous(withoutGateways(setting)))],
  ['emptiness', emptinessNumber],
  ['redundancy', redundancyNumber],
  ['disjointness', ({ setting }) => overlapsOf(withoutGateways(setting)).length],
  ['sanity', sanityNumber],
  ['allCaptured', capturedNumber],
]);

/** Kinds that are asked of pairs, and which: each later one with the first, all in order, or all both ways. */
const pairs: ReadonlyMap<string, readonly [Paired, 'base' | 'each' | 'both']> = new Map<
  string,
  readonly [Paired, 'base' | 'each' | 'both']
>([
  ['equivalence', [(a, b) => comparable(a, b, 1) ?? Number(!areEquivalent(a.setting, b.setting)), 'each']],
  [
    'strongEquivalence',
    [(a, b) => comparable(a, b, 1) ?? Number(!areStronglyEquivalent(a.setting, b.setting)), 'each'],
  ],
  ['semanticDiff', [(a, b) => (areSame(a, b) ? 0 : semanticDiff(a.setting, b.setting).length), 'each']],
  ['twoWayContainment', [twoWayNumber, 'each']],
  ['containment', [(a, b) => Number(isContained(a.setting, b.setting)), 'base']],
  ['interferes', [interferesNumber, 'base']],
  ['pairwiseInterferes', [interferesNumber, 'both']],
  ['permits', [(a, b) => stated(a, b, notPermitted), 'base']],
  ['forbids', [(a, b) => stated(a, b, notForbidden), 'base']],
]);

export function isQueryKind(kind: string): boolean {
  return singles.has(kind) || pairs.has(kind);
}

/** Formats that a kind of query can be told in; a query that asks for another is not run. */
const formats: ReadonlyMap<string, readonly string[]> = new Map([
  ['connectivityMap', ['txt', 'yaml', 'csv', 'md', 'dot', 'json', 'jpg', 'html', 'txt_no_fw_rules']],
  ['semanticDiff', ['txt', 'yaml', 'csv', 'md', 'json', 'txt_no_fw_rules']],
  ['sanity', ['txt']],
]);
const commonFormats = ['txt', 'yaml', 'json'];

/** Answers one kind of a query over its configurations. */
export function answer(kind: string, configurations: readonly Configuration[], output: JsonObject): Answer {
  const pods = output['outputEndpoints'] === 'pods';
  const format = output['outputFormat'] ?? 'txt';
  const isTold = typeof format === 'string' && (formats.get(kind) ?? commonFormats).includes(format);
  const single = singles.get(kind);
  if (single !== undefined)
    return sum(
      configurations.map((configuration) =>
        isTold && hasPeers(configuration)
          ? { number: single(configuration, pods), notExecuted: 0 }
          : notExecuted(),
      ),
    );
  const [paired, order] = pairs.get(kind) ?? [() => 0, 'each'];
  return sum(
    pairsOf(configurations, order).map(([a, b]) => {
      if (!isTold || !hasPeers(a) || !hasPeers(b)) return notExecuted();
      const number = paired(a, b);
      return typeof number === 'number' ? { number, notExecuted: 0 } : number;
    }),
  );
}

/** The pairs that a kind asks about. */
export function pairsOf<T>(items: readonly T[], order: 'base' | 'each' | 'both'): [T, T][] {
  const [base, ...others] = items;
  if (order === 'base') return base === undefined ? [] : others.map((other) => [other, base]);
  return items.flatMap((a, i) =>
    items.flatMap((b, j): [T, T][] => (i < j || (order === 'both' && i !== j) ? [[a, b]] : [])),
  );
}

function sum(answers: readonly Answer[]): Answer {
  return {
    number: answers.reduce((all, { number }) => all + number, 0),
    notExecuted: answers.reduce((all, each) => all + each.notExecuted, 0),
  };
}

function hasPeers({ setting }: Configuration): boolean {
  return setting.cluster.endpoints.length > 0;
}

/** Settings with other endpoints are not compared: the number that stands for that. */
function comparable(a: Configuration, b: Configuration, number: number): Answer | undefined {
  return haveSameEndpoints(a, b) ? undefined : notExecuted(number);
}

function haveSameEndpoints(a: Configuration, b: Configuration): boolean {
  return new Comparison({ ...a.setting, policies: [] }, { ...b.setting, policies: [] }).hasSameEndpoints;
}

/** Same endpoints and the same policies by name and text. */
function areSame(a: Configuration, b: Configuration): boolean {
  const texts = ({ setting }: Configuration) =>
    writtenPolicies(setting)
      .map(({ resource }) => {
        const { kind, namespace, name, object } = resource;
        return stringifyJson([kind, namespace ?? '', name, object['spec'] ?? null] satisfies JsonValue);
      })
      .sort()
      .join('\n');
  return haveSameEndpoints(a, b) && texts(a) === texts(b);
}

function twoWayNumber(a: Configuration, b: Configuration): number {
  if (areSame(a, b)) return 0;
  const numbers = { equal: 3, 'first-in-second': 2, 'second-in-first': 1, neither: 0 };
  return numbers[containmentOf(a.setting, b.setting)];
}

function interferesNumber(a: Configuration, b: Configuration): number | Answer {
  return comparable(a, b, 0) ?? Number(interferenceOf(a.setting, b.setting) !== undefined);
}

/** Permits and forbids take the first one's policies in the cluster of the second. */
function stated(
  a: Configuration,
  b: Configuration,
  query: (a: Setting, b: Setting) => unknown,
): number | Answer {
  const stating = withoutGateways(a.setting);
  if (writtenPolicies(stating).length === 0) return notExecuted();
  const specification = { ...stating, cluster: b.setting.cluster };
  return Number(query(specification, b.setting) !== undefined);
}

/** A rule of Calico's has two ends that may match nothing, one of Kubernetes' only the far one. */
function emptyEnds({
  policy,
  rule: _,
  hasNoPeers,
  hasNoSubjects,
}: RuleOf & { hasNoPeers: boolean; hasNoSubjects: boolean }): number {
  const isCalico = policy.resource.group.endsWith('projectcalico.org');
  return Number(hasNoPeers) + Number(hasNoSubjects && isCalico);
}

function emptinessNumber({ setting }: Configuration): number {
  const { policies, rules } = emptinessOf(setting);
  return policies.length + rules.filter((rule) => emptyEnds(rule) > 0).length;
}

function redundancyNumber({ setting }: Configuration): number {
  const { policies, rules } = redundancyOf(withoutGateways(setting));
  return policies.length + rules.length;
}

function sanityNumber({ setting }: Configuration): number {
  const sanity = sanityOf(withoutGateways(setting));
  if (sanity.conflicts.length > 0) return 1;
  return (
    Number(sanity.isVacuous) +
    sanity.emptyPolicies.length +
    sanity.emptyRules.reduce((all, rule) => all + emptyEnds(rule), 0) +
    sanity.redundantPolicies.length +
    sanity.redundantRules.length
  );
}

/** Workloads, or Pods, that no policy selects, counted for each direction. */
function capturedNumber({ setting, topology }: Configuration, pods: boolean): number {
  const { endpoints } = setting.cluster;
  const planes = new Set(writtenPolicies(withoutGateways(setting)).map(({ tier }) => tier.plane));
  const isPod = (i: number) => endpoints[i]?.kind !== 'ServiceEntry';
  if (planes.size === 0) return endpoints.filter((_, i) => isPod(i)).length;
  const names = (members: readonly number[]) =>
    new Set(
      members
        .filter(isPod)
        .map((i) => (pods ? `${endpoints[i]?.namespace}/${endpoints[i]?.name}` : topology.workloads[i])),
    ).size;
  return [...planes].reduce((all, plane) => {
    const { ingress, egress } = uncaptured(setting, plane);
    // A mesh is asked about what comes in only.
    return all + names(ingress.members()) + (plane === 'network' ? names(egress.members()) : 0);
  }, 0);
}

/** Routes of gateways are no policies to most queries. */
function withoutGateways(setting: Setting): Setting {
  return { ...setting, policies: setting.policies.filter(({ tier }) => tier.plane !== 'gateway') };
}
