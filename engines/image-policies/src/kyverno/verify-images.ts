import { isObject, type JsonFields, type JsonObject, objectOf } from '@keelson/core';
import { ImagePolicyError } from '../errors.ts';
import { invalid, unsupported } from '../faults.ts';
import type { PolicyMaterial } from '../material.ts';
import type { AttestationDemand, Demand, ImagePolicy, NamedDemand } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';
import { fieldsOf } from '../shape.ts';
import { conditionsRule, denyRule } from './attestation-rules.ts';
import { type AttestorContext, attestorSet } from './attestors.ts';
import { digestDemand, imageTest } from './image-names.ts';

/** What stands around an entry of `verifyImages`. */
export interface VerifyImagesContext extends Pick<ImagePolicy, 'name' | 'kind' | 'mode' | 'warnings'> {
  readonly isAbout: (workload: Workload | undefined) => boolean;
  readonly material: PolicyMaterial;
  /** What the rule's context brings. */
  readonly context: JsonObject;
}

const types = ['Cosign', 'SigstoreBundle', 'Notary'] as const;
const maxEntries = 100;

/** The policy of one entry of `verifyImages`: all of its attestors, and all of its attestations, each by its own attestors. */
export function verifyImagesPolicy(written: JsonFields, context: VerifyImagesContext): ImagePolicy {
  const entry = converted(written);
  const references = entry.texts('imageReferences', maxEntries);
  if (references.length === 0)
    throw invalid(`${entry.place('imageReferences')}: an image reference is required`);
  const isOpen = references.some((each) => each.includes('{{'));
  const isMeant = imageTest(isOpen ? ['*'] : references, entry.texts('skipImageReferences', maxEntries));
  const warnings = [...context.warnings];
  const attestors = { ...attestorContext(entry, context.material, warnings) };
  const demands = [
    ...entry
      .objects('attestors', maxEntries)
      .map((set) => named(set.place(''), attestorSet(set, attestors, []))),
    ...entry.objects('attestations', maxEntries).map((each) => attestationDemand(each, attestors, context)),
  ];
  const isRequired = entry.optionalBoolean('required') !== false;
  const asksForNothing = demands.length === 0;
  const validate = entry.object('validate');
  const deny = validate === undefined ? undefined : deniedBy(validate, demands, context);
  // Which images are meant nobody can say, so none of them passes.
  if (isOpen) {
    const place = entry.place('imageReferences');
    demands.push(
      named(place, { kind: 'unsupported', fault: unsupported(place, 'images that variables name') }),
    );
  }
  // Where the digest is put in, admission does it before it looks for one.
  if (entry.optionalBoolean('verifyDigest') !== false && entry.optionalBoolean('mutateDigest') === false)
    demands.push(named(entry.place('verifyDigest'), digestDemand));
  return {
    name: context.name,
    kind: context.kind,
    mode: context.mode,
    warnings,
    isAbout: (image, workload) => isMeant(image) && context.isAbout(workload),
    images: references,
    demands: demands.length === 0 ? nothingDemanded : { count: demands.length, of: demands },
    ...(asksForNothing && isRequired ? { requiresSignature: true } : {}),
    ...(deny === undefined ? {} : { rule: deny }),
  };
}

const named = (name: string, demand: Demand): NamedDemand => ({ name, demand });

/** The rule of `validate.deny`; one that keelson cannot judge is a demand that nothing meets. */
function deniedBy(validate: JsonFields, demands: NamedDemand[], { material, context }: VerifyImagesContext) {
  try {
    return denyRule(validate, { context, clock: material });
  } catch (error) {
    if (!(error instanceof ImagePolicyError) || error.code !== 'IMAGE_POLICY_UNSUPPORTED') throw error;
    demands.push(named(validate.place(''), { kind: 'unsupported', fault: error }));
    return undefined;
  }
}

/** An entry that asks for no attestor is met by any image: what it asks for stands beside its demands, or it asks for nothing. */
const nothingDemanded = {
  count: 1,
  of: [named('no attestor is named', { kind: 'static', passes: true, message: '' })],
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
function attestationDemand(
  fields: JsonFields,
  context: AttestorContext,
  around: VerifyImagesContext,
): NamedDemand {
  const given = fields.optionalText('type') ?? '';
  const predicateType = given === '' ? (fields.optionalText('predicateType') ?? '') : given;
  if (predicateType === '') throw invalid(`${fields.place('')}: missing type`);
  const name = fields.optionalText('name') ?? '';
  const { rule, fault } = conditionsRule(fields, { context: around.context, clock: around.material });
  const attestation: AttestationDemand = {
    name: name === '' ? predicateType : name,
    predicateType,
    quantifier: 'every',
    ...(rule === undefined ? {} : { rule }),
  };
  const sets = fields.objects('attestors', maxEntries);
  if (sets.length === 0 && context.type === 'Notary')
    throw invalid(`${fields.place('attestors')}: an attestor is required for type Notary`);
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
