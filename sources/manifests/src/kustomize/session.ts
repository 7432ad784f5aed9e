import { isKeelsonError, SourceText } from '@keelson/core';
import { parseYaml, type YamlStream } from '@keelson/yaml';
import { decodeText } from '../decode.ts';
import { kustomizationNames } from '../files.ts';
import { defaultFileLimits, type FileLimits } from '../limits.ts';
import { fault } from './fault.ts';
import { type BuildFiles, joinPath } from './file-system.ts';
import { type Place, type PlacedDocument, rootPlace } from './place.ts';
import { type Tree, treeOf } from './tree.ts';

/** Bounds of one build. Passing one is an error that names it. */
export type BuildLimits = Pick<
  FileLimits,
  'maxBuildDepth' | 'maxKustomizations' | 'maxObjects' | 'maxCopiedValues'
>;

/** Nodes of one document: an alias bomb must not be copied into trees. */
const maxNodes = 2_000_000;

/** A text and what it holds. */
export interface ReadFile {
  readonly source: SourceText;
  readonly stream: YamlStream;
}

/** Files read for builds, each once however many kustomizations use it. */
export class BuildSession {
  readonly files: BuildFiles;
  readonly limits: BuildLimits;
  /** Texts by path, for excerpts. */
  readonly sources = new Map<string, SourceText>();
  readonly #read = new Map<string, ReadFile | undefined>();

  constructor(files: BuildFiles, limits: Partial<BuildLimits> = {}) {
    this.files = files;
    this.limits = { ...defaultFileLimits, ...limits };
  }

  /** A text with its documents; undefined when there is no such file. @throws ManifestError when it cannot be read */
  read(path: string): ReadFile | undefined {
    if (this.#read.has(path)) return this.#read.get(path);
    const bytes = this.files.read(path);
    const file = bytes === undefined ? undefined : readFile(path, decodeText(bytes, path));
    if (file !== undefined) this.sources.set(path, file.source);
    this.#read.set(path, file);
    return file;
  }

  /** A file that was read before. */
  known(path: string): ReadFile | undefined {
    return this.#read.get(path);
  }

  /** The kustomization file of a folder. @throws ManifestError when there are several */
  kustomizationOf(folder: string): { path: string; file: ReadFile } | undefined {
    const found = kustomizationNames.flatMap((name) => {
      const path = joinPath(folder, name);
      const file = this.read(path);
      return file === undefined ? [] : [{ path, file }];
    });
    if (found.length > 1)
      throw fault(`the folder holds ${found.length} kustomization files`, { file: found[0]?.path ?? folder });
    return found[0];
  }
}

function readFile(path: string, text: string): ReadFile {
  const source = new SourceText(path, text);
  return { source, stream: parseYaml(source, { limits: { maxNodes } }) };
}

/** The trees of a file's documents. @throws ManifestError for the first document that is not YAML */
export function treesOf({ source, stream }: ReadFile): Tree[] {
  const [error] = stream.errors;
  if (error !== undefined) throw fault(error.message, error.location ?? { file: source.file }, error);
  return stream.documents.map((document) => treeOf(document.value, rootPlace({ source, document })));
}

/** The trees of a text that stands inside a document. */
export function inlineTrees(text: string, host: Place): Tree[] {
  const source = new SourceText(host.from.source.file, text);
  const stream = parseYaml(source, { limits: { maxNodes } });
  const [error] = stream.errors;
  if (error !== undefined) throw fault(error.message, host, error);
  return stream.documents.map((document) => {
    const from: PlacedDocument = { source, document, host };
    return treeOf(document.value, rootPlace(from));
  });
}

/** Turns a failure to read a file that a kustomization names into one at the place that names it. */
export function unreadable(path: string, at: Place, error: unknown): never {
  if (isKeelsonError(error) && error.code !== 'KUSTOMIZE_FAILED')
    throw fault(`${path}: ${error.message}`, at, error);
  throw error;
}
