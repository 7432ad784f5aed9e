import { CelFault } from '../runtime/fault.ts';
import {
  type CelDouble,
  type CelNumber,
  CelUint,
  type CelValue,
  compareNumbers,
  isDouble,
  isInt,
  isNumeric,
  toDouble,
  toInt,
} from '../runtime/values.ts';
import type { FunctionTable } from './library.ts';

const numbers = ['int', 'uint', 'double'];

function extremum(name: string): string[] {
  const pairs = numbers.flatMap((a) =>
    numbers.map((b) => `math.${name}(${a}, ${b}) -> ${a === b ? a : 'dyn'}`),
  );
  const lists = numbers.map((type) => `math.${name}(list(${type})) -> ${type}`);
  const many = [3, 4, 5, 6, 7, 8].map(
    (count) => `math.${name}(${Array(count).fill('dyn').join(', ')}) -> dyn`,
  );
  return [...numbers.map((type) => `math.${name}(${type}) -> ${type}`), ...pairs, ...lists, ...many];
}

/** cel-go's math extension. */
export const mathDeclarations: readonly string[] = [
  ...extremum('greatest'),
  ...extremum('least'),
  ...['ceil', 'floor', 'round', 'trunc', 'sqrt'].map((name) => `math.${name}(double) -> double`),
  'math.sqrt(int) -> double',
  'math.sqrt(uint) -> double',
  ...['isNaN', 'isInf', 'isFinite'].map((name) => `math.${name}(double) -> bool`),
  ...['abs', 'sign'].flatMap((name) => numbers.map((type) => `math.${name}(${type}) -> ${type}`)),
  ...['bitAnd', 'bitOr', 'bitXor'].flatMap((name) => [
    `math.${name}(int, int) -> int`,
    `math.${name}(uint, uint) -> uint`,
  ]),
  'math.bitNot(int) -> int',
  'math.bitNot(uint) -> uint',
  ...['bitShiftLeft', 'bitShiftRight'].flatMap((name) => [
    `math.${name}(int, int) -> int`,
    `math.${name}(uint, int) -> uint`,
  ]),
];

function best(keep: (comparison: number) => boolean) {
  return (...args: CelValue[]): CelValue | undefined => {
    const [first] = args;
    const candidates = args.length === 1 && Array.isArray(first) ? first : args;
    if (candidates.length === 0) throw new CelFault('math.@max(list) argument must not be empty');
    let found: CelNumber | undefined;
    for (const candidate of candidates) {
      if (!isNumeric(candidate)) return undefined;
      if (found === undefined || keep(compareNumbers(candidate, found))) found = candidate;
    }
    return found;
  };
}

function number(value: number | CelDouble): number {
  return typeof value === 'number' ? value : value.value;
}

function ofDouble(operation: (value: number) => number) {
  return (value: CelValue) => (isDouble(value) ? toDouble(operation(number(value))) : undefined);
}

function test(condition: (value: number) => boolean) {
  return (value: CelValue) => (isDouble(value) ? condition(number(value)) : undefined);
}

/** Halves away from zero. */
function round(value: number): number {
  return Number.isFinite(value) && Math.abs(value) < 2 ** 52
    ? Math.sign(value) * Math.floor(Math.abs(value) + 0.5)
    : value;
}

function abs(value: CelValue): CelValue | undefined {
  if (isInt(value)) return toInt(BigInt(value) < 0n ? -BigInt(value) : BigInt(value));
  if (value instanceof CelUint) return value;
  return isDouble(value) ? toDouble(Math.abs(number(value))) : undefined;
}

function sign(value: CelValue): CelValue | undefined {
  if (isInt(value)) return value > 0 ? 1 : value < 0 ? -1 : 0;
  if (value instanceof CelUint) return new CelUint(value.value > 0n ? 1n : 0n);
  return isDouble(value) ? toDouble(Math.sign(number(value))) : undefined;
}

function bitwise(operation: (a: bigint, b: bigint) => bigint) {
  return (a: CelValue, b: CelValue) => {
    if (isInt(a) && isInt(b)) return toInt(BigInt.asIntN(64, operation(BigInt(a), BigInt(b))));
    if (a instanceof CelUint && b instanceof CelUint) return new CelUint(operation(a.value, b.value));
    return undefined;
  };
}

/** Shifts move bits as in an unsigned word; 64 and more leave nothing. */
function shift(name: string, operation: (value: bigint, count: bigint) => bigint) {
  return (value: CelValue, count: CelValue) => {
    if (!isInt(count) || !(isInt(value) || value instanceof CelUint)) return undefined;
    if (count < 0) throw new CelFault(`math.${name}() negative offset: ${count}`);
    const word = BigInt.asUintN(64, value instanceof CelUint ? value.value : BigInt(value));
    const shifted = count >= 64 ? 0n : BigInt.asUintN(64, operation(word, BigInt(count)));
    return value instanceof CelUint ? new CelUint(shifted) : toInt(BigInt.asIntN(64, shifted));
  };
}

export const mathFunctions: FunctionTable = {
  'math.greatest': best((comparison) => comparison > 0),
  'math.least': best((comparison) => comparison < 0),
  'math.ceil': ofDouble(Math.ceil),
  'math.floor': ofDouble(Math.floor),
  'math.round': ofDouble(round),
  'math.trunc': ofDouble(Math.trunc),
  'math.sqrt': (value) => {
    if (isInt(value)) return toDouble(Math.sqrt(Number(value)));
    if (value instanceof CelUint) return toDouble(Math.sqrt(Number(value.value)));
    return isDouble(value) ? toDouble(Math.sqrt(number(value))) : undefined;
  },
  'math.isNaN': test(Number.isNaN),
  'math.isInf': test((value) => Math.abs(value) === Number.POSITIVE_INFINITY),
  'math.isFinite': test(Number.isFinite),
  'math.abs': abs,
  'math.sign': sign,
  'math.bitAnd': bitwise((a, b) => a & b),
  'math.bitOr': bitwise((a, b) => a | b),
  'math.bitXor': bitwise((a, b) => a ^ b),
  'math.bitNot': (value) => {
    if (isInt(value)) return toInt(~BigInt(value));
    return value instanceof CelUint ? new CelUint(BigInt.asUintN(64, ~value.value)) : undefined;
  },
  'math.bitShiftLeft': shift('bitShiftLeft', (value, count) => value << count),
  'math.bitShiftRight': shift('bitShiftRight', (value, count) => value >> count),
};
