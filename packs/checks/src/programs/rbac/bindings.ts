import type { Inventory, ProgramContext, Violation } from '@keelson/checks';
import { isObject, type JsonValue, type Path, valueAt } from '@keelson/core';
import { type PolicyRule, type Resource, rbacGroup, roleRefOf, rulesOf } from '@keelson/kubernetes';

/** The role that a binding refers to, when it is in the input. */
export function roleOf(binding: Resource, inventory: Inventory): Resource | undefined {
  const reference = roleRefOf(binding);
  if (reference === undefined) return undefined;
  const namespace = reference.kind === 'Role' ? inventory.namespaceOf(binding) : '';
  return inventory
    .ofKind(reference.kind, rbacGroup)
    .find((role) => role.name === reference.name && inventory.namespaceOf(role) === namespace);
}

/** The rules that a binding grants: all that are in the input, aggregated ones too. */
export function rulesGranted(binding: Resource, inventory: Inventory): readonly PolicyRule[] {
  const role = roleOf(binding, inventory);
  if (role === undefined) return [];
  const cache = inventory.memo('rules-of-roles', () => new Map<Resource, readonly PolicyRule[]>());
  const known = cache.get(role);
  if (known !== undefined) return known;
  const rules = rulesOf(role, inventory.resources);
  cache.set(role, rules);
  return rules;
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
    const message = `${binding.kind} "${binding.name}" binds the ${reference.kind} "${reference.name}", which is not there`;
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
      message: `${binding.kind} "${binding.name}" gives all rights ${where} through the ${role.kind} "${role.name}"`,
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
    const subjects = valueAt(binding.object, ['subjects']);
    if (!Array.isArray(subjects)) continue;
    for (const [i, subject] of subjects.entries()) {
      const account = accountOf(subject, binding, inventory);
      if (account === undefined || account.name === 'default') continue;
      if (inventory.find('ServiceAccount', account.namespace, account.name) !== undefined) continue;
      const path: Path = ['subjects', i, 'name'];
      const message = `${binding.kind} "${binding.name}" gives rights to the service account "${account.name}", which is not there`;
      yield { subject: binding, path, message };
    }
  }
}

function accountOf(subject: JsonValue, binding: Resource, inventory: Inventory) {
  if (!isObject(subject) || subject['kind'] !== 'ServiceAccount') return undefined;
  const { name, namespace } = subject;
  if (typeof name !== 'string' || name === '') return undefined;
  const home = typeof namespace === 'string' && namespace !== '' ? namespace : inventory.namespaceOf(binding);
  return home === '' ? undefined : { name, namespace: home };
}
