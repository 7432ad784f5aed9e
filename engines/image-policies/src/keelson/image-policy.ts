import type { JsonFields } from '@keelson/core';
import { predicateTypeUri } from '@keelson/signing';
import type { PolicyDocument, PolicyReader } from '../material.ts';
import type { AttestationDemand, Demand, DemandSet, ImagePolicy, NamedDemand } from '../model/policy.ts';
import { fieldsOf } from '../shape.ts';
import type { PolicySurroundings } from '../surroundings.ts';
import { invalid, membersOf } from './context.ts';
import { imageTest, patternFault } from './images.ts';
import { type RuleReader, readRules } from './rules.ts';
import type { Signer } from './signer.ts';
import { readSigner } from './signers.ts';

/** The kind of keelson's own image policies. */
export const ownPolicyKind = 'keelson.dev/v1alpha1 ImagePolicy';

const specMembers = ['images', 'mode', 'signers', 'signatures', 'attestations', 'levels'];

/**
 * Reads an ImagePolicy of keelson (docs/image-policies.md). All that it asks for must hold.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export const readOwnPolicy: PolicyReader = (document) => {
  const fields = membersOf(fieldsOf(document.object, ''), ['apiVersion', 'kind', 'metadata', 'spec']);
  const name = fields.required('metadata').text('name');
  if (name === '') throw fields.invalid('metadata.name', 'is empty');
  const spec = membersOf(fields.required('spec'), specMembers);
  const images = imagesOf(spec);
  const tests = images.map(imageTest);
  const mode = spec.optionalText('mode') ?? 'enforce';
  if (mode !== 'enforce' && mode !== 'warn') throw spec.invalid('mode', 'is neither enforce nor warn');
  const levels = levelsOf(spec);
  const demandsOf = readDemands(spec, document);
  return (surroundings) => {
    const policy: ImagePolicy = {
      name,
      kind: 'ImagePolicy',
      mode,
      warnings: [],
      isAbout: (image) => tests.some((test) => test(image)),
      images,
      demands: demandsOf(surroundings),
      levels,
    };
    return [policy];
  };
};

function imagesOf(spec: JsonFields): readonly string[] {
  const patterns = spec.texts('images', 1_000);
  if (patterns.length === 0) throw spec.invalid('images', 'is missing or empty');
  for (const [at, pattern] of patterns.entries()) {
    const fault = patternFault(pattern);
    if (fault !== undefined) throw spec.invalid(`images[${at}]`, fault);
  }
  return patterns;
}

/** slsa.dev/spec/v1.2/verification_summary: names of one's own do not begin with SLSA_, and a track has one level. */
function levelsOf(spec: JsonFields): readonly string[] {
  const levels = spec.texts('levels', 100);
  const tracks = new Set<string>();
  for (const [at, level] of levels.entries()) {
    const track = /^SLSA_([A-Z]+)_LEVEL_[0-9]$/.exec(level)?.[1] ?? level;
    if (level === '' || level === 'FAILED') throw spec.invalid(`levels[${at}]`, 'is no level');
    if (level.startsWith('SLSA_') && track === level)
      throw spec.invalid(`levels[${at}]`, 'begins with SLSA_ and is no level of SLSA');
    if (tracks.has(track)) throw spec.invalid(`levels[${at}]`, 'is of a track that has a level already');
    tracks.add(track);
  }
  return levels;
}

type DemandsReader = (surroundings: PolicySurroundings) => DemandSet;

function readDemands(spec: JsonFields, document: PolicyDocument): DemandsReader {
  const signers = readSigners(spec, document.file);
  const signatures = spec.object('signatures');
  const attestations = spec.objects('attestations', 1_000);
  if (signatures === undefined && attestations.length === 0)
    throw spec.invalid('', 'asks for neither signatures nor attestations, so everything would pass');
  const readers: ((known: ReadonlyMap<string, Signer>, surroundings: PolicySurroundings) => NamedDemand)[] =
    [];
  if (signatures !== undefined) {
    membersOf(signatures, ['signedBy', 'threshold']);
    const by = readSignedBy(signatures, signers);
    readers.push((known) => ({ name: 'signatures', demand: by(known, []) }));
  }
  const names = new Set<string>();
  for (const [at, attestation] of attestations.entries()) {
    const wanted = readAttestation(attestation, at, document);
    if (names.has(wanted.name)) throw attestation.invalid('name', 'stands twice');
    names.add(wanted.name);
    const by = readSignedBy(attestation, signers);
    readers.push((known, surroundings) => ({
      name: `attestation ${wanted.name}`,
      demand: by(known, [wanted.demand(surroundings)]),
    }));
  }
  return (surroundings) => {
    const known = new Map([...signers].map(([name, read]) => [name, read(surroundings)]));
    return { count: readers.length, of: readers.map((read) => read(known, surroundings)) };
  };
}

function readSigners(spec: JsonFields, file: string) {
  const fields = spec.required('signers');
  const found = new Map<string, ReturnType<typeof readSigner>>();
  for (const name of fields.names()) found.set(name, readSigner(name, fields.required(name), file));
  return found;
}

/** All of the signers, or so many different ones. */
function readSignedBy(fields: JsonFields, signers: ReadonlyMap<string, unknown>) {
  const names = fields.texts('signedBy', 1_000);
  if (names.length === 0) throw fields.invalid('signedBy', 'is missing or empty');
  for (const [at, name] of names.entries()) {
    if (!signers.has(name)) throw fields.invalid(`signedBy[${at}]`, 'is not among spec.signers');
    if (names.indexOf(name) !== at) throw fields.invalid(`signedBy[${at}]`, 'stands twice');
  }
  const threshold = fields.has('threshold') ? fields.count('threshold') : undefined;
  if (threshold === 0) throw fields.invalid('threshold', 'is 0, so everything would pass');
  return (known: ReadonlyMap<string, Signer>, attestations: readonly AttestationDemand[]): Demand => {
    const asked = names.flatMap((name) => known.get(name) ?? []);
    if (attestations.length > 0)
      for (const { name, attests } of asked)
        if (!attests)
          throw invalid(`${fields.place('signedBy')}: ${name} is of notation, which signs no statements`);
    if (threshold !== undefined && threshold > asked.length && !asked.some(({ isMany }) => isMany))
      throw invalid(
        `${fields.place('threshold')} is ${threshold}, of ${asked.length} signers: nothing would pass`,
      );
    const of = asked.map(({ name, demand }): NamedDemand => ({ name, demand: demand(attestations) }));
    return threshold === undefined
      ? { kind: 'set', count: of.length, counts: 'both', of }
      : { kind: 'set', count: threshold, counts: 'signers', of };
  };
}

const attestationMembers = ['name', 'type', 'signedBy', 'threshold', 'maxAge', 'rules', 'rego'];

function readAttestation(fields: JsonFields, at: number, document: PolicyDocument) {
  membersOf(fields, attestationMembers);
  const type = fields.text('type');
  const predicateType = predicateTypeUri(type);
  if (!URL.canParse(predicateType)) throw fields.invalid('type', 'is neither a URI nor a short name');
  const name = fields.optionalText('name') ?? type;
  const rules: RuleReader | undefined = readRules(fields, ['spec', 'attestations', at], document);
  const demand = (surroundings: PolicySurroundings): AttestationDemand => ({
    name,
    predicateType,
    ...(rules === undefined ? {} : { rule: rules(surroundings) }),
  });
  return { name, demand };
}
