import { SourceText } from '@keelson/core';
import { type Resource, resourcesOf } from '@keelson/kubernetes';
import { parseYaml } from '@keelson/yaml';
import { describe, expect, test } from 'vitest';
import { componentsOf, patchOfComponent } from './components.ts';

function resourceOf(text: string): Resource {
  const [document] = parseYaml(new SourceText('a.yaml', text)).documents;
  if (document === undefined) throw new Error('no document');
  const locate = (path: readonly (string | number)[]) => ({
    file: 'a.yaml',
    path: [...path],
    missing: false,
  });
  const [resource] = resourcesOf(document.value, { file: 'a.yaml', locate }).resources;
  if (resource === undefined) throw new Error('no object');
  return resource;
}

function componentOf(text: string) {
  const [component] = componentsOf(resourceOf(text));
  if (component === undefined) throw new Error('no component');
  return component;
}

const pod = `apiVersion: v1
kind: Pod
metadata: { name: a }
spec:
  containers:
    - name: a
      image: registry.k8s.io/kube-apiserver:v1.34.1
      command: [kube-apiserver, --profiling=true, --request-timeout, 1h]
`;
const kubelet = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: { anonymous: { enabled: true } }
tlsCipherSuites: [A, B]
`;
const kubeadm = (version: string, extraArgs: string) => `apiVersion: kubeadm.k8s.io/${version}
kind: ClusterConfiguration
kubernetesVersion: v1.33.0
apiServer:
  extraArgs: ${extraArgs}
`;
const command = ['spec', 'containers', 0, 'command'];

describe('components', () => {
  test('in a container: flags, release, the word that says it', () => {
    const { value, place } = componentOf(pod);
    expect(value).toMatchObject({
      name: 'kube-apiserver',
      origin: 'container',
      complete: true,
      minor: 34,
      flags: { profiling: 'true', 'request-timeout': '1h' },
    });
    expect(place(['flags', 'profiling'])).toEqual({ path: [...command, 1] });
    expect(place(['flags', 'audit-log-path'])).toEqual({ path: command });
  });

  test('in a container: a flag of args is a second place', () => {
    const text = pod.replace(/command: .*/, 'command: [kubelet]\n      args: [--read-only-port=0]');
    const args = ['spec', 'containers', 0, 'args', 0];
    expect(componentOf(text).place(['flags', 'read-only-port'])).toEqual({ path: command, related: args });
  });

  test('in a configuration document: fields under the names of their flags', () => {
    const { value, place } = componentOf(kubelet);
    expect(value['flags']).toEqual({ 'anonymous-auth': 'true', 'tls-cipher-suites': 'A,B' });
    expect(place(['flags', 'anonymous-auth'])).toEqual({ path: ['authentication', 'anonymous', 'enabled'] });
  });

  test.each([
    ['v1beta3', '{ profiling: "false" }', ['apiServer', 'extraArgs', 'profiling']],
    ['v1beta4', '[{ name: profiling, value: "false" }]', ['apiServer', 'extraArgs', 0, 'value']],
  ])('in kubeadm %s, over what kubeadm sets itself', (version, extraArgs, path) => {
    const { value, place } = componentOf(kubeadm(version, extraArgs));
    expect(value).toMatchObject({
      minor: 33,
      flags: { profiling: 'false', 'authorization-mode': 'Node,RBAC' },
    });
    expect(place(['flags', 'profiling'])).toEqual({ path });
  });

  test('in a snapshot: flags override the file', () => {
    const content = btoa('readOnlyPort: 1\neventRecordQPS: 5\n');
    const { value, place } = componentOf(`apiVersion: hostdata.kubescape.cloud/v1beta0
kind: KubeletInfo
metadata: { name: a }
data: { cmdLine: "/usr/bin/kubelet  --config=/x --read-only-port=0", configFile: { content: ${content} } }
`);
    expect(value).toMatchObject({ complete: true, flags: { 'read-only-port': '0', 'event-qps': '5' } });
    expect(place(['flags', 'event-qps'])).toEqual({ path: ['data', 'configFile', 'content'] });
    expect(place(['flags', 'read-only-port'])).toEqual({ path: ['data', 'cmdLine'] });
  });

  test.each([
    ['kubelet', 'with a file', '--config=/x', false],
    ['kubelet', 'with flags only', '--v=2', true],
    ['kube-apiserver', 'with flags only', '--v=2', true],
  ])('%s %s: complete = %s', (program, _, flag, complete) => {
    const text = pod.replace(/command: .*/, `command: [${program}, ${flag}]`);
    expect(componentOf(text).value['complete']).toBe(complete);
  });
});

describe('fixes of flags', () => {
  const set = (flag: string, value: string) => [{ op: 'add' as const, path: ['flags', flag], value }];
  test.each([
    [
      'replaces the word',
      pod,
      set('profiling', 'false'),
      [{ op: 'replace', path: [...command, 1], value: '--profiling=false' }],
    ],
    [
      'replaces the value',
      pod,
      set('request-timeout', '5m'),
      [{ op: 'replace', path: [...command, 3], value: '5m' }],
    ],
    ['appends', pod, set('v', '2'), [{ op: 'add', path: [...command, 4], value: '--v=2' }]],
    [
      'sets the field with its type',
      kubelet,
      set('anonymous-auth', 'false'),
      [{ op: 'add', path: ['authentication', 'anonymous', 'enabled'], value: false }],
    ],
    [
      'adds an entry',
      kubeadm('v1beta4', '[]'),
      set('profiling', 'false'),
      [{ op: 'add', path: ['apiServer', 'extraArgs', 0], value: { name: 'profiling', value: 'false' } }],
    ],
    [
      'removes both words, the last first',
      pod,
      [{ op: 'remove' as const, path: ['flags', 'request-timeout'] }],
      [
        { op: 'remove', path: [...command, 3] },
        { op: 'remove', path: [...command, 2] },
      ],
    ],
  ])('%s', (_, text, patch, expected) => {
    expect(patchOfComponent(componentOf(text), patch)).toEqual(expected);
  });

  test('leaves scripts alone', () => {
    const text = pod.replace(/command: .*/, 'command: [sh, -c, "kube-apiserver --profiling=true"]');
    expect(patchOfComponent(componentOf(text), set('profiling', 'false'))).toBeUndefined();
  });
});

test.each([
  ['a word that is a mapping', 'command: [kube-apiserver, {}]', 1],
  ['a list of lists', 'command: [[kube-apiserver]]', 0],
  ['a number', 'command: [kube-apiserver, 1]', 1],
])('%s in a command makes nothing throw', (_, command, expected) => {
  const pod = `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: c, ${command} }] }\n`;
  expect(componentsOf(resourceOf(pod))).toHaveLength(expected);
});

test('settings of odd shapes stand as JSON', () => {
  const [kubelet] = componentsOf(
    resourceOf(
      'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ntlsCipherSuites: [{ a: 1 }]\nfeatureGates: { A: {} }\n',
    ),
  );
  expect(kubelet?.value['flags']).toMatchObject({
    'tls-cipher-suites': '{"a":1}',
    'feature-gates': 'A={}',
  });
});
