import type { Term } from '../syntax/ast.ts';
import { arrayTerm, booleanTerm, numberTerm, objectTerm, setTerm, stringTerm } from '../syntax/build.ts';
import {
  BigNumber,
  entriesSorted,
  isArray,
  isObjectValue,
  isSet,
  numberText,
  type RegoValue,
} from '../values/index.ts';

const terms = new WeakMap<object, Term>();

/** The term that writes a value. Terms of composites are kept as long as these. */
export function termOf(value: RegoValue): Term {
  if (value === null) return { type: 'null', location: undefined };
  if (typeof value === 'boolean') return booleanTerm(value);
  if (typeof value === 'string') return stringTerm(value);
  if (typeof value === 'number' || value instanceof BigNumber) return numberTerm(numberText(value));
  const known = terms.get(value);
  if (known !== undefined) return known;
  const term = compositeTerm(value);
  terms.set(value, term);
  return term;
}

function compositeTerm(value: RegoValue): Term {
  if (isArray(value)) return arrayTerm(value.map(termOf));
  if (isSet(value)) return setTerm(value.sorted().map(termOf));
  if (!isObjectValue(value)) return { type: 'null', location: undefined };
  return objectTerm(entriesSorted(value).map(([key, item]) => [termOf(key), termOf(item)]));
}
