import type { Inventory, ProgramContext, Violation, Workload } from '@keelson/checks';
import type { Path } from '@keelson/core';
import {
  mountsServiceAccountToken,
  type PolicyRule,
  type RbacSubject,
  type Resource,
  type ResourceRequest,
  rbacGroup,
  ruleAllows,
  serviceAccountGroups,
  serviceAccountNameOf,
  subjectsOf,
} from '@keelson/kubernetes';
import { titleOf } from '../fields.ts';
import { isEverything, rulesGranted } from './bindings.ts';

/** A single right that leads from one workload to the whole cluster. */
const takeoverRequests: readonly (readonly [request: ResourceRequest, what: string])[] = [
  [{ verb: 'create', apiGroup: '', resource: 'pods' }, 'create Pods'],
  [{ verb: 'get', apiGroup: '', resource: 'secrets' }, 'read every Secret'],
  [{ verb: 'list', apiGroup: '', resource: 'secrets' }, 'read every Secret'],
  [{ verb: 'create', apiGroup: '', resource: 'pods', subresource: 'exec' }, 'run commands in every Pod'],
  [
    { verb: 'create', apiGroup: '', resource: 'serviceaccounts', subresource: 'token' },
    'make tokens of every service account',
  ],
  [{ verb: 'get', apiGroup: '', resource: 'nodes', subresource: 'proxy' }, 'reach every kubelet'],
  [{ verb: 'create', apiGroup: 'apps', resource: 'deployments' }, 'create workloads'],
  [{ verb: 'create', apiGroup: 'apps', resource: 'daemonsets' }, 'create workloads'],
  [{ verb: 'create', apiGroup: 'batch', resource: 'jobs' }, 'create workloads'],
  [{ verb: 'create', apiGroup: 'batch', resource: 'cronjobs' }, 'create workloads'],
  [
    { verb: 'update', apiGroup: '', resource: 'pods', subresource: 'ephemeralcontainers' },
    'add containers to every Pod',
  ],
  [{ verb: 'escalate', apiGroup: rbacGroup, resource: 'clusterroles' }, 'escalate its rights'],
  [{ verb: 'bind', apiGroup: rbacGroup, resource: 'clusterroles' }, 'bind every role'],
  [{ verb: 'impersonate', apiGroup: '', resource: 'users' }, 'impersonate everybody'],
  [{ verb: 'impersonate', apiGroup: '', resource: 'groups' }, 'impersonate every group'],
];

/** Workloads whose token holds a right over the whole cluster that is one step from all rights. */
export function* workloadTakeover({ inventory }: ProgramContext): Iterable<Violation> {
  yield* judged(inventory, (rules) => {
    if (rules.some(isEverything)) return undefined;
    return takeoverRequests.find(([request]) => rules.some((rule) => ruleAllows(rule, request)))?.[1];
  });
}

/** Workloads whose token may do everything. */
export function* workloadAdministrator({ inventory }: ProgramContext): Iterable<Violation> {
  yield* judged(inventory, (rules) => (rules.some(isEverything) ? 'do everything' : undefined));
}

function* judged(
  inventory: Inventory,
  powerOf: (rules: readonly PolicyRule[]) => string | undefined,
): Iterable<Violation> {
  for (const workload of inventory.workloads) {
    if (!hasToken(workload, inventory)) continue;
    for (const binding of bindingsOf(workload, inventory)) {
      if (binding.kind !== 'ClusterRoleBinding') continue;
      const power = powerOf(rulesGranted(binding, inventory));
      if (power === undefined) continue;
      yield violation(workload, binding, `may ${power} in the whole cluster through the ${titleOf(binding)}`);
      break;
    }
  }
}

/** Workloads whose token has been given rights of its own: where taking it over pays. */
export function* workloadTokenWithRights({ inventory }: ProgramContext): Iterable<Violation> {
  for (const workload of inventory.workloads) {
    if (!hasToken(workload, inventory)) continue;
    const [binding] = bindingsOf(workload, inventory);
    if (binding === undefined) continue;
    yield violation(workload, binding, `carries a token with the rights of the ${titleOf(binding)}`);
  }
}

/** Pods that get a token because nobody said no. Where the account is in the input it is told there. */
export function* tokenByDefault({ inventory }: ProgramContext): Iterable<Violation> {
  for (const { workload, account, known } of withoutWord(inventory)) {
    // That a Pod runs as the default account says a check of its own.
    if (account !== 'default' && known === undefined)
      yield unasked(workload, 'gets an API token that nobody asked for');
  }
}

/** Pods that run as the default account with its token. */
export function* tokenOfDefaultAccount({ inventory }: ProgramContext): Iterable<Violation> {
  for (const { workload, account, known } of withoutWord(inventory)) {
    if (account !== 'default' || !mountsServiceAccountToken(workload.template.spec, known?.object)) continue;
    const { specPath } = workload.template;
    yield {
      ...unasked(workload, 'runs as the default service account with its token'),
      path: [...specPath, 'serviceAccountName'],
    };
  }
}

/** Pods that get a token because their account, which is in the input, does not say no. */
export function* tokenInherited({ inventory }: ProgramContext): Iterable<Violation> {
  for (const { workload, account, known } of withoutWord(inventory)) {
    if (account === 'default' || known === undefined) continue;
    if (!mountsServiceAccountToken(workload.template.spec, known.object)) continue;
    const related = [{ subject: known, path: ['metadata', 'name'] }];
    yield { ...unasked(workload, `gets an API token from the service account "${account}"`), related };
  }
}

/** Workloads that do not say whether they want a token, with their account and, when it is in the input, its object. */
function* withoutWord(inventory: Inventory) {
  for (const workload of inventory.workloads) {
    const { spec } = workload.template;
    if (typeof spec['automountServiceAccountToken'] === 'boolean') continue;
    const account = serviceAccountNameOf(spec);
    yield { workload, account, known: inventory.find('ServiceAccount', workload.namespace, account) };
  }
}

function unasked({ resource, template }: Workload, what: string): Violation {
  const path: Path = [...template.specPath, 'automountServiceAccountToken'];
  return {
    subject: resource,
    path,
    message: `${titleOf(resource)} ${what}`,
    fix: {
      description: 'mount no token',
      choice: 'whether the program calls the API server',
      patch: [{ op: 'add', path: [...path], value: false }],
    },
  };
}

function violation(workload: Workload, binding: Resource, what: string): Violation {
  const { resource, template } = workload;
  const path: Path = [...template.specPath, 'serviceAccountName'];
  const related = [{ subject: binding, path: ['roleRef', 'name'] }];
  return { subject: resource, path, message: `${titleOf(resource)} ${what}`, related };
}

function hasToken({ template, namespace }: Workload, inventory: Inventory): boolean {
  const account = inventory.find('ServiceAccount', namespace, serviceAccountNameOf(template.spec));
  return mountsServiceAccountToken(template.spec, account?.object);
}

/** Bindings by what their subjects are called, role bindings first, each group in input order. */
function bindingsBySubject(inventory: Inventory): ReadonlyMap<string, ReadonlySet<Resource>> {
  return inventory.memo('rbac/bindings-by-subject', () => {
    const bySubject = new Map<string, Set<Resource>>();
    for (const kind of ['RoleBinding', 'ClusterRoleBinding']) {
      for (const binding of inventory.ofKind(kind, rbacGroup)) {
        for (const subject of subjectsOf(binding, inventory.defaultNamespace)) {
          const key = subjectKey(subject);
          const known = bySubject.get(key) ?? new Set();
          bySubject.set(key, known.add(binding));
        }
      }
    }
    return bySubject;
  });
}

function subjectKey(subject: RbacSubject): string {
  return subject.kind === 'ServiceAccount'
    ? `${subject.kind}/${subject.namespace}/${subject.name}`
    : `${subject.kind}/${subject.name}`;
}

/** Bindings that reach the account of a workload: those of its own name first, then those of its groups. */
function bindingsOf({ template, namespace }: Workload, inventory: Inventory): ReadonlySet<Resource> {
  const name = serviceAccountNameOf(template.spec);
  const groups = serviceAccountGroups(namespace).map(
    (group): RbacSubject => ({ kind: 'Group', name: group }),
  );
  const bySubject = bindingsBySubject(inventory);
  const subjects: RbacSubject[] = [{ kind: 'ServiceAccount', name, namespace }, ...groups];
  return new Set(subjects.flatMap((subject) => [...(bySubject.get(subjectKey(subject)) ?? [])]));
}
