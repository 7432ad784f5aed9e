import { type JsonObject, objectOf } from '@keelson/core';
import type { Check } from './check.ts';

/** The check with a user's settings: those that `settings` does not name stay as the check has them. */
export function withParams(check: Check, settings: JsonObject | undefined): Check {
  if (settings === undefined) return check;
  const params = objectOf([...Object.entries(check.judge.params ?? {}), ...Object.entries(settings)]);
  return { ...check, judge: { ...check.judge, params } };
}
