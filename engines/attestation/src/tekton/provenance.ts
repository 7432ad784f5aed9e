import { type JsonObject, objectOf } from '@keelson/core';
import { type Artifact, merged } from './artifact.ts';
import { present } from './json.ts';
import { executedTasks } from './pipeline-tasks.ts';
import { type BuildType, predicateV1 } from './predicate-v1.ts';
import { predicateV02 } from './predicate-v02.ts';
import type { TektonRun } from './run.ts';
import { buildArtifacts, builtArtifacts } from './type-hints.ts';

/** Formats of Tekton Chains (`artifacts.taskrun.format`); `in-toto` is `slsa/v1`. */
export const provenanceFormats = Object.freeze([
  'in-toto',
  'slsa/v1',
  'slsa/v2alpha3',
  'slsa/v2alpha4',
] as const);
export type ProvenanceFormat = (typeof provenanceFormats)[number];

export interface ProvenanceOptions {
  readonly format: ProvenanceFormat;
  /** `builder.id`. */
  readonly builderId: string;
  /** `builddefinition.buildtype`, for `slsa/v2alpha3` and `slsa/v2alpha4`. */
  readonly buildType?: BuildType;
  /** Of a PipelineRun: the runs of its tasks, with the label `tekton.dev/pipelineTask`. */
  readonly taskRuns?: readonly TektonRun[];
  /** `artifacts.pipelinerun.enable-deep-inspection`: whether results of the tasks count for a PipelineRun. */
  readonly deepInspection?: boolean;
}

/**
 * The provenance that Tekton Chains makes of a run that has ended: an in-toto Statement with the predicate of SLSA provenance 0.2
 * (`in-toto`, `slsa/v1`) or 1 (`slsa/v2alpha3`, `slsa/v2alpha4`).
 *
 * @throws AttestationError RUN_INVALID
 */
export function runProvenance(run: TektonRun, options: ProvenanceOptions): JsonObject {
  const { format, builderId, buildType = 'https://tekton.dev/chains/v2/slsa' } = options;
  const isDeep = options.deepInspection === true;
  const taskRuns = run.kind === 'TaskRun' ? [] : executedTasks(run, options.taskRuns ?? []);
  const subject = runSubjects(run, isDeep ? taskRuns : [], format).map(({ uri, digest }) =>
    present({ name: uri, digest: objectOf(digest) }),
  );
  if (format === 'in-toto' || format === 'slsa/v1')
    return present({
      _type: 'https://in-toto.io/Statement/v0.1',
      subject,
      predicateType: 'https://slsa.dev/provenance/v0.2',
      predicate: predicateV02(run, taskRuns, { builderId, isDeep }),
    });
  return present({
    _type: 'https://in-toto.io/Statement/v1',
    subject,
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: predicateV1(run, taskRuns, { builderId, buildType, isDeep, format }),
  });
}

function runSubjects(
  run: TektonRun,
  taskRuns: readonly TektonRun[],
  format: ProvenanceFormat,
): readonly Artifact[] {
  if (format !== 'slsa/v2alpha4')
    return merged([...taskRuns, run].flatMap(({ results }) => builtArtifacts(results)));
  return merged(
    [run, ...taskRuns].flatMap(({ steps, results }) => [
      ...steps.flatMap((step) => buildArtifacts(step.results)),
      ...buildArtifacts(results),
    ]),
  );
}
