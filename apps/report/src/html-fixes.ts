import type { SensitiveText } from '@keelson/checks';
import { formatPath, type JsonValue, type SourceText, stringifyJson } from '@keelson/core';
import type { Fix, PatchOperation, TextEdit } from '@keelson/evidence';
import { Dictionary } from './html-dictionary.ts';
import { shownText } from './html-places.ts';
import type { PageFix, PageHunk } from './page-data.ts';

/** What a fix is worked out from. */
export interface FixContext {
  sources: ReadonlyMap<string, SourceText>;
  redact: SensitiveText;
  file: (name: string) => number;
}

/** Lines of one side of a hunk that are shown at most, and characters of one of them. */
const maxLines = 40;
const maxLineLength = 300;

/** The fixes of findings, each set of them once. */
export class PageFixes {
  readonly sets = new Dictionary<PageFix[]>();
  readonly #context: FixContext;

  constructor(context: FixContext) {
    this.#context = context;
  }

  of(fixes: readonly Fix[] | undefined): number {
    if (fixes === undefined || fixes.length === 0) return -1;
    const key = fixes.map(keyOf).join('\n');
    return this.sets.of(key, () => fixes.map((fix) => this.#dress(fix)));
  }

  #dress({ description, choice, patch, edits }: Fix): PageFix {
    const hasEdits = edits !== undefined && edits.length > 0;
    const { redact } = this.#context;
    return {
      description: shownText(redact.message(description)),
      ...(choice === undefined ? {} : { choice: shownText(redact.message(choice)) }),
      // The text edit says the same as the patch, and more clearly.
      ...(hasEdits || patch === undefined || patch.length === 0
        ? {}
        : { patch: patch.map((operation) => operationText(operation, redact.source)) }),
      ...(hasEdits ? { diff: hunksOf(edits, this.#context) } : {}),
    };
  }
}

function keyOf({ description, choice = '', patch = [], edits = [] }: Fix): string {
  const operations = patch
    .map(
      ({ op, path, value }) => `${op} ${JSON.stringify(path)} ${value === undefined ? '' : valueText(value)}`,
    )
    .join(' ');
  const places = edits.map(({ file, start, end, text }) => `${file} ${start} ${end} ${text}`).join(' ');
  return `${description}\t${choice}\t${places === '' ? operations : ''}\t${places}`;
}

function operationText({ op, path, value }: PatchOperation, redact: (text: string) => string): string {
  const place = formatPath(path);
  if (op === 'remove' || value === undefined) return shownText(`remove ${place}`);
  return shownText(`set ${place} to ${clip(redact(valueText(value)))}`);
}

function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}

/** Edits as lines before and after; edits that share a line are one hunk. */
function hunksOf(edits: readonly TextEdit[], context: FixContext): PageHunk[] {
  const hunks: PageHunk[] = [];
  for (const [file, list] of Map.groupBy(edits, (edit) => edit.file)) {
    const source = context.sources.get(file);
    if (source === undefined) continue;
    const sorted = [...list].sort((a, b) => a.start - b.start);
    for (let i = 0; i < sorted.length; ) {
      const together = gather(source, sorted, i);
      hunks.push(hunkOf(source, together, context));
      i += together.length;
    }
  }
  return hunks;
}

/** The edits from `first` on that touch each other's lines. */
function gather(source: SourceText, sorted: readonly TextEdit[], first: number): TextEdit[] {
  const together: TextEdit[] = [];
  let lastLine = 0;
  for (const edit of sorted.slice(first)) {
    if (together.length > 0 && source.position(edit.start).line > lastLine) break;
    together.push(edit);
    lastLine = source.position(edit.end).line;
  }
  return together;
}

function hunkOf(source: SourceText, edits: readonly TextEdit[], context: FixContext): PageHunk {
  const { lineStarts, text } = source;
  const first = source.position(edits[0]?.start ?? 0).line;
  const last = source.position(edits.at(-1)?.end ?? 0).line;
  const from = lineStarts[first - 1] ?? 0;
  const to = lineStarts[last] ?? text.length;
  let after = '';
  let at = from;
  for (const edit of edits) {
    after += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  after += text.slice(at, to);
  return trimCommon(linesOf(text.slice(from, to)), linesOf(after), first, context, source.file);
}

/** Leaves out the lines that both sides begin and end with. */
function trimCommon(
  before: string[],
  after: string[],
  line: number,
  context: FixContext,
  file: string,
): PageHunk {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++;
  const dress = (lines: string[]) =>
    lines
      .slice(0, maxLines)
      .map((text) => shownText(clip(context.redact.source(text))))
      .concat(lines.length > maxLines ? [`and ${lines.length - maxLines} more lines`] : []);
  return {
    file: context.file(file),
    line: line + head,
    removed: dress(before.slice(head, before.length - tail)),
    added: dress(after.slice(head, after.length - tail)),
  };
}

function linesOf(text: string): string[] {
  return text.replace(/\r?\n$/, '').split(/\r\n|\n|\r/);
}

function clip(text: string): string {
  return text.length > maxLineLength ? `${text.slice(0, maxLineLength)}...` : text;
}
