import { compileModules } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, readFlags } from '../flag-values.ts';
import type { VerbUsage } from '../flags.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { writeStdout } from '../stdout.ts';
import { faultsOf, faultText } from './faults.ts';
import { indented, structure } from './json-output.ts';
import { load } from './loading.ts';
import { countOf, sourcesFrom } from './options.ts';

const formats = ['pretty', 'json'] as const;

const flags = {
  ...commonFlags,
  bundle: { type: 'boolean', short: 'b' },
  format: { type: 'string', short: 'f', value: { choices: formats } },
  ignore: { type: 'string', multiple: true, list: true },
  'max-errors': { type: 'string', short: 'm', value: 'text' },
  strict: { type: 'boolean', short: 'S' },
  'v0-compatible': { type: 'boolean' },
} as const;

const help = `keelson rego check: tell what is wrong in policies

Usage: keelson rego check [options] PATH...

  -b, --bundle          the paths are bundles
  -f, --format FORMAT   pretty (on stderr) or json (on stdout); default pretty
  -S, --strict          refuse unused imports and variables, deprecated functions and more
  -m, --max-errors N    how many errors are told, 0 for all (default 10)
  --ignore NAMES        names of files and folders to leave out, as '.*' or '*_test.rego'
  --v0-compatible       read policies as OPA did before 1.0
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           nothing but the exit code

Exit: 0 all is well, 2 something is wrong.

Examples:
  keelson rego check policies/
  keelson rego check --strict -f json policies/
`;

/** How `keelson rego check` is called. */
export const usage = (): VerbUsage => ({ flags, help, operands: 'file' });

/** `keelson rego check`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(args, flags);
  if (values.help === true) {
    writeStdout(help);
    return exitCodes.done;
  }
  if (positionals.length === 0) throw new CommandError('USAGE', 'name a file or folder of policies');
  const format = choiceOf('format', values.format, formats) ?? 'pretty';
  try {
    const where = values.bundle === true ? { bundle: positionals } : { data: positionals };
    const sources = sourcesFrom({
      ...where,
      ignore: values.ignore,
      'v0-compatible': values['v0-compatible'],
    });
    const { modules } = await load({ ...sources, modulesOnly: true });
    compileModules(modules, {
      strict: values.strict ?? false,
      errorLimit: countOf('max-errors', values['max-errors'], 10),
      print: true,
    });
  } catch (error) {
    const faults = faultsOf(error);
    if (faults === undefined) throw error;
    if (values.quiet === true) return exitCodes.usage;
    if (format === 'json') writeResult(values.output, `${indented(structure({ errors: faults }))}\n`);
    else tell(faultText(error) ?? '');
    return exitCodes.usage;
  }
  if (format === 'json' && values.quiet !== true) writeResult(values.output, '{}\n');
  return exitCodes.done;
}
