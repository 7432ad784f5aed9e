import { isObject, type JsonValue, type Path, type SourceLocation } from '@keelson/core';
import type { Locate } from '../definition.ts';
import { CheckError } from '../errors.ts';

/** An exception of `keelson.yaml`. */
export interface Exception {
  /** Check ids (or other tools' ids); `*` is every check. */
  rules: string[];
  /** `Kind`, `Kind/name` or `Kind/namespace/name`; `*` stands for any text without a slash. Empty = all. */
  objects: string[];
  /** Globs of files. Empty = all. */
  files: string[];
  reason: string;
  owner: string;
  /** RFC 3339 date (whole day, UTC) or time; undefined = none. */
  expires: string | undefined;
  location: SourceLocation | undefined;
}

const keys = new Set(['rule', 'rules', 'objects', 'object', 'files', 'file', 'reason', 'owner', 'expires']);

/**
 * Reads one of the `exceptions` of a configuration; `path` says where it stands.
 * @throws CheckError EXCEPTION_INVALID naming the field and its line
 */
export function readException(item: JsonValue, locate: Locate, path: Path): Exception {
  if (!isObject(item)) throw fault('an exception is a mapping', locate(path));
  for (const key of Object.keys(item)) {
    if (!keys.has(key)) throw fault(`unknown field "${key}" in an exception`, locate([...path, key]));
  }
  const texts = (one: string, many: string): string[] => {
    const written = item[one] ?? item[many] ?? [];
    const list = Array.isArray(written) ? written : [written];
    return list.map((text) => {
      if (typeof text === 'string' && text !== '') return text;
      throw fault(`${many} holds text only`, locate([...path, many]));
    });
  };
  const text = (key: string): string | undefined => {
    const written = item[key];
    if (written === undefined) return undefined;
    if (typeof written === 'string' && written.trim() !== '') return written.trim();
    throw fault(`${key} must be text`, locate([...path, key]));
  };
  for (const many of ['objects', 'files']) {
    const written = item[many];
    if (Array.isArray(written) && written.length === 0)
      throw fault(`${many} is empty: leave it out to mean all of them`, locate([...path, many]));
  }
  const rules = texts('rule', 'rules');
  const reason = text('reason');
  const owner = text('owner');
  const expires = text('expires');
  if (rules.length === 0) throw fault('an exception names its rule', locate(path));
  if (reason === undefined) throw fault('an exception needs a reason', locate(path));
  if (owner === undefined) throw fault('an exception needs an owner', locate(path));
  if (expires !== undefined && !isDate(expires)) {
    throw fault(`expires "${expires}" is not a date like 2026-12-31`, locate([...path, 'expires']));
  }
  const location = locate(path);
  return {
    rules,
    objects: texts('object', 'objects'),
    files: texts('file', 'files'),
    reason,
    owner,
    expires,
    location,
  };
}

function isDate(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?$/.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    // The parser takes 31 November for 1 December.
    new Date(text.slice(0, 10)).toISOString().startsWith(text.slice(0, 10))
  );
}

/** True once the day (or the moment) that the exception names has passed at `now`. */
export function isExpired(exception: Exception, now: Date): boolean {
  if (exception.expires === undefined) return false;
  const end = exception.expires.includes('T') ? exception.expires : `${exception.expires}T23:59:59.999Z`;
  return Date.parse(end) < now.getTime();
}

function fault(message: string, location: SourceLocation | undefined): CheckError {
  return new CheckError('EXCEPTION_INVALID', message, location === undefined ? {} : { location });
}
