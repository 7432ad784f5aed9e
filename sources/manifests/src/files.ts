import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ManifestError } from './errors.ts';
import type { FileLimits } from './limits.ts';

export type FileKind = 'manifest' | 'dockerfile' | 'kustomization' | 'chart';

export const kustomizationNames: readonly string[] = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];

/** What kind of input a file name promises; undefined for files that are none of ours. */
export function fileKind(path: string): FileKind | undefined {
  const name = basename(path);
  if (kustomizationNames.includes(name)) return 'kustomization';
  if (name === 'Chart.yaml') return 'chart';
  if (/\.(ya?ml|json)$/i.test(name)) return 'manifest';
  if (/^(dockerfile|containerfile)([.-].*)?$/i.test(name) || /\.(dockerfile|containerfile)$/i.test(name)) {
    return /\.dockerignore$/i.test(name) ? undefined : 'dockerfile';
  }
  return undefined;
}

/** Files of a scanned folder by what they are. */
export interface FoundFiles {
  manifests: string[];
  dockerfiles: string[];
  /** Folders that hold a kustomization, and folders that hold a chart. */
  kustomizations: string[];
  charts: string[];
}

/** Folder in a chart that holds patches of what it renders. */
export const chartOverlayFolder = 'keelson-fixes';

/** Folders of a chart that hold templates, other charts and patches, no manifests. */
export const chartFolders: ReadonlySet<string> = new Set(['templates', 'charts', 'crds', chartOverlayFolder]);

/** Files of a chart that are settings and values, no manifests. */
export function isChartFile(name: string): boolean {
  return /^(Chart\.(yaml|lock)|requirements\.(yaml|lock)|values.*\.(ya?ml|json))$/.test(name);
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/, .*$/, '') : String(error);
}

/**
 * The bytes of a file; undefined when there is none.
 * @throws ManifestError INPUT_TOO_LARGE or INPUT_UNREADABLE naming the file
 */
export function readBytes(path: string, limits: Pick<FileLimits, 'maxFileBytes'>): Uint8Array | undefined {
  const location = { file: path };
  let handle: number | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
    handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(handle);
    if (stats.isDirectory()) return undefined;
    if (!stats.isFile()) throw new ManifestError('INPUT_UNREADABLE', 'not a plain file', { location });
    if (stats.size > limits.maxFileBytes) {
      const message = `${stats.size} bytes are more than maxFileBytes (${limits.maxFileBytes})`;
      throw new ManifestError('INPUT_TOO_LARGE', message, { location });
    }
    return readFileSync(handle);
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    if (isMissing(error)) return undefined;
    throw new ManifestError('INPUT_UNREADABLE', reasonOf(error), { location, cause: error });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** True for the error of a path that leads to nothing. */
export function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ERR_INVALID_ARG_VALUE'
  );
}
