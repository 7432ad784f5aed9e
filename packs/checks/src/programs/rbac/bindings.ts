import type { Inventory, ProgramContext, Violation } from '@keelson/checks';
import type { Path } from '@keelson/core';
import {
  normaliseSubject,
  type PolicyRule,
  type Resource,
  rbacGroup,
  roleRefOf,
  rulesOf,
} from '@keelson/kubernetes';
import { listAt, titleOf } from '../fields.ts';

/** Roles of the input by kind, namespace (empty for a ClusterRole) and name. */
function rolesByName(inventory: Inventory): ReadonlyMap<string, Resource> {
  return inventory.memo('rbac/roles-by-name', () => {
    const roles = ['Role', 'ClusterRole'].flatMap((kind) => inventory.ofKind(kind, rbacGroup));
    return new Map(
      roles.toReversed().map((role) => [roleKey(role.kind, inventory.namespaceOf(role), role.name), role]),
    );
  });
}

function roleKey(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

/** The role that a binding refers to, when it is in the input. */
export function roleOf(binding: Resource, inventory: Inventory): Resource | undefined {
  const reference = roleRefOf(binding);
  if (reference === undefined) return undefined;
  const namespace = reference.kind === 'Role' ? inventory.namespaceOf(binding) : '';
  return rolesByName(inventory).get(roleKey(reference.kind, namespace, reference.name));
}

/** The rules that a role of the input grants, aggregated ones too. */
export function rulesOfRole(role: Resource, inventory: Inventory): readonly PolicyRule[] {
  const cache = inventory.memo('rbac/rules-of-roles', () => new Map<Resource, readonly PolicyRule[]>());
  const known = cache.get(role);
  if (known !== undefined) return known;
  const rules = rulesOf(role, inventory.ofKind('ClusterRole', rbacGroup));
  cache.set(role, rules);
  return rules;
}

/** The rules that a binding grants: all that are in the input, aggregated ones too. */
export function rulesGranted(binding: Resource, inventory: Inventory): readonly PolicyRule[] {
  const role = roleOf(binding, inventory);
  return role === undefined ? [] : rulesOfRole(role, inventory);
}

/** Roles that every cluster has from its start. */
function isBuiltIn({ kind, name }: { kind: string; name: string }): boolean {
  if (name.startsWith('system:')) return true;
  return kind === 'Role' ? name === 'extension-apiserver-authentication-reader' : clusterWide.has(name);
}

const clusterWide = new Set(['cluster-admin', 'admin', 'edit', 'view']);

export function* danglingRoleBinding({ resources, inventory }: ProgramContext): Iterable<Violation> {
  for (const binding of resources) {
    const reference = roleRefOf(binding);
    if (reference === undefined || roleOf(binding, inventory) !== undefined) continue;
    if (isBuiltIn(reference)) continue;
    const message = `${titleOf(binding)} binds the ${reference.kind} "${reference.name}", which is not there`;
    yield { subject: binding, path: ['roleRef', 'name'], message };
  }
}

/** Whether a rule allows everything with every resource, at least of the core group. */
export function isEverything({ verbs, resources, apiGroups }: PolicyRule): boolean {
  return (
    verbs.includes('*') && resources.includes('*') && (apiGroups.includes('*') || apiGroups.includes(''))
  );
}

/** Bindings of a role of the input that is an administrator's under another name. */
export function* bindingOfAdministratorRole({ resources, inventory }: ProgramContext): Iterable<Violation> {
  for (const binding of resources) {
    const role = roleOf(binding, inventory);
    if (role === undefined || isBuiltIn(role) || !rulesGranted(binding, inventory).some(isEverything))
      continue;
    const where = binding.kind === 'RoleBinding' ? 'in its namespace' : 'in the whole cluster';
    yield {
      subject: binding,
      path: ['roleRef', 'name'],
      message: `${titleOf(binding)} gives all rights ${where} through the ${titleOf(role)}`,
      related: [{ subject: role, path: ['rules'] }],
    };
  }
}

/** Service accounts that a binding names and that are not in the input, though others of their namespace are. */
export function* bindingToMissingServiceAccount({
  resources,
  inventory,
}: ProgramContext): Iterable<Violation> {
  for (const binding of resources) {
    const home = inventory.namespaceOf(binding);
    for (const [i, subject] of listAt(binding.object, ['subjects']).entries()) {
      const account = normaliseSubject(subject, home === '' ? undefined : home);
      if (account?.kind !== 'ServiceAccount' || account.name === 'default') continue;
      if (inventory.find('ServiceAccount', account.namespace, account.name) !== undefined) continue;
      const path: Path = ['subjects', i, 'name'];
      const message = `${titleOf(binding)} gives rights to the service account "${account.name}", which is not there`;
      yield { subject: binding, path, message };
    }
  }
}
