import { CelDuration, CelTimestamp } from '../runtime/time.ts';
import {
  CelBytes,
  CelMap,
  CelObject,
  CelOptional,
  type CelValue,
  isNumeric,
  unwrapNumber,
} from '../runtime/values.ts';

/** True for null, false, zero, and what is empty. */
export function isZeroValue(value: CelValue): boolean {
  if (value === null || value === false || value === '') return true;
  if (isNumeric(value)) return Number(unwrapNumber(value)) === 0;
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof CelBytes) return value.value.length === 0;
  if (value instanceof CelMap) return value.size === 0;
  if (value instanceof CelOptional) return value.value === undefined;
  if (value instanceof CelDuration || value instanceof CelTimestamp) return value.nanoseconds === 0n;
  if (value instanceof CelObject) return false;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
