import { type Check, type CheckExample, loadChecks } from '@keelson/checks';
import { checkIds, judgeExample, loadCheckTexts } from '@keelson/pack-checks';
import { terminalSafe } from '@keelson/report';
import { readCheckFiles } from '../check-files.ts';
import { CommandError, reportError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { allFrameworks, namedFrameworks } from '../frameworks.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { type KnownNames, referenceFaults } from './references.ts';

const formats = ['terminal', 'json'] as const;

const flags = {
  ...commonFlags,
  framework: { type: 'string', multiple: true, value: 'file' },
  format: { type: 'string', short: 'f', value: { choices: formats } },
} as const;

const help = `keelson checks test: judge the examples of your own checks

Usage: keelson checks test [options] PATH...

PATH is a check file or a folder of them (docs/checks-format.md). Each example must be judged as its verdict says, and a
check needs an example of each verdict. The frameworks, controls and checks that it names must be there.

      --framework FILE  a framework of your own that the checks name (docs/frameworks-format.md)
  -f, --format FORMAT  terminal (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          only what is wrong

Exit: 0 all hold, 1 one does not, 2 wrong call, 3 a file could not be read.

Examples:
  keelson checks test policies/
`;

/** `keelson checks test`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    if (positionals.length === 0) throw new CommandError('USAGE', 'name a file or folder of checks');
    const format = choiceOf('format', values.format, formats) ?? 'terminal';
    const { checks, definitions, problems } = loadChecks(positionals.flatMap(readCheckFiles));
    for (const problem of problems) reportError(problem, false);
    const known = await knownNames(
      values.framework ?? [],
      definitions.map(({ id }) => id),
    );
    const tried = checks.map((check, i): TriedCheck => {
      const definition = definitions[i];
      const named = definition === undefined ? [] : referenceFaults(definition, known);
      return { id: check.id, faults: [...named, ...faultsOf(check, definition?.examples ?? [])] };
    });
    const failed = tried.filter(({ faults }) => faults.length > 0).length;
    const shown = values.quiet === true ? tried.filter(({ faults }) => faults.length > 0) : tried;
    writeResult(
      values.output,
      format === 'json'
        ? `${JSON.stringify(shown, null, 2)}\n`
        : resultText(shown, tried.length - failed, failed),
    );
    if (problems.length > 0) return exitCodes.unreadable;
    return failed > 0 ? exitCodes.findings : exitCodes.done;
  },
);

interface TriedCheck {
  id: string;
  /** What is wrong with what it names and with its examples; none: all hold. */
  faults: readonly string[];
}

/** The frameworks and checks that keelson brings, and those of the user. */
async function knownNames(files: readonly string[], own: readonly string[]): Promise<KnownNames> {
  const mappings = files.length === 0 ? [] : [...(await loadCheckTexts()).values()];
  const all = [
    ...(await allFrameworks([])),
    ...(await namedFrameworks(files, [...mappings, ...own.map((id) => ({ id, controls: {} }))])),
  ];
  return { frameworks: all.map(({ framework }) => framework), checks: new Set([...checkIds, ...own]) };
}

function resultText(shown: readonly TriedCheck[], passed: number, failed: number): string {
  const lines = shown.flatMap(({ id, faults }) => [
    `${faults.length === 0 ? 'ok' : 'FAILED'}  ${id}`,
    ...faults.map((fault) => `  ${terminalSafe(fault)}`),
  ]);
  return `${[...lines, `${passed} passed, ${failed} failed`].join('\n')}\n`;
}

function faultsOf(check: Check, examples: readonly CheckExample[]): string[] {
  const missing = (['fail', 'pass'] as const)
    .filter((verdict) => !examples.some((example) => example.verdict === verdict))
    .map((verdict) => `no example with verdict: ${verdict}`);
  const judged = examples.flatMap((example, i) => {
    const { holds, found, faults } = judgeExample(check, check.target, example);
    if (holds) return [];
    const said =
      faults.length > 0 ? faults : found.length > 0 ? [`found: ${found.join('; ')}`] : ['found nothing'];
    return [`example ${i + 1} (${example.verdict}): ${said.join('; ')}`];
  });
  return [...missing, ...judged];
}
