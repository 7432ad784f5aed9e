import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, type readFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { type Benchmark, benchmark, benchmarkJson, benchmarkLine, benchmarkTable } from './benchmark.ts';
import { fatalError } from './evaluation.ts';
import { faultsAsJson } from './faults.ts';
import { indented, structure } from './json-output.ts';
import { hostFrom, networkFlags, networkHelp } from './network.ts';
import { countOf, switchOf } from './options.ts';
import { policyVerb } from './policy-verb.ts';
import { loadFor, prepareQuery, queryFlags, queryFrom, queryHelp, queryInput } from './query.ts';
import { Timers } from './timers.ts';

const formats = ['pretty', 'json', 'gobench'] as const;
type Format = (typeof formats)[number];

const flags = {
  ...commonFlags,
  ...queryFlags,
  ...networkFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  count: { type: 'string', value: 'text' },
  fail: { type: 'string', optional: true, value: { choices: ['true', 'false'] } },
  metrics: { type: 'string', optional: true, value: { choices: ['true', 'false'] } },
} as const;

const help = `keelson rego bench: measure how long a query takes

Usage: keelson rego bench [options] QUERY

The query is evaluated over and over for a second, after a warm-up; policies are compiled once.

${queryHelp}
  -f, --format FORMAT   pretty, json or gobench, which is Go's format of benchmarks (default pretty)
  --count N             measure as often (default 1)
  --fail=false          an undefined result is no failure
  --metrics=false       no statistics of single evaluations
${networkHelp}
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           only the exit code tells what is wrong

Exit: 0 done, 1 the result is undefined, 2 wrong call or policy, 3 an evaluation failed.

Examples:
  keelson rego bench -d policies/ -i input.json data.app.allow
  keelson rego bench -b bundle.tar.gz --count 5 -f gobench data.app.allow
`;

type Values = ReturnType<typeof readFlags<typeof flags>>['values'];

/** `keelson rego bench`. */
export const bench = policyVerb({ flags, help, operands: 'text' }, async ({ values, positionals }) => {
  const format = choiceOf('format', values.format, formats) ?? 'pretty';
  const count = countOf('count', values.count, 1);
  const withMetrics = switchOf('metrics', values.metrics);
  const mustHold = switchOf('fail', values.fail);
  const [query, ...rest] = queryFrom(values, positionals);
  if (rest.length > 0) throw new CommandError('USAGE', `only one query: ${rest[0]}`);
  return faultsAsJson({ format, output: values.output }, async () => {
    const holds = await evaluationOf(query, values);
    if (!holds() && mustHold) return tellUndefined(values, format);
    const measured = Array.from({ length: count }, () => benchmark(holds, withMetrics));
    writeResult(values.output, measured.map((each) => textOf(each, format)).join(''));
    return exitCodes.done;
  });
});

/** One evaluation, true where its result is defined. */
async function evaluationOf(query: string, values: Values): Promise<() => boolean> {
  const loaded = await loadFor(values);
  const host = await hostFrom(values);
  if (values.partial === true) {
    const { partialQuery } = await import('./partial-evaluation.ts');
    const evaluate = partialQuery(query, loaded, { ...values, host });
    return () => evaluate().queries.length > 0;
  }
  const prepared = prepareQuery(query, loaded, values, new Timers());
  const input = queryInput(values);
  return () => {
    const result = prepared.run(input, { host });
    const error = fatalError(result);
    if (error !== undefined) throw error;
    return result.rows.length > 0;
  };
}

function tellUndefined({ output, quiet }: Values, format: Format): number {
  const message = 'undefined result';
  if (format === 'json')
    writeResult(output, `${indented(structure({ errors: [structure({ message })] }))}\n`);
  else if (quiet !== true) tell(`1 error occurred: ${message}`);
  return exitCodes.findings;
}

function textOf(measured: Benchmark, format: Format): string {
  switch (format) {
    case 'json':
      return `${indented(benchmarkJson(measured))}\n`;
    case 'gobench':
      return benchmarkLine('BenchmarkOPAEval', measured);
    case 'pretty':
      return benchmarkTable(measured);
  }
}
