import { Policy } from '@keelson/rego';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { faultsAsJson } from './faults.ts';
import { languageFlags, languageFrom, languageHelp } from './language.ts';
import { load } from './loading.ts';
import { countOf, pathFlags, pathHelp, sourcesAt } from './options.ts';
import { policyVerb } from './policy-verb.ts';

const formats = ['pretty', 'json'] as const;

const flags = {
  ...commonFlags,
  ...pathFlags,
  ...languageFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  'max-errors': { type: 'string', short: 'm', value: 'text' },
  strict: { type: 'boolean', short: 'S' },
  'v0-v1': { type: 'boolean' },
} as const;

const help = `keelson rego check: tell what is wrong in policies

Usage: keelson rego check [options] PATH...

${pathHelp}
${languageHelp}
  -f, --format FORMAT   pretty (on stderr) or json (on stdout); default pretty
  -S, --strict          refuse unused imports and variables, deprecated functions and more
  --v0-v1               policies must be right for OPA before 1.0 and since
  -m, --max-errors N    how many errors are told, 0 for all (default 10)
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           nothing but the exit code

Exit: 0 all is well, 2 something is wrong.

Examples:
  keelson rego check policies/
  keelson rego check --strict -f json policies/
`;

/** `keelson rego check`. */
export const check = policyVerb({ flags, help, operands: 'file' }, async ({ values, positionals }) => {
  const format = choiceOf('format', values.format, formats) ?? 'pretty';
  const { schemas = {}, ...language } = languageFrom(values);
  const sources = {
    ...sourcesAt(positionals, values),
    ...(values['v0-v1'] === true ? { version: 'v0v1' as const } : {}),
    capabilities: language.capabilities,
  };
  const errorLimit = countOf('max-errors', values['max-errors'], 10);
  // Quiet, there is nothing but the exit code.
  const shown = values.quiet === true ? 'pretty' : format;
  return faultsAsJson({ format: shown, output: values.output }, async () => {
    const { modules, data } = await load({ ...sources, modulesOnly: true });
    new Policy(modules, {
      ...language,
      // Of files that are no bundle, `opa check` knows no data.
      ...(values.bundle === true ? { data, checkDataConflicts: true } : {}),
      schemas,
      strict: values.strict ?? false,
      errorLimit,
      print: true,
    });
    if (shown === 'json') writeResult(values.output, '{}\n');
    return exitCodes.done;
  });
});
