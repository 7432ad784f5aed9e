import { isObject, type JsonFields, type JsonObject, type JsonValue } from '@keelson/core';
import { AttestationError } from '../errors.ts';
import { fieldsOf } from '../fields.ts';

export type RunKind = 'TaskRun' | 'PipelineRun';

/** A result or a parameter: its value is a text, a list or an object of texts. */
export interface NamedValue {
  readonly name: string;
  readonly value: JsonValue;
}

/** Where the definition of a task came from (`status.provenance.refSource`). */
export interface RefSource {
  readonly uri: string;
  readonly digest: ReadonlyMap<string, string>;
  readonly entryPoint: string;
}

export interface StepState {
  readonly name: string;
  readonly imageId: string;
  readonly results: readonly NamedValue[];
  readonly refSource?: RefSource;
}

/** What provenance is made of: a TaskRun or PipelineRun of `tekton.dev/v1` that has ended. */
export interface TektonRun {
  readonly kind: RunKind;
  readonly name: string;
  readonly uid: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** As it was asked for. */
  readonly spec: JsonObject;
  readonly parameters: readonly NamedValue[];
  /** Defaults of the parameters, from the resolved task or pipeline. */
  readonly defaults: readonly NamedValue[];
  readonly results: readonly NamedValue[];
  /** Of a TaskRun. */
  readonly steps: readonly StepState[];
  readonly sidecarImageIds: readonly string[];
  /** The resolved `taskSpec` or `pipelineSpec`. */
  readonly resolvedSpec?: JsonFields;
  readonly refSource?: RefSource;
  readonly featureFlags?: JsonValue;
  /** True where the definition was fetched by a resolver. */
  readonly isRemote: boolean;
  /** RFC 3339, in UTC. */
  readonly startTime?: string;
  readonly completionTime?: string;
  /** `Succeeded`, `Failed`, `Running`, or empty where it is not known. */
  readonly status: string;
  /** The object itself. */
  readonly object: JsonObject;
}

const maxEntries = 10_000;

/**
 * Reads a run, as it comes from the cluster.
 *
 * @param kind where the object does not say it
 * @throws AttestationError RUN_INVALID, ATTESTATION_LIMIT
 */
export function readRun(object: JsonValue, kind?: RunKind): TektonRun {
  const fields = fieldsOf(object, 'the run', 'RUN_INVALID');
  const found = fields.optionalText('kind') ?? kind;
  if (found !== 'TaskRun' && found !== 'PipelineRun')
    throw fields.invalid('kind', 'is neither TaskRun nor PipelineRun');
  const metadata = fields.object('metadata') ?? fieldsOf({}, 'metadata', 'RUN_INVALID');
  const spec = fields.object('spec') ?? fieldsOf({}, 'spec', 'RUN_INVALID');
  const status = fields.object('status') ?? fieldsOf({}, 'status', 'RUN_INVALID');
  const resolvedSpec = status.object(found === 'TaskRun' ? 'taskSpec' : 'pipelineSpec');
  const provenance = status.object('provenance');
  const refSource = refSourceOf(provenance);
  const featureFlags = provenance?.value('featureFlags');
  const specObject = fields.value('spec') ?? {};
  return {
    kind: found,
    name: metadata.optionalText('name') ?? '',
    uid: metadata.optionalText('uid') ?? '',
    labels: metadata.map('labels', maxEntries),
    annotations: metadata.map('annotations', maxEntries),
    spec: isObject(specObject) ? specObject : {},
    parameters: namedValues(spec, 'params', 'value'),
    defaults: resolvedSpec === undefined ? [] : namedValues(resolvedSpec, 'params', 'default'),
    results: namedValues(status, 'results', 'value'),
    steps: status.objects('steps', maxEntries).map(stepFrom),
    sidecarImageIds: status
      .objects('sidecars', maxEntries)
      .map((sidecar) => sidecar.optionalText('imageID') ?? ''),
    ...(resolvedSpec === undefined ? {} : { resolvedSpec }),
    ...(refSource === undefined ? {} : { refSource }),
    ...(featureFlags === undefined ? {} : { featureFlags }),
    isRemote: isResolved(spec.object(found === 'TaskRun' ? 'taskRef' : 'pipelineRef')),
    ...timeOf(status, 'startTime'),
    ...timeOf(status, 'completionTime'),
    status: statusOf(status),
    object: isObject(object) ? object : {},
  };
}

/** Those that have a value; an entry without one says nothing. */
function namedValues(fields: JsonFields, list: string, member: string): readonly NamedValue[] {
  return fields.objects(list, maxEntries).flatMap((item) => {
    const value = item.value(member);
    return value === undefined ? [] : [{ name: item.text('name'), value }];
  });
}

function stepFrom(fields: JsonFields): StepState {
  const refSource = refSourceOf(fields.object('provenance'));
  return {
    name: fields.optionalText('name') ?? '',
    imageId: fields.optionalText('imageID') ?? '',
    results: namedValues(fields, 'results', 'value'),
    ...(refSource === undefined ? {} : { refSource }),
  };
}

function refSourceOf(provenance: JsonFields | undefined): RefSource | undefined {
  const source = provenance?.object('refSource');
  if (source === undefined) return undefined;
  return {
    uri: source.optionalText('uri') ?? '',
    digest: source.map('digest', maxEntries),
    entryPoint: source.optionalText('entryPoint') ?? '',
  };
}

function isResolved(ref: JsonFields | undefined): boolean {
  const resolver = ref?.optionalText('resolver') ?? '';
  return resolver !== '' && resolver !== 'Cluster';
}

function timeOf<N extends 'startTime' | 'completionTime'>(
  status: JsonFields,
  name: N,
): { readonly [K in N]?: string } {
  const text = status.optionalText(name);
  if (text === undefined) return {};
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isTime ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw status.invalid(name, 'is no time of RFC 3339');
  const utc: { [K in N]?: string } = {};
  utc[name] = new Date(time).toISOString().replace('.000Z', 'Z');
  return utc;
}

const statuses = new Map([
  ['False', 'Failed'],
  ['True', 'Succeeded'],
  ['Unknown', 'Running'],
]);

function statusOf(status: JsonFields): string {
  const [first] = status.objects('conditions', maxEntries);
  return statuses.get(first?.optionalText('status') ?? '') ?? '';
}

/** The text of a value; empty for a list or an object, as Tekton Chains takes them. */
export function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : '';
}

export function runInvalid(message: string): AttestationError {
  return new AttestationError('RUN_INVALID', message);
}
