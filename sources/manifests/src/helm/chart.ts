import { type KeelsonError, SourceText } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { parseYaml } from '@keelson/yaml';
import { ManifestError } from '../errors.ts';
import { chartOverlayFolder } from '../files.ts';
import { builtResources } from '../kustomize/built.ts';
import { TreeCopier } from '../kustomize/copier.ts';
import { joinPath } from '../kustomize/file-system.ts';
import { makeItem } from '../kustomize/item.ts';
import { applyPatches } from '../kustomize/patches.ts';
import { type PlacedDocument, rootPlace } from '../kustomize/place.ts';
import { mappingItems } from '../kustomize/selector.ts';
import { type BuildSession, inlineTrees, treesOf } from '../kustomize/session.ts';
import { type Tree, treeOf } from '../kustomize/tree.ts';
import type { NotJudged } from '../loaded.ts';
import { type OverlayTarget, setOverlayTarget } from '../overlay/target.ts';
import { type HelmOptions, runHelm, templateArguments } from './program.ts';
import { type ReadTemplate, RenderedSource } from './source-map.ts';

/** A chart to render. */
export interface ChartInput {
  /** Folder or archive as the user would name it, and where its files are shown to stand. */
  readonly path: string;
  readonly folder: string;
  readonly read: ReadTemplate;
  /** Where the overlay of fixes may be read; undefined for archives. */
  readonly session?: BuildSession;
}

export interface RenderedChart {
  resources: Resource[];
  documents: number;
  errors: KeelsonError[];
  notJudged: NotJudged[];
}

/** Renders a chart and patches it with its overlay of fixes, if it has one. */
export async function renderChart(chart: ChartInput, options: HelmOptions): Promise<RenderedChart> {
  const out: RenderedChart = { resources: [], documents: 0, errors: [], notJudged: [] };
  const location = { file: joinPath(chart.folder, 'Chart.yaml') };
  const definition = chart.read('Chart.yaml')?.text ?? '';
  if (/^type:\s*["']?library\b/m.test(definition)) {
    out.notJudged.push({ reason: 'a library chart renders nothing by itself', location, isEmpty: true });
    return out;
  }
  const name = options.releaseName ?? releaseName(definition);
  const outcome = await runHelm(templateArguments(chart.path, name, options), options);
  if (outcome.status === 'absent')
    out.notJudged.push({ reason: `the chart was not rendered: ${outcome.reason}`, location });
  else if (outcome.status === 'failed') {
    out.errors.push(
      new ManifestError('CHART_NOT_RENDERED', `helm could not render the chart: ${outcome.reason}`, {
        location,
      }),
    );
  } else readRendered(outcome.text, chart, out);
  return out;
}

/** A name that helm takes, made of the chart's. */
function releaseName(definition: string): string {
  const written = /^name:\s*["']?([\w.-]+)/m.exec(definition)?.[1] ?? '';
  const name = written
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 53)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'release' : name;
}

function readRendered(text: string, chart: ChartInput, out: RenderedChart): void {
  const { trees, errors } = renderedTrees(text, chart.folder, chart.read);
  out.documents = trees.length;
  for (const error of errors) {
    const message = `what helm rendered is not YAML: ${error.message}`;
    const location = { file: joinPath(chart.folder, 'Chart.yaml') };
    out.errors.push(new ManifestError('CHART_NOT_RENDERED', message, { location, cause: error }));
  }
  const made: Resource[] = [];
  for (const tree of patched(trees, chart, out)) {
    const file = tree.place.from.map?.(1).file ?? chart.folder;
    for (const resource of builtResources(file, 'helm', tree)) {
      out.resources.push(resource);
      made.push(resource);
    }
  }
  if (chart.path !== chart.folder) return;
  for (const same of Map.groupBy(made, nameKey).values())
    for (const resource of same) setOverlayTarget(resource, targetOf(chart.folder, resource, same));
}

function nameKey({ group, version, kind, name }: Resource): string {
  return [group, version, kind, name].join('\0');
}

/** @param same all objects of the chart with this kind and name */
function targetOf(
  folder: string,
  { group, version, kind, name, namespace = '' }: Resource,
  same: readonly Resource[],
): OverlayTarget {
  const isExact = same.filter((one) => namespace === '' || one.namespace === namespace).length === 1;
  return { renderedBy: 'helm', folder, file: undefined, group, version, kind, name, namespace, isExact };
}

/** The documents of rendered text, whose places are those of their templates. */
export function renderedTrees(
  text: string,
  folder: string,
  read: ReadTemplate,
): { trees: Tree[]; errors: KeelsonError[] } {
  const source = new SourceText(folder, text);
  const stream = parseYaml(source);
  const trees = stream.documents.map((document) => {
    const rendered = new RenderedSource(source, document.span.start, document.span.end, folder, read);
    const from: PlacedDocument = { source, document, map: (line) => rendered.locate(line) };
    return treeOf(document.value, rootPlace(from));
  });
  return { trees, errors: stream.errors };
}

/** Applies the patches of the overlay folder, as the post-renderer would that it is made for. */
function patched(trees: Tree[], chart: ChartInput, out: RenderedChart): Tree[] {
  const folder = joinPath(chart.folder, chartOverlayFolder);
  const { session } = chart;
  if (session === undefined || !session.files.isFolder(folder)) return trees;
  const objects = trees.filter((tree) => tree.kind === 'mapping' && tree.entries.has('kind'));
  const items = objects.flatMap((tree) => (tree.kind === 'mapping' ? [makeItem(tree)] : []));
  try {
    const found = session.kustomizationOf(folder);
    const [root] = found === undefined ? [] : treesOf(found.file);
    if (root?.kind !== 'mapping') return trees;
    const file = (path: string) => {
      const patch = session.read(joinPath(folder, path));
      if (patch === undefined)
        throw new ManifestError('KUSTOMIZE_FAILED', `there is no file ${path}`, {
          location: { file: found?.path ?? folder },
        });
      return treesOf(patch);
    };
    applyPatches(
      items,
      mappingItems(root.entries.get('patches'), 'patches'),
      { file, inline: inlineTrees },
      { complete: true, copier: new TreeCopier(session.limits.maxCopiedValues) },
    );
    return items.map((item) => item.root);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    out.errors.push(error);
    return trees;
  }
}
