import type { ExposureRow } from './exposure-rows.ts';
import type { Report } from './report.ts';

/** Tables of Markdown. */
export function reportMd(report: Report): string {
  const { rows, connection, hasNetworks, exposure } = report;
  const isAll = connection === undefined;
  const columns = ['src', 'dst', ...(isAll ? ['conn'] : []), ...(hasNetworks ? ['network'] : [])];
  // The table of connections by network ends its lines with a space.
  const end = isAll && hasNetworks ? ' ' : '';
  const list = [
    ...head(columns, end),
    ...rows.map(
      ({ source, destination, connections, network: { name } }) =>
        mdLine([source, destination, ...(isAll ? [connections] : []), ...(hasNetworks ? [name] : [])]) + end,
    ),
  ];
  if (exposure === undefined) return `${list.join('\n')}\n`;
  const section = (title: string, names: readonly string[], of: readonly ExposureRow[]) => {
    const table = of.map(({ workload, peer, connections }) =>
      mdLine([workload, peer, ...(isAll ? [connections] : [])]),
    );
    return of.length === 0 ? '' : `${[`### ${title}`, ...head(names, ''), ...table].join('\n')}\n`;
  };
  const title = `## Exposure Analysis Result${isAll ? '' : ` On ${connection}`}:`;
  const tail = isAll ? ['conn'] : [];
  return [
    ...list,
    title,
    section('Egress Exposure:', ['src', 'dst', ...tail], exposure.egress),
    section('Ingress Exposure:', ['dst', 'src', ...tail], exposure.ingress),
  ].join('\n');
}

const underlines = ['-----', '-----', '------', '------'];

function head(columns: readonly string[], end: string): string[] {
  return [mdLine(columns) + end, `|${underlines.slice(0, columns.length).join('|')}|`];
}

/** A row of a table. Names are those of the input: they end no cell, and make no elements, links or code. */
export function mdLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll(marks, '\\$&')).join(' | ')} |`;
}

const marks = /[\\|`<*~]|\](?=[([])/g;
