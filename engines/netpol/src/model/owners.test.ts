import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import { pod, resources } from '../testing/resources.ts';
import { podsOf } from './read-cluster.ts';

const controller = (kind: string, name: string) => ({ ownerReferences: [{ kind, name, controller: true }] });

function workload(kind: string, name: string, owner: JsonObject = {}, replicas = 1): JsonObject {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'x' }] } };
  return { apiVersion: 'apps/v1', kind, metadata: { name, ...owner }, spec: { replicas, template } };
}

function made(name: string, owner: JsonObject, labels: JsonObject = {}, phase = 'Running'): JsonObject {
  return { ...pod(name), metadata: { name, labels, ...owner }, status: { phase, podIP: '10.0.0.1' } };
}

const hashed = (name: string) =>
  made(name, controller('ReplicaSet', 'web-7d9f'), { 'pod-template-hash': '7d9f' });
const deployment = workload('Deployment', 'web');
const replicaSet = workload('ReplicaSet', 'web-7d9f', controller('Deployment', 'web'));
const older = workload('ReplicaSet', 'web-55aa', controller('Deployment', 'web'), 0);

test.each<[string, JsonObject[], string[]]>([
  ['a Deployment alone', [deployment], ['web Deployment -']],
  ['a Deployment twice', [deployment, deployment], ['web Deployment -']],
  [
    'its Pods, by the name of their ReplicaSet',
    [deployment, hashed('web-7d9f-a'), hashed('web-7d9f-b')],
    ['web-7d9f-a Pod Deployment web', 'web-7d9f-b Pod Deployment web'],
  ],
  [
    'its Pods, by their ReplicaSet',
    [deployment, older, replicaSet, made('a', controller('ReplicaSet', 'web-7d9f'))],
    ['a Pod Deployment web'],
  ],
  [
    'ReplicaSets of a Deployment that is not there',
    [replicaSet, older],
    ['web-7d9f ReplicaSet Deployment web'],
  ],
  ['ReplicaSets beside their Deployment', [replicaSet, older, deployment], ['web Deployment -']],
  [
    'Pods of a ReplicaSet of which nothing is known',
    [made('a', controller('ReplicaSet', 'own'))],
    ['a Pod ReplicaSet own'],
  ],
  ['a Pod that is written twice', [pod('a'), pod('a')], ['a Pod -']],
  [
    'Pods that are done',
    [made('a', {}, {}, 'Succeeded'), made('b', {}, {}, 'Failed'), made('c', {})],
    ['c Pod -'],
  ],
  [
    'a StatefulSet and its Pods',
    [workload('StatefulSet', 'db'), made('db-0', controller('StatefulSet', 'db'))],
    ['db-0 Pod StatefulSet db'],
  ],
  [
    'a StatefulSet of an operator',
    [workload('StatefulSet', 'db', controller('Database', 'd'))],
    ['db StatefulSet -'],
  ],
  [
    'owners in a circle',
    [
      workload('ReplicaSet', 'a', controller('ReplicaSet', 'b')),
      workload('ReplicaSet', 'b', controller('ReplicaSet', 'a')),
    ],
    ['a ReplicaSet ReplicaSet b', 'b ReplicaSet ReplicaSet a'],
  ],
])('%s', (_, objects, expected) => {
  const { endpoints } = podsOf(resources(...objects));
  expect(
    endpoints
      .map(
        ({ name, kind, owner }) =>
          `${name} ${kind} ${owner === undefined ? '-' : `${owner.kind} ${owner.name}`}`,
      )
      .sort(),
  ).toEqual(expected);
});

test('owners may be left as they are written', () => {
  const { endpoints } = podsOf(resources(hashed('a')), { ownersAsWritten: true });
  expect(endpoints.map(({ owner }) => owner)).toEqual([{ kind: 'ReplicaSet', name: 'web-7d9f' }]);
});
