import { type Check, type CheckExample, loadChecks } from '@keelson/checks';
import { judgeExample } from '@keelson/pack-checks';
import { terminalSafe } from '@keelson/report';
import { readCheckFiles } from '../check-files.ts';
import { CommandError, reportError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { commonFlags, readFlags } from '../flag-values.ts';
import type { VerbUsage } from '../flags.ts';
import { writeResult } from '../result.ts';
import { writeStdout } from '../stdout.ts';

const flags = commonFlags;

const help = `keelson checks test: judge the examples of your own checks

Usage: keelson checks test [options] PATH...

PATH is a check file or a folder of them (docs/checks-format.md). Each example must be judged as its verdict says, and a
check needs an example of each verdict.

  -o, --output FILE  write to FILE instead of stdout
  -q, --quiet        only what is wrong

Exit: 0 all hold, 1 one does not, 2 wrong call, 3 a file could not be read.

Examples:
  keelson checks test policies/
`;

/** How `keelson checks test` is called. */
export const usage = (): VerbUsage => ({ flags, help, operands: 'file' });

/** `keelson checks test`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(args, flags);
  if (values.help === true) {
    writeStdout(help);
    return exitCodes.done;
  }
  if (positionals.length === 0) throw new CommandError('USAGE', 'name a file or folder of checks');
  const { checks, definitions, problems } = loadChecks(positionals.flatMap(readCheckFiles));
  for (const problem of problems) reportError(problem, false);
  let failed = 0;
  const out: string[] = [];
  for (const [i, check] of checks.entries()) {
    const faults = faultsOf(check, definitions[i]?.examples ?? []);
    if (faults.length > 0) failed++;
    const verdict = faults.length === 0 ? 'ok' : 'FAILED';
    const lines = [`${verdict}  ${check.id}`, ...faults.map((fault) => `  ${terminalSafe(fault)}`)];
    if (faults.length > 0 || values.quiet !== true) out.push(...lines);
  }
  out.push(`${checks.length - failed} passed, ${failed} failed`);
  writeResult(values.output, `${out.join('\n')}\n`);
  if (problems.length > 0) return exitCodes.unreadable;
  return failed > 0 ? exitCodes.findings : exitCodes.done;
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
