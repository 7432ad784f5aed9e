import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Framework } from '@keelson/compliance';
import { isObject, type JsonObject } from '@keelson/core';
import {
  controlsById,
  frameworkOf,
  judgeCase,
  judgeControls,
  judgeIds,
  loadFrameworkData,
  noteCoverage,
  objectsAt,
  readYaml,
  textAt,
  textsAt,
} from './framework-data.ts';
import { type Suite, Tally } from './suite.ts';

/** The baseline's control families, held against the framework `osps-baseline`. */
export const suite: Suite = {
  name: 'osps-baseline',
  async run(dir) {
    const result = new Tally();
    const data = await loadFrameworkData();
    const framework = frameworkOf(data, 'osps-baseline');
    const controls = readdirSync(dir)
      .filter((name) => /^OSPS-.*\.yaml$/.test(name))
      .sort()
      .flatMap((name) => objectsAt(readYaml(join(dir, name)), 'controls'));
    judgeRequirements(result, framework, controls);
    judgeLevels(result, framework, controls);
    judgeGuidelines(result, join(dir, 'metadata.yaml'), controls);
    judgeControls(result, data, framework);
    noteCoverage(result, data);
    return result;
  },
};

/** The baseline's controls are our groups, its assessment requirements our controls. */
function judgeRequirements(result: Tally, framework: Framework, controls: readonly JsonObject[]): void {
  const groups = new Set(framework.groups.map(({ id }) => id));
  judgeIds(result, framework.id, groups, new Set(controls.map((control) => textAt(control, 'id'))));
  const requirements = controls.flatMap(requirementsOf);
  const ours = controlsById(framework);
  judgeIds(result, framework.id, new Set(ours.keys()), new Set(requirements.map(({ id }) => id)));
  for (const { id, control } of requirements) {
    const group = ours.get(id)?.group;
    if (group !== undefined)
      judgeCase(result, group === control, id, `it belongs to ${control}, not ${group}`);
  }
  result.notes.push(`${controls.length} controls, ${requirements.length} assessment requirements`);
}

/** A profile holds exactly the requirements that apply at its level. */
function judgeLevels(result: Tally, framework: Framework, controls: readonly JsonObject[]): void {
  const levels = new Map<string, Set<string>>();
  for (const { id, applicability } of controls.flatMap(requirementsOf)) {
    for (const level of applicability) levels.set(level, (levels.get(level) ?? new Set()).add(id));
  }
  for (const [level, ids] of levels) {
    const profile = framework.profiles.find(({ id }) => id === `osps-${level}`);
    judgeIds(result, `osps-${level}`, new Set(profile?.controls), ids);
    result.notes.push(`${level}: ${ids.size} requirements`);
  }
}

/** Every standard that a control refers to is described in the metadata, by its id or by its title or address. */
function judgeGuidelines(result: Tally, metadata: string, controls: readonly JsonObject[]): void {
  const root = readYaml(metadata);
  const described = objectsAt(isObject(root) ? root['metadata'] : undefined, 'mapping-references');
  const named = new Set<string>();
  for (const control of controls) {
    for (const guideline of objectsAt(control, 'guidelines')) {
      const id = textAt(guideline, 'reference-id');
      if (described.some((reference) => textAt(reference, 'id') === id)) result.pass();
      else if (described.some((reference) => isNamed(reference, id))) {
        named.add(id);
        result.pass();
      } else
        result.skip(
          `${textAt(control, 'id')} ${id === '' ? '(no reference-id)' : id}`,
          "a fault of the corpus, not of ours: the baseline's own metadata.yaml describes no such reference",
        );
    }
  }
  result.notes.push(
    `${described.length} references described; by title or address instead of id: ${[...named].sort().join(', ') || 'none'}`,
  );
}

/** The baseline writes some references otherwise than it describes them: `OpenCRE` for `OCRE`. */
function isNamed(reference: JsonObject, id: string): boolean {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .replace('isoiec', 'iso');
  const texts = [textAt(reference, 'title'), textAt(reference, 'url')];
  return id !== '' && texts.some((text) => plain(text).includes(plain(id)));
}

function requirementsOf(control: JsonObject): { id: string; control: string; applicability: string[] }[] {
  return objectsAt(control, 'assessment-requirements').map((requirement) => ({
    id: textAt(requirement, 'id'),
    control: textAt(control, 'id'),
    applicability: textsAt(requirement, 'applicability'),
  }));
}
