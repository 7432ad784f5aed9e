import { moduleJson, moduleTreeText, parseAnnotatedModule } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, listOf } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { readText } from './files.ts';
import { indented } from './json-output.ts';
import { policyVerb } from './policy-verb.ts';

const formats = ['pretty', 'json'] as const;
const parts = ['locations', 'comments', '-locations', '-comments'] as const;

const flags = {
  ...commonFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  'json-include': { type: 'string', value: { choices: parts }, list: true },
  'v0-compatible': { type: 'boolean' },
} as const;

const help = `keelson rego parse: print the syntax tree of a policy

Usage: keelson rego parse [options] FILE

  -f, --format FORMAT   pretty or json (default pretty)
  --json-include LIST   parts that are included: locations, comments; with - in front, left out (default comments)
  --v0-compatible       read the policy as OPA did before 1.0
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           only the exit code tells what is wrong

Exit: 0 done, 2 the policy cannot be read.

Examples:
  keelson rego parse policy.rego
  keelson rego parse -f json --json-include locations,-comments policy.rego
`;

/** `keelson rego parse`. */
export const parse = policyVerb({ flags, help, operands: 'file' }, async ({ values, positionals }) => {
  const [file, second] = positionals;
  if (file === undefined || second !== undefined) throw new CommandError('USAGE', 'name one file');
  const format = choiceOf('format', values.format, formats) ?? 'pretty';
  const included = listOf(values['json-include'] === undefined ? [] : [values['json-include']]).map((part) =>
    choiceOf('json-include', part, parts),
  );
  const version = values['v0-compatible'] === true ? 'v0' : 'v1';
  const { module, annotations } = parseAnnotatedModule(file, readText(file), { version });
  const options = {
    annotations,
    locations: included.includes('locations'),
    comments: !included.includes('-comments'),
  };
  const text =
    format === 'json' ? `${indented(moduleJson(module, options))}\n` : moduleTreeText(module, options);
  writeResult(values.output, text);
  return exitCodes.done;
});
