import { formatPath, type JsonValue } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { containersOf, podTemplate, podTemplates } from './pod-template.ts';
import type { Resource, ResourceOrigin } from './resource.ts';
import { resourcesOf } from './resources.ts';
import { bare, bareObject } from './testing/bare.ts';

const origin: ResourceOrigin = {
  file: 'a.yaml',
  locate: (path) => ({ file: 'a.yaml', path, missing: false }),
};

function only(value: unknown): Resource {
  const [resource] = resourcesOf(bare(value), origin).resources;
  if (resource === undefined) throw new Error('not a resource');
  return resource;
}

function paths(value: unknown): string[] {
  return podTemplates(only(value)).flatMap((template) => [
    formatPath(template.specPath),
    ...template.containers.map((ref) => `${ref.type} ${ref.name} ${formatPath(ref.path)}`),
  ]);
}

describe('documents are split as the API server reads them', () => {
  test.each<[string, unknown, string[], string[]]>([
    ['an object', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }, ['v1 Pod a'], []],
    [
      'a List in a List',
      {
        apiVersion: 'v1',
        kind: 'List',
        items: [
          { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } },
          { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'apps/v1', kind: 'Deployment' }] },
        ],
      },
      ['v1 Pod a items[0]', 'apps/v1 Deployment  items[1].items[0]'],
      [],
    ],
    [
      'items of a typed list leave out their type',
      { apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { name: 'a' } }] },
      ['v1 Pod a items[0]'],
      [],
    ],
    [
      'a kind that only sounds like a list',
      { apiVersion: 'a/v1', kind: 'AllowList', spec: {} },
      ['a/v1 AllowList '],
      [],
    ],
    ['a values file', { replicas: 1 }, [], ['not-an-object: apiVersion is missing']],
    ['a number as kind', { apiVersion: 'v1', kind: 5 }, [], ['not-an-object: kind is not a string']],
    ['an empty document', null, [], []],
    ['a string', 'x', [], ['not-an-object: not a mapping']],
    [
      'bad items do not lose the rest',
      { apiVersion: 'v1', kind: 'List', items: [1, { apiVersion: 'v1', kind: 'Pod' }] },
      ['v1 Pod  items[1]'],
      ['not-an-object: not a mapping'],
    ],
    [
      'items that are no sequence',
      { apiVersion: 'v1', kind: 'List', items: 'x' },
      [],
      ['invalid-list: items is not a sequence'],
    ],
  ])('%s', (_name, value, resources, problems) => {
    const result = resourcesOf(bare(value), origin);
    const named = result.resources.map((r) => {
      const at = formatPath(r.origin.locate([]).path);
      return `${r.apiVersion} ${r.kind} ${r.name}${at === '' ? '' : ` ${at}`}`;
    });
    expect(named).toEqual(resources);
    expect(result.problems.map(({ code, reason }) => `${code}: ${reason}`)).toEqual(problems);
  });

  test('keys named like prototype members are plain data', () => {
    const value: JsonValue = bare(
      JSON.parse('{"apiVersion":"v1","kind":"Pod","metadata":{"__proto__":{"name":"x"}}}'),
    );
    expect(resourcesOf(value, origin).resources[0]?.name).toBe('');
  });
});

const spec = { containers: [{ name: 'c' }] };

describe('Pod templates stand where each kind writes them', () => {
  test.each<[string, string, object, string[]]>([
    ['v1', 'Pod', { spec }, ['spec', 'container c spec.containers[0]']],
    [
      'v1',
      'PodTemplate',
      { template: { spec } },
      ['template.spec', 'container c template.spec.containers[0]'],
    ],
    [
      'batch/v1',
      'CronJob',
      { spec: { jobTemplate: { spec: { template: { spec } } } } },
      [
        'spec.jobTemplate.spec.template.spec',
        'container c spec.jobTemplate.spec.template.spec.containers[0]',
      ],
    ],
    [
      'kubeflow.org/v1',
      'TFJob',
      { spec: { tfReplicaSpecs: { Worker: { template: { spec: {} } }, PS: { template: { spec: {} } } } } },
      ['spec.tfReplicaSpecs.Worker.template.spec', 'spec.tfReplicaSpecs.PS.template.spec'],
    ],
    [
      'tekton.dev/v1',
      'Task',
      { spec: { steps: [{ name: 's' }], sidecars: [{ name: 'x' }] } },
      ['spec', 'container s spec.steps[0]', 'container x spec.sidecars[0]'],
    ],
    [
      'argoproj.io/v1alpha1',
      'CronWorkflow',
      {
        spec: {
          workflowSpec: { templates: [{ steps: [] }, { script: { image: 'a' }, sidecars: [{ name: 'x' }] }] },
        },
      },
      [
        'spec.workflowSpec.templates[1]',
        'container main spec.workflowSpec.templates[1].script',
        'container x spec.workflowSpec.templates[1].sidecars[0]',
      ],
    ],
    ['v1', 'Service', { spec: { template: { spec } } }, []],
    ['serving.knative.dev/v1', 'Service', { spec: { template: { spec: {} } } }, ['spec.template.spec']],
    ['apps/v1', 'Deployment', { spec: { template: 'x' } }, []],
    ['apps/v1', 'Deployment', { spec: { template: { spec: { containers: 'x' } } } }, ['spec.template.spec']],
  ])('%s %s', (apiVersion, kind, rest, expected) => {
    expect(paths({ apiVersion, kind, ...rest })).toEqual(expected);
  });

  test('containers come in the order init, container, ephemeral', () => {
    const pod = bareObject({
      ephemeralContainers: [{ name: 'e' }],
      containers: [{ name: 'c' }, 1],
      initContainers: [{ name: 'i' }],
    });
    const refs = containersOf(pod);
    expect(refs.map(({ type, name }) => `${type} ${name}`)).toEqual(['init i', 'container c', 'ephemeral e']);
  });

  test('defaults of a Tekton step template hold for every step', () => {
    const template = podTemplate(
      only({
        apiVersion: 'tekton.dev/v1',
        kind: 'Task',
        spec: { stepTemplate: { securityContext: { privileged: true } }, steps: [{ name: 's' }] },
      }),
    );
    expect(template?.containers[0]?.container['securityContext']).toEqual({ privileged: true });
  });

  test('templates are worked out once', () => {
    const resource = only({ apiVersion: 'v1', kind: 'Pod', spec });
    expect(podTemplates(resource)).toBe(podTemplates(resource));
  });
});
