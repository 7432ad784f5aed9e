import { RegoError } from '../errors.ts';
import {
  type Decimal,
  fixedText,
  integerPart,
  maxNumberExponent,
  numberFromBigInt,
  numberFromText,
  parseDecimal,
  type RegoNumber,
} from '../values/index.ts';
import {
  type BuiltinArguments,
  type BuiltinContext,
  type BuiltinError,
  type BuiltinFamily,
  builtinError,
} from './builtin.ts';
import { jsonNumberText } from './go-numbers.ts';
import { toLower } from './letter-case.ts';
import { stringOperand } from './operands.ts';

/** Quantities with a unit: `10K`, `2Mi`, `1.5GB`, `100m`. */

const decimalPowers = ['k', 'm', 'g', 't', 'p', 'e'];

/** How much a prefix stands for: 10^3, 10^6 … or with an `i` 2^10, 2^20 … */
function factorOf(letter: string, isBinary: boolean): bigint | undefined {
  const power = decimalPowers.indexOf(letter) + 1;
  if (power === 0) return undefined;
  return (isBinary ? 1024n : 1000n) ** BigInt(power);
}

/** Digits that an exponent may have. */
const maxExponentDigits = 6;

class Quantity {
  readonly number: string;
  readonly unit: string;

  constructor(number: string, unit: string) {
    this.number = number;
    this.unit = unit;
  }
}

const numberPart = /^(?:[\d.+-]|[eE][+-]?(?=\d)|[eE][+-])*/;

/** The number and the unit of a quantity. An `e` belongs to the number where digits or a sign follow. */
function splitQuantity(text: string, name: string): Quantity {
  if (text.includes(' ')) throw fault(name, 'spaces not allowed in resource strings');
  const number = numberPart.exec(text)?.[0] ?? '';
  const exponents = number.match(/[eE][+-]?\d*/g) ?? [];
  if (exponents.some((exponent) => exponent.replace(/\D/g, '').length > maxExponentDigits)) {
    throw fault(name, 'exponent too large');
  }
  return new Quantity(number, text.slice(number.length));
}

function fault(name: string, message: string): BuiltinError {
  return builtinError(`${name}: ${message}`);
}

/** The value of a number's text as Go's math/big reads decimals. */
function decimalOfText(text: string): Decimal | undefined {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)
    ? parseDecimal(jsonNumberText(text))
    : undefined;
}

function parseUnits(args: BuiltinArguments): RegoNumber {
  const name = 'units.parse';
  const { number, unit } = splitQuantity(stringOperand(args, 1).replaceAll('"', ''), name);
  if (number === '') throw fault(name, 'no amount provided');
  // Case counts in the first letter only, to tell milli from mega.
  const usual = unit.slice(0, 1) + toLower(unit.slice(1));
  const factor = unitFactor(usual);
  if (factor === undefined) throw fault(name, `unit ${usual} not recognized`);
  const decimal = decimalOfText(number);
  if (decimal === undefined) throw fault(name, 'could not parse amount to a number');
  if (Math.abs(decimal.exponent) > maxNumberExponent) throw numberLimit();
  return scale(decimal, factor);
}

function numberLimit(): RegoError {
  return new RegoError('eval_limit_error', `number passes the limit of ${maxNumberExponent} digits`);
}

/** A thousandth as OPA has it: the double nearest to 0.001, exactly. */
const milli = { numerator: 1152921504606847n, denominator: 2n ** 60n };

interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

function unitFactor(unit: string): Ratio | undefined {
  if (unit === '') return { numerator: 1n, denominator: 1n };
  if (unit === 'm') return milli;
  const match = /^([kKmMgGtTpPeE])(i?)$/.exec(unit);
  if (match === null) return undefined;
  const factor = factorOf((match[1] ?? '').toLowerCase(), match[2] === 'i');
  return factor === undefined ? undefined : { numerator: factor, denominator: 1n };
}

/** The product, as an integer or with ten digits after the point, the last one rounded. */
function scale({ coefficient, exponent }: Decimal, factor: Ratio): RegoNumber {
  const numerator = coefficient * factor.numerator * 10n ** BigInt(Math.max(exponent, 0));
  const denominator = factor.denominator * 10n ** BigInt(Math.max(-exponent, 0));
  if (numerator % denominator === 0n) return numberFromBigInt(numerator / denominator);
  return numberFromText(fixedText(numerator, denominator, 10));
}

function parseBytes(args: BuiltinArguments, context: BuiltinContext): RegoNumber {
  const name = 'units.parse_bytes';
  const { number, unit } = splitQuantity(toLower(stringOperand(args, 1)).replaceAll('"', ''), name);
  if (number === '') throw fault(name, 'no byte amount provided');
  const match = /^(?:([kmgtpe])(i?)b?)?$/.exec(unit);
  const factor = unit === '' ? 1n : factorOf(match?.[1] ?? '', match?.[2] === 'i');
  if (factor === undefined) throw fault(name, `byte unit ${unit} not recognized`);
  if (decimalOfText(number) === undefined) throw fault(name, 'could not parse byte amount to a number');
  const amount = numberFromText(jsonNumberText(number));
  return numberFromBigInt(integerPart(amount, context.limits.maxIntegerBits, numberFromBigInt(factor)));
}

export const units: BuiltinFamily = {
  'units.parse': parseUnits,
  'units.parse_bytes': parseBytes,
};
