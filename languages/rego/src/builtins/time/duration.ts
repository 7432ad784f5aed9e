import { builtinError } from '../builtin.ts';
import { quote } from './quote.ts';

const units = new Map<string, bigint>([
  ['ns', 1n],
  ['us', 1_000n],
  // Both signs of micro: U+00B5 and U+03BC.
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

/** Hours of the units that OPA adds. */
const longUnits = new Map([
  ['d', 24],
  ['w', 7 * 24],
  ['y', 365 * 24],
]);

const maximum = 1n << 63n;

/** Nanoseconds of a duration as `1h30m`, with days, weeks and years of 365 days. Throws Go's errors. */
export function parseDuration(text: string): bigint {
  if (!/[dwy]/.test(text)) return parse(text, text);
  const invalid = () => fault('invalid duration', text);
  const whole = /^([+-]?)((?:[\d.]+(?:ms|us|\u00b5s|ns|[a-z]))+)$/.exec(text);
  if (whole === null) throw invalid();
  const rewritten = (whole[2] ?? '').replace(
    /([\d.]+)(ms|us|\u00b5s|ns|[a-z])/g,
    (segment, digits: string, unit: string) => {
      const factor = longUnits.get(unit);
      if (factor === undefined) return segment;
      if (!/^(?:\d+\.?\d*|\.\d+)$/.test(digits)) throw invalid();
      return `${plainDecimal(Number(digits) * factor)}h`;
    },
  );
  return parse((whole[1] ?? '') + rewritten, text);
}

/** A double without an exponent. */
function plainDecimal(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  const text = String(value);
  return /e/.test(text) ? value.toFixed(100).replace(/0+$/, '') : text;
}

function fault(message: string, text: string): Error {
  return builtinError(`time: ${message} ${quote(text)}`);
}

const segmentPattern = /(\d*)(?:(\.)(\d*))?([^\d.]*)/y;

function parse(text: string, shown: string): bigint {
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  const body = text.slice(sign.length);
  if (body === '0') return 0n;
  if (body === '') throw fault('invalid duration', shown);
  let total = 0n;
  for (let at = 0; at < body.length; ) {
    segmentPattern.lastIndex = at;
    const [segment = '', whole = '', , decimals = '', unit = ''] = segmentPattern.exec(body) ?? [];
    if (whole === '' && decimals === '') throw fault('invalid duration', shown);
    const value = BigInt(whole === '' ? '0' : whole);
    if (value > maximum) throw fault('invalid duration', shown);
    if (unit === '') throw fault('missing unit in duration', shown);
    const scale = units.get(unit);
    if (scale === undefined) throw fault(`unknown unit ${quote(unit)} in duration`, shown);
    total += value * scale + fraction(decimals, scale);
    if (total > maximum) throw fault('invalid duration', shown);
    at += segment.length;
  }
  if (sign === '-') return -total;
  if (total === maximum) throw fault('invalid duration', shown);
  return total;
}

/** The part behind the point in double arithmetic, as Go counts it. */
function fraction(decimals: string, scale: bigint): bigint {
  let value = 0n;
  let divisor = 1;
  for (const digit of decimals) {
    if (value > (maximum - 1n) / 10n) break;
    value = value * 10n + BigInt(digit);
    divisor *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(scale) / divisor)));
}
