import { isObject, type JsonFields, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { materials } from './dependencies.ts';
import { filled, present } from './json.ts';
import { pipelineTasks, runsOf } from './pipeline-tasks.ts';
import type { NamedValue, StepState, TektonRun } from './run.ts';

/** What `slsa/v1` and `in-toto` write: the predicate of SLSA provenance 0.2. @throws AttestationError RUN_INVALID */
export function predicateV02(
  run: TektonRun,
  taskRuns: readonly TektonRun[],
  { builderId, isDeep }: { readonly builderId: string; readonly isDeep: boolean },
): JsonObject {
  const used = materials(run, taskRuns, isDeep).map(({ uri, digest }) =>
    present({ uri, digest: objectOf(digest) }),
  );
  return present({
    builder: present({ id: builderId }),
    buildType: `tekton.dev/v1/${run.kind}`,
    invocation: invocation(run),
    buildConfig: run.kind === 'TaskRun' ? taskConfig(run) : pipelineConfig(run, taskRuns),
    metadata: metadata(run),
    materials: filled(used),
  });
}

function invocation(run: TektonRun): JsonObject {
  const { defaults, parameters, annotations, labels, refSource } = run;
  const own = [...annotations].filter(
    ([name]) =>
      name !== 'kubectl.kubernetes.io/last-applied-configuration' && !name.startsWith('chains.tekton.dev/'),
  );
  const environment = present({ annotations: filled(new Map(own)), labels: filled(labels) });
  const configSource = present({
    uri: filled(refSource?.uri ?? ''),
    digest: filled(refSource?.digest ?? ''),
    entryPoint: filled(refSource?.entryPoint ?? ''),
  });
  return present({
    configSource,
    parameters: objectOf([...defaults, ...parameters].map(({ name, value }) => [name, value])),
    environment: Object.keys(environment).length === 0 ? undefined : environment,
  });
}

function metadata({ startTime, completionTime, labels }: TektonRun): JsonObject {
  return present({
    buildStartedOn: startTime,
    buildFinishedOn: completionTime,
    completeness: present({ parameters: false, environment: false, materials: false }),
    reproducible: labels.get('chains.tekton.dev/reproducible') === 'true',
  });
}

function taskConfig({ resolvedSpec, steps }: TektonRun): JsonObject {
  const specs = resolvedSpec?.objects('steps') ?? [];
  const byName = new Map(specs.map((spec) => [spec.optionalText('name'), spec]));
  return present({ steps: steps.map((state) => stepJson(byName.get(state.name), state)) });
}

function stepJson(spec: JsonFields | undefined, { name, imageId }: StepState): JsonObject {
  const script = spec?.optionalText('script') ?? '';
  const image = `oci://${imageId.replace(/^docker-pullable:\/\//, '')}`;
  return present({
    entryPoint: script === '' ? (spec?.texts('command') ?? []).join(' ') : script,
    arguments: spec?.value('args') ?? null,
    environment: present({ container: name, image }),
    annotations: null,
  });
}

function pipelineConfig(run: TektonRun, taskRuns: readonly TektonRun[]): JsonObject {
  if (run.resolvedSpec === undefined) return present({ tasks: null });
  const tasks: JsonValue[] = [];
  let last = '';
  for (const { task, isFinal } of pipelineTasks(run)) {
    const runs = runsOf(taskRuns, task);
    for (const taskRun of runs) {
      const steps = stepsOf(taskRun);
      if (steps !== undefined) tasks.push(taskJson(run, task, taskRun, steps, isFinal ? last : ''));
    }
    if (!isFinal && runs.length > 0) last = task.text('name');
  }
  return present({ tasks });
}

/** Undefined where the steps that ran are not those that were asked for: Tekton Chains leaves such a run out. */
function stepsOf({ resolvedSpec, steps }: TektonRun): readonly JsonObject[] | undefined {
  const specs = resolvedSpec?.objects('steps');
  if (specs?.length !== steps.length) return undefined;
  const found: JsonObject[] = [];
  for (const [at, spec] of specs.entries()) {
    const state = steps[at];
    const isNamed = (spec.optionalText('name') ?? '') !== '';
    if (state === undefined || (state.name.startsWith('unnamed-') && isNamed)) return undefined;
    found.push(stepJson(spec, state));
  }
  return found;
}

function taskJson(
  { spec }: TektonRun,
  task: JsonFields,
  taskRun: TektonRun,
  steps: readonly JsonObject[],
  last: string,
): JsonObject {
  const after = [...new Set([...task.texts('runAfter'), ...referencedTasks(task)])];
  const template = spec['taskRunTemplate'];
  const account = isObject(template) ? template['serviceAccountName'] : undefined;
  return present({
    name: task.text('name'),
    after: filled(after.length === 0 && last !== '' ? [last] : after),
    ref: task.value('taskRef') ?? objectOf([]),
    startedOn: taskRun.startTime,
    finishedOn: taskRun.completionTime,
    serviceAccountName: typeof account === 'string' ? filled(account) : undefined,
    status: filled(taskRun.status),
    steps: filled(steps),
    invocation: invocation(taskRun),
    results: filled(taskRun.results.map(resultJson)),
  });
}

function resultJson({ name, value }: NamedValue): JsonObject {
  const type = typeof value === 'string' ? 'string' : Array.isArray(value) ? 'array' : 'object';
  return present({ name, type, value });
}

/** The tasks whose results a task uses, in its parameters, conditions and matrix. */
function referencedTasks(task: JsonFields): readonly string[] {
  const found: string[] = [];
  const visit = (value: JsonValue | undefined): void => {
    if (typeof value === 'string')
      for (const match of value.matchAll(/\$\(tasks\.([^.()$]+)\.results\./g)) found.push(match[1] ?? '');
    else if (Array.isArray(value)) value.forEach(visit);
    else if (isObject(value)) Object.values(value).forEach(visit);
  };
  for (const member of ['params', 'when', 'matrix']) visit(task.value(member));
  return found;
}
