import { childOf, isObject, type JsonFields, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { ImagePolicyError } from '../errors.ts';
import { unsupported } from '../faults.ts';
import type { PolicyMaterial } from '../material.ts';
import type { AttestationDemand, Demand, ImagePolicy, NamedDemand, Rule, Workload } from '../model/policy.ts';
import { type AttestorContext, attestorSet, fieldsOf } from './attestors.ts';
import { type Conditions, compileConditions } from './conditions/conditions.ts';
import { type QueryClock, QueryFault } from './conditions/query.ts';
import { hasDigest, imageTest } from './image-names.ts';

/** What stands around an entry of `verifyImages`. */
export interface VerifyImagesContext extends Pick<ImagePolicy, 'name' | 'kind' | 'mode' | 'warnings'> {
  readonly isAbout: (workload: Workload | undefined) => boolean;
  readonly material: PolicyMaterial;
}

const types = ['Cosign', 'SigstoreBundle', 'Notary'] as const;
const maxEntries = 100;

/** The policy of one entry of `verifyImages`: all of its attestors, and all of its attestations, each by its own attestors. */
export function verifyImagesPolicy(written: JsonFields, context: VerifyImagesContext): ImagePolicy {
  const entry = converted(written);
  const references = entry.texts('imageReferences', maxEntries);
  if (references.length === 0)
    throw invalid(`${entry.place('imageReferences')}: an image reference is required`);
  const isMeant = imageTest(references, entry.texts('skipImageReferences', maxEntries));
  const warnings = [...context.warnings];
  const attestors = { ...attestorContext(entry, context.material, warnings) };
  const demands = [
    ...entry
      .objects('attestors', maxEntries)
      .map((set) => named(set.place(''), attestorSet(set, attestors, []))),
    ...entry.objects('attestations', maxEntries).map((each) => attestationDemand(each, attestors)),
  ];
  const isRequired = entry.optionalBoolean('required') !== false;
  const asksForNothing = demands.length === 0;
  if (entry.has('validate'))
    demands.push(
      named(
        entry.place('validate'),
        refusing(entry.place('validate'), 'conditions over several attestations'),
      ),
    );
  // Where the digest is put in, admission does it before it looks for one.
  if (entry.optionalBoolean('verifyDigest') !== false && entry.optionalBoolean('mutateDigest') === false)
    demands.push(named(entry.place('verifyDigest'), digestDemand));
  return {
    name: context.name,
    kind: context.kind,
    mode: context.mode,
    warnings,
    isAbout: (image, workload) => isMeant(image) && context.isAbout(workload),
    demands: demands.length === 0 ? nothingDemanded : { count: demands.length, of: demands },
    ...(asksForNothing && isRequired ? { requiresSignature: true } : {}),
  };
}

const named = (name: string, demand: Demand): NamedDemand => ({ name, demand });

const refusing = (place: string, what: string): Demand => ({
  kind: 'unsupported',
  fault: unsupported(place, what),
});

/** An entry that asks for no attestor is met by any image: what it asks for stands beside its demands, or it asks for nothing. */
const nothingDemanded = {
  count: 1,
  of: [named('no attestor is named', { kind: 'static', passes: true, message: '' })],
};

const digestDemand: Demand = {
  kind: 'own',
  judge: ({ name }) =>
    hasDigest(name)
      ? {}
      : { fault: new ImagePolicyError('IMAGE_POLICY_REFUSED', `the image ${name} is named by no digest`) },
};

function attestorContext(entry: JsonFields, material: PolicyMaterial, warnings: string[]): AttestorContext {
  const text = entry.optionalText('type') ?? 'Cosign';
  const type = types.find((each) => each === text);
  if (type === undefined) throw invalid(`${entry.place('type')}: ${text} is none of ${types.join(', ')}`);
  if (entry.optionalBoolean('cosignOCI11') === true)
    warnings.push(
      `${entry.place('cosignOCI11')}: signatures that refer to the image in the form of cosign 1 and 2 are not looked for`,
    );
  return {
    type,
    annotations: entry.map('annotations', maxEntries),
    repository: entry.optionalText('repository') ?? '',
    material,
    warnings,
  };
}

/** An attestation by all sets of its attestors. Every statement of the type has to meet the conditions, as Kyverno has it. */
function attestationDemand(fields: JsonFields, context: AttestorContext): NamedDemand {
  const given = fields.optionalText('type') ?? '';
  const predicateType = given === '' ? (fields.optionalText('predicateType') ?? '') : given;
  if (predicateType === '') throw invalid(`${fields.place('')}: missing type`);
  const name = fields.optionalText('name') ?? '';
  const { rule, fault } = ruleOf(fields, context.material);
  const attestation: AttestationDemand = {
    name: name === '' ? predicateType : name,
    predicateType,
    quantifier: 'every',
    ...(rule === undefined ? {} : { rule }),
  };
  const sets = fields.objects('attestors', maxEntries);
  if (sets.length === 0)
    context.warnings.push(
      `${fields.place('')} names no attestor: a statement of anybody of the public instance counts`,
    );
  const anybody = { entries: [{ keyless: { rekor: { url: 'https://rekor.sigstore.dev' } } }] };
  const of = (sets.length === 0 ? [fieldsOf(anybody, fields.place('attestors'))] : sets).map((set) =>
    named(set.place(''), attestorSet(set, context, [attestation])),
  );
  const demand: Demand =
    fault === undefined ? { kind: 'set', count: of.length, of } : { kind: 'unsupported', fault };
  return named(fields.place(''), demand);
}

/** The rule of the conditions, or why keelson cannot judge them; neither where there are none. */
function ruleOf(
  fields: JsonFields,
  material: PolicyMaterial,
): { readonly rule?: Rule; readonly fault?: ImagePolicyError } {
  if (fields.list('conditions').length === 0) return {};
  try {
    const conditions = compileConditions(fields.objects('conditions', maxEntries));
    return { rule: (statement) => judgeStatement(statement, conditions, material) };
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    return { fault: unsupported(fields.place('conditions'), `these conditions: ${error.message}`) };
  }
}

function judgeStatement(statement: JsonValue, conditions: Conditions, clock: QueryClock) {
  const predicate = isObject(statement) ? childOf(statement, 'predicate') : undefined;
  if (!isObject(predicate)) return refused('the statement has no predicate to judge');
  try {
    const reason = conditions(predicate, clock);
    return reason === undefined ? undefined : refused(reason);
  } catch (error) {
    if (error instanceof QueryFault) return refused(`the conditions cannot be judged: ${error.message}`);
    throw error;
  }
}

/**
 * The older fields in the form of the newer: `image`, and `key` or `issuer` with `subject` and `roots`. They are for the attestations,
 * where there are any, as they were meant; Kyverno itself loses them there.
 */
function converted(entry: JsonFields): JsonFields {
  const [image, key, issuer] = ['image', 'key', 'issuer'].map((name) => entry.optionalText(name) ?? '');
  if (image === '' && key === '' && issuer === '') return entry;
  const members = new Map(entry.names().map((name) => [name, entry.value(name) ?? null]));
  for (const name of ['image', 'key', 'issuer', 'subject', 'roots']) members.delete(name);
  if (image !== undefined && image !== '')
    members.set('imageReferences', [...entry.list('imageReferences'), image]);
  const set = oldAttestors(entry, key ?? '', issuer ?? '');
  if (set !== undefined) {
    const attestations = entry.list('attestations');
    if (attestations.length === 0) members.set('attestors', [...entry.list('attestors'), set]);
    else
      members.set(
        'attestations',
        attestations.map((each) => (isObject(each) ? withAttestors(each, set) : each)),
      );
  }
  return fieldsOf(objectOf(members), entry.place(''));
}

function withAttestors(attestation: JsonObject, set: JsonObject): JsonObject {
  const { attestors } = attestation;
  const all = [...(Array.isArray(attestors) ? attestors : []), set];
  return objectOf([
    ...Object.entries(attestation).map(([name, value]) => [name, value ?? null] as const),
    ['attestors', all],
  ]);
}

function oldAttestors(entry: JsonFields, key: string, issuer: string): JsonObject | undefined {
  if (key !== '') return { entries: [{ keys: { publicKeys: key } }] };
  if (issuer === '') return undefined;
  const texts = ['subject', 'roots'].map((name) => [name, entry.optionalText(name) ?? ''] as const);
  const keyless = {
    rekor: { url: 'https://rekor.sigstore.dev' },
    issuer,
    ...Object.fromEntries(texts.filter(([, text]) => text !== '')),
    ...(entry.has('additionalExtensions')
      ? { additionalExtensions: entry.value('additionalExtensions') ?? null }
      : {}),
  };
  return { entries: [{ keyless }] };
}

const invalid = (message: string) => new ImagePolicyError('IMAGE_POLICY_INVALID', message);
const refused = (message: string) => new ImagePolicyError('IMAGE_POLICY_REFUSED', message);
