import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, type CheckDefinition, loadChecks } from '@keelson/checks';
import { createObject, type JsonObject, type KeelsonError } from '@keelson/core';
import { CommandError } from '../errors.ts';
import type { ScanOptions } from './options.ts';

/** The checks of this run. */
export interface SelectedChecks {
  checks: readonly Check[];
  /** Users' own, for their texts. */
  own: readonly CheckDefinition[];
  /** Users' checks that could not be read: exit 3, the others run. */
  problems: readonly KeelsonError[];
}

/**
 * Built-in and users' checks, less what is skipped.
 * @throws CommandError USAGE for an id that no check has
 */
export function selectChecks(
  builtIn: readonly Check[],
  options: Pick<ScanOptions, 'checks' | 'only' | 'skip'>,
  settings: ReadonlyMap<string, JsonObject> = new Map(),
): SelectedChecks {
  const files = options.checks.flatMap(checkFiles);
  const taken = new Set(builtIn.map((check) => check.id));
  const loaded = files.length === 0 ? undefined : loadChecks(files, taken);
  const all = [...builtIn, ...(loaded?.checks ?? [])];
  const known = new Set(all.map((check) => check.id));
  for (const id of [...options.only, ...options.skip, ...settings.keys()]) {
    if (!known.has(id)) throw new CommandError('USAGE', `there is no check "${id}"`);
  }
  const only = new Set(options.only);
  const skip = new Set(options.skip);
  const checks = all
    .filter((check) => (only.size === 0 || only.has(check.id)) && !skip.has(check.id))
    .map((check) => withSettings(check, settings.get(check.id)));
  return { checks, own: loaded?.definitions ?? [], problems: loaded?.problems ?? [] };
}

/** A check whose settings a configuration changes; what it does not name keeps its default. */
function withSettings(check: Check, settings: JsonObject | undefined): Check {
  if (settings === undefined) return check;
  const params: JsonObject = Object.assign(createObject(), check.judge.params, settings);
  return { ...check, judge: { ...check.judge, params } };
}

function checkFiles(path: string): { file: string; text: string }[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new CommandError('USAGE', `--checks ${path}: no such file or folder`);
  if (!stats.isDirectory()) return [{ file: path, text: readFileSync(path, 'utf8') }];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({ file: join(path, name), text: readFileSync(join(path, name), 'utf8') }));
}
