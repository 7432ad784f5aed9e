import type { CheckDefinition, CheckText } from '@keelson/checks';
import { checksOfCoverage } from '@keelson/compliance';
import type { KeelsonError } from '@keelson/core';
import { loadCheckTexts } from '@keelson/pack-checks';
import { loadOwnChecks } from '../check-files.ts';
import { namedFrameworks } from '../frameworks.ts';

/** The checks that keelson brings and the user's own. */
export interface Catalog {
  texts: readonly CheckText[];
  own: readonly CheckDefinition[];
  /** What is wrong with the user's files; the other checks are there. */
  problems: readonly KeelsonError[];
}

/** Reads the user's checks from the folders named and puts them beside those that keelson brings. */
export async function loadCatalog(folders: readonly string[]): Promise<Catalog> {
  const { definitions, problems } = loadOwnChecks(folders);
  const texts = [...(await loadCheckTexts()).values(), ...definitions];
  return { texts: texts.sort((a, b) => (a.id < b.id ? -1 : 1)), own: definitions, problems };
}

/** Ids of the checks that judge a control of any of these frameworks; undefined when none is named. */
export async function idsOfFrameworks(
  names: readonly string[],
  texts: readonly CheckText[],
): Promise<ReadonlySet<string> | undefined> {
  if (names.length === 0) return undefined;
  const frameworks = await namedFrameworks(names, texts);
  return new Set(frameworks.flatMap(({ coverage }) => [...checksOfCoverage(coverage)]));
}
