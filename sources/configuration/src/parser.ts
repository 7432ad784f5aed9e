import { KeelsonError } from '@keelson/core';

/** The formats, by the names that conftest gives them. */
export const configurationParsers = Object.freeze([
  'dockerfile',
  'dotenv',
  'hcl2',
  'ignore',
  'ini',
  'json',
  'jsonc',
  'properties',
  'toml',
  'xml',
  'yaml',
] as const);

export type ConfigurationParser = (typeof configurationParsers)[number];

const byExtension: ReadonlyMap<string, ConfigurationParser> = new Map([
  ...configurationParsers.map((parser) => [parser, parser] as const),
  ['yml', 'yaml'],
  ['hcl', 'hcl2'],
  ['tf', 'hcl2'],
  ['tfvars', 'hcl2'],
  ['gitignore', 'ignore'],
  ['dockerignore', 'ignore'],
  ['env', 'dotenv'],
]);

/** Names that say the format themselves, alone or with an ending: `Dockerfile`, `Dockerfile.debug`, `.env.test`. */
const byName: readonly (readonly [string, ConfigurationParser])[] = [
  ['dockerfile', 'dockerfile'],
  ['.env', 'dotenv'],
];

/** The format of a file by its name, as conftest tells it; undefined for a name that says none. */
export function parserOf(path: string): ConfigurationParser | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
  const named = byName.find(([start]) => name === start || name.startsWith(`${start}.`));
  const dot = name.lastIndexOf('.');
  return named?.[1] ?? (dot < 0 ? undefined : byExtension.get(name.slice(dot + 1)));
}

/**
 * The format to read a file in: the one that is asked for, else that of its name; `-`, the standard input, is YAML.
 *
 * @throws KeelsonError CONFIGURATION_FORMAT
 */
export function parserFor(path: string, forced?: string): ConfigurationParser {
  if (forced !== undefined) {
    const found = configurationParsers.find((parser) => parser === forced);
    if (found !== undefined) return found;
    throw unknown(`there is no parser ${forced.slice(0, 40)}`, path);
  }
  const found = path === '-' ? 'yaml' : parserOf(path);
  if (found === undefined) throw unknown('the name says no format that is known', path);
  return found;
}

function unknown(message: string, path: string): KeelsonError {
  return new KeelsonError(
    'CONFIGURATION_FORMAT',
    `${message}; known are ${configurationParsers.join(', ')}`,
    {
      location: { file: path },
    },
  );
}
