import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Framework } from '@keelson/compliance';
import type { JsonObject, JsonValue } from '@keelson/core';
import {
  type FrameworkData,
  frameworkOf,
  judgeCase,
  judgeControls,
  judgeIds,
  loadFrameworkData,
  noteCoverage,
  objectsAt,
  readJson,
  textAt,
  textsAt,
  titleDigest,
} from './framework-data.ts';
import { judgeNistFramework, nistId } from './nist-controls.ts';
import { type Suite, Tally } from './suite.ts';

/** Group of `mitre` for techniques that are not of the Containers platform. */
const otherPlatforms = 'other-platforms';
const techniqueId = /^T\d{4}(?:\.\d{3})?$/;

/** ATT&CK for Containers, mappings to it and Microsoft's matrix, held against the frameworks `mitre` and `ms-threat-matrix`. */
export const suite: Suite = {
  name: 'attack-mappings',
  async run(dir) {
    const result = new Tally();
    const data = await loadFrameworkData();
    const mitre = frameworkOf(data, 'mitre');
    judgeTechniques(result, mitre, readJson(fileOf(dir, /^attack-.*-containers\.json$/)));
    judgeCitations(result, data, mitre);
    judgeControls(result, data, mitre);
    judgePairs(result, dir, data, mitre);
    judgeNistFramework(result, dir, data);
    judgeExploited(result, readMappings(fileOf(dir, /^kev-.*\.json$/)));
    judgeMatrix(result, data, readJson(join(dir, 'ms-threat-matrix.json')));
    noteCoverage(result, data);
    return result;
  },
};

function judgeTechniques(result: Tally, mitre: Framework, corpus: JsonValue): void {
  const techniques = objectsAt(corpus, 'techniques');
  const containers = mitre.controls.filter(({ group }) => group !== otherPlatforms);
  const groups = new Map(containers.map(({ id, group }) => [id, group]));
  judgeIds(
    result,
    'mitre',
    new Set(groups.keys()),
    new Set(techniques.map((technique) => textAt(technique, 'external_id'))),
  );
  for (const technique of techniques) {
    const id = textAt(technique, 'external_id');
    const group = groups.get(id);
    if (group !== undefined)
      judgeCase(result, textsAt(technique, 'tactics').includes(group), id, `it has no tactic ${group}`);
  }
  const others = mitre.controls.filter(({ group }) => group === otherPlatforms).map(({ id }) => id);
  result.notes.push(
    `ATT&CK ${textAt(corpus, 'attack_version')}: ${techniques.length} techniques of the Containers platform`,
    `of other platforms, named by checks: ${others.join(', ')}`,
  );
}

/** Every technique that a check names is one of the framework. */
function judgeCitations(result: Tally, { mappings }: FrameworkData, mitre: Framework): void {
  const known = new Set(mitre.controls.map(({ id }) => id));
  for (const { id, controls } of mappings)
    for (const technique of controls[mitre.id] ?? [])
      judgeCase(result, known.has(technique), `${id} ${technique}`, 'mitre has no such technique');
}

/** Pairs of a control of SP 800-53 and a technique of an earlier version of ATT&CK. */
function judgePairs(result: Tally, dir: string, data: FrameworkData, mitre: Framework): void {
  const pairs = readMappings(fileOf(dir, /^nist-800-53.*\.json$/));
  const ours = new Set(frameworkOf(data, 'nist-800-53').controls.map(({ id }) => id));
  const techniques = new Set(mitre.controls.map(({ id }) => id));
  for (const pair of pairs) {
    const control = nistId(textAt(pair, 'capability_id'));
    const technique = textAt(pair, 'attack_object_id');
    const id = `${control} ${technique}`;
    if (!ours.has(control)) result.fail(id, `nist-800-53 has no control ${control}`);
    else judgeCase(result, techniques.has(technique), id, `mitre has no technique ${technique}`);
  }
  const controls = new Set(pairs.map((pair) => textAt(pair, 'capability_id')));
  result.notes.push(`SP 800-53 to ATT&CK: ${pairs.length} pairs over ${controls.size} controls`);
}

/** Exploited vulnerabilities and the techniques that they serve: data to look up, not ours to repeat. */
function judgeExploited(result: Tally, triples: readonly JsonObject[]): void {
  const seen = new Set<string>();
  const vulnerabilities = new Set<string>();
  for (const triple of triples) {
    const vulnerability = textAt(triple, 'capability_id');
    const technique = textAt(triple, 'attack_object_id');
    const id = `${vulnerability} ${technique} ${textAt(triple, 'mapping_type')}`;
    vulnerabilities.add(vulnerability);
    if (!/^CVE-\d{4}-\d{4,}$/.test(vulnerability)) result.fail(id, 'it names no CVE');
    else if (!techniqueId.test(technique)) result.fail(id, 'it names no technique');
    else judgeCase(result, !seen.has(id), id, 'it stands twice');
    seen.add(id);
  }
  result.notes.push(
    `exploited vulnerabilities: ${triples.length} triples over ${vulnerabilities.size} CVEs, read and not repeated by us`,
  );
}

function judgeMatrix(result: Tally, data: FrameworkData, corpus: JsonValue): void {
  const framework = frameworkOf(data, 'ms-threat-matrix');
  const techniques = objectsAt(corpus, 'techniques');
  const mitigations = objectsAt(corpus, 'mitigations');
  const theirs = [...techniques.map((technique) => textAt(technique, 'id')), ...mitigationIds(mitigations)];
  judgeIds(result, framework.id, new Set(framework.controls.map(({ id }) => id)), new Set(theirs));
  const groups = new Map(framework.controls.map(({ id, group }) => [id, group]));
  for (const technique of techniques) {
    const group = groups.get(textAt(technique, 'id'));
    const tactics = textsAt(technique, 'tactics').map((tactic) => tactic.toLowerCase().replaceAll(' ', '-'));
    if (group !== undefined)
      judgeCase(result, tactics.includes(group), textAt(technique, 'id'), `it has no tactic ${group}`);
  }
  judgeRelations(result, techniques, 'mitigations', mitigations);
  judgeRelations(result, mitigations, 'techniques', techniques);
  judgeControls(result, data, framework);
  const known = new Set(frameworkOf(data, 'mitre').controls.map(({ id }) => id));
  const cited = new Set(techniques.flatMap((technique) => textsAt(technique, 'mitre')));
  const cells = techniques.flatMap((technique) => textsAt(technique, 'tactics'));
  const ids = new Set(mitigations.map((mitigation) => textAt(mitigation, 'id')));
  result.notes.push(
    `Microsoft's matrix: ${techniques.length} techniques in ${cells.length} cells, ${mitigations.length} mitigations over ${ids.size} ids`,
    `it also cites, outside of the Containers platform: ${[...cited]
      .filter((id) => !known.has(id))
      .sort()
      .join(', ')}`,
  );
}

/** An id that stands for several mitigations is told apart by their names. */
function mitigationIds(mitigations: readonly JsonObject[]): string[] {
  const ids = mitigations.map((mitigation) => textAt(mitigation, 'id'));
  return mitigations.map((mitigation, i) => {
    const id = ids[i] ?? '';
    const isShared = ids.filter((other) => other === id).length > 1;
    return isShared ? `${id}-${titleDigest(textAt(mitigation, 'name'))}` : id;
  });
}

/** Every id under `key` of an item is the id of one of the others. */
function judgeRelations(
  result: Tally,
  items: readonly JsonObject[],
  key: string,
  others: readonly JsonObject[],
): void {
  const known = new Set(others.map((other) => textAt(other, 'id')));
  for (const item of items)
    for (const id of textsAt(item, key))
      judgeCase(result, known.has(id), `${textAt(item, 'id')} ${id}`, `there is no ${id} among the ${key}`);
}

function readMappings(file: string): JsonObject[] {
  const value = readJson(file);
  return objectsAt(Array.isArray(value) ? { mappings: value } : value, 'mappings');
}

/** The file of that sort, whichever version its name carries. */
function fileOf(dir: string, pattern: RegExp): string {
  const name = readdirSync(dir)
    .filter((each) => pattern.test(each))
    .sort()
    .at(-1);
  if (name === undefined) throw new Error(`${dir} holds no file like ${pattern.source}`);
  return join(dir, name);
}
