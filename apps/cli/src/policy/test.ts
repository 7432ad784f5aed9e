import { dirname, join } from 'node:path';
import { stringifyJson } from '@keelson/core';
import {
  isSuite,
  type PolicyDocument,
  readSuite,
  runSuite,
  type SuiteFilter,
  suiteFilter,
  type TestResult,
} from '@keelson/policies';
import { terminalSafe } from '@keelson/report';
import { CommandError, reasonOf, reportError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { CommandHost } from '../rego/host.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { filesAt, readPolicyFile } from './files.ts';
import { junitText } from './test-junit.ts';
import { type Detail, suiteJson, suiteLines, totals } from './test-output.ts';

const formats = ['terminal', 'json', 'junit'] as const;

const flags = {
  ...commonFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  run: { type: 'string', short: 'r' },
  verbose: { type: 'boolean', short: 'v' },
} as const;

const help = `keelson policy test: run suites of tests for Gatekeeper’s policies

Usage: keelson policy test [options] PATH...

PATH is a suite (apiVersion test.gatekeeper.sh/v1alpha1, kind Suite), as gator takes it, or a folder: all suites in it and
below are run. Templates may be in Rego or CEL; where one has both, CEL judges, as in a cluster.

  -r, --run REGEX      run only tests and cases whose name matches; TEST//CASE asks for both
  -v, --verbose        list what holds too
  -f, --format FORMAT  terminal (default), json or junit
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          only what is wrong

Exit: 0 all hold, 1 one does not, 2 wrong call, 3 a file could not be read.

Examples:
  keelson policy test policies/
  keelson policy test policies/ -v --run 'labels//no-owner'
`;

/** A suite that was run. */
export interface SuiteReport {
  readonly file: string;
  readonly tests: readonly TestResult[];
}

/** `keelson policy test`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    if (positionals.length === 0) throw new CommandError('USAGE', 'name a suite or a folder of suites');
    const format = choiceOf('format', values.format, formats) ?? 'terminal';
    const filter = values.run === undefined ? undefined : filterOf(values.run);
    let unreadable = false;
    const reports: SuiteReport[] = [];
    for (const file of positionals.flatMap((path) => filesAt(path, (name) => /\.ya?ml$/.test(name)))) {
      const { documents, errors } = readPolicyFile(file);
      const suites = documents.filter(({ object }) => isSuite(object));
      // Other files of the folder are read when a suite names them.
      const isNamed = positionals.includes(file);
      if (suites.length === 0 && !isNamed) continue;
      for (const error of errors) {
        unreadable = true;
        reportError(error, false);
      }
      for (const suite of suites) {
        const tests = runFile(file, suite, filter);
        unreadable ||= tests === undefined || tests.some((test) => test.unreadable);
        if (tests !== undefined) reports.push({ file, tests });
      }
    }
    if (reports.length === 0 && !unreadable) {
      throw new CommandError('USAGE', `there is no suite at ${positionals.join(', ')}`);
    }
    const counts = totals(reports);
    const detail = { verbose: values.verbose ?? false, quiet: values.quiet ?? false };
    const text =
      format === 'json'
        ? jsonText(reports)
        : format === 'junit'
          ? junitText(reports)
          : linesText(reports, detail);
    writeResult(values.output, text);
    if (unreadable) return exitCodes.unreadable;
    return counts.failed > 0 ? exitCodes.findings : exitCodes.done;
  },
);

function jsonText(reports: readonly SuiteReport[]): string {
  return `${stringifyJson(suiteJson(reports), { indent: 2 })}\n`;
}

function linesText(reports: readonly SuiteReport[], detail: Detail): string {
  const { passed, failed, skipped } = totals(reports);
  const lines = [
    ...reports.flatMap((report) => suiteLines(report, detail)),
    `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`,
  ];
  return `${lines.map(terminalSafe).join('\n')}\n`;
}

/** The results of a suite; undefined where the suite itself cannot be read, which is told. */
function runFile(
  file: string,
  document: PolicyDocument,
  filter: SuiteFilter | undefined,
): readonly TestResult[] | undefined {
  const read = (name: string): readonly PolicyDocument[] => {
    const { documents, errors } = readPolicyFile(join(dirname(file), name));
    const [error] = errors;
    if (error !== undefined) throw error;
    return documents;
  };
  try {
    return runSuite(readSuite(document), {
      read,
      options: { host: new CommandHost() },
      ...(filter === undefined ? {} : { filter }),
    });
  } catch (error) {
    reportError(error, false);
    return undefined;
  }
}

function filterOf(text: string): SuiteFilter {
  try {
    return suiteFilter(text);
  } catch (error) {
    throw new CommandError('USAGE', `--run ${text}: ${reasonOf(error)}`, { cause: error });
  }
}
