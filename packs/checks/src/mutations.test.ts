import { judge } from '@keelson/checks';
import {
  cloneJson,
  isObject,
  type JsonValue,
  type Path,
  SourceText,
  stringifyJson,
  valueAt,
} from '@keelson/core';
import { readManifestText } from '@keelson/manifests';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadCheckExamples, loadChecks } from './index.ts';

// An expression that cannot be evaluated costs one element; a program that throws would cost its check every finding.
const programs = (await loadChecks()).filter(({ judge: { type } }) => type === 'program');
const byId = new Map(programs.map((check) => [check.id, check]));
const inputs = (await loadCheckExamples())
  .filter(({ id, target }) => target === 'kubernetes' && byId.has(id))
  .flatMap(({ id, examples }) =>
    examples.map(({ input }) => ({
      check: byId.get(id),
      documents: readManifestText(new SourceText('a.yaml', input)).resources.map(({ object }) => object),
    })),
  );

/** Every path of a value. */
function pathsOf(value: JsonValue, path: Path = []): Path[] {
  const children: Path[] = Array.isArray(value)
    ? value.flatMap((item, i) => pathsOf(item, [...path, i]))
    : isObject(value)
      ? Object.keys(value).flatMap((key) => pathsOf(value[key] ?? null, [...path, key]))
      : [];
  return [path, ...children];
}

function replaced(value: JsonValue, path: Path, by: JsonValue): JsonValue {
  const copy = cloneJson(value);
  const parent = valueAt(copy, path.slice(0, -1));
  const step = path.at(-1);
  if (Array.isArray(parent) && typeof step === 'number') parent[step] = by;
  else if (isObject(parent) && typeof step === 'string') parent[step] = by;
  return copy;
}

/** What stands where something else is expected. */
const odd: readonly JsonValue[] = [
  {},
  { a: {} },
  [],
  [{}],
  [[]],
  [null],
  null,
  '',
  'x',
  0,
  1.5,
  2n ** 63n,
  true,
];

test('a value of another shape anywhere in an example makes no program throw', () => {
  const property = fc.property(
    fc.constantFrom(...inputs),
    fc.nat(),
    fc.nat(),
    fc.constantFrom(...odd),
    ({ check, documents }, which, where, by) => {
      const index = which % Math.max(1, documents.length);
      const paths = pathsOf(documents[index] ?? null).filter((path) => path.length > 1);
      const path = paths[where % Math.max(1, paths.length)];
      if (check === undefined || path === undefined) return;
      const text = documents
        .map((document, i) => stringifyJson(i === index ? replaced(document, path, by) : document))
        .join('\n---\n');
      const { resources } = readManifestText(new SourceText('a.yaml', text));
      const { notifications } = judge({ resources, dockerfiles: [] }, [check]);
      expect(notifications.map(({ message }) => message)).toEqual([]);
    },
  );
  fc.assert(property, { seed: 20261123, numRuns: 6000 });
});
