/** Numbers in texts as Go's strconv.ParseFloat reads them. */

const decimal = /^[+-]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?$/;
const hexadecimal = /^([+-]?)0[xX]([\da-fA-F_]*)(?:\.([\da-fA-F_]*))?[pP]([+-]?\d+)$/;
// An underscore stands between digits, or after the prefix of a base.
const misplaced = /(?<![\da-fA-FxX])_|_(?![\da-fA-F])/;

/** What strconv.ParseFloat finds wrong with a text, or undefined. */
export function faultOfFloat(text: string): 'invalid syntax' | 'value out of range' | undefined {
  if (misplaced.test(text)) return 'invalid syntax';
  const hex = hexadecimal.exec(text);
  if (hex !== null)
    return /[\da-fA-F]/.test(`${hex[2]}${hex[3] ?? ''}`) ? rangeOf(hexValue(hex)) : 'invalid syntax';
  if (!decimal.test(text)) return 'invalid syntax';
  return rangeOf(Number(text.replaceAll('_', '')));
}

function rangeOf(double: number): 'value out of range' | undefined {
  return Number.isFinite(double) ? undefined : 'value out of range';
}

function hexValue([, sign, whole = '', fraction = '', power = '0']: RegExpExecArray): number {
  const digits = (whole + fraction).replaceAll('_', '');
  const scale = Number(power) - 4 * fraction.replaceAll('_', '').length;
  const magnitude = Number(BigInt(`0x${digits}`)) * 2 ** scale;
  return sign === '-' ? -magnitude : magnitude;
}

const json = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const parts = /^([+-]?)(\d*)(?:\.(\d*))?((?:[eE][+-]?\d+)?)$/;

/** A text that ParseFloat reads, written as JSON has numbers; unchanged where it is one. */
export function jsonNumberText(text: string): string {
  if (json.test(text)) return text;
  const hex = hexadecimal.exec(text);
  if (hex !== null) return String(hexValue(hex));
  const [, sign, whole = '', fraction = '', exponent = ''] = parts.exec(text.replaceAll('_', '')) ?? [];
  const integer = whole.replace(/^0+(?=\d)/, '') || '0';
  return `${sign === '-' ? '-' : ''}${integer}${fraction === '' ? '' : `.${fraction}`}${exponent}`;
}
