import type { LoadedInput } from '@keelson/manifests';
import { aliasTable } from '../aliases.ts';
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
