import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isKeelsonError, isObject, SourceText } from '@keelson/core';
import {
  type EngineName,
  engineNames,
  GatekeeperPolicies,
  isSuite,
  type PolicyDocument,
  readSuite,
  runSuite,
  type SuiteTest,
  type TestResult,
} from '@keelson/policies';
import { parseYaml } from '@keelson/yaml';
import { type Suite, Tally } from './suite.ts';

/** Judges suites of gator; templates in two languages are judged in each alone, and both must agree. */
export const suite: Suite = {
  name: 'gatekeeper-library',
  run(dir) {
    const tally = new Tally();
    const twins = new Set<string>();
    for (const file of suiteFiles(dir)) judgeSuite(file, file.slice(dir.length + 1), tally, twins);
    tally.notes.push(`${twins.size} templates were judged in Rego and in CEL, each alone`);
    return Promise.resolve(tally);
  },
};

function suiteFiles(dir: string): readonly string[] {
  const entries: Dirent[] = readdirSync(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /^suite.*\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function judgeSuite(file: string, id: string, tally: Tally, twins: Set<string>): void {
  for (const document of documentsOf(file).filter(({ object }) => isSuite(object))) {
    const read = (path: string) => documentsOf(join(dirname(file), path));
    const tests = readSuite(document);
    for (const test of tests.tests) {
      const engines = enginesOf(test, read);
      if (engines.length > 1) twins.add(join(dirname(file), test.template));
      const results = engines.map((engine) =>
        runSuite({ ...tests, tests: [test] }, { read, options: { engine } }),
      );
      judgeTest(`${id} ${test.name}`, test, engines, results.flat(), tally);
    }
  }
}

function enginesOf(
  test: SuiteTest,
  read: (path: string) => readonly PolicyDocument[],
): readonly EngineName[] {
  try {
    const [document] = read(test.template);
    if (document === undefined) return ['Rego'];
    return new GatekeeperPolicies().addTemplate(document).engines;
  } catch (error) {
    if (isKeelsonError(error)) return ['Rego'];
    throw error;
  }
}

function judgeTest(
  id: string,
  test: SuiteTest,
  engines: readonly EngineName[],
  results: readonly TestResult[],
  tally: Tally,
): void {
  const broken = results.find(({ fault }) => fault !== undefined);
  for (const [i, { name }] of test.cases.entries()) {
    const cases = results.flatMap((result) => result.cases[i] ?? []);
    const faults = cases.flatMap((found, at) => found.faults.map((fault) => `${engines[at]}: ${fault}`));
    const counts = new Set(cases.map(({ violations }) => violations.length > 0));
    const place = `${id} ${name}`;
    if (broken?.fault !== undefined) tally.fail(place, broken.fault.format());
    else if (cases.some(({ outcome }) => outcome === 'skipped')) tally.skip(place, 'the suite leaves it out');
    else if (faults.length > 0) tally.fail(place, faults.join('; '));
    else if (counts.size > 1) tally.fail(place, `${engineNames.join(' and ')} do not agree`);
    else tally.pass();
  }
  if (test.cases.length > 0) return;
  if (broken?.fault === undefined) tally.pass();
  else tally.fail(id, broken.fault.format());
}

function documentsOf(file: string): readonly PolicyDocument[] {
  const source = new SourceText(file, readFileSync(file, 'utf8'));
  const { documents, errors } = parseYaml(source);
  const [error] = errors;
  if (error !== undefined) throw error;
  return documents.flatMap((document) => {
    const { value } = document;
    if (!isObject(value)) return [];
    const locate = (path: readonly (string | number)[]) => {
      const { location } = document.locateNearest(path);
      return source.location(location.key ?? location.value);
    };
    return [{ object: value, locate }];
  });
}
