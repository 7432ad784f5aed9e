import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  type ArchiveFile,
  emptyManifest,
  type Manifest,
  manifestJson,
  Policy,
  RegoError,
  type RegoVersion,
  stringifyJson,
  writeTar,
} from '@keelson/rego';
import { CommandError, reasonOf } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { commonFlags, type readFlags } from '../flag-values.ts';
import { tell } from '../stderr.ts';
import { languageFlags, languageFrom } from './language.ts';
import { type Loaded, load } from './loading.ts';
import { pathFlags, pathHelp, sourcesAt } from './options.ts';
import { policyVerb } from './policy-verb.ts';
import { signatureOf, signingFlags, signingHelp } from './signing.ts';

const targets = ['rego', 'wasm', 'plan'] as const;

const flags = {
  ...commonFlags,
  ...pathFlags,
  capabilities: languageFlags.capabilities,
  entrypoint: { type: 'string', short: 'e', value: 'text', multiple: true },
  target: { type: 'string', short: 't', value: { choices: ['rego'] } },
  optimize: { type: 'string', short: 'O', value: { choices: ['0'] } },
  revision: { type: 'string', short: 'r', value: 'text' },
  ...signingFlags,
  'verification-key': { type: 'string', value: 'file' },
  'verification-key-id': { type: 'string', value: 'text' },
  scope: { type: 'string', value: 'text' },
} as const;

const help = `keelson rego build: put policies and data into a bundle

Usage: keelson rego build [options] PATH...

With --bundle the roots, revision and metadata of the bundles are kept.

${pathHelp}
  --capabilities FILE   what the policies may use, as opa's capabilities document names it
  -e, --entrypoint PATH  a document that will be asked for, as app/allow: it must exist
  -t, --target NAME     rego, the only one
  -O, --optimize 0      as opa takes it: policies stand in the bundle as they are written
  -r, --revision TEXT   the revision of the bundle
${signingHelp}
  --verification-key K  bundles that are read must be signed: a public key in PEM, or the secret
  --verification-key-id NAME  the name of the key that is signed with (default default)
  --scope TEXT          the scope that the signature of bundles that are read must have
  -o, --output FILE     the bundle's file (default bundle.tar.gz)
  -q, --quiet           nothing on stderr but errors

Exit: 0 done, 2 wrong call, or the policies have errors.

Examples:
  keelson rego build -o app.tar.gz policies/
  keelson rego build -b -r 2026-03 --signing-key key.pem policies/
`;

type Values = ReturnType<typeof readFlags<typeof flags>>['values'];

const form = { flags, help, operands: 'file', quiet: 'errors' } as const;

/** `keelson rego build`. */
export const build = policyVerb(form, async ({ values, positionals }) => {
  refuseWrong(values);
  const language = languageFrom(values);
  const sources = { ...sourcesAt(positionals, sourceValues(values)), capabilities: language.capabilities };
  if (values.bundle !== true && values.quiet !== true) warnOfManifests(positionals);
  const loaded = await load(sources);
  // What does not compile is not built.
  new Policy(loaded.modules, {
    ...language,
    version: sources.version,
    entrypoints: values.entrypoint ?? [],
    print: true,
  });
  const manifest = manifestOf(loaded, values.revision, sources.version);
  write(values.output ?? 'bundle.tar.gz', filesOf(loaded, manifest, values));
  return exitCodes.done;
});

function refuseWrong({ target = 'rego', optimize = '0', bundle, ...values }: Values): void {
  if (target !== 'rego')
    throw new CommandError(
      'USAGE',
      targets.some((known) => known === target)
        ? `--target ${target}: only bundles of Rego are built, which every OPA reads`
        : `--target ${target}: it is rego`,
    );
  if (optimize !== '0')
    throw new CommandError('USAGE', `--optimize ${optimize}: policies are not rewritten; it is 0`);
  if (bundle !== true && (values['signing-key'] ?? values['verification-key']) !== undefined)
    throw new CommandError('USAGE', 'only bundles are signed and verified: give --bundle');
}

/** `--signing-alg` may be for the key that is signed with alone. */
function sourceValues(values: Values): Parameters<typeof sourcesAt>[1] {
  if (values['verification-key'] !== undefined || values['signing-key'] === undefined) return values;
  return { ...values, 'signing-alg': undefined };
}

/** A manifest is read from bundles only: one that goes unread is likely a mistake. */
function warnOfManifests(paths: readonly string[]): void {
  for (const path of paths)
    if (statSync(join(path, '.manifest'), { throwIfNoEntry: false })?.isFile() === true)
      tell(`${path}: its .manifest is not read without --bundle`);
}

function manifestOf(
  { bundles, modules }: Loaded,
  revision: string | undefined,
  version: RegoVersion,
): Manifest {
  const roots = bundles.flatMap(({ bundle }) => bundle.manifest.roots);
  if (bundles.some(({ bundle }) => bundle.patches !== undefined))
    throw new RegoError('bundle_error', 'a delta bundle cannot be built into another');
  const [first, second] = bundles;
  const only = second === undefined ? first?.bundle.manifest : undefined;
  const regoVersion = only?.regoVersion ?? (version === 'v0' ? 0 : 1);
  return {
    ...emptyManifest,
    revision: revision ?? only?.revision ?? '',
    roots: roots.length === 0 ? [''] : roots,
    regoVersion,
    fileRegoVersions: versionsBut(regoVersion, modules),
    metadata: only?.metadata,
  };
}

/** The versions of modules that are of another than most. */
function versionsBut(usual: number, modules: Loaded['modules']): ReadonlyMap<string, number> {
  const versions = [...modules].map(
    ([file, module]) => [placeOf(file), module.version.min === 'v0' ? 0 : 1] as const,
  );
  return new Map(versions.filter(([, version]) => version !== usual));
}

/** As `opa build` orders and names them: data, modules, signature, manifest. */
function filesOf({ modules, data }: Loaded, manifest: Manifest, values: Values): ArchiveFile[] {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const files = new Map<string, string>();
  const sources = [...modules].map(([file, { source }]) => {
    const path = placeOf(file);
    const other = files.get(path);
    if (other !== undefined)
      throw new CommandError('USAGE', `${other} and ${file} would be one file of the bundle: ${path}`);
    files.set(path, file);
    return { path, bytes: bytes(source) };
  });
  const content = [
    { path: '/data.json', bytes: bytes(stringifyJson(data)) },
    ...sources.sort((a, b) => (a.path < b.path ? -1 : 1)),
  ];
  const described = { path: '/.manifest', bytes: bytes(`${stringifyJson(manifestJson(manifest))}\n`) };
  const signature = signatureOf([...content, described], values, values['verification-key-id'] ?? 'default');
  if (signature === undefined) return [...content, described];
  return [...content, { ...signature, path: `/${signature.path}` }, described];
}

/** A module's place in the bundle: its path as it was given, which may not lead out of it. */
function placeOf(file: string): string {
  const steps = file
    .replaceAll(':', '')
    .split('/')
    .filter((step) => step !== '' && step !== '.' && step !== '..');
  return `/${steps.join('/')}`;
}

function write(file: string, files: readonly ArchiveFile[]): void {
  try {
    writeFileSync(file, gzipSync(writeTar(files)));
  } catch (error) {
    throw new CommandError('OUTPUT_FAILED', `cannot write ${file}: ${reasonOf(error)}`, { cause: error });
  }
}
