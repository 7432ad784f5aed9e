import { join } from 'node:path';
import type { Surroundings } from '../surroundings.ts';

/** Settings of one profile. */
export type Profile = ReadonlyMap<string, string>;

/**
 * The profiles of a file of AWS (AWS SDKs and Tools Reference Guide, "Shared config and credentials files"): sections `[name]`, in the
 * config file `[profile name]`, of lines `name = value`. Lines that are indented belong to a setting that holds others, and are passed over.
 */
export function readProfiles(text: string): ReadonlyMap<string, Profile> {
  const profiles = new Map<string, Map<string, string>>();
  let open: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s/.test(line) || /^[#;]/.test(line)) continue;
    if (line.startsWith('[')) {
      const name = sectionName(line);
      open = name === undefined ? undefined : (profiles.get(name) ?? new Map());
      if (name !== undefined && open !== undefined) profiles.set(name, open);
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 0) continue;
    const value = line.slice(equals + 1).replace(/\s[#;].*$/, '');
    open?.set(line.slice(0, equals).trim().toLowerCase(), value.trim());
  }
  return profiles;
}

/** Undefined for sections of other sorts: `[sso-session name]`, `[services name]`. */
function sectionName(line: string): string | undefined {
  const end = line.indexOf(']');
  const words = line
    .slice(1, end < 0 ? 1 : end)
    .trim()
    .split(/\s+/);
  if (words.length === 1) return words[0] || undefined;
  return words.length === 2 && words[0] === 'profile' ? words[1] : undefined;
}

/** The profile that counts, from both files; what the credentials file says goes first. */
export function chosenProfile(around: Surroundings): {
  readonly name: string;
  readonly profile: Profile | undefined;
} {
  const name = around.variable('AWS_PROFILE') ?? 'default';
  const folder = join(around.home, '.aws');
  const places = [
    around.variable('AWS_CONFIG_FILE') ?? join(folder, 'config'),
    around.variable('AWS_SHARED_CREDENTIALS_FILE') ?? join(folder, 'credentials'),
  ];
  const found = places.flatMap((place) => readProfiles(around.optionalFile(place) ?? '').get(name) ?? []);
  if (found.length === 0) return { name, profile: undefined };
  return { name, profile: new Map(found.flatMap((profile) => [...profile])) };
}
