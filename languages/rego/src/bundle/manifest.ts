import { RegoError } from '../errors.ts';
import { isArray, type RegoValue, stringifyRego } from '../values/index.ts';
import { emptyDocument, isMembers } from './documents.ts';

/** `.manifest` of a bundle. */
export interface Manifest {
  readonly revision: string;
  /** Paths below `data` that the bundle owns, without slashes at the ends; one empty path for all of it. */
  readonly roots: readonly string[];
  /** 0 or 1, for modules that `fileRegoVersions` does not name. */
  readonly regoVersion: number | undefined;
  /** By glob of the file's path, which begins with a slash. */
  readonly fileRegoVersions: ReadonlyMap<string, number>;
  readonly metadata: RegoValue | undefined;
}

export const emptyManifest: Manifest = Object.freeze({
  revision: '',
  roots: [''],
  regoVersion: undefined,
  fileRegoVersions: new Map(),
  metadata: undefined,
});

/** @throws RegoError `bundle_error` */
export function manifestFrom(value: RegoValue): Manifest {
  if (!isMembers(value)) throw fault('it is no object');
  const { revision = '', roots, rego_version: version, file_rego_versions: byFile, metadata } = value;
  if (typeof revision !== 'string') throw fault('revision is no string');
  return {
    revision,
    roots: roots === undefined || roots === null ? [''] : rootsFrom(roots),
    regoVersion: version === undefined || version === null ? undefined : versionFrom(version, ''),
    fileRegoVersions: byFile === undefined || byFile === null ? new Map() : versionsFrom(byFile),
    metadata,
  };
}

function rootsFrom(value: RegoValue): string[] {
  if (!isArray(value)) throw fault('roots is no array');
  const roots = value.map((root) => {
    if (typeof root !== 'string') throw fault('a root is no string');
    return root.replace(/^\/+/, '').replace(/\/+$/, '');
  });
  roots.forEach((root, at) => {
    const other = roots.slice(at + 1).find((next) => overlap(root, next));
    if (other !== undefined)
      throw new RegoError('bundle_error', `manifest has overlapped roots: '${root}' and '${other}'`);
  });
  return roots;
}

function versionFrom(value: RegoValue, of: string): number {
  if (value === 0 || value === 1) return value;
  throw fault(`invalid rego version ${stringifyRego(value)}${of}`);
}

function versionsFrom(value: RegoValue): ReadonlyMap<string, number> {
  if (!isMembers(value)) throw fault('file_rego_versions is no object');
  return new Map(
    Object.entries(value).map(([file, version]) => [file, versionFrom(version, ` for file '${file}'`)]),
  );
}

function fault(reason: string): RegoError {
  return new RegoError('bundle_error', `.manifest: ${reason}`);
}

/** Whether one of two roots lies in the other. */
export function overlap(a: string, b: string): boolean {
  return isBelow(a, b) || isBelow(b, a);
}

/** Whether a path, its steps divided by slashes, lies in one of the roots. */
export function rootsPermit(roots: readonly string[], path: string): boolean {
  return roots.some((root) => isBelow(path, root));
}

function isBelow(path: string, root: string): boolean {
  return root === '' || path === root || path.startsWith(`${root}/`);
}

/** The manifest as `opa build` writes it. */
export function manifestJson(manifest: Manifest): RegoValue {
  const json = emptyDocument();
  json['revision'] = manifest.revision;
  json['roots'] = [...manifest.roots];
  if (manifest.regoVersion !== undefined) json['rego_version'] = manifest.regoVersion;
  if (manifest.fileRegoVersions.size > 0) {
    const versions = emptyDocument();
    for (const [file, version] of manifest.fileRegoVersions) versions[file] = version;
    json['file_rego_versions'] = versions;
  }
  if (manifest.metadata !== undefined) json['metadata'] = manifest.metadata;
  return json;
}
