import { isAddress } from '../sets/addresses.ts';
import { protocolName } from '../sets/protocols.ts';
import type { ReadFlow } from './flow.ts';

/** Columns by the names that clouds and collectors give them, in small letters without `_`, `-` and blanks. */
const columnNames = {
  source: ['srcaddr', 'srcip', 'sourceip', 'sourceaddress', 'src'],
  destination: ['dstaddr', 'dstip', 'destip', 'destinationip', 'destinationaddress', 'dst'],
  sourcePort: ['srcport', 'sourceport'],
  port: ['dstport', 'destport', 'destinationport'],
  protocol: ['protocol', 'proto'],
  action: ['action', 'verdict', 'decision'],
} as const;

type Column = keyof typeof columnNames;

const accepted: ReadonlySet<string> = new Set(['accept', 'allow', 'allowed', 'forwarded', 'pass']);
const rejected: ReadonlySet<string> = new Set(['reject', 'deny', 'denied', 'dropped', 'drop']);
/** As for other logs, but here answers are lines of their own, told by their ports alone. */
const firstEphemeralPort = 32_768;

/** How the lines of a table are read whose first line names its columns; undefined for a line that does not. */
export function tableReader(header: string): ((line: string) => ReadFlow | undefined) | undefined {
  const separator = header.includes(',') ? /,/ : /\s+/;
  const names = cellsOf(header, separator).map((name) => name.toLowerCase().replaceAll(/[-_ ]/g, ''));
  const places = new Map<Column, number>();
  for (const [column, known] of Object.entries(columnNames)) {
    const aliases: ReadonlySet<string> = new Set(known);
    const place = names.findIndex((name) => aliases.has(name));
    if (place >= 0 && isColumn(column)) places.set(column, place);
  }
  const isTable = ['source', 'destination', 'port', 'protocol'].every(
    (column) => isColumn(column) && places.has(column),
  );
  if (!isTable) return undefined;
  return (line) => {
    const cells = cellsOf(line, separator);
    return readRow((column) => cells[places.get(column) ?? -1] ?? '');
  };
}

function isColumn(name: string): name is Column {
  return Object.hasOwn(columnNames, name);
}

function cellsOf(line: string, separator: RegExp): string[] {
  return line
    .trim()
    .split(separator)
    .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

function readRow(cell: (column: Column) => string): ReadFlow | undefined {
  const source = cell('source');
  const destination = cell('destination');
  // Collectors write a dash for records without data.
  if (source === '-' || destination === '-') return 'skipped';
  const port = Number(cell('port'));
  const sourcePort = Number(cell('sourcePort'));
  const action = cell('action').toLowerCase();
  const isKnown = action === '' || accepted.has(action) || rejected.has(action);
  if (!isAddress(source) || !isAddress(destination) || !Number.isInteger(port) || !isKnown) return undefined;
  if (sourcePort > 0 && sourcePort < firstEphemeralPort && port >= firstEphemeralPort) return 'skipped';
  const written = cell('protocol');
  return {
    source: { type: 'address', address: source, names: [] },
    destination: { type: 'address', address: destination, names: [] },
    protocol: /^\d+$/.test(written) ? protocolName(Number(written)) : written.toUpperCase(),
    port,
    allowed: !rejected.has(action),
    count: 1,
  };
}
