import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isObject } from '@keelson/core';
import { judgeTexts, loadMappings, type Mapping, readJson } from './check-cases.ts';
import { type Suite, Tally } from './suite.ts';

/** Folders of the corpus that hold queries. */
const platforms = { k8s: 'manifest', dockerfile: 'dockerfile' } as const;

/** A query that has cases. */
interface Query {
  readonly name: string;
  readonly folder: string;
  readonly kind: 'manifest' | 'dockerfile';
}

/**
 * Line-exact expectations of KICS queries: `<platform>/<query>/test/` with positive and negative files. A row
 * of `positive_expected_result.json` passes when a finding stands on its line; a finding on any other line, and
 * every finding in a negative file, fails.
 */
export const suite: Suite = {
  name: 'kics',
  async run(dir) {
    const result = new Tally();
    const mappings = loadMappings('kics');
    const uncovered: string[] = [];
    let mapped = 0;
    for (const query of queriesOf(dir)) {
      const { name, folder } = query;
      const mapping = mappings.get(name) ?? mappings.get(basename(folder));
      if (mapping === undefined) {
        uncovered.push(`${basename(folder)} (${rowsOf(join(folder, 'test')).length} rows)`);
        continue;
      }
      mapped++;
      judgeQuery(query, mapping, result);
    }
    result.notes.push(`${mapped} queries mapped, ${uncovered.length} uncovered: ${uncovered.join(', ')}`);
    return result;
  },
};

function queriesOf(dir: string): Query[] {
  return Object.entries(platforms).flatMap(([platform, kind]) => {
    const parent = join(dir, platform);
    if (!existsSync(parent)) return [];
    const folders = readdirSync(parent)
      .sort()
      .map((name) => join(parent, name));
    return folders
      .filter((folder) => existsSync(join(folder, 'test/positive_expected_result.json')))
      .map((folder) => ({ name: nameOf(folder), folder, kind }));
  });
}

function nameOf(folder: string): string {
  const metadata = readJson(readFileSync(join(folder, 'metadata.json'), 'utf8'));
  const name = isObject(metadata) ? metadata['queryName'] : undefined;
  return typeof name === 'string' ? name : basename(folder);
}

/** Expected rows; a row that names no file belongs to the query's only positive file. */
function rowsOf(folder: string): { file: string; line: number }[] {
  const rows = readJson(readFileSync(join(folder, 'positive_expected_result.json'), 'utf8'));
  if (!Array.isArray(rows)) return [];
  const only = casesOf(folder).find((name) => name.startsWith('positive')) ?? '';
  return rows.filter(isObject).map((row) => {
    const file = row['fileName'] ?? row['filename'];
    return { file: typeof file === 'string' ? file : only, line: Number(row['line']) };
  });
}

function casesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^(positive|negative)/.test(name) && name !== 'positive_expected_result.json')
    .sort();
}

function judgeQuery({ name, kind, ...query }: Query, mapping: Mapping, result: Tally): void {
  const folder = join(query.folder, 'test');
  const rows = rowsOf(folder);
  for (const file of casesOf(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    const { violations, errors } = judgeTexts([{ name: file, text, kind }], mapping.checks, {
      params: mapping.params,
    });
    const expected = rows.filter((row) => row.file === file).map((row) => row.line);
    const found = new Map(violations.map((violation) => [violation.line, violation.message]));
    const say = (line: number | undefined, fault: string) => {
      const id = `${name} ${file}${line === undefined ? '' : `:${line}`}`;
      const reason = mapping.differs.get(file) ?? mapping.differs.get(`${file}:${line}`);
      if (reason === undefined) result.fail(id, fault);
      else result.skip(id, `differs: ${reason}`);
    };
    for (const line of expected) {
      if (found.has(line)) result.pass();
      else say(line, `expected; found on ${[...found.keys()].join(', ') || 'no line'} ${errors.join('; ')}`);
    }
    let isClean = true;
    for (const [line, message] of found) {
      if (expected.includes(line)) continue;
      say(line, `not expected: ${message}`);
      isClean = false;
    }
    if (expected.length === 0 && isClean) result.pass();
  }
}
