import { statSync } from 'node:fs';
import { manifestJson, parseModule, type RegoVersion } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, readFlags } from '../flag-values.ts';
import type { VerbUsage } from '../flags.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { writeStdout } from '../stdout.ts';
import { type LoadedBundle, loadBundle } from './bundles.ts';
import { exitOf, faultsOf, faultText } from './faults.ts';
import { indented, structure } from './json-output.ts';
import { prettyTable } from './pretty-table.ts';

const formats = ['pretty', 'json'] as const;

const flags = {
  ...commonFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  'v0-compatible': { type: 'boolean' },
} as const;

const help = `keelson rego inspect: tell what a bundle holds

Usage: keelson rego inspect [options] PATH

PATH is a bundle: a folder or a .tar.gz.

  -f, --format FORMAT   pretty or json (default pretty)
  --v0-compatible       read policies as OPA did before 1.0
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           only the exit code tells what is wrong

Exit: 0 done, 2 the bundle cannot be read.

Examples:
  keelson rego inspect bundle.tar.gz
  keelson rego inspect -f json policies/
`;

/** How `keelson rego inspect` is called. */
export const usage = (): VerbUsage => ({ flags, help, operands: 'file' });

/** `keelson rego inspect`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(args, flags);
  if (values.help === true) {
    writeStdout(help);
    return exitCodes.done;
  }
  const [path, second] = positionals;
  if (path === undefined || second !== undefined) throw new CommandError('USAGE', 'name one bundle');
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new CommandError('USAGE', `${path}: no such file or folder`);
  const format = choiceOf('format', values.format, formats) ?? 'pretty';
  try {
    const bundle = loadBundle(path);
    const namespaces = namespacesOf(bundle, values['v0-compatible'] === true ? 'v0' : 'v1');
    writeResult(values.output, format === 'json' ? json(bundle, namespaces) : pretty(bundle, namespaces));
    return exitCodes.done;
  } catch (error) {
    if (faultsOf(error) === undefined) throw error;
    if (values.quiet !== true) tell(faultText(error) ?? '');
    return exitOf(error);
  }
}

type Namespaces = readonly (readonly [name: string, files: readonly string[]])[];

/** What lies below which name: packages of modules, and folders of data. */
function namespacesOf({ bundle, files, isArchive, path }: LoadedBundle, version: RegoVersion): Namespaces {
  const found = new Map<string, string[]>();
  const add = (name: string, file: string): void => {
    const place = isArchive ? `/${file}` : `${path.replace(/\/+$/, '')}/${file}`;
    found.set(name, [...(found.get(name) ?? []), place]);
  };
  for (const module of bundle.modules) {
    const parsed = parseModule(module.path, module.text, { version: module.version ?? version });
    add(
      parsed.package.path.map((term) => ('value' in term ? String(term.value) : 'data')).join('.'),
      module.path,
    );
  }
  for (const file of files)
    if (/(?:^|\/)data\.(?:json|ya?ml)$/.test(file.path))
      add(['data', ...file.path.split('/').slice(0, -1)].join('.'), file.path);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function json({ bundle }: LoadedBundle, namespaces: Namespaces): string {
  const members = { manifest: manifestJson(bundle.manifest), namespaces: new Map(namespaces) };
  return `${indented(structure(members))}\n`;
}

function pretty({ bundle }: LoadedBundle, namespaces: Namespaces): string {
  const { revision, roots } = bundle.manifest;
  const rows = namespaces.flatMap(([name, files]) => files.map((file) => [name, file] as const));
  const table = prettyTable([
    ['NAMESPACE', rows.map(([name]) => name)],
    ['FILE', rows.map(([, file]) => file)],
  ]);
  const shown = roots.filter((root) => root !== '');
  const manifest = prettyTable([
    ['FIELD', [...(revision === '' ? [] : ['Revision']), ...shown.map(() => 'Roots')]],
    ['VALUE', [...(revision === '' ? [] : [revision]), ...shown]],
  ]);
  const hasManifest = revision !== '' || shown.length > 0;
  return `${hasManifest ? `MANIFEST:\n${manifest}` : ''}NAMESPACES:\n${table}`;
}
