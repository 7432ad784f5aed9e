import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringifyJson } from '@keelson/core';
import type { InflateChart } from '../kustomize/accumulate.ts';
import { joinPath } from '../kustomize/file-system.ts';
import type { BuildSession } from '../kustomize/session.ts';
import { jsonOf, type MappingTree, textAt } from '../kustomize/tree.ts';
import { renderedTrees } from './chart.ts';
import { type HelmOptions, runHelmSync, templateArguments } from './program.ts';

/**
 * Renders the charts that kustomizations name, when they are there; none is downloaded. Folders of those that
 * were rendered are added to `used`.
 */
export function chartInflater(session: BuildSession, options: HelmOptions, used: Set<string>): InflateChart {
  return (chart, globals, folder) => {
    const name = textAt(chart, 'name') ?? textAt(chart, 'chartName') ?? '';
    const home = (globals === undefined ? undefined : textAt(globals, 'chartHome')) ?? 'charts';
    const path = joinPath(joinPath(folder, home), name);
    if (!/^[\w.-]+$/.test(name) || session.files.read(joinPath(path, 'Chart.yaml')) === undefined) {
      return { reason: 'the chart is not in the folder, and charts are not downloaded' };
    }
    const values =
      (textAt(chart, 'valuesFile') ?? '') === '' ? [] : [joinPath(folder, textAt(chart, 'valuesFile') ?? '')];
    const settings: HelmOptions = { ...options, set: [], values };
    const namespace = textAt(chart, 'namespace');
    if (namespace !== undefined) settings.namespace = namespace;
    const outcome = withInlineValues(chart, settings, (ready) =>
      runHelmSync(templateArguments(path, textAt(chart, 'releaseName') ?? 'release-name', ready), ready),
    );
    if (outcome.status !== 'rendered') return { reason: outcome.reason };
    const read = (inside: string) => session.read(joinPath(path, inside))?.source;
    const { trees, errors } = renderedTrees(outcome.text, path, read);
    used.add(path);
    const [error] = errors;
    return error === undefined ? { trees } : { reason: `what helm rendered is not YAML: ${error.message}` };
  };
}

/** Runs with the values that the kustomization writes out, as a file of their own. */
function withInlineValues<T>(chart: MappingTree, options: HelmOptions, run: (options: HelmOptions) => T): T {
  const inline = chart.entries.get('valuesInline');
  if (inline === undefined) return run(options);
  const folder = mkdtempSync(join(tmpdir(), 'keelson-values-'));
  try {
    const file = join(folder, 'values.json');
    writeFileSync(file, stringifyJson(jsonOf(inline)), { mode: 0o600 });
    return run({ ...options, values: [...(options.values ?? []), file] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
