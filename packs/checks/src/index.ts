import {
  type Check,
  type CheckDefinition,
  type CheckExamples,
  type CheckText,
  componentsOf,
  type JudgeInput,
} from '@keelson/checks';
import { podTemplates, type Resource } from '@keelson/kubernetes';
import { ids, objectKinds } from '../generated/index.js';
import type { GroupName } from './groups.ts';

export { type ExampleOutcome, judgeExample } from './judge-example.ts';

/** Ids of all checks that keelson brings. */
export const checkIds: readonly string[] = ids;

const groups: Readonly<Record<GroupName, () => Promise<{ checks: readonly Check[] }>>> = {
  workload: () => import('../generated/workload.js'),
  object: () => import('../generated/object.js'),
  component: () => import('../generated/component.js'),
  general: () => import('../generated/general.js'),
  dockerfile: () => import('../generated/dockerfile.js'),
  network: () => import('../generated/network.js'),
};

/** True when checks of a group can have something to say about the input. */
const applies: Readonly<Record<GroupName, (input: JudgeInput) => boolean>> = {
  workload: ({ resources }) => resources.some((resource) => podTemplates(resource).length > 0),
  object: ({ resources }) => {
    const kinds = new Set(objectKinds);
    return resources.some(({ kind }) => kinds.has(kind));
  },
  component: ({ resources }) => resources.some((resource) => componentsOf(resource).length > 0),
  general: ({ resources }) => resources.length > 0,
  dockerfile: ({ dockerfiles }) => dockerfiles.length > 0,
  network: ({ resources }) => resources.some(isNetworkPolicy),
};

/** Kinds that restrict who reaches whom, by group. */
const policyKinds: Readonly<Record<string, readonly string[]>> = {
  'networking.k8s.io': ['NetworkPolicy'],
  'policy.networking.k8s.io': ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'],
  'cilium.io': ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'],
  'projectcalico.org': ['NetworkPolicy', 'GlobalNetworkPolicy'],
  'crd.projectcalico.org': ['NetworkPolicy', 'GlobalNetworkPolicy'],
  'security.istio.io': ['AuthorizationPolicy'],
};

function isNetworkPolicy({ group, kind }: Resource): boolean {
  return policyKinds[group]?.includes(kind) === true;
}

/** The checks, ready to run: all of them, or those that can have something to say about the input. */
export async function loadChecks(input?: JudgeInput): Promise<readonly Check[]> {
  const names = (Object.keys(groups) as GroupName[]).filter(
    (name) => input === undefined || applies[name](input),
  );
  const loaded = await Promise.all(names.map((name) => groups[name]()));
  // Where there are policies their engine takes the place of what does without it.
  return [...new Map(loaded.flatMap(({ checks }) => checks).map((check) => [check.id, check])).values()];
}

/** Titles, reasons and mappings by check id, of all checks or of those named; a module of its own, loaded on demand. */
export async function loadCheckTexts(ids?: ReadonlySet<string>): Promise<ReadonlyMap<string, CheckText>> {
  const { texts } = await import('../generated/texts.js');
  return parsed(texts, ids);
}

/** The checks as their files say them, their CEL as text among it: all of them or those named. */
export async function loadCheckDefinitions(
  ids?: ReadonlySet<string>,
): Promise<ReadonlyMap<string, CheckDefinition>> {
  const { definitions } = await import('../generated/definitions.js');
  return parsed(definitions, ids);
}

function parsed<T>(
  written: readonly (readonly [id: string, json: string])[],
  ids: ReadonlySet<string> | undefined,
): ReadonlyMap<string, T> {
  const wanted = ids === undefined ? written : written.filter(([id]) => ids.has(id));
  return new Map(wanted.map(([id, json]): [string, T] => [id, JSON.parse(json)]));
}

/** The checks' inline examples, for tests and documentation. */
export async function loadCheckExamples(): Promise<readonly CheckExamples[]> {
  const definitions = await loadCheckDefinitions();
  return [...definitions.values()].map(({ id, target, examples }) => ({ id, target, examples }));
}
