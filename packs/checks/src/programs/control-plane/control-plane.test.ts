import { Inventory, type ProgramContext, type Violation } from '@keelson/checks';
import { type JsonObject, SourceText } from '@keelson/core';
import { podTemplate } from '@keelson/kubernetes';
import { readManifestText } from '@keelson/manifests';
import { describe, expect, test } from 'vitest';
import { auditPolicy } from './audit-policy.ts';
import { encryptionConfiguration } from './encryption-configuration.ts';
import { etcdUniqueCa } from './etcd-unique-ca.ts';
import { hostFiles } from './host-files.ts';

type Program = (context: ProgramContext) => Iterable<Violation>;

function run(program: Program, text: string, params: JsonObject = {}): Violation[] {
  const { resources } = readManifestText(new SourceText('a.yaml', text));
  const inventory = new Inventory(resources);
  return [...program({ inventory, resources, dockerfiles: [], podTemplate, params })];
}

const messages = (found: readonly Violation[]) => found.map(({ message }) => message);

describe('audit policy', () => {
  const policy = (rules: string) => `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: ${rules}\n`;
  test.each<[string, string, number]>([
    ['no rules', '[]', 9],
    ['rules that are no list', 'none', 9],
    ['a catch-all at Metadata covers everything', '[{ level: Metadata }]', 0],
    ['a catch-all at Request writes three kinds of content down', '[{ level: Request }]', 3],
    ['the first rule that fits decides', '[{ level: None }, { level: Metadata }]', 9],
    ['rules for some users do not count', '[{ level: None, users: [a] }, { level: Metadata }]', 0],
    [
      'rules for some names do not count',
      '[{ level: None, resources: [{ resourceNames: [a] }] }, { level: Metadata }]',
      0,
    ],
    [
      'pods is not pods/exec',
      '[{ level: None, resources: [{ group: "", resources: [pods] }] }, { level: Metadata }]',
      1,
    ],
    [
      'pods/* is',
      '[{ level: None, resources: [{ group: "", resources: ["pods/*"] }] }, { level: Metadata }]',
      3,
    ],
    [
      'a group without resources is all of it',
      '[{ level: None, resources: [{ group: "" }] }, { level: Metadata }]',
      7,
    ],
    ['an unknown level records nothing', '[{ level: Everything }]', 9],
  ])('%s', (_, rules, count) => {
    expect(messages(run(auditPolicy, policy(rules)))).toHaveLength(count);
  });

  test('only rules that name the resources count when asked', () => {
    expect(run(auditPolicy, policy('[{ level: Metadata }]'), { named: true })).toHaveLength(9);
  });
});

describe('encryption configuration', () => {
  const entry = (resources: string, ...providers: string[]) => `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [${resources}]
    providers: [${providers.join(', ')}]
`;
  test.each<[string, string, string, number]>([
    ['identity-first', 'identity writes', entry('secrets', '{ identity: {} }', '{ aescbc: {} }'), 1],
    ['identity-first', 'identity only reads', entry('secrets', '{ aescbc: {} }', '{ identity: {} }'), 0],
    ['provider', 'identity alone', entry('secrets', '{ identity: {} }'), 1],
    ['provider', 'aesgcm alone', entry('secrets', '{ aesgcm: {} }'), 1],
    ['provider', 'kms', entry('secrets', '{ kms: { name: a } }'), 0],
    ['secrets', 'not covered', entry('configmaps', '{ kms: {} }'), 1],
    ['secrets', 'covered by a wildcard', entry('"*.*"', '{ kms: {} }'), 0],
    ['external-kms', 'another plugin', entry('secrets', '{ kms: { name: mine } }'), 1],
    ['external-kms', 'a known plugin', entry('secrets', '{ kms: { name: My-Vault } }'), 0],
    ['no such rule', 'nothing', entry('secrets', '{ identity: {} }'), 0],
  ])('%s: %s', (rule, _, text, count) => {
    expect(run(encryptionConfiguration, text, { rule, plugins: ['vault'] })).toHaveLength(count);
  });

  test('in a snapshot points at the text', () => {
    const content = btoa(entry('secrets', '{ identity: {} }'));
    const text = `apiVersion: hostdata.kubescape.cloud/v1beta0
kind: ControlPlaneInfo
metadata: { name: a }
data: { APIServerInfo: { encryptionProviderConfigFile: { content: ${content} } } }
`;
    const paths = run(encryptionConfiguration, text, { rule: 'provider' }).map(({ path }) => path);
    expect(paths).toEqual([['data', 'APIServerInfo', 'encryptionProviderConfigFile', 'content']]);
  });
});

describe('files of a host', () => {
  const snapshot = (file: string) => `apiVersion: hostdata.kubescape.cloud/v1beta0
kind: CNIInfo
metadata: { name: a }
data: { CNIConfigFiles: [${file}] }
`;
  const files = ['data.CNIConfigFiles[*]'];
  test.each<[string, JsonObject, string, string[]]>([
    ['as allowed', { permissions: '600' }, '{ path: /a, permissions: 384 }', []],
    ['less', { permissions: '644' }, '{ path: /a, permissions: 256 }', []],
    [
      'more',
      { permissions: '600' },
      '{ path: /a, permissions: 416 }',
      ['/a has permissions 640, more than 600'],
    ],
    [
      'setuid',
      { permissions: '600' },
      '{ path: /a, permissions: 2432 }',
      ['/a has permissions 4600, more than 600'],
    ],
    ['not collected', { permissions: '600' }, '{ path: /a }', []],
    ['another suffix', { permissions: '600', suffix: '.key' }, '{ path: /a.crt, permissions: 511 }', []],
    [
      'root by id',
      { owners: ['root:root'] },
      '{ path: /a, ownership: { uid: 0, gid: 0, username: "", groupname: "" } }',
      [],
    ],
    [
      'another owner',
      { owners: ['root:root'] },
      '{ path: /a, ownership: { uid: 7, gid: 0 } }',
      ['/a is owned by 7:root, not root:root'],
    ],
    ['owner not collected', { owners: ['root:root'] }, '{ path: /a, ownership: { err: denied } }', []],
  ])('%s', (_, params, file, expected) => {
    expect(messages(run(hostFiles, snapshot(file), { ...params, files }))).toEqual(expected);
  });
});

describe('authority of etcd', () => {
  const pod = (words: string) => `apiVersion: v1
kind: Pod
metadata: { name: a }
spec: { containers: [{ name: a, image: a, command: [${words}] }] }
---
`;
  test.each<[string, string, number]>([
    ['the same for clients', 'etcd, --trusted-ca-file=/a', 1],
    ['the same for peers', 'etcd, --peer-trusted-ca-file=/a', 1],
    ['said once for both', 'etcd, --trusted-ca-file=/a, --peer-trusted-ca-file=/a', 1],
    ['another', 'etcd, --trusted-ca-file=/b', 0],
    ['none', 'etcd', 0],
  ])('%s', (_, words, count) => {
    expect(run(etcdUniqueCa, pod('kube-apiserver, --client-ca-file=/a') + pod(words))).toHaveLength(count);
  });
});
