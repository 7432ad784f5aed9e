import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SuiteResult } from './suite.ts';
import { progressSuites, suites } from './suites.ts';

const shownFailures = 20;

/** Runs one suite and prints it; true when nothing failed. */
async function runSuite(name: string, dir: string): Promise<boolean> {
  const load = suites[name] ?? progressSuites[name];
  if (load === undefined) {
    console.error(
      `unknown suite ${name}; known: ${[...Object.keys(suites), ...Object.keys(progressSuites)].join(', ')}`,
    );
    process.exitCode = 2;
    return true;
  }
  const { suite } = await load();
  if (suite.isGenerated !== true && !existsSync(dir)) {
    console.log(`${name}: not run, corpus not found at ${dir}`);
    return true;
  }
  const result = await suite.run(dir);
  print(result);
  return result.failed === 0;
}

function print(result: SuiteResult): void {
  for (const { id, message } of result.failures.slice(0, shownFailures))
    console.log(`FAIL ${id}: ${message}`);
  const hidden = result.failures.length - shownFailures;
  if (hidden > 0) console.log(`… and ${hidden} more`);
  for (const { id, reason } of result.skipped) console.log(`SKIP ${id}: ${reason}`);
  for (const note of result.notes ?? []) console.log(note);
  const skipped = result.skipped.length === 0 ? '' : `, ${result.skipped.length} skipped`;
  console.log(`${result.passed} passed, ${result.failed} failed${skipped}`);
}

async function main(args: string[]): Promise<void> {
  const corpora = process.env['KEELSON_CORPORA'] ?? resolve(import.meta.dirname, '../../../shared/corpora');
  const [name, dir] = args;
  if (name === undefined) {
    console.error('usage: npm run conformance -- SUITE [DIR] | --all');
    process.exitCode = 2;
    return;
  }
  const names = name === '--all' ? Object.keys(suites).sort() : [name];
  let isClean = true;
  for (const suite of names) {
    if (names.length > 1) console.log(`== ${suite}`);
    const passed = await runSuite(
      suite,
      dir !== undefined && name !== '--all' ? resolve(dir) : resolve(corpora, suite),
    );
    isClean &&= passed;
  }
  if (!isClean) process.exitCode = 1;
}

await main(process.argv.slice(2));
