import { terminalSafe, wrap } from '@keelson/report';
import { terminalColumns } from './stdout.ts';

/** Columns that a table is made for: those of the terminal, or enough for all where there is none. */
export function tableWidth(): number {
  return terminalColumns() ?? 120;
}

/** Lines of a table with a head. Columns are as wide as what stands in them; the last goes on below itself. */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const safe = [head, ...rows.map((row) => row.map(terminalSafe))];
  const widths = head.map((_, i) => Math.max(...safe.map((row) => (row[i] ?? '').length)));
  const before = widths.slice(0, -1).reduce((sum, column) => sum + column + 2, 0);
  const indent = ' '.repeat(before);
  return safe.map((row) =>
    row
      .map((cell, i) =>
        i === row.length - 1
          ? wrap(cell, Math.max(20, width - before), indent, 0)
          : cell.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
