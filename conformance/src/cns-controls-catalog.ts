import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import {
  controlsById,
  type FrameworkData,
  frameworkOf,
  judgeCase,
  judgeControls,
  judgeIds,
  loadFrameworkData,
  noteCoverage,
  titleDigest,
} from './framework-data.ts';
import { nistId, readNistControls } from './nist-controls.ts';
import { type Suite, Tally } from './suite.ts';

/** A row of the catalog as far as controls are concerned. */
interface Row {
  readonly id: string;
  readonly document: string;
  readonly title: string;
  readonly references: string;
}

/** The catalog of cloud native security controls, held against the framework `cns-controls`. */
export const suite: Suite = {
  name: 'cns-controls-catalog',
  async run(dir) {
    const result = new Tally();
    const data = await loadFrameworkData();
    const framework = frameworkOf(data, 'cns-controls');
    const rows = readCsv(join(dir, 'controls_catalog.csv')).map(rowOf);
    const ids = new Set(rows.map(({ id }) => id));
    judgeIds(result, framework.id, new Set(controlsById(framework).keys()), ids);
    judgeCase(result, ids.size === rows.length, 'controls_catalog.csv', 'two rows have the same id');
    judgeProfiles(result, data, rows);
    judgeControls(result, data, framework);
    judgeReferences(result, dir, data, rows);
    noteRows(result, rows);
    noteOthers(result, dir);
    noteCoverage(result, data);
    return result;
  },
};

function readCsv(file: string): Record<string, string>[] {
  return parse(readFileSync(file, 'utf8'), { columns: true, bom: true, skip_empty_lines: true });
}

/** Rows are only numbered; packs/frameworks/frameworks/cns-controls.yaml says how their ids are made. */
function rowOf(record: Record<string, string>): Row {
  const document = slug(record['Originating Document'] ?? '');
  const title = record['Control Title'] ?? '';
  return {
    id: `${document}-${slug(record['Section'] ?? '')}-${titleDigest(title)}`,
    document,
    title,
    references: record['NIST SP800-53r5 references'] ?? '',
  };
}

function slug(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-');
}

/** A profile holds exactly the rows of its document. */
function judgeProfiles(result: Tally, data: FrameworkData, rows: readonly Row[]): void {
  const { profiles } = frameworkOf(data, 'cns-controls');
  for (const document of new Set(rows.map((row) => row.document))) {
    const theirs = new Set(rows.filter((row) => row.document === document).map(({ id }) => id));
    const ours = new Set(profiles.find(({ id }) => id === document)?.controls);
    judgeIds(result, `profile ${document}`, ours, theirs);
    result.notes.push(`${document}: ${theirs.size} rows`);
  }
}

/** One case for each control of SP 800-53 that a row refers to. */
function judgeReferences(result: Tally, dir: string, data: FrameworkData, rows: readonly Row[]): void {
  const listed = readNistControls(dir)?.titles;
  if (listed === undefined) {
    result.skip('references', 'the corpus oscal is not beside this one: controls of SP 800-53 are unknown');
    return;
  }
  const ours = new Set(frameworkOf(data, 'nist-800-53').controls.map(({ id }) => id));
  const references = rows.flatMap((row) => referencesOf(row).map((control) => ({ id: row.id, control })));
  for (const { id, control } of references) {
    if (listed.has(control) || ours.has(control)) result.pass();
    else
      result.skip(
        `${id} ${control}`,
        'outside of the baselines, and the full catalog is not among the corpora',
      );
  }
  const distinct = new Set(references.map(({ control }) => control));
  const outside = [...distinct].filter((control) => !listed.has(control)).sort();
  const without = rows.filter(({ references }) => references.trim() === '').length;
  result.notes.push(
    `SP 800-53: ${references.length} references to ${distinct.size} controls, ${without} rows without one`,
    `${outside.length} of those controls lie outside of the baselines: ${outside.join(', ')}`,
  );
}

/** `SA-11 (1) (8) & (9)` names three enhancements. */
function referencesOf({ references }: Row): string[] {
  return [...references.matchAll(/\b([A-Z]{2}-\d+)((?:[\s&]*\(\d+\))*)/g)].flatMap(
    ([, control = '', enhancements = '']) => {
      const numbers = enhancements.match(/\d+/g) ?? [];
      return numbers.length === 0
        ? [nistId(control)]
        : numbers.map((number) => nistId(`${control}(${number})`));
    },
  );
}

function noteRows(result: Tally, rows: readonly Row[]): void {
  const titles = new Map<string, number>();
  for (const { title } of rows) titles.set(titleDigest(title), (titles.get(titleDigest(title)) ?? 0) + 1);
  const repeated = [...titles.values()].filter((count) => count > 1).length;
  result.notes.push(
    `${rows.length} rows with ${titles.size} titles; ${repeated} titles stand in more than one document, and their ids end alike`,
  );
}

/** What else the corpus holds: counted, and judged by other suites where it is judged. */
function noteOthers(result: Tally, dir: string): void {
  const list = readdirSync(dir).find((name) => /^3M-.*\.csv$/.test(name));
  if (list !== undefined)
    result.notes.push(`supply chain list: ${readCsv(join(dir, list)).length} rows, counted only`);
  const questions = count(readText(dir, 'secure-supply-chain-assessment.md'), /^- {3}\S/gm);
  result.notes.push(`supply chain questions: ${questions}, counted only`);
  const boxes = readText(dir, 'automated-governance-maturity-model.md')
    .split(/^### /m)
    .slice(1)
    .map((section) => ({ title: section.split('\n', 1)[0] ?? '', boxes: count(section, /^\s*[-*] \[.\]/gm) }))
    .filter((section) => section.boxes > 0);
  const sum = boxes.reduce((total, section) => total + section.boxes, 0);
  result.notes.push(
    `maturity boxes: ${sum} (${boxes.map((section) => `${section.title} ${section.boxes}`).join(', ')}), counted only`,
  );
  const headings = count(readText(dir, 'self-assessment-template.md'), /^##+ /gm);
  const folder = join(dir, 'self-assessments');
  const files = existsSync(folder) ? readdirSync(folder).length : 0;
  result.notes.push(
    `self-assessments: ${headings} headings in the template, ${files} files; they hold no controls and are not judged here`,
  );
}

function readText(dir: string, name: string): string {
  const file = join(dir, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
