import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type AdmissionForm,
  type AdmissionRequest,
  type AdmissionVerdict,
  admissionForms,
  type CheckDefinition,
  type CheckExample,
  evaluatePolicy,
  exportPolicies,
} from '@keelson/checks';
import { isObject, type JsonObject, SourceText } from '@keelson/core';
import { isClusterScoped, type Resource } from '@keelson/kubernetes';
import { readManifestText } from '@keelson/manifests';
import { parseYaml, stringifyYaml } from '@keelson/yaml';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { loadCheckDefinitions } from './index.ts';

const definitions = [...(await loadCheckDefinitions()).values()];

/** What was written, read again from its text. */
function throughText(objects: readonly JsonObject[]): JsonObject[] {
  const text = objects.map((object) => `---\n${stringifyYaml(object)}`).join('');
  const { documents, errors } = parseYaml(new SourceText('policy.yaml', text));
  expect(errors).toEqual([]);
  return documents.map(({ value }) => value).filter((value) => isObject(value));
}

/** The request that creates an object. */
function creationOf({ object, group, version, kind, name, namespace }: Resource): AdmissionRequest {
  const labels = kind === 'Namespace' ? object['metadata'] : undefined;
  const written = isObject(labels) && isObject(labels['labels']) ? labels['labels'] : {};
  const own = kind === 'Namespace' ? name : (namespace ?? 'default');
  return {
    operation: 'CREATE',
    kind: { group, version, kind },
    resource: { group, version, resource: pluralOf(group, kind) },
    object,
    ...(kind !== 'Namespace' && isClusterScoped(group, kind)
      ? {}
      : { namespaceLabels: { ...written, 'kubernetes.io/metadata.name': own } }),
    userInfo: { username: 'someone' },
  };
}

function pluralOf(group: string, kind: string): string {
  const name = kind.toLowerCase();
  if (group === 'constraints.gatekeeper.sh' || name.endsWith('constraints')) return name;
  if (name.endsWith('y') && !name.endsWith('ay')) return `${name.slice(0, -1)}ies`;
  return name.endsWith('s') ? `${name}es` : `${name}s`;
}

/** What a check's policy says of every object of an example. */
function verdictsOf(
  definition: CheckDefinition,
  as: AdmissionForm,
  example: CheckExample,
): AdmissionVerdict[] {
  const settings = example.params === undefined ? {} : { [definition.id]: example.params };
  const { objects } = exportPolicies([definition], { as, settings, exemptNamespaces: [] });
  const [policy, companion] = throughText(objects);
  if (policy === undefined) throw new Error('nothing was written');
  const { resources, errors } = readManifestText(new SourceText('example.yaml', example.input));
  expect(errors).toEqual([]);
  return resources.map((resource) => evaluatePolicy(policy, companion, creationOf(resource)));
}

describe.each(admissionForms)('as %s', (as) => {
  const { refused } = exportPolicies(definitions, { as });
  const ids = new Set(refused.map(({ id }) => id));
  const exported = definitions.filter(({ id }) => !ids.has(id));

  test.each(exported.map((definition) => [definition.id, definition] as const))('%s', (_, definition) => {
    for (const example of definition.examples) {
      const verdicts = verdictsOf(definition, as, example);
      const said = verdicts.map(({ verdict }) => verdict);
      const note = `${example.verdict}: ${JSON.stringify(verdicts)}`;
      if (example.verdict === 'fail') expect(said, note).toContain('denied');
      else expect(said, note).not.toContain('denied');
      expect(said, note).not.toContain('error');
    }
  });
});

/** Reasons that stand in for a policy. A check that gives another is one that could be exported. */
const knownReasons = [
  /^judges Dockerfiles$/,
  /^is a program: /,
  /^reads the settings of a component /,
  /^judges \w+, a (file|record) of .* that no request carries$/,
  /^judges PodSecurityPolicy, which no API server with admission policies serves$/,
  /^judges admission policies\b/,
  /^looks for (a field that the API server fills in|what the API server refuses)/,
];

test.each(admissionForms)('as %s every check is exported or refused for a known reason', (as) => {
  const { objects, refused, notes } = exportPolicies(definitions, { as });
  const written = objects.length / (as === 'kyverno' ? 1 : 2);
  expect(written + refused.length).toBe(definitions.length);
  expect(refused.filter(({ reason }) => !knownReasons.some((known) => known.test(reason)))).toEqual([]);
  // Every check of one object, Pod or container, but for those of files and of what is not served any more.
  expect(written).toBeGreaterThan(250);
  expect(notes.length).toBeGreaterThan(0);
});

test('names and messages keep the limits of the API server', () => {
  for (const as of admissionForms) {
    for (const object of exportPolicies(definitions, { as }).objects) {
      const { metadata, kind } = object;
      const name = isObject(metadata) ? String(metadata['name']) : '';
      expect(name).toMatch(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/);
      // The kind of a constraint becomes a label of its definition.
      expect(String(kind).length).toBeLessThanOrEqual(63);
    }
  }
});

const corpora =
  process.env['KEELSON_CORPORA'] ?? fileURLToPath(new URL('../../../../shared/corpora', import.meta.url));

function schemaText(): string | undefined {
  try {
    return readFileSync(`${corpora}/report-schemas/kubernetes/openapi-subset.json`, 'utf8');
  } catch {
    return undefined;
  }
}

const schemas = schemaText();

test.skipIf(schemas === undefined)('policies and bindings are valid by the schemas of Kubernetes', () => {
  const ajv = new Ajv({ strict: false, formats: { 'date-time': true, int32: true, int64: true } });
  ajv.addSchema(JSON.parse(schemas ?? '{}'), 'kubernetes');
  for (const as of ['vap', 'static-admission'] as const) {
    for (const object of throughText(exportPolicies(definitions, { as }).objects)) {
      const definition = `io.k8s.api.admissionregistration.v1.${object['kind']}`;
      const validate = ajv.getSchema(`kubernetes#/definitions/${definition}`);
      expect(validate?.(object), JSON.stringify(validate?.errors)).toBe(true);
    }
  }
});

/** A Pod as large as any that people run, with nothing wrong in it: every loop goes to its end. */
function largePod(): JsonObject {
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const container = (i: number): JsonObject => ({
    name: `container-${i}`,
    image: `registry.example.com/team/application/component-${i}:1.0@sha256:${'a'.repeat(64)}`,
    command: ['/bin/application', ...numbers(20).map((n) => `--some-option-${n}=some-value-${n}`)],
    env: numbers(60).map((n) => ({ name: `SETTING_NUMBER_${n}`, value: `the value of setting ${n}` })),
    ports: numbers(10).map((n) => ({ name: `port-${n}`, containerPort: 8000 + n, protocol: 'TCP' })),
    volumeMounts: numbers(20).map((n) => ({ name: `volume-${n}`, mountPath: `/var/lib/application/${n}` })),
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
  });
  const labels = Object.fromEntries(numbers(30).map((n) => [`example.com/label-${n}`, `value-${n}`]));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'large', namespace: 'apps', labels, annotations: labels },
    spec: {
      initContainers: numbers(10).map(container),
      containers: numbers(20).map((i) => container(i + 10)),
      volumes: numbers(40).map((n) => ({ name: `volume-${n}`, configMap: { name: `configuration-${n}` } })),
      tolerations: numbers(10).map((n) => ({ key: `example.com/${n}`, operator: 'Exists' })),
    },
  };
}

test('a large Pod stays within what the API server lets a policy spend', () => {
  const { resources } = readManifestText(new SourceText('large.json', JSON.stringify(largePod())));
  const costs = new Map<string, number>();
  for (const definition of definitions) {
    const [policy, binding] = exportPolicies([definition], { as: 'vap' }).objects;
    for (const resource of policy === undefined ? [] : resources) {
      const result = evaluatePolicy(policy ?? {}, binding, creationOf(resource));
      expect(result.verdict, definition.id).not.toBe('error');
      if ('cost' in result) costs.set(definition.id, result.cost);
    }
  }
  expect(costs.size).toBeGreaterThan(100);
  expect(Math.max(...costs.values())).toBeLessThan(1_000_000);
});
