/** What a line says whatever its value is: its indentation and key; undefined for lines that have no key. */
function signature(line: string): string | undefined {
  const found = /^(\s*)(- )?("?[\w./-]+"?):(?:\s|$)/.exec(line);
  return found === null ? undefined : `${found[1]?.length} ${found[2] ?? ''}${found[3]}`;
}

function textOf(line: string): string | undefined {
  const text = line.trimEnd();
  return text === '' || text.trimStart().startsWith('#') ? undefined : text;
}

/** Alignment costs more than the lines are many; a text longer than this is aligned by its anchors alone. */
const maxRounds = 40;

/**
 * Which line of a template each line of its output came from, as far as the order of their keys tells: keys
 * that stand once in both are anchors, and between two anchors the same is tried again. Lines count from 0;
 * undefined for output that the template does not spell out.
 */
export function alignLines(output: readonly string[], template: readonly string[]): (number | undefined)[] {
  const aligned: (number | undefined)[] = new Array(output.length).fill(undefined);
  const texts = [output.map(textOf), template.map(textOf)] as const;
  const keys = [output.map(signature), template.map(signature)] as const;
  let gaps: Gap[] = [{ outFrom: 0, outTo: output.length, from: 0, to: template.length }];
  for (let round = 0; round < maxRounds && gaps.length > 0; round++) {
    gaps = gaps.flatMap((gap) => {
      // Lines that are the same in full say more than those that have the same key.
      const same = increasing(anchorsOf(...texts, gap));
      const anchors = same.length > 0 ? same : increasing(anchorsOf(...keys, gap));
      for (const { out, line } of anchors) aligned[out] = line;
      return anchors.length === 0 ? [] : between(gap, anchors);
    });
  }
  return aligned;
}

interface Gap {
  readonly outFrom: number;
  readonly outTo: number;
  readonly from: number;
  readonly to: number;
}

interface Anchor {
  readonly out: number;
  readonly line: number;
}

function anchorsOf(
  left: readonly (string | undefined)[],
  right: readonly (string | undefined)[],
  gap: Gap,
): Anchor[] {
  const once = uniqueLines(right, gap.from, gap.to);
  const anchors: Anchor[] = [];
  for (const [text, out] of uniqueLines(left, gap.outFrom, gap.outTo)) {
    const line = once.get(text);
    if (line !== undefined) anchors.push({ out, line });
  }
  return anchors.sort((a, b) => a.out - b.out);
}

function uniqueLines(lines: readonly (string | undefined)[], from: number, to: number): Map<string, number> {
  const found = new Map<string, number>();
  const repeated = new Set<string>();
  for (let i = from; i < to; i++) {
    const text = lines[i];
    if (text === undefined) continue;
    if (found.has(text)) repeated.add(text);
    found.set(text, i);
  }
  for (const text of repeated) found.delete(text);
  return found;
}

/** The longest run of anchors in which the template's lines only go down. */
function increasing(anchors: readonly Anchor[]): Anchor[] {
  const ends: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [i, { line }] of anchors.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((anchors[ends[middle] ?? 0]?.line ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    before.push(low === 0 ? undefined : ends[low - 1]);
    ends[low] = i;
  }
  const run: Anchor[] = [];
  for (let at = ends.at(-1); at !== undefined; at = before[at]) {
    const anchor = anchors[at];
    if (anchor !== undefined) run.push(anchor);
  }
  return run.reverse();
}

function between(gap: Gap, anchors: readonly Anchor[]): Gap[] {
  const gaps: Gap[] = [];
  let [outFrom, from] = [gap.outFrom, gap.from];
  for (const { out, line } of [...anchors, { out: gap.outTo, line: gap.to }]) {
    if (out > outFrom && line > from) gaps.push({ outFrom, outTo: out, from, to: line });
    [outFrom, from] = [out + 1, line + 1];
  }
  return gaps;
}
