import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isObject } from '@keelson/core';
import {
  type FrameworkData,
  frameworkOf,
  judgeCase,
  judgeControls,
  judgeIds,
  objectsAt,
  readJson,
  textAt,
  textsAt,
} from './framework-data.ts';
import type { Tally } from './suite.ts';

/** What the corpus `oscal` holds of SP 800-53: the controls of its baselines, not the whole catalog. */
export interface NistControls {
  /** Title by id, as OSCAL writes them. */
  readonly titles: ReadonlyMap<string, string>;
  /** Ids by the name of the baseline. */
  readonly baselines: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The controls of SP 800-53 from the corpus `oscal` beside `dir`; undefined where it is absent. */
export function readNistControls(dir: string): NistControls | undefined {
  const file = resolve(dir, '../oscal/nist-800-53r5-baseline-controls.json');
  if (!existsSync(file)) return undefined;
  const corpus = readJson(file);
  const baselines = isObject(corpus) ? corpus['baselines'] : undefined;
  return {
    titles: new Map(
      objectsAt(corpus, 'controls').map((control) => [textAt(control, 'id'), textAt(control, 'title')]),
    ),
    baselines: new Map(
      Object.keys(isObject(baselines) ? baselines : {}).map((name) => [
        name,
        new Set(textsAt(baselines, name)),
      ]),
    ),
  };
}

/** `AC-06(01)` as OSCAL writes it: `ac-6.1`. */
export function nistId(label: string): string {
  return label
    .toLowerCase()
    .replace(/\s/g, '')
    .replace(/\((\d+)\)/, '.$1')
    .replace(/([-.])0+(\d)/g, '$1$2');
}

/** Holds the framework `nist-800-53`, a part of the catalog, against the corpus `oscal` beside `dir`. */
export function judgeNistFramework(result: Tally, dir: string, data: FrameworkData): void {
  const framework = frameworkOf(data, 'nist-800-53');
  judgeControls(result, data, framework);
  const corpus = readNistControls(dir);
  if (corpus === undefined) {
    result.skip(framework.id, 'the corpus oscal is not beside this one: controls of SP 800-53 are unknown');
    return;
  }
  const outside: string[] = [];
  for (const { id, title } of framework.controls) {
    const theirs = corpus.titles.get(id);
    if (theirs === undefined) outside.push(id);
    else judgeCase(result, title.split(' | ').at(-1) === theirs, id, `NIST calls it ${theirs}`);
  }
  const ours = new Set(framework.controls.map(({ id }) => id));
  for (const [name, ids] of corpus.baselines) {
    const profile = framework.profiles.find(({ id }) => id === `${framework.id}-${name.toLowerCase()}`);
    const theirs = new Set([...ids].filter((id) => ours.has(id)));
    judgeIds(result, `profile ${name}`, new Set(profile?.controls), theirs);
  }
  result.notes.push(
    `nist-800-53: ${ours.size} controls; ${outside.length} outside of the baselines that the corpus lists: ${outside.join(', ')}`,
  );
}
