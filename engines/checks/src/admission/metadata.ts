import type { JsonObject } from '@keelson/core';
import { celString } from './literal.ts';
import type { AdmissionPolicy } from './policy.ts';

/** Labels of every object that is written. */
export function labelsOf(): JsonObject {
  return { 'app.kubernetes.io/managed-by': 'keelson' };
}

/** What the check says about itself, for those who meet the policy in a cluster. */
export function annotationsOf({ definition }: AdmissionPolicy): JsonObject {
  const { id, title, severity, remediation, controls, references } = definition;
  const mapped = Object.entries(controls).map(([framework, ids]) => `${framework}: ${ids.join(', ')}`);
  return {
    'keelson.dev/check': id,
    'keelson.dev/title': title,
    'keelson.dev/severity': severity,
    ...(mapped.length === 0 ? {} : { 'keelson.dev/controls': mapped.join('; ') }),
    ...(remediation === '' ? {} : { 'keelson.dev/remediation': remediation }),
    ...(references.length === 0 ? {} : { 'keelson.dev/references': references.join(' ') }),
  };
}

/** `spec.matchConstraints.resourceRules`. */
export function resourceRules({ target }: AdmissionPolicy): JsonObject[] {
  return target.rules.map(({ group, version, resources }) => ({
    apiGroups: [group],
    apiVersions: [version],
    operations: ['CREATE', 'UPDATE'],
    resources: [...resources],
  }));
}

/**
 * An object that is on its way out can still be changed: a policy that denied that would keep its finalizers on
 * it for ever.
 */
export const notBeingDeleted: JsonObject = {
  name: 'not-being-deleted',
  expression: '!has(object.metadata.deletionTimestamp)',
};

/** The API server writes its own roles when it starts, and a controller fills those that are put together. */
const roleWriters = [
  'system:apiserver',
  'system:serviceaccount:kube-system:clusterrole-aggregation-controller',
];

/** Conditions under which requests to the API server itself are judged. */
export function matchConditions(policy: AdmissionPolicy): JsonObject[] {
  return [notBeingDeleted, ...notByRoleWriters(policy)];
}

/** A condition of policies about roles. */
export function notByRoleWriters({ target }: AdmissionPolicy): JsonObject[] {
  const isAboutRoles = target.rules.some(
    ({ group }) => group === 'rbac.authorization.k8s.io' || group === '*',
  );
  if (!isAboutRoles) return [];
  const names = roleWriters.map(celString).join(', ');
  return [
    { name: 'not-the-control-plane', expression: `!(request.?userInfo.?username.orValue('') in [${names}])` },
  ];
}

/** `spec.variables`; nothing where there are none. */
export function variablesField({ expressions }: AdmissionPolicy): JsonObject {
  const { variables } = expressions;
  if (variables.length === 0) return {};
  return { variables: variables.map(({ name, expression }) => ({ name, expression })) };
}

/** `spec.validations`. */
export function validationsOf({ expressions }: AdmissionPolicy): JsonObject[] {
  const { expression, message, messageExpression } = expressions;
  return [{ expression, message, ...(messageExpression === undefined ? {} : { messageExpression }) }];
}

/** A selector that leaves namespaces out by their name; nothing where none are. */
export function namespaceSelector({ exemptNamespaces }: AdmissionPolicy): JsonObject {
  if (exemptNamespaces.length === 0) return {};
  const expression = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [...exemptNamespaces] };
  return { namespaceSelector: { matchExpressions: [expression] } };
}
