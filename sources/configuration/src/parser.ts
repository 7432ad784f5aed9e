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

type Names = ReadonlyMap<string, ConfigurationParser>;

/** Endings that say the format whatever stands before them. */
const endings: Names = new Map([
  ['dockerfile', 'dockerfile'],
  ['yaml', 'yaml'],
  ['yml', 'yaml'],
  ['hcl', 'hcl2'],
  ['tf', 'hcl2'],
  ['tfvars', 'hcl2'],
  ['gitignore', 'ignore'],
  ['dockerignore', 'ignore'],
  ['env', 'dotenv'],
]);

/** Endings that are names of formats. */
const ownEndings: Names = new Map(configurationParsers.map((parser) => [parser, parser]));

/** The format of a file by its name, as conftest tells it; undefined for a name that says none. */
export function parserOf(path: string): ConfigurationParser | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
  const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : '';
  if (isOrBegins(name, 'dockerfile')) return 'dockerfile';
  // `.env.yaml` is YAML, `.env.json` is not JSON.
  const known = endings.get(ending) ?? (isOrBegins(name, '.env') ? 'dotenv' : ownEndings.get(ending));
  if (known !== undefined) return known;
  // Podman's name, which conftest does not know.
  return isOrBegins(name, 'containerfile') || ending === 'containerfile' ? 'dockerfile' : undefined;
}

/** A name alone or with endings: `Dockerfile`, `Dockerfile.debug`. */
function isOrBegins(name: string, start: string): boolean {
  return name === start || name.startsWith(`${start}.`);
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
