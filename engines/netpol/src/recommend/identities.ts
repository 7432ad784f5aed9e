import type { Labels } from '../model/cluster.ts';
import type { FlowEnd, ObservedFlow } from './flow.ts';
import type { WorkloadIdentity } from './plan.ts';
import { stableLabels } from './stable-labels.ts';

type WorkloadEnd = FlowEnd & { type: 'workload' };

/** The workloads that flows tell of, each with the labels that all of its Pods have in all flows. */
export class Identities {
  readonly all: readonly WorkloadIdentity[];
  readonly #byName: ReadonlyMap<string, WorkloadIdentity>;

  /**
   * `known` are labels of workloads by `namespace/name` from manifests, which count where they are there. With `exact`
   * selectors name labels that their Pods lack too, where those of another workload have all of theirs.
   */
  constructor(flows: readonly ObservedFlow[], known: ReadonlyMap<string, Labels>, exact: boolean) {
    const labels = new Map<string, { end: WorkloadEnd; labels: Labels }>();
    for (const { source, destination } of flows) {
      for (const end of [source, destination]) {
        if (end.type !== 'workload') continue;
        const key = nameOf(end);
        const before = labels.get(key);
        const own = known.get(key) ?? stableLabels(end.labels);
        labels.set(key, { end, labels: before === undefined ? own : common(before.labels, own) });
      }
    }
    const plain = [...labels].map(([key, { end, labels: own }]) => ({
      key,
      identity: { namespace: end.namespace, name: end.name, labels: own, absent: [] },
    }));
    const byNamespace = Map.groupBy(plain, ({ identity }) => identity.namespace);
    this.#byName = new Map(
      plain.map(({ key, identity }) => {
        const others = byNamespace.get(identity.namespace) ?? [];
        const absent = exact ? keysOfOthers(identity, others) : [];
        return [key, { ...identity, absent }];
      }),
    );
    this.all = [...this.#byName.values()].filter((identity) => identity.labels.size > 0);
  }

  of(end: WorkloadEnd): WorkloadIdentity | undefined {
    const identity = this.#byName.get(nameOf(end));
    return identity === undefined || identity.labels.size === 0 ? undefined : identity;
  }
}

function nameOf({ namespace, name }: WorkloadEnd): string {
  return `${namespace}/${name}`;
}

function common(a: Labels, b: Labels): Labels {
  return new Map([...a].filter(([key, value]) => b.get(key) === value));
}

/** For each workload that the selector would choose as well, one key of its labels that this one lacks. */
function keysOfOthers(
  own: WorkloadIdentity,
  others: readonly { identity: WorkloadIdentity }[],
): readonly string[] {
  const keys = others.flatMap(({ identity: { labels } }) => {
    const isChosen = [...own.labels].every(([key, value]) => labels.get(key) === value);
    return isChosen ? ([...labels.keys()].find((key) => !own.labels.has(key)) ?? []) : [];
  });
  return [...new Set(keys)].sort();
}
