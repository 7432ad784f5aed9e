import type { Location } from '../../syntax/location.ts';
import { equals, type RegoValue, stringifyRego } from '../../values/index.ts';

const maxConflicts = 10;
const maxTextLength = 80;

/** The values of a rule or function that differ from its first one, each with the rule that gave it. */
export class ConflictList {
  readonly #values: { readonly at: Location | undefined; readonly value: RegoValue }[] = [];
  #more = false;

  /** Takes a value; true where the rule need not go on. */
  offer(value: RegoValue, at: Location | undefined): boolean {
    const first = this.#values[0];
    if (first !== undefined && equals(first.value, value)) return false;
    if (this.#values.length === maxConflicts) {
      this.#more = true;
      return true;
    }
    this.#values.push({ at, value });
    return first !== undefined;
  }

  get isFull(): boolean {
    return this.#more;
  }

  /** The values in the order of the source, to stand after the message; nothing where there is but one. */
  text(): string {
    if (this.#values.length < 2) return '';
    const lines = [...this.#values]
      .sort((a, b) => compareLocations(a.at, b.at))
      .map(({ at, value }) => `\n  ${shortText(value)} at ${locationText(at)}`);
    return `:${lines.join('')}${this.#more ? '\n  ...' : ''}`;
  }
}

function compareLocations(a: Location | undefined, b: Location | undefined): number {
  if (a === undefined || b === undefined) return 0;
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.row - b.row || a.col - b.col;
}

function shortText(value: RegoValue): string {
  const text = stringifyRego(value).split(/\s+/u).join(' ').trim();
  const characters = [...text];
  return characters.length > maxTextLength ? `${characters.slice(0, maxTextLength).join('')}...` : text;
}

function locationText(at: Location | undefined): string {
  if (at === undefined) return '<unknown>';
  return at.file === '' ? `${at.row}:${at.col}` : `${at.file}:${at.row}`;
}
