import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import {
  type ArchiveFile,
  compileModules,
  emptyManifest,
  type Manifest,
  manifestJson,
  RegoError,
  stringifyJson,
  writeTar,
} from '@keelson/rego';
import { CommandError, reasonOf } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { commonFlags, readFlags } from '../flag-values.ts';
import type { VerbUsage } from '../flags.ts';
import { tell } from '../stderr.ts';
import { writeStdout } from '../stdout.ts';
import { exitOf, faultsOf, faultText } from './faults.ts';
import { type Loaded, load } from './loading.ts';
import { sourcesFrom } from './options.ts';

const flags = {
  ...commonFlags,
  bundle: { type: 'boolean', short: 'b' },
  revision: { type: 'string', short: 'r', value: 'text' },
  ignore: { type: 'string', multiple: true, list: true },
  'v0-compatible': { type: 'boolean' },
} as const;

const help = `keelson rego build: put policies and data into a bundle

Usage: keelson rego build [options] PATH...

  -b, --bundle          the paths are bundles, whose roots are kept
  -r, --revision TEXT   the revision of the bundle
  --ignore NAMES        names of files and folders to leave out, as '.*' or '*_test.rego'
  --v0-compatible       read policies as OPA did before 1.0
  -o, --output FILE     the bundle's file (default bundle.tar.gz)
  -q, --quiet           nothing on stderr but errors

Exit: 0 done, 2 wrong call, or the policies have errors.

Examples:
  keelson rego build -o app.tar.gz policies/
  keelson rego build -b -r 2026-03 policies/
`;

/** How `keelson rego build` is called. */
export const usage = (): VerbUsage => ({ flags, help, operands: 'file' });

/** `keelson rego build`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(args, flags);
  if (values.help === true) {
    writeStdout(help);
    return exitCodes.done;
  }
  if (positionals.length === 0) throw new CommandError('USAGE', 'name a file or folder of policies');
  try {
    const where = values.bundle === true ? { bundle: positionals } : { data: positionals };
    const sources = sourcesFrom({
      ...where,
      ignore: values.ignore,
      'v0-compatible': values['v0-compatible'],
    });
    const loaded = await load(sources);
    compileModules(loaded.modules, {});
    const manifest = manifestOf(loaded, values.revision, sources.version === 'v0' ? 0 : 1);
    write(values.output ?? 'bundle.tar.gz', filesOf(loaded, manifest));
    return exitCodes.done;
  } catch (error) {
    if (faultsOf(error) === undefined) throw error;
    tell(faultText(error) ?? '');
    return exitOf(error);
  }
}

function manifestOf({ bundles }: Loaded, revision: string | undefined, regoVersion: number): Manifest {
  const roots = bundles.flatMap(({ bundle }) => bundle.manifest.roots);
  if (bundles.some(({ bundle }) => bundle.patches !== undefined))
    throw new RegoError('bundle_error', 'a delta bundle cannot be built into another');
  const [first] = bundles;
  const metadata = bundles.length === 1 ? first?.bundle.manifest.metadata : undefined;
  return {
    ...emptyManifest,
    revision: revision ?? (bundles.length === 1 ? (first?.bundle.manifest.revision ?? '') : ''),
    roots: roots.length === 0 ? [''] : roots,
    regoVersion,
    metadata,
  };
}

/** As `opa build` orders and names them: data, modules, manifest. */
function filesOf({ modules, data }: Loaded, manifest: Manifest): ArchiveFile[] {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const sources = [...modules].map(([file, { source }]) => ({ path: placeOf(file), bytes: bytes(source) }));
  return [
    { path: '/data.json', bytes: bytes(stringifyJson(data)) },
    ...sources.sort((a, b) => (a.path < b.path ? -1 : 1)),
    { path: '/.manifest', bytes: bytes(`${stringifyJson(manifestJson(manifest))}\n`) },
  ];
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
