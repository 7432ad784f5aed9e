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
