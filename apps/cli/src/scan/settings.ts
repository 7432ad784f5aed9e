import type { LoadedInput } from '@keelson/manifests';
import { loadCheckTexts } from '@keelson/pack-checks';
import type { Configuration } from '../config.ts';
import type { JudgeSettings } from './judge.ts';

/** Marks of other tools' ignore comments and annotations: their ids need the alias table. */
const foreignMarks = [
  'skip=',
  'trivy:ignore',
  'tfsec:ignore',
  'hadolint',
  'kube-linter.io/',
  'checkov.io/',
  'kube-score/',
  '-exempt',
];

/** Exceptions and, only when an input or an exception speaks of another tool's ids, the table of aliases. */
export async function settingsOf(configuration: Configuration, loaded: LoadedInput): Promise<JudgeSettings> {
  const { exceptions } = configuration;
  const needed =
    exceptions.length > 0 ||
    [...loaded.sources.values()].some(({ text }) => foreignMarks.some((mark) => text.includes(mark)));
  return { exceptions, aliases: needed ? await aliasTable() : new Map() };
}

/** Our ids by `tool:id` and by `:id` for exceptions, which name no tool. */
async function aliasTable(): Promise<ReadonlyMap<string, readonly string[]>> {
  const table = new Map<string, string[]>();
  const add = (key: string, id: string) => {
    const ids = table.get(key);
    if (ids === undefined) table.set(key, [id]);
    else if (!ids.includes(id)) ids.push(id);
  };
  for (const text of (await loadCheckTexts()).values()) {
    for (const [tool, ids] of Object.entries(text.aliases)) {
      for (const id of ids) {
        add(`${tool}:${id}`, text.id);
        add(`:${id}`, text.id);
      }
    }
  }
  return table;
}
