import type { Labels } from '../model/cluster.ts';
import type { FlowEnd, ObservedFlow } from './flow.ts';
import type { WorkloadIdentity } from './plan.ts';
import { stableLabels } from './stable-labels.ts';
import { commonLabels } from './translate.ts';

type WorkloadEnd = FlowEnd & { type: 'workload' };

/** What makes the names of workloads into selectors. */
export interface IdentityOptions {
  /** Workloads of manifests. Their labels count, whether they were seen or not. */
  known: readonly WorkloadEnd[];
  /** Whether selectors name labels that their Pods lack too, where those of another workload have all of theirs. */
  exact: boolean;
  /** Whether workloads that were not seen get policies too. */
  all: boolean;
}

/** The workloads that flows and manifests tell of, each with the labels that all of its Pods have. */
export class Identities {
  /** Those that policies can choose. */
  readonly all: readonly WorkloadIdentity[];
  /** Those of them that policies are written for: the ones that were seen. */
  readonly planned: readonly WorkloadIdentity[];
  /** `namespace/name` of workloads without a label that stays. */
  readonly unlabelled: readonly string[];
  readonly #seen: ReadonlySet<string>;
  readonly #byName: ReadonlyMap<string, WorkloadIdentity>;

  constructor(flows: readonly ObservedFlow[], { known, exact, all }: IdentityOptions) {
    const found = new Map(known.map((end) => [nameOf(end), { end, labels: end.labels }]));
    const seen = new Set<string>();
    const written = new Set(found.keys());
    for (const { source, destination } of flows) {
      for (const end of [source, destination]) {
        if (end.type !== 'workload') continue;
        const key = nameOf(end);
        seen.add(key);
        if (written.has(key)) continue;
        const before = found.get(key);
        const own = stableLabels(end.labels);
        found.set(key, { end, labels: before === undefined ? own : commonLabels(before.labels, own) });
      }
    }
    this.#seen = seen;
    const isPlanned = (key: string) => all || seen.has(key);
    // Those that were seen come first, as they were seen.
    const order = [...seen, ...[...found.keys()].filter((key) => !seen.has(key))];
    const plain = order.flatMap((key) => {
      const each = found.get(key);
      if (each === undefined) return [];
      const { namespace, name } = each.end;
      return [{ key, identity: { namespace, name, labels: each.labels, absent: [] } }];
    });
    const byNamespace = Map.groupBy(plain, ({ identity }) => identity.namespace);
    this.#byName = new Map(
      plain.map(({ key, identity }) => {
        // A workload that is left alone may not be chosen by the policy of another.
        const others = (byNamespace.get(identity.namespace) ?? []).filter(
          (each) => exact || !isPlanned(each.key),
        );
        return [key, { ...identity, absent: keysOfOthers(identity, others) }];
      }),
    );
    const identities = [...this.#byName];
    this.all = identities.map(([, each]) => each).filter(({ labels }) => labels.size > 0);
    this.planned = this.all.filter((identity) => isPlanned(nameOf(identity)));
    this.unlabelled = identities.filter(([, { labels }]) => labels.size === 0).map(([key]) => key);
  }

  isSeen(identity: WorkloadIdentity): boolean {
    return this.#seen.has(nameOf(identity));
  }

  of(end: WorkloadEnd): WorkloadIdentity | undefined {
    const identity = this.#byName.get(nameOf(end));
    return identity === undefined || identity.labels.size === 0 ? undefined : identity;
  }
}

function nameOf({ namespace, name }: Pick<WorkloadIdentity, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

/** For each workload that the selector would choose as well, one key of its labels that this one lacks. */
function keysOfOthers(
  own: WorkloadIdentity,
  others: readonly { identity: WorkloadIdentity }[],
): readonly string[] {
  const keys = others.flatMap(({ identity: { labels } }) => {
    if (!hasAll(labels, own.labels)) return [];
    return [...labels.keys()].find((key) => !own.labels.has(key)) ?? [];
  });
  return [...new Set(keys)].sort();
}

/** Whether some labels have all of others. */
export function hasAll(labels: Labels, wanted: Labels): boolean {
  return [...wanted].every(([key, value]) => labels.get(key) === value);
}

/** Whether the selector of one workload chooses the Pods of another. */
export function chooses(one: WorkloadIdentity, other: WorkloadIdentity): boolean {
  return (
    one.namespace === other.namespace &&
    hasAll(other.labels, one.labels) &&
    !one.absent.some((key) => other.labels.has(key))
  );
}
