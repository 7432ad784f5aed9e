const largest = 2n ** 64n;

/** A number of HCL as JSON has it: whole numbers that a `number` would round are `bigint`, up to 64 bits. */
export function numberValue(text: string): number | bigint {
  const value = Number(text);
  if (Number.isSafeInteger(value) || !/^-?\d{1,20}$/.test(text)) return value;
  const exact = BigInt(text);
  return exact < largest && exact >= -largest / 2n ? exact : value;
}

/** A number within text: plain decimal digits without an exponent or needless zeros. */
export function numberText(text: string): string {
  const [digits = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  const shift = Number(exponent);
  const all = whole + fraction;
  const point = whole.length + shift;
  const padded = point < 0 ? '0'.repeat(-point) + all : all.padEnd(point, '0');
  const left = padded.slice(0, Math.max(0, point)).replace(/^0+(?=.)/, '');
  const right = trimZeros(padded.slice(Math.max(0, point)));
  return right === '' ? left || '0' : `${left || '0'}.${right}`;
}

function trimZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
