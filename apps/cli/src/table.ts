import { terminalSafe, wrap } from '@keelson/report';
import { terminalColumns } from './stdout.ts';

/** Columns that a table is made for: those of the terminal, or enough for all where there is none. */
export function tableWidth(): number {
  return terminalColumns() ?? 120;
}

/** Columns that the last column of a table needs to be read well. */
const leastLast = 24;

/**
 * Lines of a table with a head. Columns are as wide as what stands in them; the last goes on below itself. Where the
 * screen is too narrow for that, each row becomes a few lines of its own.
 */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const safe = [head, ...rows.map((row) => row.map(terminalSafe))];
  const widths = head.map((_, i) => Math.max(...safe.map((row) => (row[i] ?? '').length)));
  const before = widths.slice(0, -1).reduce((sum, column) => sum + column + 2, 0);
  if (before + leastLast > width) return safe.slice(1).flatMap((row) => narrowRow(head, row, width));
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

/** A row without columns: its first cell, the others with what they are called, the last below. */
function narrowRow(head: readonly string[], row: readonly string[], width: number): string[] {
  const facts = row.slice(1, -1).flatMap((cell, i) => (cell === '' ? [] : `${head[i + 1] ?? ''} ${cell}`));
  const first = [row[0] ?? '', facts.join(', ')].filter((cell) => cell !== '').join('  ');
  const last = `  ${wrap(row.at(-1) ?? '', width - 2, '  ', 0)}`;
  return first === '' ? [last] : [wrap(first, width, '  ', 0), last];
}
