import type { EvaluationListener, WatchEvent } from '../evaluator/runtime/watch.ts';
import type { Module } from '../syntax/ast.ts';
import type { Location } from '../syntax/location.ts';
import { walkModule } from '../syntax/visit.ts';

/** Rows and columns count from 1; the end is behind the last character, as OPA tells it. */
export interface CoverageRange {
  readonly start: { readonly row: number; readonly col: number };
  readonly end: { readonly row: number; readonly col: number };
}

export interface FileCoverage {
  readonly covered?: readonly CoverageRange[];
  readonly not_covered?: readonly CoverageRange[];
  readonly covered_lines?: number;
  readonly not_covered_lines?: number;
  /** Per cent of the lines. */
  readonly coverage?: number;
}

/** The shape of `opa test --coverage`. What is zero or empty is left out in files, as OPA does. */
export interface CoverageReport {
  readonly files: Readonly<Record<string, FileCoverage>>;
  readonly covered_lines: number;
  readonly not_covered_lines: number;
  readonly coverage: number;
}

/** Which expressions were evaluated and which rules held, over one or more evaluations. */
export class Coverage implements EvaluationListener {
  readonly #covered = new Map<string, RangeSet>();

  event({ kind, node }: WatchEvent): void {
    if (kind === 'Eval' && node.kind === 'expression') this.#add(node.location);
    else if (kind === 'Exit' && node.kind === 'rule') this.#add(node.rule.head.location);
  }

  #add(location: Location | undefined): void {
    if (location === undefined || location.file === '') return;
    rangesOf(this.#covered, location.file).add(location);
  }

  /** @param modules as they were parsed, by file. */
  report(modules: ReadonlyMap<string, Module>): CoverageReport {
    const missed = new Map<string, RangeSet>();
    for (const [file, module] of modules) {
      rangesOf(missed, file);
      const look = (location: Location | undefined) => {
        if (location === undefined || location.file === '') return;
        const covered = this.#covered.get(location.file);
        if (covered?.contains(rangeOf(location)) !== true) rangesOf(missed, file).add(location);
      };
      walkModule(module, {
        rule: ({ head }) => {
          look(head.location);
          return false;
        },
        expr: (expr) => {
          if (expr.terms.type !== 'some') look(expr.location);
          return false;
        },
      });
    }
    return summary(this.#covered, missed);
  }
}

function rangesOf(sets: Map<string, RangeSet>, file: string): RangeSet {
  const known = sets.get(file);
  if (known !== undefined) return known;
  const made = new RangeSet();
  sets.set(file, made);
  return made;
}

class RangeSet {
  readonly #ranges = new Map<string, CoverageRange>();
  /** Places that were added: an evaluation comes by the same ones again and again. */
  readonly #added = new Set<Location>();
  /** The ranges by the row that they begin on. */
  readonly #byRow = new Map<number, CoverageRange[]>();
  /** Rows that the longest range goes on for behind its first. */
  #longest = 0;

  add(location: Location): void {
    if (this.#added.has(location)) return;
    this.#added.add(location);
    const range = rangeOf(location);
    const { start, end } = range;
    const key = `${start.row}:${start.col}:${end.row}:${end.col}`;
    if (this.#ranges.has(key)) return;
    this.#ranges.set(key, range);
    const beside = this.#byRow.get(start.row);
    if (beside === undefined) this.#byRow.set(start.row, [range]);
    else beside.push(range);
    this.#longest = Math.max(this.#longest, end.row - start.row);
  }

  contains({ start, end }: CoverageRange): boolean {
    for (let row = start.row; row >= start.row - this.#longest; row--) {
      const isIn = this.#byRow
        .get(row)
        ?.some((own) => comparePlaces(own.start, start) <= 0 && comparePlaces(own.end, end) >= 0);
      if (isIn === true) return true;
    }
    return false;
  }

  get sorted(): readonly CoverageRange[] {
    return [...this.#ranges.values()].sort(
      (a, b) => comparePlaces(a.start, b.start) || comparePlaces(a.end, b.end),
    );
  }

  get rows(): Set<number> {
    const rows = new Set<number>();
    for (const { start, end } of this.#ranges.values())
      for (let row = start.row; row <= end.row; row++) rows.add(row);
    return rows;
  }
}

function comparePlaces(a: CoverageRange['start'], b: CoverageRange['start']): number {
  return a.row - b.row || a.col - b.col;
}

const ranges = new WeakMap<Location, CoverageRange>();

/** From the place of a node over all its words. */
function rangeOf(location: Location): CoverageRange {
  const known = ranges.get(location);
  if (known !== undefined) return known;
  const lines = location.text.split('\n');
  const length = [...(lines.at(-1) ?? '')].length;
  const start = { row: location.row, col: location.col };
  const row = location.row + lines.length - 1;
  const col = (lines.length === 1 ? location.col : 1) + length;
  const range = { start, end: { row, col } };
  ranges.set(location, range);
  return range;
}

function summary(
  covered: ReadonlyMap<string, RangeSet>,
  missed: ReadonlyMap<string, RangeSet>,
): CoverageReport {
  const files: [string, FileCoverage][] = [];
  let coveredLines = 0;
  let missedLines = 0;
  for (const file of [...new Set([...covered.keys(), ...missed.keys()])].sort()) {
    const hit = covered.get(file) ?? new RangeSet();
    const miss = missed.get(file) ?? new RangeSet();
    const [a, b] = [hit.rows.size, miss.rows.size];
    coveredLines += a;
    missedLines += b;
    files.push([
      file,
      {
        ...(a === 0 ? {} : { covered: hit.sorted }),
        ...(b === 0 ? {} : { not_covered: miss.sorted }),
        ...(a === 0 ? {} : { covered_lines: a }),
        ...(b === 0 ? {} : { not_covered_lines: b }),
        ...(a === 0 ? {} : { coverage: perCent(a, b) }),
      },
    ]);
  }
  return {
    files: Object.fromEntries(files),
    covered_lines: coveredLines,
    not_covered_lines: missedLines,
    coverage: perCent(coveredLines, missedLines),
  };
}

function perCent(covered: number, missed: number): number {
  return covered + missed === 0 ? 0 : (100 * covered) / (covered + missed);
}
