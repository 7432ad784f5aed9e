import { compareQuantities, parseQuantity, type Quantity } from '@keelson/kubernetes';
import { CelFault } from '../runtime/fault.ts';
import { CelObject, type CelValue, isInt, toDouble, toInt } from '../runtime/values.ts';
import type { FunctionTable } from './library.ts';

/** Kubernetes' quantity library. */
export const quantityDeclarations: readonly string[] = [
  'quantity(string) -> kubernetes.Quantity',
  'isQuantity(string) -> bool',
  'kubernetes.Quantity.sign() -> int',
  'kubernetes.Quantity.isGreaterThan(kubernetes.Quantity) -> bool',
  'kubernetes.Quantity.isLessThan(kubernetes.Quantity) -> bool',
  'kubernetes.Quantity.compareTo(kubernetes.Quantity) -> int',
  'kubernetes.Quantity.asInteger() -> int',
  'kubernetes.Quantity.isInteger() -> bool',
  'kubernetes.Quantity.asApproximateFloat() -> double',
  'kubernetes.Quantity.add(kubernetes.Quantity) -> kubernetes.Quantity',
  'kubernetes.Quantity.add(int) -> kubernetes.Quantity',
  'kubernetes.Quantity.sub(kubernetes.Quantity) -> kubernetes.Quantity',
  'kubernetes.Quantity.sub(int) -> kubernetes.Quantity',
];

const billion = 1_000_000_000n;

export class CelQuantity extends CelObject {
  readonly typeName = 'kubernetes.Quantity';
  readonly quantity: Quantity;
  constructor(quantity: Quantity) {
    super();
    this.quantity = quantity;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelQuantity && compareQuantities(this.quantity, other.quantity) === 0;
  }
}

function readQuantity(text: string): CelQuantity {
  const quantity = parseQuantity(text);
  if (quantity === undefined)
    throw new CelFault(`quantity parse error during conversion from string: ${text}`);
  return new CelQuantity(quantity);
}

function of(read: (nano: bigint) => CelValue) {
  return (value: CelValue) => (value instanceof CelQuantity ? read(value.quantity.nano) : undefined);
}

function comparison(read: (order: number) => CelValue) {
  return (a: CelValue, b: CelValue) =>
    a instanceof CelQuantity && b instanceof CelQuantity
      ? read(compareQuantities(a.quantity, b.quantity))
      : undefined;
}

function arithmetic(sign: bigint) {
  return (a: CelValue, b: CelValue) => {
    if (!(a instanceof CelQuantity)) return undefined;
    const { nano, format } = a.quantity;
    if (isInt(b)) return new CelQuantity({ nano: nano + sign * BigInt(b) * billion, format });
    return b instanceof CelQuantity
      ? new CelQuantity({ nano: nano + sign * b.quantity.nano, format })
      : undefined;
  };
}

function asInteger(nano: bigint): CelValue {
  if (nano % billion !== 0n) throw new CelFault('cannot convert value to integer');
  return toInt(nano / billion, 'cannot convert value to integer');
}

export const quantityFunctions: FunctionTable = {
  quantity: (text) => (typeof text === 'string' ? readQuantity(text) : undefined),
  isQuantity: (text) => (typeof text === 'string' ? parseQuantity(text) !== undefined : undefined),
  '.sign': of((nano) => (nano > 0n ? 1 : nano < 0n ? -1 : 0)),
  '.isGreaterThan': comparison((order) => order > 0),
  '.isLessThan': comparison((order) => order < 0),
  '.compareTo': comparison((order) => order),
  '.asInteger': of(asInteger),
  '.isInteger': of(
    (nano) => nano % billion === 0n && nano / billion < 2n ** 63n && nano / billion >= -(2n ** 63n),
  ),
  '.asApproximateFloat': of((nano) => toDouble(Number(nano / billion) + Number(nano % billion) / 1e9)),
  '.add': arithmetic(1n),
  '.sub': arithmetic(-1n),
};
