import type { JsonObject, JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { clusterOf } from '../dialects/read-cluster.ts';
import { readPolicies } from '../dialects/read-policies.ts';
import { Connections } from '../sets/connections.ts';
import { namespace, networkPolicy, pod, resources } from '../testing/resources.ts';
import { uncaptured } from './all-captured.ts';
import { conflictsOf } from './conflicts.ts';
import { containmentOf } from './containment.ts';
import { overlapsOf } from './disjointness.ts';
import { emptinessOf } from './emptiness.ts';
import { areEquivalent, areStronglyEquivalent } from './equivalence.ts';
import { interferenceOf } from './interferes.ts';
import { oddSelectors } from './odd-selectors.ts';
import { notForbidden, notPermitted } from './permits.ts';
import { redundancyOf } from './redundancy.ts';
import { sanityOf } from './sanity.ts';
import { semanticDiff } from './semantic-diff.ts';
import type { Setting } from './setting.ts';
import { isVacuous } from './vacuity.ts';

const connections = new Connections();
const world = [
  namespace('default'),
  namespace('other', { team: 'b' }),
  pod('web', { app: 'web' }),
  pod('client', { app: 'client' }),
  pod('far', { app: 'far' }, { namespace: 'other' }),
];

function setting(policies: readonly JsonValue[], around: readonly JsonValue[] = world): Setting {
  const read = resources(...around, ...policies);
  return {
    cluster: clusterOf(read),
    policies: readPolicies(read, connections).policies,
    connections,
    families: [4],
  };
}

const web = { podSelector: { matchLabels: { app: 'web' } } };
const from = (app: string) => ({ podSelector: { matchLabels: { app } } });
const ingress = (name: string, rules: JsonValue[], spec: JsonObject = web) =>
  networkPolicy(name, { ...spec, policyTypes: ['Ingress'], ingress: rules });
const tcp = (port: number) => ({ protocol: 'TCP', port });
const calico = (name: string, order: number, action: string, source: JsonObject = {}): JsonObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'GlobalNetworkPolicy',
  metadata: { name },
  spec: { order, selector: "app == 'web'", types: ['Ingress'], ingress: [{ action, source }] },
});

const closed = setting([ingress('p', [])]);
const toClient = setting([ingress('p', [{ from: [from('client')] }])]);
const toClient80 = setting([ingress('p', [{ from: [from('client')], ports: [tcp(80)] }])]);
const open = setting([]);

test('settings are equal when they allow the same, however it is written', () => {
  const inTwo = setting([
    ingress('p', [{ from: [from('client')], ports: [tcp(80)] }]),
    ingress('q', [{ from: [from('client')] }]),
  ]);
  expect(areEquivalent(toClient, inTwo)).toBe(true);
  expect(areEquivalent(toClient, toClient80)).toBe(false);
  expect(areStronglyEquivalent(toClient, inTwo)).toBe(false);
  expect(areStronglyEquivalent(toClient, toClient)).toBe(true);
});

test.each([
  [closed, open, 'first-in-second'],
  [open, toClient, 'second-in-first'],
  [toClient, toClient, 'equal'],
  [
    toClient,
    setting([
      ingress('p', [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'far' } } }] }]),
    ]),
    'neither',
  ],
] as const)('containment %#', (first, second, expected) => {
  expect(containmentOf(first, second)).toBe(expected);
});

test('only what rules state is permitted, forbidden or interferes', () => {
  expect(notPermitted(toClient80, toClient)).toBeUndefined();
  expect(notPermitted(toClient, toClient80)).toBeDefined();
  expect(notForbidden(toClient80, closed)).toBeUndefined();
  expect(notForbidden(toClient80, open)).toBeDefined();
  expect(notForbidden(closed, open)).toBeUndefined();
  expect(interferenceOf(toClient, toClient80)).toBeDefined();
  expect(interferenceOf(toClient80, toClient)).toBeUndefined();
});

test('policies and rules that can be left out are redundant, one by one', () => {
  const { policies, rules } = redundancyOf(
    setting([
      ingress('wide', [{ from: [from('client')] }, { from: [from('client')], ports: [tcp(80)] }]),
      ingress('narrow', [{ from: [from('client')], ports: [tcp(80)] }]),
    ]),
  );
  expect(policies.map(({ name }) => name)).toEqual(['narrow']);
  expect(rules.map(({ policy, rule }) => [policy.name, ...rule.path])).toEqual([
    ['wide', 'spec', 'ingress', 1],
  ]);
});

test('a set of policies that changes nothing is vacuous', () => {
  expect(isVacuous(setting([ingress('p', [{}])]))).toBe(true);
  expect(isVacuous(toClient)).toBe(false);
  expect(sanityOf(setting([ingress('p', [{}])])).isVacuous).toBe(true);
});

test('empty policies and rules are told by which end is empty', () => {
  const { policies, rules } = emptinessOf(
    setting([
      ingress('none', [{}], { podSelector: { matchLabels: { app: 'gone' } } }),
      ingress('rule', [{ from: [from('gone')] }, {}]),
    ]),
  );
  expect(policies.map(({ name }) => name)).toEqual(['none']);
  expect(rules).toMatchObject([
    { policy: { name: 'none' }, hasNoPeers: false, hasNoSubjects: true },
    { policy: { name: 'rule' }, hasNoPeers: true, hasNoSubjects: false },
  ]);
});

test('policies overlap where they select the same, and conflict where their order does not tell which holds', () => {
  expect(overlapsOf(setting([ingress('p', []), ingress('q', [], { podSelector: {} })]))).toHaveLength(1);
  expect(overlapsOf(setting([ingress('p', []), ingress('q', [], from('client'))]))).toHaveLength(0);
  expect(conflictsOf(setting([calico('a', 1, 'Allow'), calico('b', 1, 'Deny')]))).toHaveLength(1);
  expect(conflictsOf(setting([calico('a', 1, 'Allow'), calico('b', 2, 'Deny')]))).toHaveLength(0);
  const nobody = { selector: "app == 'gone'" };
  expect(conflictsOf(setting([calico('a', 1, 'Allow'), calico('b', 1, 'Deny', nobody)]))).toHaveLength(0);
});

test('endpoints that no policy selects are told by direction', () => {
  const { ingress: into, egress } = uncaptured(toClient);
  expect([into.members(), egress.members()]).toEqual([
    [1, 2],
    [0, 1, 2],
  ]);
});

test('selectors that do not choose are odd', () => {
  const odd = oddSelectors(
    setting([
      ingress('p', [
        { from: [from('far')] },
        {
          from: [
            {
              namespaceSelector: {
                matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'Exists' }],
              },
            },
          ],
        },
        { from: [{ podSelector: {} }] },
      ]),
    ]),
  );
  expect(odd.map(({ selector, chooses, hasOthers }) => [selector.path.at(3), chooses, hasOthers])).toEqual([
    ['from', 'nothing', true],
    ['from', 'everything', false],
  ]);
});

test('a difference is told by the ends that it is between', () => {
  const more = [...world, pod('new', { app: 'new' })];
  const parts = semanticDiff(toClient, setting([ingress('p', [{ from: [from('new')] }])], more));
  expect(parts.map(({ ends, change }) => `${change}: ${ends}`).sort()).toEqual([
    'added: added endpoints and addresses',
    'added: persistent and added endpoints',
    'removed: persistent endpoints',
  ]);
  expect(semanticDiff(toClient, toClient)).toEqual([]);
});
