import { createHash } from 'node:crypto';
import { isObject, type JsonObject, type JsonValue } from '@keelson/core';

/** A run as Tekton would have ended it: its manifest with what its scripts write as results. */
export interface CompletedRun {
  readonly object: JsonObject;
  /** Of a PipelineRun: the runs of its tasks. */
  readonly taskRuns: readonly JsonObject[];
}

const uid = '2f1c6b5e-0000-4000-8000-000000000001';
const startTime = '2026-01-01T10:00:00Z';
const completionTime = '2026-01-01T10:05:00Z';

/**
 * Completes a manifest: the defaults that Tekton's webhook sets, images by a digest of their name where they have none, and the results
 * that the `echo` lines of the scripts write. Nothing runs.
 */
export function completed(manifest: JsonObject): CompletedRun {
  return manifest['kind'] === 'TaskRun' ? completedTask(manifest) : completedPipeline(manifest);
}

function completedTask(manifest: JsonObject): CompletedRun {
  const { apiVersion = '', kind = '' } = manifest;
  const taskSpec = withTaskDefaults(objectAt(manifest, 'spec', 'taskSpec'));
  const spec = { ...objectAt(manifest, 'spec'), serviceAccountName: 'default', taskSpec, timeout: '1h0m0s' };
  const metadata = { ...objectAt(manifest, 'metadata'), uid };
  return { object: { apiVersion, kind, metadata, spec, status: taskStatus(taskSpec) }, taskRuns: [] };
}

function completedPipeline(manifest: JsonObject): CompletedRun {
  const { apiVersion = '', kind = '' } = manifest;
  const written = objectAt(manifest, 'spec', 'pipelineSpec');
  const tasks = objects(written['tasks']).map((task) => ({
    ...task,
    taskSpec: { metadata: {}, spec: null, ...withTaskDefaults(objectAt(task, 'taskSpec')) },
  }));
  const results = objects(written['results']).map((result) => ({ description: '', ...result }));
  const pipelineSpec = { ...written, tasks, results };
  const name = String(objectAt(manifest, 'metadata')['name'] ?? 'run-1');
  const taskRuns = tasks.map((task) => {
    const label = { 'tekton.dev/pipelineTask': nameOf(task) };
    return {
      apiVersion,
      kind: 'TaskRun',
      metadata: { name: `${name}-${nameOf(task)}`, uid: `${uid}-${nameOf(task)}`, labels: label },
      spec: { taskSpec: task.taskSpec },
      status: taskStatus(task.taskSpec),
    };
  });
  const taskResults = new Map(
    tasks.map((task, at) => [nameOf(task), objects(taskRuns[at]?.status['results'])] as const),
  );
  const object = {
    apiVersion,
    kind,
    metadata: { ...objectAt(manifest, 'metadata'), name, uid },
    spec: {
      ...objectAt(manifest, 'spec'),
      pipelineSpec,
      taskRunTemplate: { serviceAccountName: 'default' },
      timeouts: { pipeline: '1h0m0s' },
    },
    status: {
      startTime,
      completionTime,
      conditions: [{ type: 'Succeeded', status: 'True' }],
      pipelineSpec,
      results: results.map((result) => ({ name: nameOf(result), value: referenced(result, taskResults) })),
    },
  };
  return { object, taskRuns };
}

function withTaskDefaults(taskSpec: JsonObject): JsonObject {
  return {
    ...taskSpec,
    steps: objects(taskSpec['steps']).map((step) => ({ computeResources: {}, ...step })),
    results: objects(taskSpec['results']).map((result) => ({
      type: 'string',
      ...result,
      ...(isObject(result['properties'])
        ? {
            properties: Object.fromEntries(
              Object.keys(result['properties']).map((name) => [name, { type: 'string' }]),
            ),
          }
        : {}),
    })),
  };
}

function taskStatus(taskSpec: JsonObject): JsonObject {
  const steps = objects(taskSpec['steps']);
  const types = new Map(objects(taskSpec['results']).map((result) => [nameOf(result), result['type']]));
  const results = steps
    .flatMap(({ script }) => writtenBy(String(script ?? '')))
    .filter(({ name }) => types.has(name))
    .map(({ name, text }): JsonObject => {
      const type = types.get(name) ?? 'string';
      return { name, type, value: type === 'string' ? text : JSON.parse(text) };
    });
  return {
    startTime,
    completionTime,
    conditions: [{ type: 'Succeeded', status: 'True' }],
    taskSpec: { ...taskSpec, steps: steps.map(withPaths) },
    results: results.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
    steps: steps.map((step) => ({ name: nameOf(step), imageID: imageIdOf(String(step['image'])) })),
  };
}

function withPaths(step: JsonObject): JsonObject {
  const script = String(step['script'] ?? '').replaceAll(
    /\$\(results\.([^)]*)\.path\)/g,
    '/tekton/results/$1',
  );
  return { ...step, script };
}

/** What lines like `echo -n "text" | tee $(results.NAME.path)` write. */
function writtenBy(script: string): { name: string; text: string }[] {
  const line = /^ *echo( -n)? (['"])(.*)\2 (?:\| tee|>) \$\(results\.(.*)\.path\)$/;
  return script.split('\n').flatMap((command) => {
    const [, bare, quote, text = '', name = ''] = line.exec(command) ?? [];
    if (quote === undefined) return [];
    const plain = quote === '"' ? text.replaceAll('\\"', '"') : text;
    return [{ name, text: bare === undefined ? `${plain}\n` : plain }];
  });
}

/** `$(tasks.NAME.results.RESULT)`. */
function referenced(result: JsonObject, taskResults: ReadonlyMap<string, readonly JsonObject[]>): JsonValue {
  const [, task = '', name] = /^\$\(tasks\.([^.]*)\.results\.(.*)\)$/.exec(String(result['value'])) ?? [];
  return taskResults.get(task)?.find((other) => nameOf(other) === name)?.['value'] ?? '';
}

function imageIdOf(image: string): string {
  if (image.includes('@')) return image;
  const [name = ''] = image.split(':');
  return `docker-pullable://${name}@sha256:${createHash('sha256').update(image).digest('hex')}`;
}

/** The objects of a list. */
export function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : [];
}

/** An object in an object, empty where it is not there. */
export function objectAt(value: JsonObject, ...path: readonly string[]): JsonObject {
  return path.reduce<JsonObject>((found, name) => {
    const next = found[name];
    return isObject(next) ? next : {};
  }, value);
}

function nameOf(value: JsonObject): string {
  return String(value['name'] ?? '');
}
