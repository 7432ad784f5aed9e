import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProvenanceFormat, provenanceFormats, readRun, runProvenance } from '@keelson/attestation';
import { equalJson, isObject, type JsonObject, type JsonValue, valueAt } from '@keelson/core';
import { type Suite, Tally } from './suite.ts';
import { judgeGoldens } from './tekton-goldens.ts';

/**
 * Provenance of Tekton runs as Tekton Chains makes it: the subjects and dependencies of real runs in each format, and whole statements of runs
 * that are completed here from their manifests.
 */
export const suite: Suite = {
  name: 'tekton-chains',
  async run(dir) {
    const tally = new Tally();
    const expected: JsonValue = JSON.parse(readFileSync(join(dir, 'expected.json'), 'utf8'));
    for (const entry of Array.isArray(expected) ? expected : [])
      if (isObject(entry)) judge(tally, dir, entry);
    judgeGoldens(dir, tally);
    return tally;
  },
};

function judge(tally: Tally, dir: string, entry: JsonObject): void {
  const id = `${String(entry['file'])} ${String(entry['format'])}`;
  try {
    const object: JsonValue = JSON.parse(readFileSync(join(dir, String(entry['file'])), 'utf8'));
    const run = readRun(object, entry['kind'] === 'TaskRun' ? 'TaskRun' : 'PipelineRun');
    const statement = runProvenance(run, {
      format: formatOf(entry['format']),
      builderId: 'https://builder.test',
    });
    const wrong = Object.entries(listsOf(statement)).find(
      ([name, value]) => entry[name] !== undefined && !equalJson(asSet(value), asSet(entry[name])),
    );
    if (wrong === undefined) tally.pass();
    else
      tally.fail(
        id,
        `${wrong[0]} ${JSON.stringify(wrong[1])} where ${JSON.stringify(entry[wrong[0]])} is right`,
      );
  } catch (error) {
    tally.fail(id, String(error));
  }
}

function formatOf(value: JsonValue | undefined): ProvenanceFormat {
  const format = provenanceFormats.find((name) => name === value);
  if (format === undefined) throw new Error(`there is no format ${String(value)}`);
  return format;
}

/** What is expected of a statement, by the names that the expectations have; an empty list where a member is left out. */
function listsOf(statement: JsonObject): JsonObject {
  const predicate = statement['predicate'];
  const definition = valueAt(predicate, ['buildDefinition']) ?? predicate;
  return {
    predicateType: statement['predicateType'] ?? null,
    buildType: valueAt(definition, ['buildType']) ?? null,
    subjects: statement['subject'] ?? [],
    materials: valueAt(predicate, ['materials']) ?? [],
    resolvedDependencies: valueAt(definition, ['resolvedDependencies']) ?? [],
    configSource: valueAt(predicate, ['invocation', 'configSource']) ?? null,
  };
}

/** A list in an order of its own. */
function asSet(value: JsonValue | undefined): JsonValue {
  if (!Array.isArray(value)) return value ?? null;
  return value.map((item) => sortedText(item)).sort();
}

function sortedText(value: JsonValue): string {
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return members.map((name) => `${name}:${sortedText(value[name] ?? null)}`).join('\n');
}
