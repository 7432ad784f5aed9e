import { cloneJson, isObject, type JsonObject, type JsonValue, valueAt } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { resources } from '../../testing/resources.ts';
import { type LintRun, lint } from '../lint.ts';

/** What a rule is judged by: a title, the objects, and options where they matter. */
export type LintCase = readonly [title: string, objects: readonly JsonValue[], options?: LintRun];

/** Names of the objects that a rule finds something in. */
export function hitsOf(rule: string, objects: readonly JsonValue[], options: LintRun = {}): string[] {
  const { findings, left } = lint(resources(...objects), { ...options, rules: [rule] });
  expect(left).toEqual([]);
  return findings.map(({ resource }) => resource.name);
}

/** Every rule has cases in which it finds something in the objects called `bad`, and cases in which it finds nothing. */
export function lintTable(rule: string, found: readonly LintCase[], clean: readonly LintCase[]): void {
  describe(rule, () => {
    test.each(found.map(named))('finds $title', ({ objects, options }) => {
      const hits = hitsOf(rule, objects, options);
      expect(new Set(hits)).toEqual(new Set(['bad']));
    });
    test.each(clean.map(named))('leaves $title', ({ objects, options }) => {
      expect(hitsOf(rule, objects, options)).toEqual([]);
    });
    test.each(found.map(named))('mends $title', ({ objects, options }) => {
      const mended = mend(rule, objects, options);
      if (mended !== undefined) expect(hitsOf(rule, mended, options)).toEqual([]);
    });
    test('has at least two cases of both', () => {
      expect(Math.min(found.length, clean.length)).toBeGreaterThanOrEqual(2);
    });
  });
}

/** The objects with the fixes of the rule; undefined where it has none for a finding. */
function mend(rule: string, objects: readonly JsonValue[], options: LintRun): JsonValue[] | undefined {
  const mended = objects.map((object) => cloneJson(object));
  const { findings } = lint(resources(...mended), { ...options, rules: [rule] });
  for (const { resource, fix } of findings) {
    if (fix === undefined) return undefined;
    mended.push(...(fix.objects ?? []));
    for (const { op, path, value } of fix.patch) {
      const parent = valueAt(resource.object, path.slice(0, -1));
      const last = path.at(-1);
      if (Array.isArray(parent))
        parent.splice(Number(last), op === 'add' ? 0 : 1, ...(value === undefined ? [] : [value]));
      else if (isObject(parent) && value !== undefined) parent[String(last)] = value;
    }
  }
  return mended;
}

function named([title, objects, options = {}]: LintCase) {
  return { title, objects, options };
}

export const podsOf = (...labels: readonly string[]): JsonObject => ({
  podSelector: { matchLabels: Object.fromEntries(labels.map((each) => each.split('='))) },
});
export const namespacesOf = (...labels: readonly string[]): JsonObject => ({
  namespaceSelector: { matchLabels: Object.fromEntries(labels.map((each) => each.split('='))) },
});
export const block = (cidr: string, ...except: readonly string[]): JsonObject => ({
  ipBlock: { cidr, ...(except.length === 0 ? {} : { except: [...except] }) },
});
export const ports = (...list: readonly (number | string)[]): JsonObject => ({
  ports: list.map((port) => ({ port })),
});

export function custom(
  apiVersion: string,
  kind: string,
  name: string,
  spec: JsonObject,
  more: JsonObject = {},
) {
  const metadata = { name, ...(isObject(more['metadata']) ? more['metadata'] : {}) };
  return { apiVersion, kind, ...more, metadata, spec };
}

export function cilium(name: string, spec: JsonObject): JsonObject {
  return custom('cilium.io/v2', 'CiliumNetworkPolicy', name, spec, { metadata: { namespace: 'default' } });
}

export function calico(name: string, spec: JsonObject, kind = 'NetworkPolicy'): JsonObject {
  const metadata = kind === 'NetworkPolicy' ? { namespace: 'default' } : {};
  return custom('projectcalico.org/v3', kind, name, spec, { metadata });
}
