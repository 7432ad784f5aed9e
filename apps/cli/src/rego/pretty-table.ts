/** A table with lines around its cells: headings in the middle of their columns, cells at the left. */
export function prettyTable(
  columns: readonly (readonly [heading: string, cells: readonly string[]])[],
): string {
  const widths = columns.map(([heading, cells]) => Math.max(...[heading, ...cells].map(widthOf)));
  const rule = (left: string, middle: string, right: string): string =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}`;
  const line = (cells: readonly string[]): string => `│${cells.map((cell) => ` ${cell} `).join('│')}│`;
  const height = Math.max(...columns.map(([, cells]) => cells.length));
  return [
    rule('┌', '┬', '┐'),
    line(columns.map(([heading], at) => centred(heading, widths[at] ?? 0))),
    rule('├', '┼', '┤'),
    ...Array.from({ length: height }, (_, row) =>
      line(columns.map(([, cells], at) => padded(cells[row] ?? '', widths[at] ?? 0))),
    ),
    rule('└', '┴', '┘'),
    '',
  ].join('\n');
}

function widthOf(text: string): number {
  return [...text].length;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(width - widthOf(text));
}

function centred(text: string, width: number): string {
  const free = width - widthOf(text);
  return ' '.repeat(free >> 1) + padded(text, width - (free >> 1));
}
