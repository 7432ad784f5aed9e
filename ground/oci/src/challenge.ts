/** One way in which a server asks for credentials (RFC 9110, 11.6.1). */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** By name in lower case; of two of one name the first counts. */
  readonly parameters: ReadonlyMap<string, string>;
  /** What stands in place of parameters for some schemes. */
  readonly token68?: string;
}

const maxHeaderLength = 16_384;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const quoted = /"(?:[^"\\]|\\.)*"/y;
const token68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
const blanks = /[ \t]*/y;
const separators = /[ \t,]*/y;

/**
 * The challenges of a `WWW-Authenticate` header, or of several joined by commas. What cannot be read ends the list: no
 * credentials are sent for it.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  if (header.length > maxHeaderLength) return [];
  const scanner = new Scanner(header);
  const challenges: Challenge[] = [];
  for (;;) {
    scanner.take(separators);
    const scheme = scanner.take(token);
    if (scheme === undefined) return challenges;
    const spaced = (scanner.take(blanks) ?? '') !== '';
    const single = spaced ? scanner.takeUnlessPair(token68) : undefined;
    const parameters = single === undefined && spaced ? scanner.pairs() : new Map<string, string>();
    challenges.push({
      scheme: scheme.toLowerCase(),
      parameters,
      ...(single === undefined ? {} : { token68: single }),
    });
  }
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  takeUnlessPair(pattern: RegExp): string | undefined {
    const from = this.#at;
    if (this.pair() !== undefined) {
      this.#at = from;
      return undefined;
    }
    this.#at = from;
    return this.take(pattern);
  }

  /** Pairs up to the next scheme, which is a word without `=` behind it. */
  pairs(): Map<string, string> {
    const found = new Map<string, string>();
    for (;;) {
      const from = this.#at;
      this.take(separators);
      const pair = this.pair();
      if (pair === undefined) {
        this.#at = from;
        return found;
      }
      if (!found.has(pair[0])) found.set(pair[0], pair[1]);
    }
  }

  pair(): [name: string, value: string] | undefined {
    const name = this.take(token);
    this.take(blanks);
    if (name === undefined || this.#text[this.#at] !== '=') return undefined;
    this.#at++;
    this.take(blanks);
    const text = this.take(quoted);
    const value = text === undefined ? this.take(token) : text.slice(1, -1).replace(/\\(.)/g, '$1');
    return value === undefined ? undefined : [name.toLowerCase(), value];
  }
}
