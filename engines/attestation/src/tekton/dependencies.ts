import { type Artifact, merged } from './artifact.ts';
import { goJson } from './json.ts';
import { type RefSource, runInvalid, type StepState, type TektonRun } from './run.ts';
import { gitSource, inputArtifacts } from './type-hints.ts';

/** A part of what a run was built from (in-toto attestation, ResourceDescriptor). */
export interface Dependency extends Artifact {
  readonly name?: string;
  /** The object itself. */
  readonly content?: string;
}

/** Which rules a format of Tekton Chains has for dependencies. */
export interface DependencyRules {
  /** Whether results and sources of single steps count. */
  readonly withSteps: boolean;
  /** Whether the runs of a pipeline's tasks stand whole among its dependencies. */
  readonly withRuns: boolean;
  /** Whether git sources and inputs of a pipeline's tasks count. */
  readonly isDeep: boolean;
}

/** Images of steps and sidecars, by their digests. @throws AttestationError RUN_INVALID for an image without digest */
export function imageMaterials({ steps, sidecarImageIds }: TektonRun): readonly Artifact[] {
  return [
    ...merged(steps.map(({ imageId }) => imageMaterial(imageId))),
    ...merged(sidecarImageIds.map(imageMaterial)),
  ];
}

function imageMaterial(imageId: string): Artifact {
  const [name = '', digest = '', ...more] = imageId.split('@');
  const [algorithm = '', hex = '', ...rest] = digest.split(':');
  if (algorithm === '' || hex === '' || more.length > 0 || rest.length > 0)
    throw runInvalid(`the image ${JSON.stringify(imageId)} of a step has no digest`);
  return { uri: `oci://${name.replace(/^docker-pullable:\/\//, '')}`, digest: new Map([[algorithm, hex]]) };
}

/** Sources and inputs of a task by type hints: results count more than parameters, those more than defaults. */
export function taskInputs({ defaults, parameters, results }: TektonRun): readonly Artifact[] {
  return merged([...gitSource(defaults, parameters, results), ...inputArtifacts(results)]);
}

/** Sources and inputs of a pipeline by type hints; those of its tasks where `isDeep`. */
export function pipelineInputs(
  { defaults, parameters, results }: TektonRun,
  taskRuns: readonly TektonRun[],
  isDeep: boolean,
): readonly Artifact[] {
  return merged([
    ...inputArtifacts(results),
    ...(isDeep ? taskRuns.flatMap(taskInputs) : []),
    ...gitSource(defaults, parameters, results),
  ]);
}

/** Materials of SLSA provenance 0.2. @throws AttestationError RUN_INVALID */
export function materials(
  run: TektonRun,
  taskRuns: readonly TektonRun[],
  isDeep: boolean,
): readonly Artifact[] {
  if (run.kind === 'TaskRun') return merged([...imageMaterials(run), ...taskInputs(run)]);
  return merged([
    ...sourceOf(run.refSource),
    ...taskRuns.flatMap((task) => [...imageMaterials(task), ...sourceOf(task.refSource)]),
    ...pipelineInputs(run, taskRuns, isDeep),
  ]);
}

/** Resolved dependencies of SLSA provenance 1. @throws AttestationError RUN_INVALID */
export function resolvedDependencies(
  run: TektonRun,
  taskRuns: readonly TektonRun[],
  rules: DependencyRules,
): readonly Dependency[] {
  if (run.kind === 'TaskRun')
    // The definition stands by itself: a source that is the same is told beside it.
    return [
      ...sourceOf(run.refSource, 'task'),
      ...distinct([
        ...imageMaterials(run),
        ...(rules.withSteps ? [...stepInputs(run), ...stepActions(run)] : []),
        ...named(taskInputs(run), 'inputs/result'),
      ]),
    ];
  return distinct([
    ...sourceOf(run.refSource, 'pipeline'),
    ...taskRuns.flatMap((task) => [
      ...taskDependency(task, rules.withRuns),
      ...(rules.withSteps ? stepActions(task) : []),
      ...imageMaterials(task),
    ]),
    ...(rules.isDeep && rules.withSteps ? taskRuns.flatMap(stepInputs) : []),
    ...named(pipelineInputs(run, taskRuns, rules.isDeep), 'inputs/result'),
  ]);
}

function sourceOf(source: RefSource | undefined, name?: string): readonly Dependency[] {
  if (source === undefined) return [];
  const { uri, digest } = source;
  return [{ uri, digest, ...(name === undefined ? {} : { name }) }];
}

function named(artifacts: readonly Artifact[], name: string): readonly Dependency[] {
  return artifacts.map((artifact) => ({ ...artifact, name }));
}

function taskDependency(task: TektonRun, withRuns: boolean): readonly Dependency[] {
  if (!withRuns) return sourceOf(task.refSource, 'pipelineTask');
  const { uri, digest } = task.refSource ?? { uri: '', digest: new Map() };
  return [{ name: 'pipelineTask', uri, digest, content: goJson(task.object) }];
}

function stepInputs({ steps }: TektonRun): readonly Dependency[] {
  const all = steps.flatMap(({ results }) => results);
  return named(
    merged([...steps.flatMap(({ results }) => gitSource(results)), ...inputArtifacts(all)]),
    'inputs/result',
  );
}

function stepActions({ steps }: TektonRun): readonly Dependency[] {
  return steps.flatMap(({ name, refSource }: StepState) => sourceOf(refSource, `stepAction/${name}`));
}

/** The first of those that say the same, whatever they are called; the definitions of steps stay in any case. */
function distinct(dependencies: readonly Dependency[]): readonly Dependency[] {
  const seen = new Set<string>();
  return dependencies.filter(({ uri, digest, content, name = '' }) => {
    const key = JSON.stringify([uri, [...digest].sort(), content]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew || name.startsWith('stepAction/');
  });
}
