import type { JsonObject, JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { reportOf } from '../formats/report.ts';
import { connectivityTxt } from '../formats/txt.ts';
import { namespace, pod, resources } from '../testing/resources.ts';
import { Connectivity } from './connectivity.ts';

function pairs(...objects: readonly JsonValue[]): string[] {
  const connectivity = new Connectivity(resources(...objects), { families: [4], networks: true });
  return connectivityTxt(reportOf(connectivity))
    .split('\n')
    .filter((line) => line.includes('=>') && !line.includes('External'))
    .map((line) => line.replaceAll(/\[Pod\]|\[VirtualMachine\]/g, '').replace(' : All Connections', ''));
}

const label = 'k8s.ovn.org/primary-user-defined-network';
const ownNetwork = (where: string, role = 'Primary') => ({
  apiVersion: 'k8s.ovn.org/v1',
  kind: 'UserDefinedNetwork',
  metadata: { name: 'own', namespace: where },
  spec: { topology: 'Layer2', layer2: { role } },
});
const sharedNetwork = (selector: JsonObject) => ({
  apiVersion: 'k8s.ovn.org/v1',
  kind: 'ClusterUserDefinedNetwork',
  metadata: { name: 'shared' },
  spec: { namespaceSelector: selector, network: { topology: 'Layer2', layer2: { role: 'Primary' } } },
});
const inNamespace = (name: string) => pod('p', {}, { namespace: name });
const two = [
  namespace('x', { [label]: '' }),
  namespace('y', { [label]: '' }),
  inNamespace('x'),
  inNamespace('y'),
];

test.each<[string, JsonValue[], string[]]>([
  ['no network', [], ['x/p => y/p', 'y/p => x/p']],
  ['a network of one', [ownNetwork('x')], []],
  ['a network that is a further one', [ownNetwork('x', 'Secondary')], ['x/p => y/p', 'y/p => x/p']],
  ['one network of both', [sharedNetwork({})], ['x/p => y/p', 'y/p => x/p']],
  [
    'a network that selects one',
    [sharedNetwork({ matchLabels: { 'kubernetes.io/metadata.name': 'x' } })],
    [],
  ],
])('namespaces meet under %s as it says', (_, objects, expected) => {
  expect(pairs(...two, ...objects)).toEqual(expected);
});

test('a namespace without the label stays in the network of the cluster', () => {
  const objects = [namespace('x'), namespace('y'), inNamespace('x'), inNamespace('y'), ownNetwork('x')];
  expect(pairs(...objects)).toEqual(['x/p => y/p', 'y/p => x/p']);
});

const definition = {
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: 'net', namespace: 'default' },
};
const attached = (name: string, networks: string): JsonObject => {
  const metadata = { name, namespace: 'default', annotations: { 'k8s.v1.cni.cncf.io/networks': networks } };
  return { ...pod(name), metadata };
};
const multiPolicy = (spec: JsonObject, policyFor = 'net') => ({
  apiVersion: 'k8s.cni.cncf.io/v1beta1',
  kind: 'MultiNetworkPolicy',
  metadata: { name: 'm', namespace: 'default', annotations: { 'k8s.v1.cni.cncf.io/policy-for': policyFor } },
  spec,
});
/** Pairs of the further network: the first two are those of the cluster's own. */
const further = (...objects: readonly JsonValue[]) => pairs(definition, ...objects).slice(2);

test.each<[string, string, number]>([
  ['by name', 'net', 2],
  ['by namespace and interface', 'default/net@eth1', 2],
  ['in JSON', '[{"name": "net", "ips": ["192.0.2.7/24"]}]', 2],
  ['in a namespace that lacks it', 'other/net', 0],
  ['in JSON that breaks off', '[{"name": "net"', 0],
])('a network asked for %s', (_, networks, count) => {
  const found = further(attached('a', networks), attached('b', networks));
  expect(found.length).toBe(count);
});

test.each<[string, JsonValue, string[]]>([
  ['closes the network', multiPolicy({ podSelector: {}, policyTypes: ['Ingress'] }), []],
  [
    'of another network changes nothing',
    multiPolicy({ podSelector: {}, policyTypes: ['Ingress'] }, 'other'),
    ['default/a => default/b', 'default/b => default/a'],
  ],
  [
    'matches addresses of interfaces',
    multiPolicy({ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.7/32' } }] }] }),
    ['default/a => default/b'],
  ],
])('a policy that %s', (_, policy, expected) => {
  const a = attached('a', '[{"name": "net", "ips": ["192.0.2.7/24"]}]');
  const found = further(a, attached('b', 'net'), policy);
  expect(found).toEqual(expected);
});

test('addresses of a virtual machine are those of its further interfaces', () => {
  const machine = (name: string, address: string) => {
    const networkData = `ethernets:
  eth0:
    addresses:
    - 192.0.2.7/24
  eth1:
    addresses:
    - ${address}/24
`;
    const spec = {
      networks: [{ name: 'further', multus: { networkName: 'net' } }],
      volumes: [{ name: 'init', cloudInitNoCloud: { networkData } }],
    };
    const metadata = { name, namespace: 'default' };
    return { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', metadata, spec: { template: { spec } } };
  };
  const from = [{ ipBlock: { cidr: '192.0.2.7/32' } }, { podSelector: {} }];
  const policy = multiPolicy({ podSelector: {}, ingress: [{ from }] });
  const found = further(machine('a', '198.51.100.1'), machine('b', '192.0.2.7'), policy);
  // A selector of labels does not mean machines, and what eth0 has does not count.
  expect(found).toEqual(['default/b => default/a']);
});
