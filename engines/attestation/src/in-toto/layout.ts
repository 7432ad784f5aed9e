import type { JsonFields } from '@keelson/core';
import type { MetadataKey } from '@keelson/envelopes';
import type { AttestationLimits } from '../limits.ts';
import { readLayoutKeyFields } from './keys.ts';
import { checkParameters, type Parameters, substituted, substitutedRule } from './parameters.ts';
import { type ArtifactRule, readRule } from './rules.ts';

interface Item {
  readonly name: string;
  readonly expectedMaterials: readonly ArtifactRule[];
  readonly expectedProducts: readonly ArtifactRule[];
}

/** What a functionary does (in-toto specification 1.0, 4.3.1). */
export interface Step extends Item {
  /** Ids of the keys whose links count. */
  readonly keyIds: readonly string[];
  /** How many functionaries must have given the same link; at least 1. */
  readonly threshold: number;
  readonly expectedCommand: readonly string[];
}

/** What whoever verifies runs (4.3.2). keelson runs nothing: the caller gives the link. */
export interface Inspection extends Item {
  readonly run: readonly string[];
}

/** Who may do what on the way to a product (4.3). */
export interface Layout {
  /** Milliseconds since 1970. From then on the layout does not count. */
  readonly expires: number;
  readonly keys: ReadonlyMap<string, MetadataKey>;
  /** At least one. */
  readonly steps: readonly Step[];
  readonly inspections: readonly Inspection[];
}

const foreignToFiles = /[/\\\p{Cc}]/u;

/** @throws AttestationError LAYOUT_INVALID, LAYOUT_KEY_INVALID, RULE_INVALID, PARAMETER_INVALID, ATTESTATION_LIMIT */
export function readLayout(
  fields: JsonFields,
  parameters: Parameters | undefined,
  limits: AttestationLimits,
): Layout {
  if (fields.text('_type') !== 'layout') throw fields.invalid('_type', 'is not "layout"');
  if (parameters !== undefined) checkParameters(parameters);
  const keys = keysOf(fields, limits);
  const steps = fields
    .objects('steps', limits.maxSteps)
    .map((step) => readStep(step, keys, parameters, limits));
  if (steps.length === 0) throw fields.invalid('steps', 'is empty, so the layout asks for nothing');
  const inspections = fields.objects('inspect', limits.maxSteps).map(
    (inspection): Inspection => ({
      ...readItem(inspection, 'inspection', parameters, limits),
      run: inspection.texts('run').map((word) => substituted(word, parameters)),
    }),
  );
  const names = [...steps, ...inspections].map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw fields.invalid('steps', `have the name ${JSON.stringify(twice)} twice`);
  return { expires: expiry(fields), keys, steps, inspections };
}

function keysOf(fields: JsonFields, limits: AttestationLimits): ReadonlyMap<string, MetadataKey> {
  const keys = fields.object('keys');
  const found = new Map<string, MetadataKey>();
  if (keys === undefined) return found;
  const ids = keys.names();
  if (ids.length > limits.maxKeys) throw fields.invalid('keys', `are more than maxKeys (${limits.maxKeys})`);
  for (const id of ids) {
    // The name of a link's file is made of it, and a sublayout is not the owner's.
    if (foreignToFiles.test(id)) throw keys.invalid('', 'have an id with a slash or a control character');
    found.set(id, readLayoutKeyFields(id, keys.required(id)));
  }
  return found;
}

function readStep(
  fields: JsonFields,
  keys: ReadonlyMap<string, MetadataKey>,
  parameters: Parameters | undefined,
  limits: AttestationLimits,
): Step {
  const threshold = fields.count('threshold');
  // With 0, a step would hold that nobody did.
  if (threshold < 1) throw fields.invalid('threshold', 'is less than 1');
  const keyIds = fields.texts('pubkeys', limits.maxKeys);
  const unknown = keyIds.find((id) => !keys.has(id));
  if (unknown !== undefined)
    throw fields.invalid('pubkeys', `names ${unknown}, which is no key of the layout`);
  return {
    ...readItem(fields, 'step', parameters, limits),
    keyIds: [...new Set(keyIds)],
    threshold,
    expectedCommand: fields.texts('expected_command').map((word) => substituted(word, parameters)),
  };
}

function readItem(
  fields: JsonFields,
  type: 'step' | 'inspection',
  parameters: Parameters | undefined,
  limits: AttestationLimits,
): Item {
  if (fields.text('_type') !== type) throw fields.invalid('_type', `is not "${type}"`);
  const name = fields.text('name');
  // The name is part of a file's name.
  if (name === '' || foreignToFiles.test(name) || name.startsWith('.'))
    throw fields.invalid('name', 'is empty, starts with a dot or has a slash or a control character');
  const rulesOf = (member: string) =>
    fields.list(member, limits.maxRules).map((rule) => readRule(substitutedRule(rule, parameters), limits));
  return {
    name,
    expectedMaterials: rulesOf('expected_materials'),
    expectedProducts: rulesOf('expected_products'),
  };
}

function expiry(fields: JsonFields): number {
  const text = fields.text('expires');
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
  // Date takes 30 February for a day of March.
  if (Number.isNaN(time) || new Date(time).toISOString() !== text.replace('Z', '.000Z'))
    throw fields.invalid('expires', 'is no date of the form YYYY-MM-DDTHH:MM:SSZ');
  return time;
}
