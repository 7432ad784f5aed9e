import type { Finding } from '@keelson/evidence';
import type { CheckedSubject } from '../findings.ts';

/** A finding together with what it is about. */
export interface SuppressibleFinding {
  finding: Finding;
  subject: CheckedSubject;
}

/** Lines of one file, the first and the last that count. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

interface FoundAt {
  readonly line: number;
  readonly item: SuppressibleFinding;
}

/** Findings by what a suppression may speak of, so that thousands of ignore comments cost what they cover. */
export class FindingIndex {
  readonly all: readonly SuppressibleFinding[];
  #bySubject: ReadonlyMap<CheckedSubject, readonly SuppressibleFinding[]> | undefined;
  #byFile: ReadonlyMap<string, readonly FoundAt[]> | undefined;

  constructor(findings: readonly SuppressibleFinding[]) {
    this.all = findings;
  }

  ofSubject(subject: CheckedSubject): readonly SuppressibleFinding[] {
    this.#bySubject ??= Map.groupBy(this.all, (item) => item.subject);
    return this.#bySubject.get(subject) ?? [];
  }

  /** Findings of a file by line; those that name no line only where no lines are asked for. */
  inFile(file: string, lines?: LineRange): SuppressibleFinding[] {
    this.#byFile ??= byFile(this.all);
    const found = this.#byFile.get(file) ?? [];
    if (lines === undefined) return found.map(({ item }) => item);
    const out: SuppressibleFinding[] = [];
    const first = lowerBound(found.length, (index) => (found[index]?.line ?? 0) < lines.from);
    for (let at = first; at < found.length; at++) {
      const next = found[at];
      if (next === undefined || next.line > lines.to) break;
      out.push(next.item);
    }
    return out;
  }
}

function byFile(findings: readonly SuppressibleFinding[]): Map<string, FoundAt[]> {
  const placed = findings.flatMap((item) => {
    const [place] = item.finding.locations;
    return place === undefined ? [] : [{ file: place.file, line: place.line ?? 0, item }];
  });
  const files = Map.groupBy(placed, ({ file }) => file);
  for (const found of files.values()) found.sort((a, b) => a.line - b.line);
  return files;
}

/** Index of the first of `length` ascending entries that does not come before what is looked for. */
export function lowerBound(length: number, comesBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comesBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
