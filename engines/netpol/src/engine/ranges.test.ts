import type { JsonObject } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { clusterOf } from '../dialects/read-cluster.ts';
import { type ReadOptions, readPolicies } from '../dialects/read-policies.ts';
import { Connections } from '../sets/connections.ts';
import { clusterPolicy, networkPolicy, pod, resources } from '../testing/resources.ts';
import { Analysis } from './analysis.ts';

/** Whether TCP 80 of `b` is reached from `a`. */
function isOpen(objects: readonly JsonObject[], options: ReadOptions = {}): boolean {
  const all = resources(...objects);
  const connections = new Connections();
  const cluster = clusterOf(all);
  const analysis = new Analysis(cluster, readPolicies(all, connections, options).policies, connections);
  const [a = -1, b = -1] = ['a', 'b'].map((name) =>
    cluster.endpoints.findIndex((each) => each.name === name),
  );
  return analysis.allows(a, b, 6, 80);
}

const unknown = [pod('a'), pod('b')];
const known = [pod('a', {}, { ip: '10.0.0.1' }), pod('b', {}, { ip: '10.0.0.2' })];
const dual = [
  pod('a'),
  pod('b'),
  { ...pod('c'), status: { podIPs: [{ ip: '10.0.0.3' }, { ip: 'fd00::3' }] } },
];
const service = (clusterIP: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'default' },
  spec: { clusterIP },
});

const block = (cidr: string, ...except: string[]) =>
  networkPolicy('p', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [{ ipBlock: { cidr, ...(except.length === 0 ? {} : { except }) } }] }],
  });
const admin = (action: string, ...networks: string[]) =>
  clusterPolicy('ClusterNetworkPolicy', 'p', {
    tier: 'Admin',
    priority: 1,
    subject: { namespaces: {} },
    egress: [{ action, to: [{ networks }] }],
  });
const alpha = (...networks: string[]) =>
  clusterPolicy('AdminNetworkPolicy', 'p', {
    priority: 1,
    subject: { namespaces: {} },
    egress: [{ action: 'Deny', to: [{ networks }] }],
  });
const calico = (...nets: string[]) => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'GlobalNetworkPolicy',
  metadata: { name: 'p' },
  spec: { types: ['Egress'], egress: [{ action: 'Deny', destination: { nets } }, { action: 'Allow' }] },
});
const allClosed = networkPolicy('closed', { podSelector: {}, policyTypes: ['Egress'] });

describe('ranges of addresses and Pods whose addresses are not known', () => {
  test.each<[string, JsonObject[], boolean]>([
    ['every address of IPv4 is allowed', [block('0.0.0.0/0')], true],
    ['every address but one of the link', [block('0.0.0.0/0', '169.254.169.254/32')], true],
    ['every address but those of clusters', [block('0.0.0.0/0', '10.0.0.0/8')], false],
    ['a part of the addresses', [block('10.0.0.0/8')], false],
    ['every address of IPv6, where nothing tells that there is any', [block('::/0')], false],
    ['every address of IPv6 in a cluster of it', [block('::/0'), service('fd00::10')], true],
    ['every address of IPv4 in a cluster of IPv6', [block('0.0.0.0/0'), service('fd00::10')], false],
    ['denied for administrators', [alpha('0.0.0.0/0')], false],
    ['denied by halves', [admin('Deny', '128.0.0.0/1', '0.0.0.0/1')], false],
    ['denied in part', [admin('Deny', '10.0.0.0/8')], true],
    ['accepted before another denies', [admin('Accept', '0.0.0.0/0', '::/0'), allClosed], true],
    ['denied by Calico', [calico('0.0.0.0/0')], false],
    ['denied by Calico in part', [calico('10.0.0.0/8')], true],
  ])('%s', (_, policies, expected) => {
    expect(isOpen([...unknown, ...policies])).toBe(expected);
  });
  test('in a cluster of both families one of them is enough', () => {
    expect(isOpen([...dual, block('::/0')])).toBe(true);
    expect(isOpen([...dual, block('0.0.0.0/0')])).toBe(true);
  });
});

test('ranges never mean Pods of the node where its address is not in them', () => {
  const node = [pod('a'), pod('b', {}, { ip: '192.0.2.1', spec: { hostNetwork: true } })];
  expect(isOpen([...node, admin('Deny', '192.0.2.0/24')])).toBe(false);
  expect(isOpen([...node, admin('Deny', '198.51.100.0/24')])).toBe(true);
});

test('that ipBlock never means Pods says nothing of other policies', () => {
  const options = { ipBlockMatchesPods: false };
  expect(isOpen([...known, block('0.0.0.0/0')], options)).toBe(false);
  expect(isOpen([...known, calico('10.0.0.0/8')], options)).toBe(false);
  expect(isOpen([...known, alpha('10.0.0.0/8')], options)).toBe(false);
  expect(isOpen([...known, alpha('10.0.0.0/8')], { ...options, rangesMatchPods: false })).toBe(true);
});
