import { type Framework, profileOf } from '@keelson/compliance';
import { entries, loads } from '../generated/index.js';

/** What is known of a framework before it is loaded. */
export interface FrameworkEntry {
  id: string;
  title: string;
  version: string;
  /** Shorter names. */
  aliases: readonly string[];
  /** Ids of its profiles, which go as names of frameworks too. */
  profiles: readonly string[];
}

/** The frameworks that keelson brings, by id. */
export const frameworkEntries: readonly FrameworkEntry[] = entries;

/** Every name that `loadFramework` takes: ids, aliases and profiles. */
export const frameworkNames: readonly string[] = entries.flatMap(({ id, aliases, profiles }) => [
  id,
  ...aliases,
  ...profiles,
]);

/** The framework of an id or alias, or the part of one that a profile names; undefined when there is none. */
export async function loadFramework(name: string): Promise<Framework | undefined> {
  const entry = entries.find(
    ({ id, aliases, profiles }) => id === name || aliases.includes(name) || profiles.includes(name),
  );
  const load = entry === undefined ? undefined : loads[entry.id];
  if (load === undefined) return undefined;
  const { framework } = await load();
  const profile = framework.profiles.find(({ id }) => id === name);
  return profile === undefined ? framework : profileOf(framework, profile);
}

/** All frameworks that keelson brings, whole. */
export async function loadFrameworks(): Promise<readonly Framework[]> {
  const loaded = await Promise.all(Object.values(loads).map((load) => load()));
  return loaded.map(({ framework }) => framework);
}
