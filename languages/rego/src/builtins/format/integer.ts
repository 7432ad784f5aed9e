import { isPrintable, quoteString } from '../../values/index.ts';
import { type Flags, pad } from './flags.ts';

/** Integers as Go's package fmt and math/big print them. */

const radixes = new Map([
  ['v', 10],
  ['d', 10],
  ['b', 2],
  ['o', 8],
  ['O', 8],
  ['x', 16],
  ['X', 16],
]);

/** An int64 by its verb, or undefined where the verb is none of integers. */
export function formatInt64(value: bigint, verb: string, flags: Flags): string | undefined {
  const radix = radixes.get(verb);
  if (radix !== undefined) return formatRadix(value, radix, verb, flags);
  switch (verb) {
    case 'c':
      return pad(characterOf(value), flags);
    case 'q':
      return pad(quoteString(characterOf(value), { mark: "'", asciiOnly: flags.plus }), flags);
    case 'U':
      return formatUnicode(value, flags);
  }
  return undefined;
}

function signOf(negative: boolean, flags: Flags): string {
  return negative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
}

function formatRadix(value: bigint, radix: number, verb: string, flags: Flags): string {
  const { width, precision, sharp } = flags;
  const negative = value < 0n;
  if (precision === 0 && value === 0n) return ' '.repeat(width ?? 0);
  const sign = signOf(negative, flags);
  let digits = (negative ? -value : value).toString(radix);
  if (verb === 'X') digits = digits.toUpperCase();
  // A precision wins over zeros for the width, which leave room for the sign.
  if (precision !== undefined) digits = digits.padStart(precision, '0');
  else if (flags.zero && !flags.minus && width !== undefined)
    digits = digits.padStart(width - sign.length, '0');
  let prefix = '';
  if (sharp && radix === 2) prefix = '0b';
  if (sharp && radix === 8 && !digits.startsWith('0')) prefix = '0';
  if (sharp && radix === 16) prefix = verb === 'X' ? '0X' : '0x';
  if (verb === 'O') prefix = `0o${prefix}`;
  return pad(sign + prefix + digits, flags, false);
}

/** The character of a code point; what is none is U+FFFD. */
function characterOf(value: bigint): string {
  const isCodePoint = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
  return isCodePoint ? String.fromCodePoint(Number(value)) : '\ufffd';
}

function formatUnicode(value: bigint, flags: Flags): string {
  const code = BigInt.asUintN(64, value);
  const text = `U+${code
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(flags.precision ?? 4, 4), '0')}`;
  const character = code <= 0x10ffffn ? String.fromCodePoint(Number(code)) : '';
  const shown = flags.sharp && character.isWellFormed() && isPrintable(character) ? ` '${character}'` : '';
  return pad(text + shown, flags, false);
}

/** An integer past int64, which Go holds as a `big.Int` with rules of its own. */
export function formatBigInt(value: bigint, verb: string, flags: Flags): string {
  const radix = verb === 's' ? 10 : radixes.get(verb);
  if (radix === undefined) return `%!${verb}(big.Int=${value})`;
  const sign = signOf(value < 0n, { ...flags, plus: flags.plus || flags.plusV });
  const digits = (value < 0n ? -value : value).toString(radix);
  const prefix = bigPrefix(verb, flags.sharp || flags.sharpV);
  const body = (verb === 'X' ? digits.toUpperCase() : digits).padStart(flags.precision ?? 0, '0');
  const fill = (flags.width ?? 0) - sign.length - prefix.length;
  const isZeroFilled = flags.zero && !flags.minus && flags.precision === undefined;
  return pad(sign + prefix + (isZeroFilled ? body.padStart(fill, '0') : body), flags, false);
}

function bigPrefix(verb: string, sharp: boolean): string {
  if (verb === 'O') return '0o';
  if (!sharp) return '';
  return verb === 'b' ? '0b' : verb === 'o' ? '0' : verb === 'x' ? '0x' : verb === 'X' ? '0X' : '';
}
