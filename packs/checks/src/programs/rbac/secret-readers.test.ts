import { judge } from '@keelson/checks';
import { SourceText } from '@keelson/core';
import { readManifestText } from '@keelson/manifests';
import { expect, test } from 'vitest';
import { loadChecks } from '../../index.ts';

const check = (await loadChecks()).find(({ id }) => id === 'service-account-reads-secrets');

const role = (kind: string, name: string, namespace: string, rule: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: { name: ${name}${namespace === '' ? '' : `, namespace: ${namespace}`} }
rules: [${rule}]
---
`;
const binding = (kind: string, namespace: string, subject: string, roleKind: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: { name: b${namespace === '' ? '' : `, namespace: ${namespace}`} }
subjects: [${subject}]
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${roleKind}, name: reader }
---
`;
const reads = '{ apiGroups: [""], resources: [secrets], verbs: [watch] }';
const account = '{ kind: ServiceAccount, name: web, namespace: apps }';

function messages(text: string): string[] {
  const { resources } = readManifestText(new SourceText('rbac.yaml', text));
  if (check === undefined) throw new Error('the check is gone');
  return judge({ resources, dockerfiles: [] }, [check]).violations.map(({ message }) => message);
}

test.each([
  [
    'its own namespace',
    role('Role', 'reader', 'apps', reads),
    binding('RoleBinding', 'apps', account, 'Role'),
    1,
  ],
  [
    'another namespace',
    role('Role', 'reader', 'apps', reads),
    binding('RoleBinding', 'web', account, 'Role'),
    1,
  ],
  [
    'the cluster',
    role('ClusterRole', 'reader', '', reads),
    binding('ClusterRoleBinding', '', '{ kind: ServiceAccount, name: web }', 'ClusterRole'),
    1,
  ],
  [
    'an account written as a user',
    role('Role', 'reader', 'apps', reads),
    binding('RoleBinding', 'apps', '{ kind: User, name: "system:serviceaccount:apps:web" }', 'Role'),
    1,
  ],
  [
    'two bindings',
    role('Role', 'reader', 'apps', reads),
    binding('RoleBinding', 'apps', account, 'Role').repeat(2),
    1,
  ],
  [
    'a person',
    role('Role', 'reader', 'apps', reads),
    binding('RoleBinding', 'apps', '{ kind: User, name: anna }', 'Role'),
    0,
  ],
  [
    'one Secret',
    role(
      'Role',
      'reader',
      'apps',
      '{ apiGroups: [""], resources: [secrets], resourceNames: [tls], verbs: [get] }',
    ),
    binding('RoleBinding', 'apps', account, 'Role'),
    0,
  ],
  ['no role', '', binding('RoleBinding', 'apps', account, 'Role'), 0],
] as const)('%s: %#', (_, roles, bindings, expected) => {
  expect(messages(roles + bindings)).toHaveLength(expected);
});
