import { cloneJson, type JsonObject } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { matchesReview } from './match.ts';
import { reviewOf } from './review.ts';

const object = (value: JsonObject): JsonObject => cloneJson(value);
const pod = object({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'shop', labels: { app: 'web' } },
});
const node = object({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
const namespace = object({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels: { team: 'a' } },
});
const selector = (value: string) => ({ matchLabels: { team: value } });

describe('match of a constraint', () => {
  test.each<[string, JsonObject, JsonObject, boolean]>([
    ['nothing', {}, pod, true],
    ['kinds', { kinds: [{ apiGroups: [''], kinds: ['Pod'] }] }, pod, true],
    ['another group', { kinds: [{ apiGroups: ['apps'], kinds: ['Pod'] }] }, pod, false],
    ['any kind', { kinds: [{ apiGroups: ['*'], kinds: ['*'] }] }, pod, true],
    ['kinds without groups', { kinds: [{ kinds: ['Pod'] }] }, pod, true],
    ['scope Cluster', { scope: 'Cluster' }, pod, false],
    ['scope Cluster of a Node', { scope: 'Cluster' }, node, true],
    ['scope Cluster of a Namespace', { scope: 'Cluster' }, namespace, true],
    ['scope Namespaced', { scope: 'Namespaced' }, pod, true],
    ['namespaces', { namespaces: ['sh*'] }, pod, true],
    ['namespaces of others', { namespaces: ['prod'] }, pod, false],
    ['namespaces and a Node', { namespaces: ['prod'] }, node, true],
    ['a Namespace by its own name', { namespaces: ['shop'] }, namespace, true],
    ['excluded', { excludedNamespaces: ['*op'] }, pod, false],
    ['excluded and a Node', { excludedNamespaces: ['*'] }, node, true],
    ['labels', { labelSelector: { matchLabels: { app: 'web' } } }, pod, true],
    ['labels not there', { labelSelector: { matchLabels: { app: 'db' } } }, pod, false],
    ['labels of the namespace', { namespaceSelector: selector('a') }, pod, true],
    ['other labels of the namespace', { namespaceSelector: selector('b') }, pod, false],
    ['labels of a Namespace are its own', { namespaceSelector: selector('a') }, namespace, true],
    ['labels of a namespace and a Node', { namespaceSelector: selector('b') }, node, true],
    ['name', { name: 'web-*' }, pod, true],
    ['another name', { name: 'db' }, pod, false],
    ['source', { source: 'Original' }, pod, true],
    ['generated only', { source: 'Generated' }, pod, false],
  ])('%s', (_, match, subject, expected) => {
    const review = reviewOf(subject, subject === pod ? { namespace } : {});
    expect(matchesReview(object(match), review)).toBe(expected);
  });

  test('on UPDATE either object may fit', () => {
    const review = reviewOf(node, { operation: 'UPDATE', oldObject: pod });
    expect(matchesReview(object({ kinds: [{ kinds: ['Pod'] }] }), review)).toBe(true);
  });

  test('a namespace that nobody knows is an error, not a miss', () => {
    expect(() => matchesReview(object({ namespaceSelector: selector('a') }), reviewOf(pod))).toThrow(
      'namespace "shop", which is not known',
    );
  });
});
