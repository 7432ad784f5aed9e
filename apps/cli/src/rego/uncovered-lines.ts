import type { CoverageRange, CoverageReport } from '@keelson/rego';

/** The lines that were not reached, a line for each stretch: `\n\tapp.rego:3-5`. */
export function uncoveredLines({ files }: CoverageReport): string {
  return Object.entries(files)
    .flatMap(([file, { not_covered: missed = [] }]) =>
      stretches(missed).map(([first, last]) => `\n\t${file}:${first}${first === last ? '' : `-${last}`}`),
    )
    .join('');
}

/** Rows that follow one another as one stretch. */
function stretches(ranges: readonly CoverageRange[]): (readonly [first: number, last: number])[] {
  const found: [first: number, last: number][] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start.row - b.start.row)) {
    const last = found.at(-1);
    if (last !== undefined && start.row <= last[1] + 1) last[1] = Math.max(last[1], end.row);
    else found.push([start.row, end.row]);
  }
  return found;
}
