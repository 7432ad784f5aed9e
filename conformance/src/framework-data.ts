import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type CheckMapping,
  type Control,
  controlStates,
  countStates,
  coverageOf,
  type Framework,
} from '@keelson/compliance';
import { isObject, type JsonObject, type JsonValue, SourceText } from '@keelson/core';
import { checkIds, loadCheckTexts } from '@keelson/pack-checks';
import { loadFrameworks } from '@keelson/pack-frameworks';
import { parseYaml } from '@keelson/yaml';
import type { Tally } from './suite.ts';

/** The frameworks of the packs and what checks say they judge. */
export interface FrameworkData {
  /** By id. */
  readonly frameworks: ReadonlyMap<string, Framework>;
  readonly mappings: readonly CheckMapping[];
}

export async function loadFrameworkData(): Promise<FrameworkData> {
  const frameworks = await loadFrameworks();
  return {
    frameworks: new Map(frameworks.map((framework) => [framework.id, framework])),
    mappings: [...(await loadCheckTexts()).values()],
  };
}

/** A framework of the packs; without it the suite has nothing to judge. */
export function frameworkOf({ frameworks }: FrameworkData, id: string): Framework {
  const framework = frameworks.get(id);
  if (framework === undefined) throw new Error(`packs/frameworks has no framework ${id}`);
  return framework;
}

/** One case for each id of either side: it must stand on both. */
export function judgeIds(
  result: Tally,
  framework: string,
  ours: ReadonlySet<string>,
  theirs: ReadonlySet<string>,
): void {
  for (const id of theirs) judgeCase(result, ours.has(id), id, `the corpus lists it, ${framework} does not`);
  for (const id of ours)
    if (!theirs.has(id)) result.fail(id, `${framework} has it, the corpus does not list it`);
}

/** One case for each control: it has a check or a word on what to collect, and its checks exist. */
export function judgeControls(result: Tally, data: FrameworkData, framework: Framework): void {
  const known = new Set(checkIds);
  for (const { control, state } of coverageOf(framework, data.mappings)) {
    const unknown = control.checks.filter((id) => !known.has(id));
    if (state === 'uncovered') result.fail(control.id, 'neither a check nor a word on what to collect');
    else judgeCase(result, unknown.length === 0, control.id, `there is no check ${unknown.join(', ')}`);
  }
}

export function judgeCase(result: Tally, holds: boolean, id: string, message: string): void {
  if (holds) result.pass();
  else result.fail(id, message);
}

/** How each framework of the packs is judged, a line each. */
export function noteCoverage(result: Tally, { frameworks, mappings }: FrameworkData): void {
  for (const framework of frameworks.values()) {
    const coverage = coverageOf(framework, mappings);
    const counts = countStates(coverage);
    const states = controlStates.map((state) => `${counts[state]} ${state}`).join(', ');
    const judged = counts.automated + counts.partial;
    result.notes.push(
      `coverage of ${framework.id}: ${coverage.length} controls, ${judged} judged by checks (${states})`,
    );
  }
}

export function controlsById(framework: Framework): ReadonlyMap<string, Control> {
  return new Map(framework.controls.map((control) => [control.id, control]));
}

/** The end of an id that is made from a title (packs/frameworks/frameworks/cns-controls.yaml says how). */
export function titleDigest(title: string): string {
  const text = title.replace(/\s+/g, ' ').trim().toLowerCase();
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

export function readJson(file: string): JsonValue {
  const value: JsonValue = JSON.parse(readFileSync(file, 'utf8'));
  return value;
}

export function readYaml(file: string): JsonValue {
  const [document] = parseYaml(new SourceText(file, readFileSync(file, 'utf8'))).documents;
  return document?.value ?? null;
}

export function objectsAt(value: JsonValue | undefined, key: string): JsonObject[] {
  const list = isObject(value) ? value[key] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

export function textAt(value: JsonValue | undefined, key: string): string {
  const text = isObject(value) ? value[key] : undefined;
  return typeof text === 'string' ? text.trim() : '';
}

export function textsAt(value: JsonValue | undefined, key: string): string[] {
  const list = isObject(value) ? value[key] : undefined;
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}
