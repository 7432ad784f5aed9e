import type { SensitiveText } from '@keelson/checks';
import { formatPath, type JsonValue, type SourceText, stringifyJson } from '@keelson/core';
import type { Fix, PatchOperation, TextEdit } from '@keelson/evidence';
import { Dictionary } from './html-dictionary.ts';
import { type PagePlaces, shownText } from './html-places.ts';
import type { PageFix, PageHunk } from './page-data.ts';
import { PathTable } from './path-table.ts';

/** Lines of one side of a hunk that are shown at most, and characters of one of them. */
const maxLines = 40;
const maxLineLength = 300;

/** The fixes of findings, each set of them once. */
export class PageFixes {
  readonly sets = new Dictionary<PageFix[]>();
  readonly #sources: ReadonlyMap<string, SourceText>;
  readonly #redact: SensitiveText;
  readonly #places: PagePlaces;
  /** Numbers, only to tell patches apart. */
  readonly #paths = new PathTable(() => ++this.#pathCount);
  #pathCount = 0;

  constructor(sources: ReadonlyMap<string, SourceText>, redact: SensitiveText, places: PagePlaces) {
    this.#sources = sources;
    this.#redact = redact;
    this.#places = places;
  }

  of(fixes: readonly Fix[] | undefined): number {
    if (fixes === undefined || fixes.length === 0) return -1;
    let key = '';
    for (const fix of fixes) key += this.#keyOf(fix);
    return this.sets.of(key, () => fixes.map((fix) => this.#dress(fix)));
  }

  /** What two fixes have in common that the page shows alike. */
  #keyOf({ description, choice = '', patch = [], edits = [] }: Fix): string {
    let key = `${description}\n${choice}\n`;
    for (const { file, start, end, text } of edits) key += `${file} ${start} ${end} ${text}\n`;
    if (edits.length > 0) return key;
    for (const { op, path, value } of patch)
      key += `${op} ${this.#paths.of(path)} ${value === undefined ? '' : valueText(value)}\n`;
    return key;
  }

  #dress({ description, choice, patch = [], edits = [] }: Fix): PageFix {
    const { message, source } = this.#redact;
    return {
      description: shownText(message(description)),
      ...(choice === undefined ? {} : { choice: shownText(message(choice)) }),
      // The text edit says the same as the patch, and more clearly.
      ...(edits.length > 0 || patch.length === 0
        ? {}
        : { patch: patch.map((operation) => operationText(operation, source)) }),
      ...(edits.length === 0 ? {} : { diff: this.#hunks(edits) }),
    };
  }

  /** Edits as lines before and after; edits that share a line are one hunk. */
  #hunks(edits: readonly TextEdit[]): PageHunk[] {
    const hunks: PageHunk[] = [];
    for (const [file, list] of Map.groupBy(edits, (edit) => edit.file)) {
      const source = this.#sources.get(file);
      if (source === undefined) continue;
      const sorted = [...list].sort((a, b) => a.start - b.start);
      for (let i = 0; i < sorted.length; ) {
        const together = gather(source, sorted, i);
        hunks.push(this.#hunk(source, rewrite(source, together)));
        i += together.length;
      }
    }
    return hunks;
  }

  #hunk(source: SourceText, { line, removed, added }: Change): PageHunk {
    const below = line + removed.length;
    const around = (number: number) => this.#lines([source.line(number)]).join('');
    return {
      file: this.#places.file(source.file),
      line,
      ...(line === 1 ? {} : { before: around(line - 1) }),
      removed: this.#lines(removed),
      added: this.#lines(added),
      ...(below > source.lineStarts.length ? {} : { after: around(below) }),
    };
  }

  #lines(lines: readonly string[]): string[] {
    const shown = lines.slice(0, maxLines).map((text) => shownText(clip(this.#redact.source(text))));
    return lines.length > maxLines ? [...shown, `and ${lines.length - maxLines} more lines`] : shown;
  }
}

function operationText({ op, path, value }: PatchOperation, redact: (text: string) => string): string {
  const place = formatPath(path);
  if (op === 'remove' || value === undefined) return shownText(`remove ${place}`);
  return shownText(`set ${place} to ${clip(redact(valueText(value)))}`);
}

function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : stringifyJson(value);
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

interface Change {
  /** Number of the first line that changes. */
  line: number;
  removed: string[];
  added: string[];
}

/** What edits do to the lines that they touch, without those that both sides begin and end with. */
function rewrite(source: SourceText, edits: readonly TextEdit[]): Change {
  const { lineStarts, text } = source;
  const line = source.position(edits[0]?.start ?? 0).line;
  const from = lineStarts[line - 1] ?? 0;
  const to = lineStarts[source.position(edits.at(-1)?.end ?? 0).line] ?? text.length;
  let changed = '';
  let at = from;
  for (const edit of edits) {
    changed += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  const before = linesOf(text.slice(from, to));
  const after = linesOf(changed + text.slice(at, to));
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return {
    line: line + head,
    removed: before.slice(head, before.length - tail),
    added: after.slice(head, after.length - tail),
  };
}

function linesOf(text: string): string[] {
  return text.replace(/\r?\n$/, '').split(/\r\n|\n|\r/);
}

function clip(text: string): string {
  return text.length > maxLineLength ? `${text.slice(0, maxLineLength)}...` : text;
}
