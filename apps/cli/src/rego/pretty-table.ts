type Row = readonly string[];
/** Puts a text into a column of that many characters. */
type Alignment = (text: string, width: number) => string;

/** A table with lines around its cells: headings in the middle of their columns, cells at the left. */
export function prettyTable(
  columns: readonly (readonly [heading: string, cells: readonly string[]])[],
): string {
  const height = Math.max(...columns.map(([, cells]) => cells.length));
  const rows = Array.from({ length: height }, (_, at) => columns.map(([, cells]) => cells[at] ?? ''));
  const widths = columns.map(([heading, cells]) => Math.max(...[heading, ...cells].map(widthOf)));
  const headings = columns.map(([heading], at) => centred(heading, widths[at] ?? 0));
  return grid([[headings], rows], []);
}

/** A table of two columns without headings: names at the left, figures at the right. */
export function plainTable(rows: readonly (readonly [name: string, figure: string])[]): string {
  return grid([rows], [atLeft, atRight]);
}

/** A table of two columns without headings whose right cells are blocks of lines, with a line between rows. */
export function blockTable(rows: readonly (readonly [name: string, block: string])[]): string {
  const groups = rows.map(([name, block]) =>
    block
      .replaceAll('\t', '  ')
      .split('\n')
      .map((line, at) => [at === 0 ? name : '', line]),
  );
  return grid(groups, []);
}

/** Rows in groups, with a line around each group. Columns without an alignment stand at the left. */
function grid(groups: readonly (readonly Row[])[], alignments: readonly Alignment[]): string {
  const widths: number[] = [];
  for (const row of groups.flat())
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  const rule = (left: string, middle: string, right: string): string =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}`;
  const line = (row: Row): string =>
    `│${widths.map((width, at) => ` ${(alignments[at] ?? atLeft)(row[at] ?? '', width)} `).join('│')}│`;
  const lines = groups.map((rows) => rows.map(line).join('\n'));
  return `${rule('┌', '┬', '┐')}\n${lines.join(`\n${rule('├', '┼', '┤')}\n`)}\n${rule('└', '┴', '┘')}\n`;
}

function widthOf(text: string): number {
  return [...text].length;
}

function atLeft(text: string, width: number): string {
  return text + ' '.repeat(width - widthOf(text));
}

function atRight(text: string, width: number): string {
  return ' '.repeat(width - widthOf(text)) + text;
}

function centred(text: string, width: number): string {
  const free = width - widthOf(text);
  return ' '.repeat(free >> 1) + atLeft(text, width - (free >> 1));
}
