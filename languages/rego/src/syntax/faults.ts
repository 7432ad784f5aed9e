import { type Diagnostic, sourceLines } from './diagnostic.ts';
import { Location, type Source } from './location.ts';
import type { ParserLimits } from './options.ts';
import { chain, LimitPassed, ParserState } from './state.ts';
import { isKeywordToken, token, tokenName } from './token.ts';

/** The state of a parser, the places in it, and what is wrong with the text. */
export class ParserFaults {
  readonly source: Source;
  s = new ParserState();
  protected readonly limits: ParserLimits;

  constructor(source: Source, limits: ParserLimits) {
    this.source = source;
    this.limits = limits;
  }

  /** The place of the current word. */
  loc(): Location {
    return this.locationOf(this.s);
  }

  /** The place of the word that was at hand in a saved state. */
  locationOf(state: ParserState): Location {
    return new Location(this.source, state.line, state.column, state.start, state.start, state.end);
  }

  /** `location` with the words from `start` to the end of the word before the current one. */
  upToLast(location: Location, start: number = location.offset): Location {
    return location.spanning(start, Math.max(this.s.lastEnd, start));
  }

  get hasErrors(): boolean {
    return this.s.errors !== undefined;
  }

  hint(text: string): void {
    this.s.hints = [...this.s.hints, text];
  }

  error(location: Location | undefined, message: string): void {
    const { s } = this;
    const hints = s.hints;
    let text = message;
    if (hints.length === 1) text += ` (hint: ${hints[0]})`;
    else if (hints.length > 1) text += ` (hints: ${hints.join(', ')})`;
    s.hints = [];
    s.errors = chain(this.diagnostic(location ?? this.loc(), text), s.errors);
    if (s.errors.length >= this.limits.maxErrors) {
      throw new LimitPassed(
        this.diagnostic(location ?? this.loc(), 'the text has more faults than maxErrors'),
      );
    }
  }

  protected diagnostic(location: Location, message: string): Diagnostic {
    const source = this.source.text;
    return {
      code: 'rego_parse_error',
      message,
      location,
      get details() {
        return sourceLines(source, location.offset);
      },
    };
  }

  /** The current word may not stand here. */
  illegal(note = ''): void {
    const kind = this.s.token;
    if (kind === token.illegal) {
      this.error(this.loc(), 'illegal token');
      return;
    }
    const sort = isKeywordToken(kind) ? 'keyword' : 'token';
    this.error(this.loc(), `unexpected ${tokenName(kind)} ${sort}${note === '' ? '' : `: ${note}`}`);
  }
}
