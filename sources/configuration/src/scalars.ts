const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const hexadecimal = /^([+-]?)0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?[pP]([+-]?\d+)$/;

/** The number that Go's strconv.ParseFloat reads in a text; undefined for none, for infinity and NaN. */
export function goNumber(text: string): number | undefined {
  const digits = withoutUnderscores(text);
  const value = digits === undefined ? undefined : decimal.test(digits) ? Number(digits) : hexNumber(digits);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

/** `_` may stand between digits, and behind `0x`. */
function withoutUnderscores(text: string): string | undefined {
  if (!text.includes('_')) return text;
  const isHexadecimal = /^[+-]?0[xX]/.test(text);
  const digits = text.replace(/^([+-]?0[xX])_/, '$1');
  const wrong = isHexadecimal ? /[^\da-fA-F]_|_(?![\da-fA-F])|^_/ : /\D_|_(?!\d)|^_/;
  return wrong.test(digits) ? undefined : digits.replaceAll('_', '');
}

function hexNumber(text: string): number | undefined {
  const match = hexadecimal.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = ''] = match;
  if (whole + fraction === '') return undefined;
  const value = Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}

/** The truth that Go's strconv.ParseBool reads in a text; undefined for none. */
export function goBoolean(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}
