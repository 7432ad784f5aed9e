import type { SourceLocation, SourceText } from '@keelson/core';
import { joinPath } from '../kustomize/file-system.ts';
import { alignLines } from './align.ts';

/** Reads a template by its path in the chart; undefined when it cannot be read. */
export type ReadTemplate = (path: string) => SourceText | undefined;

/** A rendered document and the template that it came from. */
export class RenderedSource {
  /** The template's path, in the chart's folder. */
  readonly file: string;
  readonly #rendered: SourceText;
  readonly #start: number;
  readonly #end: number;
  readonly #read: () => SourceText | undefined;
  #template: { source: SourceText; lines: (number | undefined)[]; first: number } | undefined;
  #isRead = false;

  constructor(rendered: SourceText, start: number, end: number, chart: string, read: ReadTemplate) {
    this.#rendered = rendered;
    this.#start = start;
    this.#end = end;
    const named = /^# Source: (.+)$/m
      .exec(rendered.text.slice(start, Math.min(end, start + 4_096)))?.[1]
      ?.trim();
    // Helm puts the chart's name before the path.
    const path = named?.slice(named.indexOf('/') + 1);
    this.file = path === undefined ? chart : joinPath(chart, path);
    this.#read = () => (path === undefined ? undefined : read(path));
  }

  /**
   * The template's line for a rendered one, as far as the order of keys tells. For what the template does not
   * spell out (`toYaml`, `include`) it is the line of the nearest parent, at last the start of the template.
   */
  locate(line: number): SourceLocation {
    const template = this.#aligned();
    if (template === undefined) return { file: this.file };
    const at = this.#nearest(line - template.first, template.lines) + 1;
    const written = template.source.line(at);
    const column = written.length - written.trimStart().length + 1;
    return {
      file: this.file,
      line: at,
      column,
      endLine: at,
      endColumn: Math.max(written.trimEnd().length + 1, column),
    };
  }

  #nearest(line: number, lines: readonly (number | undefined)[]): number {
    const first = this.#template?.first ?? 1;
    let indent = Number.POSITIVE_INFINITY;
    for (let at = line; at >= 0; at--) {
      const text = this.#rendered.line(at + first);
      // The dash of an item counts as indentation, so that the item's first key is the parent of no other.
      const own = /^[\s]*(- )?/.exec(text)?.[0].length ?? 0;
      if (text.trim() === '' || text.trimStart().startsWith('#') || (at < line && own >= indent)) continue;
      indent = own;
      const found = lines[at];
      if (found !== undefined) return found;
    }
    return 0;
  }

  #aligned() {
    if (this.#isRead) return this.#template;
    this.#isRead = true;
    const source = this.#read();
    if (source === undefined) return undefined;
    const first = this.#rendered.position(this.#start).line;
    const output = this.#rendered.text.slice(this.#start, this.#end).split(/\r?\n/);
    const template = Array.from(source.lineStarts, (_, i) => source.line(i + 1));
    this.#template = { source, lines: alignLines(output, template), first };
    return this.#template;
  }
}
