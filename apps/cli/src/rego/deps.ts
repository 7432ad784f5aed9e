import { type Dependencies, dependenciesOf } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { indented } from './json-output.ts';
import { load } from './loading.ts';
import { sourceFlags, sourceHelp, sourcesFrom } from './options.ts';
import { policyVerb } from './policy-verb.ts';
import { prettyTable } from './pretty-table.ts';

const formats = ['pretty', 'json'] as const;

const flags = {
  ...commonFlags,
  ...sourceFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
} as const;

const help = `keelson rego deps: tell which documents a query needs

Usage: keelson rego deps [options] QUERY

Base documents come from outside: the input and data. Virtual documents are those that rules define.

${sourceHelp}
  -f, --format FORMAT   pretty or json (default pretty)
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           only the exit code tells what is wrong

Exit: 0 done, 2 wrong call or policy.

Examples:
  keelson rego deps -d policies/ data.app.allow
  keelson rego deps -b bundle.tar.gz -f json data.app
`;

/** `keelson rego deps`. */
export const deps = policyVerb({ flags, help, operands: 'text' }, async ({ values, positionals }) => {
  const [query, second] = positionals;
  if (query === undefined || second !== undefined) throw new CommandError('USAGE', 'name one query');
  const format = choiceOf('format', values.format, formats) ?? 'pretty';
  const sources = sourcesFrom(values);
  const { modules } = await load({ ...sources, modulesOnly: true });
  const dependencies = dependenciesOf(modules, query, { version: sources.version });
  const text = format === 'json' ? `${indented(dependencies.json())}\n` : pretty(dependencies);
  writeResult(values.output, text);
  return exitCodes.done;
});

function pretty({ base, virtual }: Dependencies): string {
  const columns = [
    ['BASE DOCUMENTS', base],
    ['VIRTUAL DOCUMENTS', virtual],
  ] as const;
  const shown = columns.filter(([, references]) => references.length > 0);
  return shown.length === 0 ? '' : prettyTable(shown);
}
