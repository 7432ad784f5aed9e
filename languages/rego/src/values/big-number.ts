import { RegoError } from '../errors.ts';

/** The exact value `coefficient × 10^exponent`. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** The longest text of a number, in characters. */
export const maxNumberLength = 100_000;

/**
 * The bound on the decimal exponent, which keeps the digits that a number stands for countable. OPA's own
 * bound is 100,000 binary digits.
 */
export const maxNumberExponent = 30_103;

const numberText = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;

/** The value of a number's text, as written: digits of the fraction count into the exponent. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > maxNumberLength) return undefined;
  const match = numberText.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const coefficient = BigInt(whole + fraction);
  return {
    coefficient: sign === '-' ? -coefficient : coefficient,
    exponent: Number(exponent) - fraction.length,
  };
}

/** True where the leading digit of a value lies within the bound on exponents. */
export function isWithinBounds({ coefficient, exponent }: Decimal): boolean {
  if (coefficient === 0n) return true;
  if (exponent < -2 * maxNumberLength || exponent > maxNumberExponent) return false;
  const lead = (coefficient < 0n ? -coefficient : coefficient).toString().length + exponent;
  return lead >= -maxNumberExponent && (lead <= maxNumberExponent || exponent <= 0);
}

/**
 * A number that JavaScript's do not hold, or whose text is kept as it was written. The value is exact.
 * Made by `numberFromText`, which first asks whether a JavaScript number does.
 */
export class BigNumber {
  readonly text: string;
  #written: Decimal | undefined;
  #reduced: Decimal | undefined;

  constructor(text: string, written?: Decimal) {
    this.text = text;
    this.#written = written;
  }

  /** Coefficient and exponent as the text has them. */
  get written(): Decimal {
    if (this.#written === undefined) {
      const decimal = parseDecimal(this.text);
      if (decimal === undefined || !isWithinBounds(decimal)) {
        throw new RegoError('eval_limit_error', `number passes the limit of ${maxNumberExponent} digits`);
      }
      this.#written = decimal;
    }
    return this.#written;
  }

  /** Coefficient and exponent without trailing zeros: equal values have equal ones. */
  get decimal(): Decimal {
    this.#reduced ??= reduce(this.written);
    return this.#reduced;
  }

  toString(): string {
    return this.text;
  }

  /** For a result that is given to `JSON.stringify`; `stringifyJson` keeps the text. */
  toJSON(): number {
    return Number(this.text);
  }
}

/** The same value without trailing zeros in the coefficient; zero has the exponent 0. */
export function reduce({ coefficient, exponent }: Decimal): Decimal {
  if (coefficient === 0n) return { coefficient: 0n, exponent: 0 };
  const digits = coefficient.toString();
  let zeros = 0;
  while (digits.charCodeAt(digits.length - 1 - zeros) === 48) zeros++;
  if (zeros === 0) return { coefficient, exponent };
  return { coefficient: BigInt(digits.slice(0, digits.length - zeros)), exponent: exponent + zeros };
}
