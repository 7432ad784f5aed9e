import { type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { type Dependency, resolvedDependencies } from './dependencies.ts';
import { filled, goJson, present } from './json.ts';
import type { NamedValue, TektonRun } from './run.ts';
import { otherResults } from './type-hints.ts';

/** `builddefinition.buildtype` of Tekton Chains; with `slsa-tekton` provenance has labels, annotations and the runs of tasks. */
export type BuildType = 'https://tekton.dev/chains/v2/slsa' | 'https://tekton.dev/chains/v2/slsa-tekton';

export interface PredicateV1Options {
  readonly builderId: string;
  readonly buildType: BuildType;
  readonly isDeep: boolean;
  readonly format: 'slsa/v2alpha3' | 'slsa/v2alpha4';
}

/** What `slsa/v2alpha3` and `slsa/v2alpha4` write: the predicate of SLSA provenance 1. @throws AttestationError RUN_INVALID */
export function predicateV1(
  run: TektonRun,
  taskRuns: readonly TektonRun[],
  { builderId, buildType, isDeep, format }: PredicateV1Options,
): JsonObject {
  const withRuns = buildType === 'https://tekton.dev/chains/v2/slsa-tekton';
  const withSteps = format === 'slsa/v2alpha4';
  const dependencies = resolvedDependencies(run, taskRuns, { withRuns, withSteps, isDeep });
  const byproducts = withSteps
    ? [run, ...(isDeep ? taskRuns : [])].flatMap(byproductsOf)
    : run.results.map((result) => byproduct(result, `${folderOf(run)}/${result.name}`));
  return present({
    buildDefinition: present({
      buildType,
      externalParameters: externalParameters(run),
      internalParameters: internalParameters(run, withRuns),
      resolvedDependencies: filled(dependencies.map(dependencyJson)),
    }),
    runDetails: present({
      builder: present({ id: builderId }),
      metadata: present({
        invocationId: filled(run.uid),
        startedOn: run.startTime,
        finishedOn: run.completionTime,
      }),
      byproducts: filled(byproducts),
    }),
  });
}

function dependencyJson({ name, uri, digest, content }: Dependency): JsonObject {
  return present({
    name,
    uri: filled(uri),
    digest: filled(digest),
    content: content === undefined ? undefined : base64(content),
  });
}

function externalParameters({ refSource, isRemote, spec }: TektonRun): JsonObject {
  const [first] = refSource?.digest ?? [];
  const buildConfigSource =
    refSource === undefined || !isRemote
      ? undefined
      : present({ ref: first?.join(':') ?? '', repository: refSource.uri, path: refSource.entryPoint });
  return present({ buildConfigSource, runSpec: spec });
}

function internalParameters({ featureFlags, labels, annotations }: TektonRun, isWhole: boolean): JsonObject {
  return present({
    'tekton-pipelines-feature-flags': featureFlags,
    ...(isWhole ? { labels: objectOrNull(labels), annotations: objectOrNull(annotations) } : {}),
  });
}

function objectOrNull(map: ReadonlyMap<string, string>): JsonValue {
  return map.size === 0 ? null : objectOf(map);
}

function folderOf({ kind }: TektonRun): string {
  return kind === 'TaskRun' ? 'taskRunResults' : 'pipelineRunResults';
}

function byproductsOf(run: TektonRun): readonly JsonObject[] {
  const named = (folder: string, results: readonly NamedValue[]) =>
    otherResults(results).map((result) => byproduct(result, `${folder}/${run.name}/${result.name}`));
  const ofSteps = run.steps.flatMap(({ results }) => results);
  return [...named(folderOf(run), run.results), ...named('stepResults', ofSteps)];
}

function byproduct({ value }: NamedValue, name: string): JsonObject {
  return present({ name, content: base64(goJson(value)), mediaType: 'application/json' });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
