import { describe, expect, test } from 'vitest';
import type { Workload } from '../model/workload.ts';
import { by, deployment, pod, pods, policy, set, two, verdictOf } from '../testing/kyverno.ts';
import { digest } from '../testing/signatures.ts';

describe('what a rule is about', () => {
  const rule = (match: object, more: object = {}) =>
    policy({ attestors: [set([by(two)])] }, { match, ...more }, {}, {});
  const resources = (fields: object) => ({ any: [{ resources: fields }] });
  test.each<[string, object, Workload, boolean]>([
    ['a Pod', rule(pods), pod, true],
    ['Pods that a workload makes', rule(pods), deployment, true],
    ['the workload', rule(resources({ kinds: ['apps/v1/Deployment'] })), deployment, true],
    ['another kind', rule(resources({ kinds: ['apps/*/StatefulSet'] })), deployment, false],
    ['a subresource', rule(resources({ kinds: ['Pod/exec'] })), pod, false],
    ['the older form', rule({ resources: { kinds: ['Pod'] } }), pod, true],
    ['labels', rule(resources({ kinds: ['Pod'], selector: { matchLabels: { app: 'db' } } })), pod, false],
    [
      'labels of Pods to come',
      rule(resources({ kinds: ['Pod'], selector: { matchLabels: { app: 'web' } } })),
      deployment,
      true,
    ],
    ['a namespace', rule(resources({ kinds: ['Pod'], namespaces: ['sh*'] })), pod, true],
    ['another namespace', rule(resources({ kinds: ['Pod'], namespaces: ['db'] })), pod, false],
    ['an operation', rule(resources({ kinds: ['Pod'], operations: ['DELETE'] })), pod, false],
    ['an exclusion', rule(pods, { exclude: resources({ namespaces: ['shop'] }) }), pod, false],
    ['an exclusion of users', rule(pods, { exclude: { any: [{ clusterRoles: ['admin'] }] } }), pod, true],
    [
      'users',
      rule({ any: [{ resources: { kinds: ['Pod'] }, subjects: [{ kind: 'User', name: 'x' }] }] }),
      pod,
      true,
    ],
    [
      'all of several',
      rule({ all: [{ resources: { kinds: ['Pod'] } }, { resources: { names: ['db'] } }] }),
      pod,
      false,
    ],
    [
      'a precondition',
      rule(pods, {
        preconditions: {
          all: [{ key: '{{ request.object.metadata.labels.app }}', operator: 'Equals', value: 'db' }],
        },
      }),
      pod,
      false,
    ],
    [
      'a precondition that cannot be judged',
      rule(pods, {
        preconditions: { all: [{ key: '{{ cluster.name }}', operator: 'Equals', value: 'db' }] },
      }),
      pod,
      true,
    ],
  ])('%s', async (_, document, workload, isAbout) => {
    const verdict = await verdictOf({ documents: [document], workload });
    expect(verdict === 'no policy').toBe(!isAbout);
  });

  test.each<[string, string, string[], string[], boolean]>([
    ['anything', 'nginx', ['*'], [], true],
    ['a registry', 'ghcr.io/a/b:1', ['ghcr.io/*'], [], true],
    ['Docker Hub', 'nginx', ['docker.io/nginx:latest'], [], true],
    ['Docker Hub in full', 'library/nginx', ['docker.io/library/*'], [], true],
    ['one character', 'ghcr.io/a/b:1', ['ghcr.io/a/b:?'], [], true],
    ['a dot is a dot', 'ghcrxio.example/a', ['ghcr.io*'], [], false],
    ['by the digest', `ghcr.io/a/b:1@${digest}`, ['ghcr.io/a/b@sha256:*'], [], true],
    ['skipped', 'ghcr.io/a/b:1', ['*'], ['ghcr.io/a/*'], false],
    ['skipped by a part', 'ghcr.io/a/b:1', ['*'], ['ghcr.io/a'], true],
  ])('images: %s', async (_, image, imageReferences, skipImageReferences, isAbout) => {
    const document = policy({ imageReferences, skipImageReferences, attestors: [set([by(two)])] });
    expect((await verdictOf({ documents: [document], image })) === 'no policy').toBe(!isAbout);
  });

  test('a Policy is about its namespace', async () => {
    const own = (namespace: string) => ({
      ...policy({ attestors: [set([by(two)])] }),
      kind: 'Policy',
      metadata: { name: 'p', namespace },
    });
    expect(await verdictOf({ documents: [own('db')] })).toBe('no policy');
    expect(await verdictOf({ documents: [own('shop')] })).toContain('0 of 1 met, 1 needed');
  });
});
