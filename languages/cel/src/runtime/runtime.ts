import { CelError } from '../error.ts';
import { type CelFunction, type FunctionTable, mergeFunctions } from '../libraries/library.ts';
import {
  chainedField,
  contains,
  elementsOf,
  fieldOf,
  index,
  isMap,
  keysOf,
  MapBuilder,
  optional,
  optionalField,
  optionalIndex,
  optionalValue,
  selectFault,
} from './access.ts';
import { type CelBudget, callCost, spend } from './cost.ts';
import { absorbable, CelFault, noSuchOverload } from './fault.ts';
import { add, compare, divide, modulo, multiply, negate, subtract } from './operators.ts';
import { matcher, nativeMatcher } from './regex.ts';
import {
  CelBytes,
  CelOptional,
  CelTypeValue,
  type CelValue,
  equalValues,
  isRecord,
  toDouble,
  toUint,
  typeOf,
} from './values.ts';

/** The variables of one evaluation, by declared name. */
export type CelVariables = Record<string, unknown>;

/** Everything generated code needs. */
export interface CelRuntime {
  readonly functions: FunctionTable;
  readonly [member: string]: unknown;
}

/** Generated code: `(rt) => (variables) => value`. */
export type GeneratedCel = (rt: CelRuntime) => (variables: CelVariables, budget?: CelBudget) => CelValue;

/** Runs generated code; what it throws reaches the caller as CelError. */
function program(
  body: (variables: CelVariables, budget?: CelBudget) => CelValue,
): (variables: CelVariables, budget?: CelBudget) => CelValue {
  return (variables, budget) => {
    try {
      return body(variables, budget);
    } catch (thrown) {
      if (thrown instanceof CelFault) throw new CelError(thrown.code, thrown.message);
      // A string, list or stack beyond what JavaScript can hold.
      if (thrown instanceof RangeError)
        throw new CelError('CEL_LIMIT', `a value is too large: ${thrown.message}`);
      throw thrown;
    }
  };
}

function addEntry(builder: MapBuilder, entries: CelValue): void {
  for (const key of elementsOf(entries)) builder.add(key, index(entries, key));
}

function sortBy(values: readonly CelValue[], keys: readonly CelValue[]): CelValue[] {
  const order = values.map((_, at) => at);
  order.sort((a, b) => compare(keys[a] ?? null, keys[b] ?? null) || a - b);
  return order.map((at) => values[at] ?? null);
}

function expect(value: CelValue, type: string): CelValue {
  if (typeOf(value) === type) return value;
  throw new CelFault(`expected a result of type '${type}' but found '${typeOf(value)}'`);
}

const core = {
  expect,
  program,
  isMap,
  fieldOf,
  selectFault,
  index,
  optionalField,
  chainedField,
  optionalIndex,
  optional,
  optionalValue,
  none: CelOptional.none,
  elementsOf,
  keysOf,
  contains,
  MapBuilder,
  addEntry,
  sortBy,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  negate,
  compare,
  equalValues,
  isRecord,
  absorbable,
  noSuchOverload,
  matcher,
  nativeMatcher,
  callCost,
  spend,
  fault: (message: string) => new CelFault(message),
  type: (name: string) => new CelTypeValue(name),
  uint: (value: bigint) => toUint(value),
  double: toDouble,
  bytes: (octets: number[]) => new CelBytes(Uint8Array.from(octets)),
};

/** A run-time with the functions of the given tables. */
export function createRuntime(tables: readonly FunctionTable[]): CelRuntime {
  return { ...core, functions: mergeFunctions(tables) };
}

export type { CelFunction };
