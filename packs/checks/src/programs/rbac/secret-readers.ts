import type { Inventory, ProgramContext, Violation } from '@keelson/checks';
import {
  labelsOf,
  normaliseSubject,
  type PolicyRule,
  type Resource,
  rbacGroup,
  roleRefOf,
  ruleAllows,
} from '@keelson/kubernetes';
import { listAt, titleOf } from '../fields.ts';
import { roleOf, rulesOfRole } from './bindings.ts';

/**
 * Rules that let a service account read every Secret, told where the rule stands. Names count as they are written: a
 * binding in another namespace than its role grants nothing until somebody moves one of them, and then it grants this.
 */
export function* serviceAccountReadsSecrets({ resources, inventory }: ProgramContext): Iterable<Violation> {
  const said = new Set<PolicyRule>();
  for (const binding of resources) {
    const account = accountNamed(binding);
    const role = account === undefined ? undefined : roleMeant(binding, inventory);
    if (role === undefined || labelsOf(role)['kubernetes.io/bootstrapping'] === 'rbac-defaults') continue;
    for (const rule of rulesOfRole(role, inventory)) {
      if (said.has(rule) || !readsSecrets(rule)) continue;
      said.add(rule);
      yield {
        subject: rule.source,
        path: ['rules', rule.index, 'verbs'],
        message: `${titleOf(rule.source)} lets the service account "${account}" read Secrets, through ${titleOf(binding)}`,
        related: [{ subject: binding, path: ['roleRef', 'name'] }],
      };
    }
  }
}

/** `list` and `watch` return the contents as `get` does. */
function readsSecrets(rule: PolicyRule): boolean {
  return ['get', 'list', 'watch'].some((verb) =>
    ruleAllows(rule, { verb, apiGroup: '', resource: 'secrets' }),
  );
}

/** The first service account that a binding names, with or without its namespace. */
function accountNamed(binding: Resource): string | undefined {
  for (const subject of listAt(binding.object, ['subjects'])) {
    const account = normaliseSubject(subject, '');
    if (account?.kind === 'ServiceAccount') return account.name;
  }
  return undefined;
}

/** The role that a binding refers to; where its namespace has none, the first of that name in another. */
function roleMeant(binding: Resource, inventory: Inventory): Resource | undefined {
  const role = roleOf(binding, inventory);
  const reference = roleRefOf(binding);
  if (role !== undefined || reference?.kind !== 'Role') return role;
  const byName = inventory.memo('rbac/roles-of-any-namespace', () => {
    const roles = inventory.ofKind('Role', rbacGroup).toReversed();
    return new Map(roles.map((one) => [one.name, one]));
  });
  return byName.get(reference.name);
}
