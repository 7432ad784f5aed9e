import { isAddress } from '../sets/addresses.ts';
import { maxPort } from '../sets/connections.ts';
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
export function tableReader(header: string): ((line: string) => ReadFlow) | undefined {
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
  const last = Math.max(...places.values());
  return (line) => {
    const cells = cellsOf(line, separator);
    if (cells.length <= last)
      return { fault: `has ${cells.length} columns where the first line names ${names.length}` };
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

const withPorts: ReadonlySet<string> = new Set(['TCP', 'UDP', 'SCTP']);

function portIn(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= maxPort ? port : undefined;
}

/** A cell for messages. */
function shown(text: string): string {
  return text === '' ? 'nothing' : text.slice(0, 60);
}

function readRow(cell: (column: Column) => string): ReadFlow {
  const source = cell('source');
  const destination = cell('destination');
  // Collectors write a dash for records without data.
  if (source === '-' || destination === '-') return 'skipped';
  const sourcePort = Number(cell('sourcePort'));
  const action = cell('action').toLowerCase();
  const isKnown = action === '' || accepted.has(action) || rejected.has(action);
  for (const address of [source, destination])
    if (!isAddress(address)) return { fault: `names ${shown(address)}, which is no address` };
  if (!isKnown)
    return { fault: `says ${shown(action)}, which tells neither that it passed nor that it was denied` };
  const written = cell('protocol');
  const protocol = /^\d+$/.test(written) ? protocolName(Number(written)) : written.toUpperCase();
  if (protocol === '') return { fault: 'names no protocol' };
  // Of protocols without ports collectors write 0, a dash or nothing.
  const port = withPorts.has(protocol) ? portIn(cell('port')) : 0;
  if (port === undefined) return { fault: `names ${shown(cell('port'))}, which is no port` };
  if (sourcePort > 0 && sourcePort < firstEphemeralPort && port >= firstEphemeralPort) return 'skipped';
  return {
    source: { type: 'address', address: source, names: [] },
    destination: { type: 'address', address: destination, names: [] },
    protocol,
    port,
    allowed: !rejected.has(action),
    count: 1,
  };
}
