import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprint } from './fingerprint.ts';
import {
  canonicalIdentity,
  formatSubject,
  isName,
  isSubjectIdentity,
  parseSubject,
  placelessIdentity,
  resolveAlias,
} from './subject.ts';
import { anySubject } from './testing/arbitrary.ts';

const digest = `sha256:${'0'.repeat(64)}`;

test.each<[string, object]>([
  [`oci:${digest}`, { type: 'oci', digest }],
  ['pkg:npm/%40a/b@1', { type: 'package', purl: 'pkg:npm/%40a/b@1' }],
  ['spiffe://example.org/ns/a/sa/b', { type: 'workload-identity', id: 'spiffe://example.org/ns/a/sa/b' }],
  [
    'k8s:u/apps/Deployment/ns/web',
    { type: 'object', cluster: 'u', group: 'apps', kind: 'Deployment', namespace: 'ns', name: 'web' },
  ],
  ['k8s:u//Node//n1', { type: 'object', cluster: 'u', group: '', kind: 'Node', namespace: '', name: 'n1' }],
  [
    'k8s:u/rbac.authorization.k8s.io/ClusterRole//system%3Anode',
    {
      type: 'object',
      cluster: 'u',
      group: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      namespace: '',
      name: 'system:node',
    },
  ],
  [
    'k8s:source:github.com%2Fa%2Fb/deploy/web.yaml//Pod/ns/web',
    {
      type: 'source-object',
      repository: 'github.com/a/b',
      path: 'deploy/web.yaml',
      group: '',
      kind: 'Pod',
      namespace: 'ns',
      name: 'web',
    },
  ],
  [
    'k8s:source://abs/a%20b.yaml//Pod/ns/web',
    {
      type: 'source-object',
      repository: '',
      path: '/abs/a b.yaml',
      group: '',
      kind: 'Pod',
      namespace: 'ns',
      name: 'web',
    },
  ],
  ['component:u/n1/kubelet', { type: 'component', cluster: 'u', node: 'n1', component: 'kubelet' }],
  ['file:a/b%231', { type: 'file', path: 'a/b#1' }],
  ['vulnerability:CVE-2026-1', { type: 'vulnerability', id: 'CVE-2026-1' }],
  ['network:10.0.0.0%2F8', { type: 'network', peer: '10.0.0.0/8' }],
])('%s', (identity, subject) => {
  expect(parseSubject(identity)).toEqual(subject);
  expect(formatSubject(parseSubject(identity))).toBe(identity);
});

test.each([
  '',
  'web',
  'oci:sha256:00',
  'oci:md5:d41d8cd98f00b204e9800998ecf8427e',
  'pkg:npm',
  'spiffe://Example.org/a',
  'spiffe://example.org/../a',
  'spiffe://example.org/a/',
  'k8s:/apps/Deployment/ns/web',
  'k8s:u/apps/Deployment/ns',
  'k8s:u/apps/Deployment/ns/web/x',
  'k8s:u/apps//ns/web',
  'k8s:u//Pod/ns/%ZZ',
  'k8s:source:r//Pod/ns/web',
  'component:u/kubelet',
  'file:',
  'file:a%2Fb',
  `file:${'a'.repeat(20_000)}`,
])('%s is no identity', (identity) => {
  expect(isSubjectIdentity(identity)).toBe(false);
  expect(() => parseSubject(identity)).toThrow(/identity of a subject/);
});

test('law: a subject read from its identity is the subject', () => {
  fc.assert(
    fc.property(anySubject, (subject) => {
      expect(parseSubject(formatSubject(subject))).toEqual(subject);
    }),
  );
});

test('law: identities differ where subjects do', () => {
  fc.assert(
    fc.property(anySubject, anySubject, (a, b) => {
      expect(formatSubject(a) === formatSubject(b)).toBe(
        JSON.stringify(parseSubject(formatSubject(a))) === JSON.stringify(parseSubject(formatSubject(b))),
      );
    }),
  );
});

test('law: reading never throws anything but its own error', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', 'k8s:', 'k8s:source:', 'oci:', 'file:', 'spiffe://'),
      (text, scheme) => {
        if (isSubjectIdentity(scheme + text)) canonicalIdentity(scheme + text);
      },
    ),
  );
});

test('other spellings have one canonical one', () => {
  expect(canonicalIdentity('file:a%62c')).toBe('file:abc');
});

test('law: a fingerprint is the same in every cluster and every file', () => {
  const names = [
    'k8s:one/apps/Deployment/ns/web',
    'k8s:two/apps/Deployment/ns/web',
    'k8s:source:r/a.yaml/apps/Deployment/ns/web',
  ];
  const prints = names.map((identity) =>
    fingerprint({ rule: 'r', subject: placelessIdentity(parseSubject(identity)), path: ['spec'] }),
  );
  expect(new Set(prints).size).toBe(1);
  const other = placelessIdentity(parseSubject('k8s:one/apps/Deployment/ns/api'));
  expect(prints).not.toContain(fingerprint({ rule: 'r', subject: other, path: ['spec'] }));
});

test('context names are aliases of clusters', () => {
  const subject = parseSubject('k8s:prod/apps/Deployment/ns/web');
  expect(formatSubject(resolveAlias(subject, new Map([['prod', 'uid-1']])))).toBe(
    'k8s:uid-1/apps/Deployment/ns/web',
  );
  expect(resolveAlias(subject, new Map())).toBe(subject);
});

test('an OCI purl is a name, content is not', () => {
  expect(
    ['pkg:oci/web?repository_url=ghcr.io/a/web', `oci:${digest}`].map((id) => isName(parseSubject(id))),
  ).toEqual([true, false]);
});
