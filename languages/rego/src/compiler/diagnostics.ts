import type { RegoErrorCode } from '../errors.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import { formatDiagnostic } from '../syntax/diagnostic.ts';
import type { Location } from '../syntax/location.ts';
import type { Place } from './nodes.ts';

/** How many errors are kept where no other number is asked for. */
export const defaultErrorLimit = 10;

const limitReached: Diagnostic = {
  code: 'rego_compile_error',
  message: 'error limit reached',
  location: undefined,
};

export function diagnostic(
  code: RegoErrorCode,
  location: Place,
  message: string,
  details?: readonly string[],
): Diagnostic {
  return { code, message, location, ...(details === undefined ? {} : { details }) };
}

export function compileError(location: Place, message: string): Diagnostic {
  return diagnostic('rego_compile_error', location, message);
}

export function typeError(location: Place, message: string, details?: readonly string[]): Diagnostic {
  return diagnostic('rego_type_error', location, message, details);
}

/**
 * The errors of one compilation. All those of a stage are kept, up to the limit; after a stage with errors that
 * the next ones would trip over, compilation ends.
 */
export class Diagnostics {
  readonly #limit: number;
  readonly #found: Diagnostic[] = [];
  #stopped = false;

  /** `limit` 0 keeps them all. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  get found(): boolean {
    return this.#found.length > 0;
  }

  /** Errors after which the stage is the last. Answers whether more are wanted. */
  stop(...errors: readonly Diagnostic[]): boolean {
    return this.#add(errors, true);
  }

  /** Errors that let the next stages look for more. Answers whether more are wanted. */
  note(...errors: readonly Diagnostic[]): boolean {
    return this.#add(errors, false);
  }

  #add(errors: readonly Diagnostic[], last: boolean): boolean {
    if (errors.length === 0) return true;
    const room = this.#limit === 0 ? errors.length + 1 : this.#limit - this.#found.length;
    if (room <= 0) return false;
    this.#found.push(...errors.slice(0, room));
    const full = errors.length >= room;
    this.#stopped ||= last || full;
    return !full;
  }

  /** In order of the text; the mark of the limit is last. */
  sorted(): Diagnostic[] {
    const sorted = [...this.#found].sort(compareDiagnostics);
    if (this.#limit > 0 && sorted.length >= this.#limit) sorted.push(limitReached);
    return sorted;
  }
}

/** The first `limit` errors, with a mark that there were more. */
export function limited(errors: readonly Diagnostic[], limit: number): readonly Diagnostic[] {
  return limit > 0 && errors.length > limit ? [...errors.slice(0, limit), limitReached] : errors;
}

export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return compareLocations(a.location, b.location) || compareTexts(formatDiagnostic(a), formatDiagnostic(b));
}

/** Files, rows and columns in order; what has no place comes last. */
export function compareLocations(a: Place, b: Place): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return compareTexts(a.file, b.file) || comparePositions(a, b);
}

function comparePositions(a: Location, b: Location): number {
  return a.row - b.row || a.col - b.col;
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
