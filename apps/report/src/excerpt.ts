import type { SourceText } from '@keelson/core';
import type { FindingLocation } from '@keelson/evidence';
import { plainLine } from './told.ts';

/** A source line with the columns to underline, made safe to print. */
export interface Excerpt {
  line: number;
  text: string;
  /** 0-based column and length of the marker, in what `text` shows. */
  from: number;
  length: number;
}

/** The line that a location points at; undefined when its text is not at hand. */
export function excerptOf(
  location: FindingLocation,
  sources: ReadonlyMap<string, SourceText>,
  redact: (text: string) => string,
  width: number,
): Excerpt | undefined {
  const source = sources.get(location.file);
  if (source === undefined || location.line === undefined) return undefined;
  const raw = source.line(location.line);
  const start = (location.column ?? 1) - 1;
  const sameLine = location.endLine === undefined || location.endLine === location.line;
  const stop = sameLine ? (location.endColumn ?? start + 2) - 1 : raw.trimEnd().length;
  // Redaction may change lengths: the parts are redacted apart, so that the marker stays under its text.
  const whole = redact(raw);
  const [before, marked, after] =
    whole === raw ? [raw.slice(0, start), raw.slice(start, stop), raw.slice(stop)] : splitAt(whole, start);
  const [shownBefore, shownMarked] = [plainLine(before), plainLine(marked)];
  const text = (shownBefore + shownMarked + plainLine(after)).trimEnd();
  const length = Math.max(1, shownMarked.length);
  return clip({ line: location.line, text, from: shownBefore.length, length }, width);
}

function splitAt(text: string, start: number): [string, string, string] {
  return [text.slice(0, start), text.slice(start).trimEnd(), ''];
}

/** Cuts a line that is wider than the screen, keeping the start of the marked part in view. */
function clip(excerpt: Excerpt, width: number): Excerpt {
  const { text, from, length } = excerpt;
  const indent = Math.min(from, text.length - text.trimStart().length);
  const shift = Math.max(0, indent - 8, from - Math.floor(width / 2));
  const head = shift > indent ? '...' : '';
  const shown = head + text.slice(shift + head.length);
  const clipped = shown.length > width ? `${shown.slice(0, Math.max(0, width - 3))}...` : shown;
  const at = from - shift;
  return { ...excerpt, text: clipped, from: at, length: Math.max(1, Math.min(length, clipped.length - at)) };
}
