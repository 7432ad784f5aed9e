import {
  type AnnotatedPlace,
  annotatedPlaces,
  isDataFile,
  type Manifest,
  type Module,
  manifestJson,
  parseModule,
  type RegoValue,
  type RegoVersion,
  readDocument,
  signaturesFile,
  stringifyJson,
} from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { linesSafe } from '../lines-safe.ts';
import { writeResult } from '../result.ts';
import { annotationsText } from './annotations-text.ts';
import { loadBundles } from './bundles.ts';
import { readText } from './files.ts';
import { indented, structure } from './json-output.ts';
import { policyVerb } from './policy-verb.ts';
import { prettyTable } from './pretty-table.ts';

const formats = ['pretty', 'json'] as const;

const flags = {
  ...commonFlags,
  annotations: { type: 'boolean', short: 'a' },
  format: { type: 'string', short: 'f', value: { choices: formats } },
  'v0-compatible': { type: 'boolean' },
} as const;

const help = `keelson rego inspect: tell what a bundle holds

Usage: keelson rego inspect [options] PATH

PATH is a bundle, which is a folder, a .tar.gz, a URL or oci://REGISTRY/NAME:TAG, or one policy.

  -a, --annotations     tell the metadata of packages and rules
  -f, --format FORMAT   pretty or json (default pretty)
  --v0-compatible       read policies as OPA did before 1.0
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           only the exit code tells what is wrong

Exit: 0 done, 2 the bundle cannot be read.

Examples:
  keelson rego inspect bundle.tar.gz
  keelson rego inspect -a -f json policies/
`;

/** What there is to tell. */
interface Inspected {
  readonly manifest: Manifest | undefined;
  /** What `.signatures.json` holds. */
  readonly signatures: RegoValue;
  readonly modules: readonly Module[];
  /** What lies below which name: packages of modules, and folders of data. */
  readonly namespaces: ReadonlyMap<string, readonly string[]>;
}

/** `keelson rego inspect`. */
export const inspect = policyVerb({ flags, help, operands: 'file' }, async ({ values, positionals }) => {
  const [path, second] = positionals;
  if (path === undefined || second !== undefined) throw new CommandError('USAGE', 'name one bundle');
  const format = choiceOf('format', values.format, formats) ?? 'pretty';
  const version = values['v0-compatible'] === true ? 'v0' : 'v1';
  const inspected = path.endsWith('.rego') ? ofPolicy(path, version) : await ofBundle(path, version);
  const places = values.annotations === true ? annotatedPlaces(inspected.modules) : [];
  writeResult(values.output, format === 'json' ? json(inspected, places) : pretty(inspected, places));
  return exitCodes.done;
});

function ofPolicy(path: string, version: RegoVersion): Inspected {
  const module = parseModule(path, readText(path), { version });
  const namespaces = new Map([[packageName(module), [path]]]);
  return { manifest: undefined, signatures: {}, modules: [module], namespaces };
}

async function ofBundle(path: string, version: RegoVersion): Promise<Inspected> {
  const [loaded] = await loadBundles([path], []);
  if (loaded === undefined) throw new CommandError('USAGE', 'name one bundle');
  const { bundle, files, isArchive, name: root } = loaded;
  const found = new Map<string, string[]>();
  const placeOf = (file: string): string =>
    isArchive ? `/${file}` : `${root.replace(/\/+$/, '')}/${file}`.replace(/^\.\//, '');
  const add = (name: string, file: string): void => {
    found.set(name, [...(found.get(name) ?? []), placeOf(file)]);
  };
  const modules = bundle.modules.map((each) =>
    parseModule(placeOf(each.path), each.text, { version: each.version ?? version }),
  );
  for (const [at, { path: file }] of bundle.modules.entries()) {
    const module = modules[at];
    if (module !== undefined) add(packageName(module), file);
  }
  for (const file of files)
    if (isDataFile(file.path)) add(['data', ...file.path.split('/').slice(0, -1)].join('.'), file.path);
  const signed = files.find(({ path: file }) => file === signaturesFile);
  const signatures =
    signed === undefined ? {} : readDocument(signed.path, new TextDecoder().decode(signed.bytes), 'json');
  const namespaces = new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { manifest: bundle.manifest, signatures, modules, namespaces };
}

function packageName({ package: { path } }: Module): string {
  return path.map((term) => ('value' in term ? String(term.value) : 'data')).join('.');
}

function json({ manifest, signatures, namespaces }: Inspected, places: readonly AnnotatedPlace[]): string {
  const members = {
    manifest: manifest === undefined ? undefined : manifestJson(manifest),
    signatures_config: signatures,
    namespaces: new Map(namespaces),
    annotations: places.length === 0 ? undefined : places.map((place) => place.json()),
  };
  return `${indented(structure(members))}\n`;
}

function pretty({ manifest, namespaces }: Inspected, places: readonly AnnotatedPlace[]): string {
  const files = [...namespaces].flatMap(([name, inside]) => inside.map((file) => [name, file] as const));
  const parts = [
    manifest === undefined ? '' : namedTable('MANIFEST', 'FIELD', 'VALUE', manifestRows(manifest)),
    namedTable('NAMESPACES', 'NAMESPACE', 'FILE', files),
    places.length === 0 ? '' : `ANNOTATIONS:\n${places.map(annotationsText).join('')}`,
  ];
  return linesSafe(parts.join(''));
}

/** A name stands at its first row only. */
function namedTable(
  title: string,
  left: string,
  right: string,
  rows: readonly (readonly [name: string, value: string])[],
): string {
  if (rows.length === 0) return '';
  const names = rows.map(([name], at) => (rows[at - 1]?.[0] === name ? '' : name));
  return `${title}:\n${prettyTable([
    [left, names],
    [right, rows.map(([, value]) => value)],
  ])}`;
}

function manifestRows({ revision, roots, regoVersion, metadata }: Manifest): (readonly [string, string])[] {
  const shownRoots = [...roots].sort().filter((root) => root !== '');
  return [
    ...(regoVersion === undefined ? [] : [['Rego Version', String(regoVersion)] as const]),
    ...(revision === '' ? [] : [['Revision', revision] as const]),
    ...shownRoots.map((root) => ['Roots', root] as const),
    ...(metadata === undefined ? [] : [['Metadata', stringifyJson(metadata)] as const]),
  ];
}
