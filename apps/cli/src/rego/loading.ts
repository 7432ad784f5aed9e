import {
  type Capabilities,
  type DataPatch,
  type Diagnostic,
  DocumentConflict,
  documentAt,
  emptyDocument,
  isMembers,
  type Module,
  mergeDocuments,
  overlap,
  parseModule,
  parserCapabilities,
  patchDocument,
  RegoError,
  RegoSyntaxError,
  type RegoValue,
  type RegoVersion,
  readDocument,
  rootsPermit,
  type VerificationKey,
} from '@keelson/rego';
import { type LoadedBundle, sameRoots } from '@keelson/rego-bundles';
import { type FoundFile, findFiles, isYamlFile, readText } from './files.ts';
import { clock, Timers } from './timers.ts';

/** Where policies and data come from. */
export interface Sources {
  /** Files and folders, each perhaps with the place of its data in front: `app.config:settings.json`. */
  readonly data: readonly string[];
  readonly bundles: readonly string[];
  readonly ignore: readonly string[];
  readonly version: RegoVersion;
  /** What modules may use; everything where not given. */
  readonly capabilities?: Partial<Capabilities> | undefined;
  /** Every bundle must be signed by it. */
  readonly verification?: VerificationKey | undefined;
  /** Read only modules, and the data that bundles which are no change of others have. */
  readonly modulesOnly?: boolean;
  readonly timers?: Timers | undefined;
}

export interface Loaded {
  /** By file name. */
  readonly modules: ReadonlyMap<string, Module>;
  readonly data: RegoValue;
  readonly bundles: readonly LoadedBundle[];
}

/**
 * Reads all sources.
 *
 * @throws RegoSyntaxError with the faults of every module; RegoError `bundle_error` for data that cannot be read or
 *   merged; CommandError USAGE for a path that is not there.
 */
export async function load(sources: Sources): Promise<Loaded> {
  const start = clock();
  const loaded = await loadAll(sources);
  sources.timers?.add('rego_load_files', clock() - start);
  return loaded;
}

async function loadAll(sources: Sources): Promise<Loaded> {
  const loader = new Loader(sources);
  for (const source of sources.data) loader.source(source);
  if (sources.bundles.length > 0 || loader.archives.length > 0) {
    const { loadBundles, moduleFile } = await import('./bundles.ts');
    const archives = await loadBundles(loader.archives, [], sources.verification);
    const bundles = await loadBundles(sources.bundles, sources.ignore, sources.verification);
    checkRoots(bundles);
    for (const bundle of [...archives, ...bundles]) loader.bundle(bundle, (path) => moduleFile(bundle, path));
  }
  return loader.finish();
}

/** No two bundles own one thing; a delta bundle has the roots of the one before it that it changes. */
function checkRoots(bundles: readonly LoadedBundle[]): void {
  bundles.forEach(({ name, bundle: { manifest } }, at) => {
    for (const other of bundles.slice(at + 1)) {
      if (other.bundle.patches !== undefined && sameRoots(other.bundle.manifest, manifest)) continue;
      const both = manifest.roots.find((root) =>
        other.bundle.manifest.roots.some((next) => overlap(root, next)),
      );
      if (both !== undefined)
        throw new RegoError(
          'bundle_error',
          `bundles ${name} and ${other.name} have overlapping roots: '${both}'`,
        );
    }
  });
}

/** A bundle may only define what lies in its roots. */
function checkPackage(file: string, module: Module, roots: readonly string[]): void {
  const path = module.package.path.slice(1).map((term) => ('value' in term ? String(term.value) : ''));
  if (rootsPermit(roots, path.join('/'))) return;
  const name = `package ${path.join('.')}`;
  throw new RegoError(
    'bundle_error',
    `manifest roots [${roots.join(' ')}] do not permit '${name}' in module '${file}'`,
  );
}

class Loader {
  readonly archives: string[] = [];
  readonly #sources: Sources;
  readonly #modules = new Map<string, Module>();
  readonly #faults: Diagnostic[] = [];
  readonly #bundles: LoadedBundle[] = [];
  #data: RegoValue = emptyDocument();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  source(source: string): void {
    const { prefix, path } = splitPrefix(source);
    for (const found of findFiles(path, this.#sources.ignore)) this.#file(found, prefix);
  }

  #file({ file, steps, named }: FoundFile, prefix: readonly string[]): void {
    if (file.endsWith('.rego')) this.#module(file, readText(file), this.#sources.version);
    else if (this.#sources.modulesOnly === true && !named) return;
    else if (file.endsWith('.json')) this.#document(file, [...prefix, ...steps], 'json');
    else if (isYamlFile(file)) this.#document(file, [...prefix, ...steps], 'yaml');
    else if (/\.tar\.gz$|\.tgz$/.test(file) && named) this.archives.push(file);
    else if (named) throw new RegoError('bundle_error', `${file}: file is not recognized`);
  }

  #document(file: string, path: readonly string[], format: 'json' | 'yaml'): void {
    if (this.#sources.modulesOnly === true) return;
    const value = readDocument(file, readText(file), format);
    if (!isMembers(value) && path.length === 0)
      throw new RegoError('bundle_error', `${file}: document must be of type object`);
    this.#merge(file, documentAt(path, value));
  }

  #merge(file: string, document: RegoValue): void {
    try {
      this.#data = mergeDocuments(this.#data, document);
    } catch (error) {
      if (error instanceof DocumentConflict)
        throw new RegoError('bundle_error', `${file}: merge error: ${error.message}`, { cause: error });
      throw error;
    }
  }

  /** The module; undefined where it has faults, which are kept. */
  #module(file: string, text: string, version: RegoVersion): Module | undefined {
    try {
      const module = this.#parsed(file, text, version);
      this.#modules.set(file, module);
      return module;
    } catch (error) {
      if (!(error instanceof RegoSyntaxError)) throw error;
      this.#faults.push(...error.diagnostics);
      return undefined;
    }
  }

  #parsed(file: string, text: string, version: RegoVersion): Module {
    const { capabilities, timers = new Timers() } = this.#sources;
    const may = capabilities === undefined ? {} : { capabilities: parserCapabilities(capabilities) };
    return timers.time('rego_module_parse', () => parseModule(file, text, { version, ...may }));
  }

  bundle(loaded: LoadedBundle, nameOf: (path: string) => string): void {
    const { bundle } = loaded;
    this.#bundles.push(loaded);
    for (const { path, text, version } of bundle.modules) {
      const file = nameOf(path);
      const module = this.#module(file, text, version ?? this.#sources.version);
      if (module !== undefined) checkPackage(file, module, bundle.manifest.roots);
    }
    if (bundle.patches === undefined) this.#merge(loaded.name, bundle.data);
    else if (this.#sources.modulesOnly !== true) this.#patch(loaded.name, bundle.patches);
  }

  #patch(name: string, patches: readonly DataPatch[]): void {
    try {
      this.#data = patchDocument(this.#data, patches);
    } catch (error) {
      if (!(error instanceof RegoError)) throw error;
      throw new RegoError(error.code, `bundle ${name}: ${error.message}`, { cause: error });
    }
  }

  finish(): Loaded {
    if (this.#faults.length > 0) throw new RegoSyntaxError(this.#faults);
    return { modules: this.#modules, data: this.#data, bundles: this.#bundles };
  }
}

/** `a.b:path` puts the data of `path` below `data.a.b`. */
function splitPrefix(source: string): { prefix: readonly string[]; path: string } {
  const match = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):(.+)$/.exec(source);
  const [, names = '', path = ''] = match ?? [];
  if (match === null || path.startsWith('//')) return { prefix: [], path: source };
  const steps = names.split('.');
  return { prefix: steps[0] === 'data' ? steps.slice(1) : steps, path };
}
