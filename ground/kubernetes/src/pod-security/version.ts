import type { JsonObject } from '@keelson/core';
import { type PodSecurityLevel, podSecurityLevels } from './check.ts';

/** A version of the standards: that of a minor release of Kubernetes, or the newest known. */
export type PodSecurityVersion = 'latest' | `v1.${number}`;

/** Minor version; undefined for `latest` and for anything that is no version. */
export function minorOf(version: string): number | undefined {
  const match = /^v1\.(0|[1-9][0-9]{0,8})$/.exec(version);
  return match === null ? undefined : Number(match[1]);
}

/** Reads a version as the labels of a namespace write it; undefined for anything else. */
export function parsePodSecurityVersion(text: string): PodSecurityVersion | undefined {
  if (text === 'latest') return text;
  const minor = minorOf(text);
  return minor === undefined ? undefined : `v1.${minor}`;
}

/** Reads a level; undefined for anything else. */
export function parsePodSecurityLevel(text: string): PodSecurityLevel | undefined {
  return podSecurityLevels.find((level) => level === text);
}

/** A level at a version. */
export interface LevelVersion {
  readonly level: PodSecurityLevel;
  readonly version: PodSecurityVersion;
}

/** What a namespace enforces, records in the audit log and warns of. */
export interface NamespacePodSecurity {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
  /** Labels with a value that is no level or version. */
  readonly invalid: readonly string[];
}

/** Labels are `<prefix><mode>` and `<prefix><mode>-version`. */
const labelPrefix = 'pod-security.kubernetes.io/';
const modes = ['enforce', 'audit', 'warn'] as const;

/** What the admission plug-in does with namespaces without labels, unless its configuration says otherwise. */
const unlabelled: LevelVersion = { level: 'privileged', version: 'latest' };

/**
 * The policy of a namespace by its labels. As in the plug-in: a bad `enforce` level counts as restricted, bad
 * `audit` and `warn` levels as privileged, a bad version as latest; `warn` follows a stricter `enforce`.
 */
export function namespacePodSecurity(labels: JsonObject, defaults = unlabelled): NamespacePodSecurity {
  const invalid: string[] = [];
  const read = <T>(name: string, parse: (text: string) => T | undefined, bad: T): T | undefined => {
    const key = labelPrefix + name;
    if (!Object.hasOwn(labels, key)) return undefined;
    const value = labels[key];
    const parsed = typeof value === 'string' ? parse(value) : undefined;
    if (parsed === undefined) invalid.push(key);
    return parsed ?? bad;
  };
  const levelOf = (mode: (typeof modes)[number]) =>
    read(mode, parsePodSecurityLevel, mode === 'enforce' ? 'restricted' : 'privileged');
  const versionOf = (mode: (typeof modes)[number]) =>
    read(`${mode}-version`, parsePodSecurityVersion, 'latest');
  const enforce = { level: levelOf('enforce'), version: versionOf('enforce') };
  const audit = {
    level: levelOf('audit') ?? defaults.level,
    version: versionOf('audit') ?? defaults.version,
  };
  const warn = { level: levelOf('warn'), version: versionOf('warn') };
  const enforced = { level: enforce.level ?? defaults.level, version: enforce.version ?? defaults.version };
  const enforceIsValid = enforce.level !== undefined && !invalid.includes(`${labelPrefix}enforce`);
  const follows = warn.level === undefined && enforceIsValid && isStricter(enforced.level, defaults.level);
  return {
    enforce: enforced,
    audit,
    warn: {
      level: follows ? enforced.level : (warn.level ?? defaults.level),
      version: warn.version ?? (follows ? enforced.version : defaults.version),
    },
    invalid,
  };
}

function isStricter(a: PodSecurityLevel, b: PodSecurityLevel): boolean {
  return podSecurityLevels.indexOf(a) > podSecurityLevels.indexOf(b);
}
