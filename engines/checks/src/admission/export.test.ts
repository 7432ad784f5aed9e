import { isObject, type JsonObject, type JsonValue, valueAt } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { readDefinition } from '../definition.ts';
import { evaluatePolicy } from './evaluate.ts';
import { exportPolicies } from './export.ts';
import { type AdmissionForm, admissionForms, type ExportOptions } from './form.ts';
import type { AdmissionRequest } from './match.ts';

function definitionOf(fields: JsonObject) {
  const says = fields['message'] === undefined ? { text: 'Some check' } : {};
  return readDefinition({ id: 'some-check', title: 'Some check', severity: 'high', ...says, ...fields });
}

function write(fields: JsonObject, options: Partial<ExportOptions> = {}): JsonObject[] {
  return exportPolicies([definitionOf(fields)], { as: 'vap', ...options }).objects;
}

const at = (object: JsonObject | undefined, ...path: (string | number)[]): JsonValue | undefined =>
  valueAt(object ?? null, path);

const ports: JsonObject = {
  scope: 'container',
  each: 'ports[*]',
  when: 'has(item.hostPort)',
  expression: 'item.hostPort in params.allowed',
  params: { allowed: [80] },
  text: 'port',
};

describe('the check is written into the policy', () => {
  test('loops stand around its own expressions', () => {
    const [policy] = write(ports);
    expect(at(policy, 'spec', 'variables')).toEqual([
      { name: 'object', expression: 'dyn(object)' },
      { name: 'params', expression: "{'allowed': dyn([80])}" },
      { name: 'template', expression: expect.stringContaining("variables.object.kind == 'CronJob' ?") },
      { name: 'pod', expression: 'variables.template.?spec.orValue({})' },
      {
        name: 'containers',
        expression: expect.stringContaining('variables.pod.?initContainers.orValue([]) + '),
      },
    ]);
    expect(at(policy, 'spec', 'validations', 0, 'expression')).toBe(
      'variables.containers.all(container,\n  container.?ports.orValue([]).all(item, !has(item.hostPort) || item.hostPort in variables.params.allowed))',
    );
  });

  test('the path through each knows lists, mappings and what stands behind them', () => {
    const written = (each: string, expression: string, kinds = ['Service']) =>
      at(write({ scope: 'object', kinds, each, expression })[0], 'spec', 'validations', 0, 'expression');
    expect(written('spec.rules[*].verbs[*]', "item != '*'")).toBe(
      "variables.object.?spec.?rules.orValue([]).all(outer, outer.?verbs.orValue([]).all(item, item != '*'))",
    );
    expect(written('metadata.labels[*]', "item != ''")).toContain('.all(key, [variables.object.');
    expect(written('spec.data["a/b"][*].in', "item != ''")).toBe(
      "variables.object.?spec.?data[?'a/b'].orValue([]).all(outer, outer[?'in'].optMap(found, [found]).orValue([]).all(item, item != ''))",
    );
    expect(written('spec.hosts[*]', "item != ''", ['example.com/Thing'])).toContain(
      'type(variables.object.?spec.?hosts.orValue([])) == map ?',
    );
  });

  test('an expression of unknown type is made the one that the API server wants', () => {
    const [policy] = write({
      scope: 'object',
      kinds: ['Service'],
      expression: 'object.spec.x',
      message: 'object.y',
    });
    expect(at(policy, 'spec', 'validations', 0)).toEqual({
      expression: '(variables.object.spec.x) == true',
      message: 'Some check',
      messageExpression: 'string(variables.object.y)',
    });
  });

  test('the release that a function needs is told', () => {
    const minimum = (expression: string) =>
      at(
        write({ scope: 'object', kinds: ['Service'], expression })[0],
        'metadata',
        'annotations',
        'keelson.dev/minimum-kubernetes',
      );
    expect(minimum("object.x == 'a'")).toBe('1.30');
    expect(minimum('isIP(object.x)')).toBe('1.31');
    expect(minimum('object.m.all(k, v, k == v)')).toBe('1.33');
    expect(minimum('object.l.distinct().size() == 1')).toBe('1.35');
  });

  test('severity decides what happens, options decide otherwise', () => {
    const actions = (severity: string, options: Partial<ExportOptions> = {}) =>
      at(write({ ...ports, severity }, options)[1], 'spec', 'validationActions');
    expect(actions('critical')).toEqual(['Deny']);
    expect(actions('medium')).toEqual(['Warn', 'Audit']);
    expect(actions('low')).toEqual(['Audit']);
    expect(actions('low', { actions: { low: ['Deny'] } })).toEqual(['Deny']);
  });

  test('settings become a literal, and parameters of a constraint', () => {
    const settings = { 'some-check': { allowed: [443] } };
    expect(at(write(ports, { settings })[0], 'spec', 'variables', 1, 'expression')).toBe(
      "{'allowed': dyn([443])}",
    );
    const [template, constraint] = write(ports, { settings, as: 'gatekeeper' });
    expect(at(constraint, 'spec', 'parameters')).toEqual({ allowed: [443] });
    expect(at(template, 'spec', 'crd', 'spec', 'validation', 'openAPIV3Schema')).toEqual({
      type: 'object',
      properties: { allowed: { type: 'array', items: { type: 'integer' } } },
    });
  });

  test('names are those that each system wants', () => {
    const names = (as: AdmissionForm) => write(ports, { as }).map((object) => at(object, 'metadata', 'name'));
    expect(names('vap')).toEqual(['keelson-some-check', 'keelson-some-check']);
    expect(names('static-admission')).toEqual([
      'keelson-some-check.static.k8s.io',
      'keelson-some-check.static.k8s.io',
    ]);
    expect(names('kyverno')).toEqual(['keelson-some-check']);
    expect(names('gatekeeper')).toEqual(['keelsonsomecheck', 'keelson-some-check']);
  });
});

function requestFor(object: JsonObject, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    operation: 'CREATE',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'apps' }, ...object },
    namespaceLabels: { 'kubernetes.io/metadata.name': 'apps' },
    userInfo: { username: 'someone' },
    ...more,
  };
}

const named: JsonObject = {
  scope: 'container',
  expression: "container.image != 'bad'",
  message: "'container ' + container.name",
};
const container = (name: string, image: string): JsonObject => ({ name, image });

describe.each(['vap', 'static-admission', 'kyverno', 'gatekeeper'] as const)('%s, evaluated', (as) => {
  const [policy, companion] = write(named, { as });
  const verdict = (request: AdmissionRequest) => {
    if (!isObject(policy)) throw new Error('nothing was written');
    return evaluatePolicy(policy, companion, request);
  };

  test('the message names the first element that fails', () => {
    const spec: JsonObject = {
      initContainers: [container('first', 'good')],
      containers: [container('second', 'bad'), container('third', 'bad')],
    };
    expect(verdict(requestFor({ spec }))).toMatchObject({
      verdict: 'denied',
      messages: ['container second'],
    });
  });

  test('a message that cannot be made does not cost the verdict', () => {
    expect(verdict(requestFor({ spec: { containers: [{ image: 'bad' }] } }))).toMatchObject({
      verdict: 'denied',
      messages: ['Some check'],
    });
  });

  test('what cannot be evaluated is an error, not allowed', () => {
    expect(verdict(requestFor({ spec: { containers: [{ name: 'a' }] } })).verdict).toBe('error');
  });

  test('templates of all workloads are judged', () => {
    const template = { metadata: {}, spec: { containers: [container('a', 'bad')] } };
    const of = (group: string, kind: string, resource: string, object: JsonObject) =>
      verdict(
        requestFor(
          { kind, ...object },
          { kind: { group, version: 'v1', kind }, resource: { group, version: 'v1', resource } },
        ),
      ).verdict;
    expect(of('apps', 'Deployment', 'deployments', { spec: { template } })).toBe('denied');
    expect(of('', 'PodTemplate', 'podtemplates', { template })).toBe('denied');
    expect(of('batch', 'CronJob', 'cronjobs', { spec: { jobTemplate: { spec: { template } } } })).toBe(
      'denied',
    );
    expect(of('', 'Service', 'services', { spec: { template } })).toBe('not-matched');
  });

  test('exempt namespaces and objects on their way out are passed over', () => {
    const spec = { containers: [container('a', 'bad')] };
    const system = { namespaceLabels: { 'kubernetes.io/metadata.name': 'kube-system' } };
    expect(verdict(requestFor({ spec }, system)).verdict).toBe('not-matched');
    const leaving = { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(verdict(requestFor({ spec, metadata: leaving }, { operation: 'UPDATE' })).verdict).toBe(
      'not-matched',
    );
    expect(verdict(requestFor({}, { operation: 'DELETE', object: null })).verdict).toBe('not-matched');
  });

  test('containers for debugging come by their own subresource', () => {
    const spec = { containers: [], ephemeralContainers: [container('debug', 'bad')] };
    const request = requestFor({ spec }, { operation: 'UPDATE', subresource: 'ephemeralcontainers' });
    expect(verdict(request).verdict).toBe('denied');
  });
});

test.each(admissionForms)('a policy about roles lets the control plane write its own: %s', (form) => {
  const [policy, binding] = write(
    { scope: 'object', kinds: ['ClusterRole'], expression: 'false' },
    { as: form },
  );
  const kind = { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole' };
  const { kind: _, ...group } = kind;
  const request = (username: string): AdmissionRequest => ({
    operation: 'CREATE',
    kind,
    resource: { ...group, resource: 'clusterroles' },
    object: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a' } },
    userInfo: { username },
  });
  expect(evaluatePolicy(policy ?? {}, binding, request('system:apiserver')).verdict).toBe('not-matched');
  expect(evaluatePolicy(policy ?? {}, binding, request('someone')).verdict).toBe('denied');
});
