import { isKeelsonError, type KeelsonError, SourceText } from '@keelson/core';
import type { YamlStream } from '@keelson/yaml';
import { decodeText } from './decode.ts';
import { ManifestError } from './errors.ts';
import type { FoundFiles } from './files.ts';
import type { HelmOptions } from './helm/program.ts';
import { type BuildFiles, joinPath } from './kustomize/file-system.ts';
import type { BuildSession, ReadFile } from './kustomize/session.ts';
import type { FileLimits } from './limits.ts';
import { emptyInput, type LoadedInput } from './loaded.ts';
import { mayHoldObjects } from './look.ts';
import { manifestOf, readDockerfileText, readManifestText } from './text.ts';

/** What the builds of a tree used. */
interface KustomizeResult {
  readonly files: BuildSession;
  readonly consumed: ReadonlySet<string>;
  /** Folders of charts that kustomizations rendered. */
  readonly charts: ReadonlySet<string>;
}

/** How many charts are rendered at a time. */
const chartsAtOnce = 2;

/** Reads the files of one tree, a folder or an archive, into what is judged. */
export class Loader {
  readonly loaded: LoadedInput = emptyInput();
  readonly #limits: FileLimits;
  readonly #helm: HelmOptions;
  readonly #onFile: (files: number) => void;
  #bytes = 0;

  constructor(limits: FileLimits, helm: HelmOptions, onFile: (files: number) => void) {
    this.#onFile = onFile;
    this.#limits = limits;
    this.#helm = helm;
  }

  report(error: unknown): void {
    if (!isKeelsonError(error)) throw error;
    this.loaded.errors.push(error);
  }

  /**
   * Kustomizations first, as what they use is not judged again on its own; then charts and plain files.
   * @param isNamed true for files that the user named beside the tree
   */
  async addTree(
    files: BuildFiles,
    found: FoundFiles,
    isNamed: (path: string) => boolean = () => false,
  ): Promise<void> {
    const session = await this.#kustomizations(files, found.kustomizations);
    await this.#charts(
      files,
      found.charts.filter((folder) => session?.charts.has(folder) !== true),
    );
    for (const path of found.manifests) {
      if (session?.consumed.has(path) === true) {
        this.#countPart(path);
        continue;
      }
      const known = session?.files.known(path);
      if (known === undefined) this.addFile(files, path, 'manifest', isNamed(path));
      else this.#addRead(known);
    }
    for (const path of found.dockerfiles) this.addFile(files, path, 'dockerfile', false);
  }

  async #kustomizations(files: BuildFiles, folders: readonly string[]): Promise<KustomizeResult | undefined> {
    if (folders.length === 0) return undefined;
    const { BuildSession, buildAll, chartInflater } = await import('./trees.ts');
    const session = new BuildSession(files, this.#limits);
    const charts = new Set<string>();
    const inflate = chartInflater(session, this.#helm, charts);
    const { builds, errors, notes, consumed, foreign } = buildAll(session, [...new Set(folders)], inflate);
    const { loaded } = this;
    loaded.errors.push(...distinct(errors));
    loaded.notJudged.push(...notes);
    loaded.kustomizations += builds.length;
    for (const build of builds) for (const resource of build.resources) loaded.resources.push(resource);
    for (const path of consumed) {
      const source = session.sources.get(path);
      if (source === undefined) continue;
      loaded.sources.set(path, source);
      loaded.files++;
      loaded.documents += session.read(path)?.stream.documents.length ?? 0;
    }
    for (const path of foreign) this.addFile(files, path, 'manifest', false);
    return { files: session, consumed, charts };
  }

  async #charts(files: BuildFiles, folders: readonly string[]): Promise<void> {
    const queue = [...folders];
    const worker = async () => {
      for (let folder = queue.shift(); folder !== undefined; folder = queue.shift())
        await this.addChart(files, folder, folder);
    };
    await Promise.all(Array.from({ length: chartsAtOnce }, worker));
  }

  /** A chart, by the path that helm is given and the folder that its files are shown in. */
  async addChart(files: BuildFiles, path: string, folder: string): Promise<void> {
    const { loaded } = this;
    if (folder.includes('!') && path === folder) {
      const reason = 'a chart inside an archive of other files is not rendered';
      loaded.notJudged.push({ reason, location: { file: joinPath(folder, 'Chart.yaml') } });
      return;
    }
    const read = (inside: string) => this.#template(files, joinPath(folder, inside));
    const { BuildSession, renderChart } = await import('./trees.ts');
    const session = new BuildSession(files, this.#limits);
    const rendered = await renderChart({ path, folder, read, session }, this.#helm);
    for (const resource of rendered.resources) loaded.resources.push(resource);
    for (const [name, source] of session.sources) loaded.sources.set(name, source);
    loaded.errors.push(...rendered.errors);
    loaded.notJudged.push(...rendered.notJudged);
    loaded.documents += rendered.documents;
    if (rendered.resources.length > 0) loaded.charts++;
  }

  #template(files: BuildFiles, path: string): SourceText | undefined {
    const known = this.loaded.sources.get(path);
    if (known !== undefined) return known;
    try {
      const bytes = files.read(path);
      if (bytes === undefined) return undefined;
      const source = new SourceText(path, decodeText(bytes, path));
      this.loaded.sources.set(path, source);
      return source;
    } catch (error) {
      if (isKeelsonError(error)) return undefined;
      throw error;
    }
  }

  /** A file. One that the user named is read in full, whatever its text looks like. */
  addFile(files: BuildFiles, path: string, kind: 'manifest' | 'dockerfile', isNamed: boolean): void {
    this.#onFile(this.loaded.files);
    try {
      const bytes = files.read(path);
      if (bytes === undefined)
        throw new ManifestError('INPUT_UNREADABLE', 'the file cannot be read', { location: { file: path } });
      this.#bytes += bytes.length;
      if (this.#bytes > this.#limits.maxTotalBytes) {
        const message = `more than maxTotalBytes (${this.#limits.maxTotalBytes}) in all: the file was not read`;
        throw new ManifestError('INPUT_TOO_LARGE', message, { location: { file: path } });
      }
      this.addText(path, decodeText(bytes, path), kind, isNamed);
    } catch (error) {
      this.report(error);
    }
  }

  addText(name: string, text: string, kind: 'manifest' | 'dockerfile', isNamed: boolean): void {
    const { loaded } = this;
    loaded.files++;
    if (kind === 'manifest' && !isNamed && !mayHoldObjects(text)) {
      loaded.otherFiles++;
      return;
    }
    const source = new SourceText(name, text);
    if (kind === 'dockerfile') {
      const { input, problems } = readDockerfileText(source);
      loaded.dockerfiles.push(input);
      loaded.errors.push(...problems);
    } else if (!this.#addManifest(source)) return;
    loaded.sources.set(name, source);
  }

  /** Patches and data of a kustomization that failed were not read; they are files all the same. */
  #countPart(path: string): void {
    if (this.loaded.sources.has(path)) return;
    this.loaded.files++;
    this.loaded.otherFiles++;
  }

  /** A file that a build has read already, and that is judged on its own because the build failed. */
  #addRead({ source, stream }: ReadFile): void {
    this.loaded.files++;
    if (this.#addManifest(source, stream)) this.loaded.sources.set(source.file, source);
  }

  #addManifest(source: SourceText, read?: YamlStream): boolean {
    const { loaded } = this;
    const { resources, errors, stream } =
      read === undefined
        ? readManifestText(source, { maxLength: this.#limits.maxFileBytes })
        : { ...manifestOf(source, read), stream: read };
    for (const resource of resources) loaded.resources.push(resource);
    loaded.documents += stream.documents.length;
    const isTemplate = errors.length > 0 && /\{\{.*\}\}/.test(source.text);
    if (isTemplate) {
      const location = errors[0]?.location ?? { file: source.file };
      loaded.notJudged.push({ reason: 'a template that is not YAML before it is rendered', location });
    } else loaded.errors.push(...errors);
    if (resources.length === 0 && errors.length === 0) loaded.otherFiles++;
    return resources.length > 0 || errors.length > 0;
  }
}

/** One fault of a base stops every build that uses it, and is told once. */
function distinct(errors: readonly KeelsonError[]): KeelsonError[] {
  return [...new Map(errors.map((error) => [error.format(), error])).values()];
}
