import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { provenanceFormats, readRun, runProvenance } from '@keelson/attestation';
import { equalJson, isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import type { Tally } from './suite.ts';
import { type CompletedRun, completed, objectAt, objects } from './tekton-completion.ts';

const goldens = join('test', 'testdata', 'slsa');
/** What depends on the release of Tekton, and what upstream's tests leave out too. */
const ignored = new Set(['internalParameters', 'environment']);
/** Lists whose order says nothing. */
const unordered = new Set(['subject', 'materials', 'resolvedDependencies', 'byproducts']);

/** Judges each golden statement beside that of a run which is completed from the manifest of the same name. */
export function judgeGoldens(dir: string, tally: Tally): void {
  const manifests = readdirSync(join(dir, 'examples'), { recursive: true, encoding: 'utf8' });
  for (const path of readdirSync(join(dir, goldens), { recursive: true, encoding: 'utf8' }).sort()) {
    if (!path.endsWith('.json')) continue;
    const name = basename(path, '.json');
    const manifest = manifests.find((candidate) => basename(candidate) === `${name}.yaml`);
    if (manifest === undefined) {
      tally.skip(path, 'the corpus has no manifest of this name');
      continue;
    }
    try {
      const [document] = parseYaml(readFileSync(join(dir, 'examples', manifest), 'utf8')).documents;
      const object = document?.value;
      if (!isObject(object)) throw new Error('the manifest is no object');
      judgeGolden(path, readFileSync(join(dir, goldens, path), 'utf8'), completed(object), tally);
    } catch (error) {
      tally.fail(path, String(error));
    }
  }
}

function judgeGolden(path: string, template: string, run: CompletedRun, tally: Tally): void {
  const [folder] = path.split(/[\\/]/);
  const golden: JsonValue = JSON.parse(filled(template, run));
  if (!isObject(golden)) throw new Error('the golden statement is no object');
  const format =
    provenanceFormats.find((name) => name === `slsa/${folder}`) ??
    (objectAt(golden, 'predicate')['buildDefinition'] === undefined ? 'slsa/v1' : 'slsa/v2alpha3');
  const statement = runProvenance(readRun(run.object), {
    format,
    builderId: 'https://tekton.dev/chains/v2',
    taskRuns: run.taskRuns.map((taskRun) => readRun(taskRun)),
    deepInspection: true,
  });
  const isWithdrawn = String(objectAt(golden, 'predicate')['buildType']).includes('/format/slsa/v2alpha1/');
  if (isWithdrawn)
    tally.notes.push(
      `${path} is of the format slsa/v2alpha1, which Tekton Chains no longer has: its subjects, builder and materials are judged`,
    );
  const pick = isWithdrawn ? commonParts : (value: JsonObject) => value;
  const actual = comparable(pick(statement));
  const expected = comparable(pick(golden));
  if (equalJson(actual, expected)) tally.pass();
  else tally.fail(path, firstDifference(actual, expected, ''));
}

function commonParts(statement: JsonObject): JsonObject {
  const { builder = null, materials = null } = objectAt(statement, 'predicate');
  const { _type = '', subject = null, predicateType = '' } = statement;
  return { _type, subject, predicateType, predicate: { builder, materials } };
}

/** Fills in the template of Go: values of the run, and one part for each image of its steps. */
function filled(template: string, { object, taskRuns }: CompletedRun): string {
  const runs = taskRuns.length === 0 ? [object] : taskRuns;
  const images = new Set(
    runs.flatMap((run) => objects(objectAt(run, 'status')['steps']).map((step) => String(step['imageID']))),
  );
  const listed = template.replaceAll(/\{\{range \.URIDigest\}\}(.*?)\{\{end\}\}/gs, (_, part: string) =>
    [...images]
      .map((image) => part.replaceAll('{{.URI}}', uriOf(image)).replaceAll('{{.Digest}}', digestOf(image)))
      .join(''),
  );
  const { startTime, completionTime } = objectAt(object, 'status');
  const { uid, name } = objectAt(object, 'metadata');
  const values = new Map<string, JsonValue | undefined>([
    ['UID', uid],
    ['TektonObjectName', name],
    ['PipelineStartedOn', startTime],
    ['PipelineFinishedOn', completionTime],
  ]);
  return listed
    .replaceAll(/\{\{\.(\w+)\}\}/g, (_, member: string) => String(values.get(member)))
    .replaceAll(/\{\{index \.(\w+) (\d+)\}\}/g, (_, member: string, at: string) => {
      const run = runs[Number(at)] ?? {};
      if (member === 'ChildTaskRunNames') return String(objectAt(run, 'metadata')['name']);
      return String(objectAt(run, 'status')[member === 'BuildStartTimes' ? 'startTime' : 'completionTime']);
    });
}

function uriOf(image: string): string {
  return `oci://${image.replace('docker-pullable://', '').split('@')[0] ?? ''}`;
}

function digestOf(image: string): string {
  return image.split('@sha256:')[1] ?? '';
}

function comparable(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(comparable);
  if (!isObject(value)) return value;
  const out: JsonObject = {};
  for (const name of Object.keys(value).sort()) {
    if (ignored.has(name) && !isStep(value)) continue;
    const member = comparable(value[name] ?? null);
    out[name] =
      unordered.has(name) && Array.isArray(member)
        ? member.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
        : member;
  }
  return out;
}

/** A step has an environment too, and that one is what Tekton Chains makes. */
function isStep(value: JsonObject): boolean {
  return value['entryPoint'] !== undefined && value['annotations'] !== undefined;
}

function firstDifference(actual: JsonValue, expected: JsonValue, place: string): string {
  if (isObject(actual) && isObject(expected)) {
    const name = [...Object.keys(expected), ...Object.keys(actual)].find(
      (member) => !equalJson(actual[member], expected[member]),
    );
    if (name !== undefined)
      return firstDifference(actual[name] ?? null, expected[name] ?? null, `${place}/${name}`);
  }
  return `${place} is ${JSON.stringify(actual)} where ${JSON.stringify(expected)} is right`;
}
