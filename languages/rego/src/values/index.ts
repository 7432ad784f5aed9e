export { BigNumber, type Decimal, maxNumberExponent, maxNumberLength, parseDecimal } from './big-number.ts';
export { countCodePoints, hasSingleUnits, sliceCodePoints, unitIndex } from './code-points.ts';
export { compare, equals } from './compare.ts';
export { type Digits, decimalDigits, generalForm, roundDigits } from './extended.ts';
export {
  type JsonResult,
  type JsonTextOptions,
  jsonString,
  memberName,
  stringifyJson,
  toJson,
} from './json.ts';
export { type Key, keyOf } from './key.ts';
export {
  entriesOf,
  entriesSorted,
  getKey,
  getMember,
  hasKey,
  keySet,
  keysOf,
  keysSorted,
  lookUp,
  memberNamesSorted,
  sizeOf,
} from './lookup.ts';
export {
  add,
  compareNumbers,
  decimalOf,
  divide,
  isNegative,
  isZero,
  type ModuloFault,
  modulo,
  multiply,
  numberFromBigInt,
  numberFromDouble,
  numberFromText,
  numberText,
  parseNumber,
  subtract,
  toBigInt,
  toDouble,
  toInt64,
} from './number.ts';
export { type Entry, objectOf, RegoObject } from './object.ts';
export { fromJson, isJson, JsonSyntaxError, maxJsonDepth } from './parse-json.ts';
export {
  absoluteValue,
  ceil,
  fixedText,
  floatProduct,
  floatSum,
  floor,
  integerPart,
  round,
} from './rounding.ts';
export { emptySet, RegoSet, setOf } from './set.ts';
export { compareStrings, sortStrings, sortValues } from './sort.ts';
export { isPrintable, type QuoteStyle, quoteString, stringifyRego } from './text.ts';
export { decodeStrictUtf8, decodeUtf8, encodeUtf8, escapedByte, utf8Length } from './utf8.ts';
export {
  isArray,
  isNumber,
  isObjectValue,
  isPlainObject,
  isSet,
  type ObjectValue,
  type PlainObject,
  type RegoNumber,
  type RegoValue,
  type TypeName,
  typeName,
} from './value.ts';
