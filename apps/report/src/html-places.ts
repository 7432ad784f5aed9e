import { formatPath, type Path, type SourceText } from '@keelson/core';
import type { FindingLocation } from '@keelson/evidence';
import { excerptOf } from './excerpt.ts';
import { Dictionary } from './html-dictionary.ts';
import { terminalSafe } from './sanitize.ts';

/** Excerpts are cut to this many columns: a minified document is one line of megabytes. */
const excerptWidth = 200;

/** A name or sentence of the input as the page shows it: no control characters, nothing that is not Unicode. */
export function shownText(text: string): string {
  return terminalSafe(text).toWellFormed();
}

/** The places that findings point at, each once, with its source line. */
export class PagePlaces {
  readonly files = new Dictionary<string>();
  readonly paths = new Dictionary<string>();
  readonly excerpts = new Dictionary<string>();
  readonly places: number[] = [];
  readonly origins: [number, number, number][] = [];
  readonly #index = new Map<string, number>();
  readonly #redacted = new Map<string, string>();
  readonly #sources: ReadonlyMap<string, SourceText>;
  readonly #redact: (text: string) => string;

  constructor(sources: ReadonlyMap<string, SourceText>, redact: (text: string) => string) {
    this.#sources = sources;
    // Many findings point into the same line.
    this.#redact = (text) => {
      let out = this.#redacted.get(text);
      if (out === undefined) {
        out = redact(text);
        this.#redacted.set(text, out);
      }
      return out;
    };
  }

  file(name: string): number {
    return this.files.of(name, () => shownText(name));
  }

  path(path: Path | undefined): number {
    return path === undefined || path.length === 0
      ? -1
      : this.paths.of(JSON.stringify(path), () => shownText(formatPath(path)));
  }

  place(location: FindingLocation | undefined): number {
    if (location === undefined) return -1;
    const { line = 0, column = 0, endLine = 0, endColumn = 0, missing, origin } = location;
    const file = this.file(location.file);
    const from =
      origin === undefined || (origin.file === location.file && origin.line === location.line)
        ? ''
        : `${origin.file}:${origin.line}`;
    const key = `${file} ${line} ${column} ${endLine} ${endColumn} ${missing === true ? 1 : 0} ${from}`;
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const index = this.#index.size;
    this.#index.set(key, index);
    const excerpt = excerptOf(location, this.#sources, this.#redact, excerptWidth);
    const text = excerpt?.text.toWellFormed() ?? '';
    const number = text === '' ? -1 : this.excerpts.of(text, () => text);
    this.places.push(
      file,
      line,
      column,
      number,
      excerpt?.from ?? 0,
      excerpt?.length ?? 0,
      missing === true ? 1 : 0,
    );
    if (origin !== undefined && from !== '')
      this.origins.push([index, this.file(origin.file), origin.line ?? 0]);
    return index;
  }
}

/** `file:line:column` as far as it is known. */
export function placeText(place: { file: string; line?: number; column?: number } | undefined): string {
  if (place === undefined) return '';
  const column = place.column === undefined ? '' : `:${place.column}`;
  return shownText(place.line === undefined ? place.file : `${place.file}:${place.line}${column}`);
}
