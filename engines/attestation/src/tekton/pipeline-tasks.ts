import type { JsonFields } from '@keelson/core';
import type { TektonRun } from './run.ts';

/** A task of a pipeline; `isFinal` for those that run at its end. */
export interface PipelineTask {
  readonly task: JsonFields;
  readonly isFinal: boolean;
}

/** The tasks of a pipeline, then those that run at its end. */
export function pipelineTasks({ resolvedSpec }: TektonRun): readonly PipelineTask[] {
  return (['tasks', 'finally'] as const).flatMap((member) =>
    (resolvedSpec?.objects(member) ?? []).map((task) => ({ task, isFinal: member === 'finally' })),
  );
}

/** The runs of a task that ended. */
export function runsOf(taskRuns: readonly TektonRun[], task: JsonFields): readonly TektonRun[] {
  const name = task.text('name');
  return taskRuns.filter(
    ({ labels, completionTime }) =>
      labels.get('tekton.dev/pipelineTask') === name && completionTime !== undefined,
  );
}

/** The runs that belong to a pipeline, in the order of its tasks; those that did not end are left out. */
export function executedTasks(run: TektonRun, taskRuns: readonly TektonRun[]): readonly TektonRun[] {
  return pipelineTasks(run).flatMap(({ task }) => runsOf(taskRuns, task));
}
