import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import { Connections } from '../../sets/connections.ts';
import { clusterPolicy, resources } from '../../testing/resources.ts';
import { readPolicies } from '../read-policies.ts';

const everybody = { namespaces: {} };
const rules = (count: number, action: string): JsonObject[] =>
  Array.from({ length: count }, () => ({ action, from: [everybody] }));
const cluster = (ingress: JsonObject[]) =>
  clusterPolicy('ClusterNetworkPolicy', 'c', { tier: 'Admin', priority: 1, subject: everybody, ingress });
const admin = (ingress: JsonObject[]) =>
  clusterPolicy('AdminNetworkPolicy', 'a', { priority: 1, subject: everybody, ingress });
const baseline = (name: string) => clusterPolicy('BaselineAdminNetworkPolicy', name, { subject: everybody });

test.each<[string, JsonObject, string[]]>([
  ['25 rules of a ClusterNetworkPolicy', cluster(rules(25, 'Deny')), []],
  ['26 rules of a ClusterNetworkPolicy', cluster(rules(26, 'Deny')), ['spec.ingress']],
  ['100 rules of an AdminNetworkPolicy', admin(rules(100, 'Deny')), []],
  ['101 rules of an AdminNetworkPolicy', admin(rules(101, 'Deny')), ['spec.ingress']],
  ['Accept in an AdminNetworkPolicy', admin(rules(1, 'Accept')), ['spec.ingress.0.action']],
  ['Allow in a ClusterNetworkPolicy', cluster(rules(1, 'Allow')), ['spec.ingress.0.action']],
  ['the BaselineAdminNetworkPolicy', baseline('default'), []],
  ['another BaselineAdminNetworkPolicy', baseline('second'), ['metadata.name']],
])('%s: what is refused', (_, policy, refused) => {
  const { policies, problems } = readPolicies(resources(policy), new Connections());
  expect(problems.map(({ path }) => path.join('.'))).toEqual(refused);
  expect(policies.length).toBe(refused.length === 0 ? 1 : 0);
});
