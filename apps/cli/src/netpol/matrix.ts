import { type Report, reportOf } from '@keelson/netpol';
import { terminalSafe } from '@keelson/report';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { inputFlags, inputHelp, readWorkloads } from './input.ts';
import { portOf } from './words.ts';

const formats = ['txt', 'json'] as const;

const flags = {
  ...commonFlags,
  ...inputFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  port: { type: 'string', short: 'p' },
} as const;

const help = `keelson netpol matrix: show all workloads against each other

Usage: keelson netpol matrix [options] PATH...

Rows are sources, columns destinations; ranges of addresses stand behind the workloads. \`.\` is nothing, \`*\` everything, and a letter
stands for what is told below the table.

  -p, --port PORT      only who may use one port, marked by \`x\`: 8080, 53/UDP
${inputHelp}
  -f, --format FORMAT  txt (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          no warnings and no progress

Exit: 0 done, 2 wrong call, 3 a file or a policy could not be read.

Examples:
  keelson netpol matrix deploy/
  keelson netpol matrix deploy/ --port 5432
`;

/** `keelson netpol matrix`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const format = choiceOf('format', values.format, formats) ?? 'txt';
    const options = values.port === undefined ? {} : { connection: portOf(values.port) };
    const { connectivity, isPartial } = await readWorkloads(positionals, values, {
      ...options,
      splitWorkloads: true,
    });
    const report = reportOf(connectivity);
    const matrix = matrixOf(
      report,
      connectivity.workloads.map(({ text }) => text),
    );
    const isJson = format === 'json';
    writeResult(
      values.output,
      isJson ? `${JSON.stringify(matrix, undefined, 2)}\n` : matrixText(matrix, report),
    );
    return isPartial ? exitCodes.unreadable : exitCodes.done;
  },
);

/** Rows of connections by source and destination; null where nothing passes. */
interface Matrix {
  sources: readonly string[];
  destinations: readonly string[];
  rows: readonly (readonly (string | null)[])[];
}

function matrixOf({ rows }: Report, workloads: readonly string[]): Matrix {
  const known = new Set(workloads);
  const others = (names: readonly string[]) => [...new Set(names)].filter((name) => !known.has(name)).sort();
  const sources = [...workloads, ...others(rows.map(({ source }) => source))];
  const destinations = [...workloads, ...others(rows.map(({ destination }) => destination))];
  const cells = new Map<string, Map<string, string>>();
  for (const { source, destination, connections } of rows) {
    const row = cells.get(source) ?? new Map<string, string>();
    cells.set(source, row.set(destination, connections));
  }
  return {
    sources,
    destinations,
    rows: sources.map((source) => {
      const row = cells.get(source);
      return destinations.map((destination) => row?.get(destination) ?? null);
    }),
  };
}

const everything = 'All Connections';

function matrixText({ sources, destinations, rows }: Matrix, { connection }: Report): string {
  const partial = new Set(rows.flat().filter((cell) => cell !== null && cell !== everything));
  const signs = new Map<string | null, string>([
    [null, '.'],
    [everything, '*'],
    ...[...partial].map((cell, i) => [cell, connection === undefined ? letters(i) : 'x'] as const),
  ]);
  const numbers = new Map(destinations.map((name, i) => [name, String(i + 1)]));
  const width = Math.max(
    String(destinations.length).length,
    ...[...signs.values()].map(({ length }) => length),
  );
  const label = (name: string) => `${(numbers.get(name) ?? '').padStart(width)}  ${terminalSafe(name)}`;
  const labelWidth = Math.max(...sources.map((name) => label(name).length));
  const line = (head: string, cells: readonly string[]) =>
    `${head.padEnd(labelWidth)}  ${cells.map((cell) => cell.padStart(width)).join(' ')}`.trimEnd();
  const isSource = new Set(sources);
  const outside = destinations.filter((name) => !isSource.has(name));
  const legend = [...partial].map((cell) => `${signs.get(cell)}  ${cell}`);
  return [
    ...(connection === undefined ? [] : [`Permitted connections on ${connection}:`]),
    line(
      '',
      destinations.map((name) => numbers.get(name) ?? ''),
    ),
    ...rows.map((cells, i) => {
      const name = sources[i] ?? '';
      const marks = cells.map((cell, j) => (destinations[j] === name ? '-' : (signs.get(cell) ?? '.')));
      return line(label(name), marks);
    }),
    ...(outside.length === 0 ? [] : ['', ...outside.map(label)]),
    ...(connection === undefined && legend.length > 0 ? ['', ...legend] : []),
    '',
  ].join('\n');
}

/** a, b … z, aa, ab … */
function letters(i: number): string {
  const last = String.fromCharCode(97 + (i % 26));
  return i < 26 ? last : letters(Math.floor(i / 26) - 1) + last;
}
