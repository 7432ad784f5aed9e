import type { ExposureRow } from './exposure-rows.ts';
import type { Report } from './report.ts';

/** Comma-separated rows under a header, as RFC 4180 has it but for line feeds alone. */
export function reportCsv(report: Report): string {
  const { rows, connection, hasNetworks, exposure } = report;
  const tail = connection === undefined ? ['conn'] : [];
  const network = hasNetworks ? ['network'] : [];
  const list = [
    ['src', 'dst', ...tail, ...network],
    ...rows.map(({ source, destination, connections, network: { name } }) => [
      source,
      destination,
      ...(connection === undefined ? [connections] : []),
      ...(hasNetworks ? [name] : []),
    ]),
  ];
  if (exposure === undefined) return csvText(list);
  const title = `Exposure Analysis Result${connection === undefined ? '' : ` On ${connection}`}:`;
  const section = (name: string, columns: readonly string[], of: readonly ExposureRow[]) =>
    of.length === 0
      ? []
      : [
          [name, '', ''],
          [...columns, ...tail],
          ...of.map(({ workload, peer, connections }) =>
            connection === undefined ? [workload, peer, connections] : [workload, peer],
          ),
        ];
  return csvText([
    ...list,
    [title, '', ''],
    ...section('Egress Exposure:', ['src', 'dst'], exposure.egress),
    ...section('Ingress Exposure:', ['dst', 'src'], exposure.ingress),
  ]);
}

/** Rows as text; fields are quoted only where they have to be. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvField).join(',')}\n`).join('');
}

function csvField(field: string): string {
  const safe = formulaStart.test(field) ? `'${field}` : field;
  // A field of `\\.` alone ends the data of some readers; a leading space gets lost in others.
  const isPlain = safe !== '\\.' && !/[",\r\n]/.test(safe) && !/^\s/.test(safe);
  return isPlain ? safe : `"${safe.replaceAll('"', '""')}"`;
}

/** What spreadsheets would run: an apostrophe in front makes it a text. */
const formulaStart = /^[\s"'`]*[=+\-@|%]/;
