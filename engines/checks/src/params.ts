import { isObject, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import type { Check } from './check.ts';

/** The check with a user's settings: those that `settings` does not name stay as the check has them. */
export function withParams(check: Check, settings: JsonObject | undefined): Check {
  if (settings === undefined) return check;
  const params = objectOf([...Object.entries(check.judge.params ?? {}), ...Object.entries(settings)]);
  return { ...check, judge: { ...check.judge, params } };
}

/** What is wrong with a user's settings of a check; each goes on from the name of the setting's place. */
export interface SettingFault {
  /** The setting that is wrong. */
  name: string;
  message: string;
}

/**
 * Holds settings against those that the check has: a name that it does not know and a value of another sort would switch it
 * off in silence.
 */
export function settingFaults(params: JsonObject | undefined, settings: JsonObject): SettingFault[] {
  const known = Object.keys(params ?? {});
  return Object.keys(settings).flatMap((name) => {
    if (params === undefined || !known.includes(name)) {
      const there = known.length === 0 ? 'the check has no settings' : `there are ${known.join(', ')}`;
      return [{ name, message: `unknown setting "${name}"; ${there}` }];
    }
    const wanted = sortOf(params[name] ?? null);
    return sortOf(settings[name] ?? null) === wanted ? [] : [{ name, message: `${name} must be ${wanted}` }];
  });
}

function sortOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  return isObject(value) ? 'a mapping' : 'a number';
}
