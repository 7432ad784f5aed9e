import type { WorkloadIdentity } from './plan.ts';

/**
 * The fewest selectors, as far as they are found, that choose some workloads of a namespace and none of its others. `known` are all
 * workloads of the namespace. With `whole` the namespace itself stands for all of them, those to come too.
 */
export function coverWorkloads(
  members: readonly WorkloadIdentity[],
  known: readonly WorkloadIdentity[],
  whole: boolean,
): WorkloadIdentity[] {
  const [first] = members;
  if (first === undefined || members.length === 1) return [...members];
  if (whole && known.every((each) => members.includes(each)))
    return [groupOf(members, known, { labels: new Map() })];
  const groups: WorkloadIdentity[] = [];
  let left = [...members];
  for (;;) {
    const shared = largestShared(left, known);
    if (shared === undefined) break;
    groups.push(groupOf(shared.members, known, { labels: new Map([shared.label]) }));
    left = left.filter((each) => !shared.members.includes(each));
  }
  const listed = listedBy(left, known);
  return listed === undefined ? [...groups, ...left] : [...groups, groupOf(left, known, listed)];
}

type Choice = Pick<WorkloadIdentity, 'labels' | 'oneOf'>;

function groupOf(
  members: readonly WorkloadIdentity[],
  known: readonly WorkloadIdentity[],
  choice: Choice,
): WorkloadIdentity {
  const sorted = members.map(({ name }) => name).sort();
  const [first = ''] = sorted;
  const taken = new Set(known.map(({ name }) => name));
  let name = `${first}-group`;
  while (taken.has(name)) name = `${name}-group`;
  return { namespace: members[0]?.namespace ?? '', name, absent: [], members: sorted, ...choice };
}

/** The label that most of the members have, two at least, and nobody else. */
function largestShared(
  members: readonly WorkloadIdentity[],
  known: readonly WorkloadIdentity[],
): { label: readonly [key: string, value: string]; members: WorkloadIdentity[] } | undefined {
  const labels = new Map(
    members.flatMap((member) => [...member.labels].map((label) => [JSON.stringify(label), label] as const)),
  );
  const shared = [...labels]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, label]) => ({ label, members: members.filter((each) => has(each, label)) }))
    .filter((each) => each.members.length > 1)
    .filter(({ label }) => known.every((each) => members.includes(each) || !has(each, label)));
  return shared.sort((a, b) => b.members.length - a.members.length)[0];
}

function has({ labels }: WorkloadIdentity, [key, value]: readonly [string, string]): boolean {
  return labels.get(key) === value;
}

/** The values of one label that all members have, where nobody else has one of them. */
function listedBy(
  members: readonly WorkloadIdentity[],
  known: readonly WorkloadIdentity[],
): Choice | undefined {
  const [first] = members;
  if (first === undefined || members.length === 1) return undefined;
  for (const key of [...first.labels.keys()].sort()) {
    const values = new Set(members.flatMap(({ labels }) => labels.get(key) ?? []));
    const isOfAll = members.every(({ labels }) => labels.has(key));
    const isOwn = known.every((each) => members.includes(each) || !values.has(each.labels.get(key) ?? ''));
    if (isOfAll && isOwn) return { labels: new Map(), oneOf: { key, values: [...values].sort() } };
  }
  return undefined;
}
