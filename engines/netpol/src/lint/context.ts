import { isObject, type JsonObject } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { clusterOf } from '../dialects/read-cluster.ts';
import { readPolicies } from '../dialects/read-policies.ts';
import { Analysis } from '../engine/analysis.ts';
import type { CompiledRule } from '../engine/compile.ts';
import { type Cluster, plainPod, qualifiedName } from '../model/cluster.ts';
import { ClusterIndex } from '../model/cluster-index.ts';
import { type Direction, directions, type Policy, type PolicyProblem, type Rule } from '../model/policy.ts';
import { parseAddress } from '../sets/addresses.ts';
import type { Bits } from '../sets/bits.ts';
import { Connections } from '../sets/connections.ts';
import { TooMuchWork } from './finding.ts';

/** Addresses of metadata services: of most clouds, and of AWS for IPv6. */
export const metadataAddresses = ['169.254.169.254', 'fd00:ec2::254'].map(parseAddress);

export interface LintOptions {
  /** Who is there; the workloads among the objects unless said. */
  cluster?: Cluster;
  /** Name of the network plugin, as `calico`, where it is known. */
  plugin?: string;
  /** Looks at single pairs that one rule may take; 20 million unless said. A rule that needs more is left out and named. */
  maxWork?: number;
}

/** What rules of the lint look at, each part worked out once. */
export class LintContext {
  readonly resources: readonly Resource[];
  readonly cluster: Cluster;
  readonly connections = new Connections();
  readonly policies: readonly Policy[];
  readonly problems: readonly PolicyProblem[];
  readonly index: ClusterIndex;
  readonly analysis: Analysis;
  readonly options: LintOptions;
  readonly compiled: ReadonlyMap<Rule, CompiledRule>;

  constructor(resources: readonly Resource[], options: LintOptions = {}) {
    this.resources = resources;
    this.options = options;
    this.cluster = options.cluster ?? clusterOf(resources);
    const { policies, problems } = readPolicies(resources, this.connections);
    this.policies = policies;
    this.problems = problems;
    this.index = new ClusterIndex(this.cluster);
    const ranges = metadataAddresses.map(({ family, value }) => ({ family, low: value, high: value }));
    this.analysis = new Analysis(this.cluster, policies, this.connections, { ranges });
    this.compiled = new Map(
      this.analysis.tiers.flatMap(({ rules }) =>
        directions.flatMap((direction) => rules[direction].map((each) => [each.rule, each] as const)),
      ),
    );
  }

  /** Policies that somebody wrote, and may write otherwise. */
  get written(): readonly Policy[] {
    return this.policies.filter((policy) => policy.isImplied !== true);
  }

  subjectsOf(policy: Policy): Bits {
    return this.index.select(policy.subject);
  }

  /** Each rule that is judged, with what it comes to. */
  compiledOf(policy: Policy): CompiledRule[] {
    return policy.rules.flatMap((rule) => this.compiled.get(rule) ?? []);
  }

  /** Policies that are about an endpoint and a direction. */
  selecting(endpoint: number, direction: Direction): Policy[] {
    return this.policies.filter(
      (policy) => isAbout(policy, direction) && this.subjectsOf(policy).has(endpoint),
    );
  }

  /** Objects of a kind that have a spec. */
  specsOf(
    group: string | readonly string[],
    ...kinds: readonly string[]
  ): { resource: Resource; spec: JsonObject }[] {
    const groups = typeof group === 'string' ? [group] : group;
    return this.resources.flatMap((resource) => {
      const { spec } = resource.object;
      const isKind = groups.includes(resource.group) && kinds.includes(resource.kind);
      return isKind && isObject(spec) ? [{ resource, spec }] : [];
    });
  }

  /** @throws TooMuchWork when looks at pairs are more than the bound */
  spend(looks: number): void {
    const { maxWork = 20_000_000 } = this.options;
    if (looks > maxWork) throw new TooMuchWork(maxWork);
  }

  nameOf(endpoint: number): string {
    const found = this.cluster.endpoints[endpoint];
    return found === undefined ? '' : qualifiedName(found);
  }

  /** Names of endpoints for a message: the first few, and how many more. */
  namesOf(endpoints: readonly number[]): string {
    const names = [...new Set(endpoints.map((each) => this.nameOf(each)))];
    const shown = names.slice(0, 3);
    const more = names.length - shown.length;
    return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
  }
}

/** A Pod without labels in each namespace: what selects it selects every Pod to come. */
export function unlabelledPods(cluster: Cluster, names: readonly string[]): Cluster {
  return { ...cluster, endpoints: names.map((namespace) => plainPod(namespace, '')) };
}

/** Whether a policy isolates in a direction or has rules for it. */
export function isAbout(policy: Policy, direction: Direction): boolean {
  return policy.isolates[direction] || policy.rules.some((rule) => rule.direction === direction);
}

/** Name of a policy for messages. */
export function policyName({ kind, namespace, name }: Policy): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
