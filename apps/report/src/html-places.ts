import type { SourceText } from '@keelson/core';
import type { FindingLocation } from '@keelson/evidence';
import { excerptOf } from './excerpt.ts';
import { Dictionary } from './html-dictionary.ts';
import type { Piece, Pieces } from './pieces.ts';
import { plainLine } from './told.ts';

/** Excerpts are cut to this many columns: a minified document is one line of megabytes. */
const excerptWidth = 200;

/** A name or sentence of the input as the page shows it. */
export const shownText = plainLine;

/** The places that findings point at, each once, with its source line. */
export class PagePlaces {
  readonly files: string[] = [];
  readonly excerpts = new Dictionary<string>();
  readonly places: number[] = [];
  readonly origins: [number, number, number][] = [];
  /** Numbers of places by file, and there by line. */
  readonly #byFile: Map<number, number[]>[] = [];
  /** What each number of a place stands for. */
  readonly #locations: FindingLocation[] = [];
  readonly #sources: ReadonlyMap<string, SourceText>;
  readonly #redact: (text: string) => string;
  readonly #pieces: Pieces;
  readonly #file: (file: Piece) => number;

  constructor(sources: ReadonlyMap<string, SourceText>, redact: (text: string) => string, pieces: Pieces) {
    this.#sources = sources;
    this.#redact = redact;
    this.#pieces = pieces;
    this.#file = pieces.forms((file) => this.files.push(shownText(file)) - 1);
  }

  file(name: string): number {
    return this.#file(this.#pieces.of(name));
  }

  place(location: FindingLocation): number {
    const file = this.file(location.file);
    let byLine = this.#byFile[file];
    if (byLine === undefined) {
      byLine = new Map();
      this.#byFile[file] = byLine;
    }
    const line = location.line ?? 0;
    let numbers = byLine.get(line);
    if (numbers === undefined) {
      numbers = [];
      byLine.set(line, numbers);
    }
    for (const number of numbers) {
      const other = this.#locations[number];
      if (other !== undefined && isSamePlace(location, other)) return number;
    }
    const number = this.#add(file, location);
    numbers.push(number);
    return number;
  }

  #add(file: number, location: FindingLocation): number {
    const number = this.#locations.length;
    this.#locations.push(location);
    const { line = 0, column = 0, missing, origin } = location;
    const excerpt = excerptOf(location, this.#sources, this.#redact, excerptWidth);
    const text = excerpt?.text.toWellFormed() ?? '';
    const index = text === '' ? -1 : this.excerpts.of(text, () => text);
    const { from = 0, length = 0 } = excerpt ?? {};
    this.places.push(file, line, column, index, from, length, missing === true ? 1 : 0);
    if (origin !== undefined && (origin.file !== location.file || origin.line !== location.line))
      this.origins.push([number, this.file(origin.file), origin.line ?? 0]);
    return number;
  }
}

/** For two places in one line of one file. */
function isSamePlace(a: FindingLocation, b: FindingLocation): boolean {
  return (
    a.column === b.column &&
    a.endLine === b.endLine &&
    a.endColumn === b.endColumn &&
    a.missing === b.missing &&
    a.origin?.file === b.origin?.file &&
    a.origin?.line === b.origin?.line
  );
}

/** `file:line:column` as far as it is known. */
export function placeText(place: { file: string; line?: number; column?: number } | undefined): string {
  if (place === undefined) return '';
  const column = place.column === undefined ? '' : `:${place.column}`;
  return shownText(place.line === undefined ? place.file : `${place.file}:${place.line}${column}`);
}
