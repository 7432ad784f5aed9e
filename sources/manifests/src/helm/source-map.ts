import type { SourceLocation, SourceText } from '@keelson/core';
import { joinPath } from '../kustomize/file-system.ts';

/** Reads a template by its path in the chart; undefined when it cannot be read. */
export type ReadTemplate = (path: string) => SourceText | undefined;

/** A rendered document and the template that it came from. */
export class RenderedSource {
  /** The template's path, in the chart's folder. */
  readonly file: string;
  readonly #rendered: SourceText;
  readonly #template: () => TemplateLines | undefined;

  constructor(rendered: SourceText, start: number, end: number, chart: string, read: ReadTemplate) {
    this.#rendered = rendered;
    const named = /^# Source: (.+)$/m
      .exec(rendered.text.slice(start, Math.min(end, start + 4_096)))?.[1]
      ?.trim();
    // Helm puts the chart's name before the path.
    const path = named?.slice(named.indexOf('/') + 1);
    this.file = path === undefined ? chart : joinPath(chart, path);
    let template: TemplateLines | undefined;
    let isRead = path === undefined;
    this.#template = () => {
      if (!isRead && path !== undefined) {
        const text = read(path);
        template = text === undefined ? undefined : linesOf(text);
        isRead = true;
      }
      return template;
    };
  }

  /**
   * The template's line for a rendered one: the only one that reads the same, else the only one with the same
   * key, else the start of the template, which is as much as the output of helm tells.
   */
  locate(line: number): SourceLocation {
    const template = this.#template();
    if (template === undefined) return { file: this.file };
    const text = this.#rendered.line(line).trim();
    const key = /^(?:- )?("?[\w./-]+"?):(\s|$)/.exec(text)?.[1];
    const at =
      only(template.byText.get(text)) ?? (key === undefined ? undefined : only(template.byKey.get(key))) ?? 1;
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
}

interface TemplateLines {
  source: SourceText;
  byText: Map<string, number[]>;
  byKey: Map<string, number[]>;
}

const cache = new WeakMap<SourceText, TemplateLines>();

function linesOf(source: SourceText): TemplateLines {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const lines: TemplateLines = { source, byText: new Map(), byKey: new Map() };
  for (let line = 1; line <= source.lineStarts.length; line++) {
    const text = source.line(line).trim();
    push(lines.byText, text, line);
    const key = /^(?:- )?("?[\w./-]+"?):(\s|$)/.exec(text)?.[1];
    if (key !== undefined) push(lines.byKey, key, line);
  }
  cache.set(source, lines);
  return lines;
}

function push(map: Map<string, number[]>, key: string, line: number): void {
  const lines = map.get(key);
  if (lines === undefined) map.set(key, [line]);
  else lines.push(line);
}

function only(lines: readonly number[] | undefined): number | undefined {
  return lines?.length === 1 ? lines[0] : undefined;
}
