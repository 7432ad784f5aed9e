import { RegoError } from '../errors.ts';
import type { RegoVersion } from '../syntax/ast.ts';
import { isArray, type RegoValue } from '../values/index.ts';
import { isDataFile } from './bundle-files.ts';
import { DocumentConflict, documentAt, emptyDocument, isMembers, mergeDocuments } from './documents.ts';
import { emptyManifest, type Manifest, manifestFrom, rootsPermit } from './manifest.ts';
import { readDocument } from './read-document.ts';
import type { ArchiveFile } from './tar.ts';

/** A module of a bundle, not yet parsed. */
export interface BundleModule {
  /** In the bundle, without a slash in front. */
  readonly path: string;
  readonly text: string;
  /** The version that the manifest asks for; undefined where it says nothing. */
  readonly version: RegoVersion | undefined;
}

/** A change of the data, as a delta bundle lists them in `patch.json`. */
export interface DataPatch {
  readonly op: 'upsert' | 'replace' | 'remove';
  readonly path: readonly string[];
  readonly value: RegoValue;
}

/** The parts of a bundle (openpolicyagent.org, bundle file format). */
export interface Bundle {
  readonly manifest: Manifest;
  readonly hasManifest: boolean;
  readonly modules: readonly BundleModule[];
  readonly data: RegoValue;
  /** Given for a delta bundle, which has neither modules nor data. */
  readonly patches: readonly DataPatch[] | undefined;
}

/**
 * Puts a bundle together from its files. Only `data.json`, `data.yaml`, `data.yml`, `*.rego`, `.manifest` and
 * `patch.json` count.
 *
 * @throws RegoError `bundle_error` where a file cannot be read, two give one thing, or data lies outside the roots.
 */
export function readBundle(files: readonly ArchiveFile[]): Bundle {
  const decoder = new TextDecoder();
  const textOf = ({ bytes }: ArchiveFile): string => decoder.decode(bytes);
  const manifestFile = files.find(({ path }) => path === '.manifest');
  const manifest =
    manifestFile === undefined
      ? emptyManifest
      : manifestFrom(readDocument('.manifest', textOf(manifestFile), 'json'));
  const patchFile = files.find(({ path }) => path === 'patch.json');
  const modules = files
    .filter(({ path }) => path.endsWith('.rego'))
    .map((file) => ({ path: file.path, text: textOf(file), version: versionOf(file.path, manifest) }));
  let data: RegoValue = emptyDocument();
  for (const file of files) if (isDataFile(file.path)) data = withData(data, file.path, textOf(file));
  checkData(data, manifest);
  const patches = patchFile === undefined ? undefined : patchesFrom(textOf(patchFile), manifest);
  if (patches !== undefined && (modules.length > 0 || files.some(({ path }) => isDataFile(path))))
    throw new RegoError('bundle_error', 'delta bundle expected to contain only patch file');
  return { manifest, hasManifest: manifestFile !== undefined, modules, data, patches };
}

function withData(data: RegoValue, path: string, text: string): RegoValue {
  const value = readDocument(path, text, path.endsWith('.json') ? 'json' : 'yaml');
  const steps = path.split('/').slice(0, -1);
  if (steps.length === 0 && !isMembers(value))
    throw new RegoError('bundle_error', `${path}: root value must be object`);
  try {
    return mergeDocuments(data, documentAt(steps, value));
  } catch (error) {
    if (error instanceof DocumentConflict)
      throw new RegoError('bundle_error', `${path}: merge error: ${error.message}`, { cause: error });
    throw error;
  }
}

function versionOf(path: string, { regoVersion, fileRegoVersions }: Manifest): RegoVersion | undefined {
  for (const [pattern, version] of fileRegoVersions) {
    if (matches(pattern, `/${path}`)) return version === 0 ? 'v0' : 'v1';
  }
  return regoVersion === undefined ? undefined : regoVersion === 0 ? 'v0' : 'v1';
}

/** `*` stands for any name of one step; the pattern has as many steps as the path. */
function matches(pattern: string, path: string): boolean {
  if (pattern === path) return true;
  const wanted = pattern.replace(/^\/?/, '/').split('/');
  const steps = path.split('/');
  return wanted.length === steps.length && wanted.every((step, at) => nameMatches(step, steps[at] ?? ''));
}

/** Whether a pattern fits a name; `*` stands for any characters. */
export function nameMatches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

/** Every value must lie in a root; objects on the way to one may stand outside. */
function checkData(value: RegoValue, { roots }: Manifest, path: readonly string[] = []): void {
  const name = path.join('/');
  if (rootsPermit(roots, name)) return;
  const leadsToRoot = roots.some((root) => name === '' || root.startsWith(`${name}/`));
  if (!isMembers(value) || !leadsToRoot) {
    const list = `[${roots.join(' ')}]`;
    throw new RegoError('bundle_error', `manifest roots ${list} do not permit data at path '/${name}'`);
  }
  for (const [key, member] of Object.entries(value))
    checkData(member, { ...emptyManifest, roots }, [...path, key]);
}

function patchesFrom(text: string, { roots }: Manifest): DataPatch[] {
  const value = readDocument('patch.json', text, 'json');
  const list = isMembers(value) ? (value['data'] ?? []) : null;
  if (!isArray(list)) throw new RegoError('bundle_error', 'patch.json: data is no array');
  return list.map((item) => {
    const { op, path, value: given = null } = isMembers(item) ? item : emptyDocument();
    if ((op !== 'upsert' && op !== 'replace' && op !== 'remove') || typeof path !== 'string')
      throw new RegoError('bundle_error', 'patch.json: a patch needs op (upsert, replace, remove) and path');
    const trimmed = path.replace(/^\/+/, '').replace(/\/+$/, '');
    if (!rootsPermit(roots, trimmed))
      throw new RegoError(
        'bundle_error',
        `manifest roots [${roots.join(' ')}] do not permit data patch at path '${trimmed}'`,
      );
    return { op, path: trimmed === '' ? [] : trimmed.split('/').map(patchStep), value: given };
  });
}

/** A step may be escaped as in a URL, and below that as in a JSON Pointer (RFC 6901, 4). */
function patchStep(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch (error) {
    throw new RegoError('bundle_error', 'error parsing patch path', { cause: error });
  }
}
