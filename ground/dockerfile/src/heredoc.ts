import type { ProblemList } from './error.ts';
import type { PhysicalLine } from './line-reader.ts';
import { type MappedText, MappedTextBuilder } from './mapped-text.ts';
import type { Heredoc } from './model.ts';
import { splitQuoted, unquote } from './words.ts';

export interface HeredocStart {
  readonly name: string;
  readonly expand: boolean;
  readonly strip: boolean;
}

/**
 * Here-documents that a logical line opens. Only a word that is nothing but `<<NAME`, `<<-NAME` or `0<<NAME`
 * opens one (BuildKit's `parser.heredocFromMatch`); a quoted name switches expansion off.
 */
export function heredocStarts(line: string, escapeChar: string): HeredocStart[] {
  if (!line.includes('<<')) return [];
  const out: HeredocStart[] = [];
  for (const word of splitQuoted(line, escapeChar)) {
    const match = /^\d*<<(-?)([^<]+)$/.exec(word.text);
    if (match === null) continue;
    const written = match[2] ?? '';
    const name = unquote(written, escapeChar);
    if (name === '') continue;
    out.push({ name, expand: name === written, strip: match[1] === '-' });
  }
  return out;
}

export interface ReadHeredocs {
  readonly heredocs: readonly { heredoc: Heredoc; text: MappedText }[];
  /** Index of the physical line after the last. */
  readonly next: number;
}

/**
 * Last physical line on which each text stands, so that a here-document without an end is known at once and
 * costs no scan of the rest.
 */
export class LineIndex {
  readonly #source: string;
  readonly #lines: readonly PhysicalLine[];
  #whole: Map<string, number> | undefined;
  #stripped: Map<string, number> | undefined;

  constructor(source: string, lines: readonly PhysicalLine[]) {
    this.#source = source;
    this.#lines = lines;
  }

  /** True when a line from `from` on is `name`, tabs before it not looked at when `strip`. */
  has(name: string, from: number, strip: boolean): boolean {
    if (strip) this.#stripped ??= this.#build(true);
    else this.#whole ??= this.#build(false);
    return ((strip ? this.#stripped : this.#whole)?.get(name) ?? -1) >= from;
  }

  #build(strip: boolean): Map<string, number> {
    const out = new Map<string, number>();
    for (const [index, line] of this.#lines.entries()) {
      const start = strip ? skipTabs(this.#source, line.start, line.end) : line.start;
      // names are words: longer lines cannot be one
      if (line.end - start <= 256) out.set(this.#source.slice(start, line.end), index);
    }
    return out;
  }
}

function skipTabs(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text[at] === '\t') at++;
  return at;
}

/**
 * Reads the bodies that follow a logical line, in the order in which they were opened. One without an end is
 * reported and left empty, so that the instructions below are not lost.
 */
export function readHeredocs(
  source: string,
  lines: readonly PhysicalLine[],
  first: number,
  starts: readonly HeredocStart[],
  index: LineIndex,
  problems: ProblemList,
): ReadHeredocs {
  const heredocs: { heredoc: Heredoc; text: MappedText }[] = [];
  let next = first;
  for (const start of starts) {
    const builder = new MappedTextBuilder();
    const from = lines[next]?.start ?? source.length;
    let end = from;
    if (index.has(start.name, next, start.strip)) {
      for (let open = true; open && next < lines.length; next++) {
        const line = lines[next];
        if (line === undefined) break;
        end = line.end;
        const at = start.strip ? skipTabs(source, line.start, line.end) : line.start;
        open = source.slice(at, line.end) !== start.name;
        if (!open) continue;
        builder.add(source.slice(at, line.end), at);
        builder.add('\n', line.end);
      }
    } else {
      const before = lines[first - 1] ?? { start: from, end: from };
      problems.add('DOCKERFILE_HEREDOC', `the here-document ${start.name} is not ended`, before);
    }
    const text = builder.build(from);
    const span = { start: from, end };
    heredocs.push({ heredoc: { name: start.name, expand: start.expand, content: text.text, span }, text });
  }
  return { heredocs, next };
}
