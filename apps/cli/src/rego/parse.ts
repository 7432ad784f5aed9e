import { moduleJson, parseModule } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, readFlags } from '../flag-values.ts';
import type { VerbUsage } from '../flags.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { writeStdout } from '../stdout.ts';
import { exitOf, faultsOf, faultText } from './faults.ts';
import { readText } from './files.ts';
import { indented } from './json-output.ts';

const formats = ['json'] as const;

const flags = {
  ...commonFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  'json-include': { type: 'string', value: { choices: ['locations', 'comments', '-comments'] }, list: true },
  'v0-compatible': { type: 'boolean' },
} as const;

const help = `keelson rego parse: print the syntax tree of a policy

Usage: keelson rego parse [options] FILE

  -f, --format FORMAT   json (default json)
  --json-include LIST   parts that are included: locations, comments; with - in front, left out (default comments)
  --v0-compatible       read the policy as OPA did before 1.0
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           only the exit code tells what is wrong

Exit: 0 done, 2 the policy cannot be read.

Examples:
  keelson rego parse policy.rego
  keelson rego parse --json-include locations,-comments policy.rego
`;

/** How `keelson rego parse` is called. */
export const usage = (): VerbUsage => ({ flags, help, operands: 'file' });

/** `keelson rego parse`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(args, flags);
  if (values.help === true) {
    writeStdout(help);
    return exitCodes.done;
  }
  const [file, second] = positionals;
  if (file === undefined || second !== undefined) throw new CommandError('USAGE', 'name one file');
  choiceOf('format', values.format, formats);
  const include = (values['json-include'] ?? 'comments').split(',');
  try {
    const module = parseModule(file, readText(file), {
      version: values['v0-compatible'] === true ? 'v0' : 'v1',
    });
    const json = moduleJson(module, {
      locations: include.includes('locations'),
      comments: !include.includes('-comments'),
    });
    writeResult(values.output, `${indented(json)}\n`);
    return exitCodes.done;
  } catch (error) {
    if (faultsOf(error) === undefined) throw error;
    if (values.quiet !== true) tell(faultText(error) ?? '');
    return exitOf(error);
  }
}
