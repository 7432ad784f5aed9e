import { type Flags, noFlags, pad } from './flags.ts';
import { type FloatVerb, formatFloat } from './float.ts';
import { formatBigInt, formatInt64 } from './integer.ts';
import { formatText } from './text.ts';

/** An argument as Go would have it, with the name of its type for the texts of errors. */
export type FormatArgument =
  | { readonly type: 'float64'; readonly value: number }
  | { readonly type: 'int64'; readonly value: bigint }
  | { readonly type: '*big.Int'; readonly value: bigint }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string' | 'json.Number'; readonly value: string };

/** Widths and precisions beyond are none, as in Go. */
const maxWidth = 1_000_000;

const floatVerbs = new Set<string>(['b', 'e', 'E', 'f', 'F', 'g', 'G', 'v', 'x', 'X']);

function isFloatVerb(verb: string): verb is FloatVerb {
  return floatVerbs.has(verb);
}

/**
 * The text of Go's `fmt.Sprintf`, its notes on verbs and arguments that do not fit included. `onLength` is
 * told the length of each part as it grows, and may throw.
 */
export function printf(
  format: string,
  args: readonly FormatArgument[],
  onLength: (length: number) => void = () => {},
): string {
  return new Printer(format, args, onLength).print();
}

class Printer {
  readonly #format: string;
  readonly #args: readonly FormatArgument[];
  readonly #onLength: (length: number) => void;
  #out = '';
  #position = 0;
  #next = 0;
  #isReordered = false;
  #isGoodIndex = true;

  constructor(format: string, args: readonly FormatArgument[], onLength: (length: number) => void) {
    this.#format = format;
    this.#args = args;
    this.#onLength = onLength;
  }

  print(): string {
    while (this.#position < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#position);
      this.#write(this.#format.slice(this.#position, percent < 0 ? undefined : percent));
      if (percent < 0) break;
      this.#position = percent + 1;
      this.#directive();
    }
    if (!this.#isReordered && this.#next < this.#args.length) this.#extra();
    return this.#out;
  }

  #write(text: string): void {
    this.#out += text;
    this.#onLength(this.#out.length);
  }

  #directive(): void {
    const flags = noFlags();
    this.#isGoodIndex = true;
    this.#readFlags(flags);
    let isIndexed = this.#readIndex();
    isIndexed = this.#readWidth(flags, isIndexed);
    isIndexed = this.#readPrecision(flags, isIndexed);
    if (!isIndexed) this.#readIndex();
    const code = this.#format.codePointAt(this.#position);
    if (code === undefined) {
      this.#write('%!(NOVERB)');
      return;
    }
    const verb = String.fromCodePoint(code);
    this.#position += verb.length;
    this.#verb(verb, flags);
  }

  #verb(verb: string, flags: Flags): void {
    // A percent sign takes no argument and no width.
    if (verb === '%') this.#write('%');
    else if (!this.#isGoodIndex) this.#write(`%!${verb}(BADINDEX)`);
    else this.#argument(verb, flags);
  }

  #argument(verb: string, flags: Flags): void {
    const argument = this.#args[this.#next];
    if (argument === undefined) {
      this.#write(`%!${verb}(MISSING)`);
      return;
    }
    this.#next++;
    if (verb === 'v') {
      flags.sharpV = flags.sharp;
      flags.sharp = false;
      flags.plusV = flags.plus;
      flags.plus = false;
    }
    this.#write(formatArgument(argument, verb, flags));
  }

  #readFlags(flags: Flags): void {
    for (; ; this.#position++) {
      switch (this.#format[this.#position]) {
        case '#':
          flags.sharp = true;
          break;
        case '0':
          flags.zero = true;
          break;
        case '+':
          flags.plus = true;
          break;
        case '-':
          flags.minus = true;
          break;
        case ' ':
          flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  #readWidth(flags: Flags, isIndexed: boolean): boolean {
    if (this.#format[this.#position] !== '*') {
      flags.width = this.#readNumber();
      if (isIndexed && flags.width !== undefined) this.#isGoodIndex = false;
      return isIndexed;
    }
    this.#position++;
    const width = this.#integerArgument();
    if (width === undefined) this.#write('%!(BADWIDTH)');
    if (width !== undefined && width < 0) {
      flags.minus = true;
      flags.zero = false;
    }
    flags.width = width === undefined ? undefined : Math.abs(width);
    return false;
  }

  #readPrecision(flags: Flags, isIndexed: boolean): boolean {
    // A point that ends the format is taken for the verb.
    if (this.#format[this.#position] !== '.' || this.#position + 1 >= this.#format.length) return isIndexed;
    this.#position++;
    if (isIndexed) this.#isGoodIndex = false;
    const found = this.#readIndex();
    if (this.#format[this.#position] !== '*') {
      flags.precision = this.#readNumber() ?? 0;
      return found;
    }
    this.#position++;
    const precision = this.#integerArgument();
    flags.precision = precision !== undefined && precision >= 0 ? precision : undefined;
    if (flags.precision === undefined) this.#write('%!(BADPREC)');
    return false;
  }

  /** `[n]`: the argument that comes next. True where one was found and is well written. */
  #readIndex(): boolean {
    if (this.#format[this.#position] !== '[') return false;
    this.#isReordered = true;
    const start = this.#position;
    const close = this.#format.length - start < 3 ? -1 : this.#format.indexOf(']', start + 1);
    if (close < 0) {
      this.#position++;
      this.#isGoodIndex = false;
      return false;
    }
    this.#position = close + 1;
    const text = this.#format.slice(start + 1, close);
    const index = /^\d+$/.test(text) && Number(text) <= maxWidth ? Number(text) - 1 : undefined;
    if (index !== undefined && index >= 0 && index < this.#args.length) {
      this.#next = index;
      return true;
    }
    this.#isGoodIndex = false;
    return index !== undefined;
  }

  /** Digits; a number that is too large ends the format. */
  #readNumber(): number | undefined {
    const start = this.#position;
    while (/[0-9]/.test(this.#format[this.#position] ?? '')) this.#position++;
    if (start === this.#position) return undefined;
    const number = Number(this.#format.slice(start, this.#position));
    if (number <= maxWidth) return number;
    this.#position = this.#format.length;
    return undefined;
  }

  /** The next argument as a width or precision. */
  #integerArgument(): number | undefined {
    const argument = this.#args[this.#next];
    if (argument === undefined) return undefined;
    this.#next++;
    if (argument.type !== 'int64') return undefined;
    const number = Number(argument.value);
    return Math.abs(number) <= maxWidth ? number : undefined;
  }

  #extra(): void {
    const rest = this.#args.slice(this.#next).map((argument) => describe(argument, noFlags()));
    this.#write(`%!(EXTRA ${rest.join(', ')})`);
  }
}

/** `type=value`, as Go shows an argument that it could not use. */
function describe(argument: FormatArgument, flags: Flags): string {
  return `${argument.type}=${formatArgument(argument, 'v', flags)}`;
}

function formatArgument(argument: FormatArgument, verb: string, flags: Flags): string {
  if (verb === 'T') return formatText(argument.type, 's', flags) ?? '';
  return formatValue(argument, verb, flags) ?? `%!${verb}(${describe(argument, flags)})`;
}

function formatValue(argument: FormatArgument, verb: string, flags: Flags): string | undefined {
  switch (argument.type) {
    case 'float64':
      return isFloatVerb(verb) ? formatFloat(argument.value, verb, flags) : undefined;
    case 'int64':
      return formatInt64(argument.value, verb, flags);
    case '*big.Int':
      return formatBigInt(argument.value, verb, flags);
    case 'bool':
      return verb === 't' || verb === 'v' ? pad(String(argument.value), flags) : undefined;
    case 'string':
    case 'json.Number':
      return formatText(argument.value, verb, flags);
  }
}
