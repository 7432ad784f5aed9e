import { isObject, type JsonFields } from '@keelson/core';
import type { AttestorIdentity, AttestorText, ImageAttestor, KeyHash, SigstoreTerms } from '@keelson/oci';
import { notationDemand, sigstoreDemand } from '../attestors/attestor-demand.ts';
import { invalid, lacking, unsupported } from '../faults.ts';
import type { PolicyMaterial } from '../material.ts';
import { demanded } from '../model/demanded.ts';
import type { AttestationDemand, Demand, DemandSet, NamedDemand } from '../model/policy.ts';
import { secretEntries } from '../secrets.ts';
import { fieldsOf, shaped } from '../shape.ts';
import { hashFrom, identityText } from './attestor-fields.ts';
import { attestorSetShape } from './cluster-policy-shape.ts';
import { notaryAttestations } from './notary-attestation.ts';

/** What the entry of `verifyImages` says for all of its attestors. */
export interface AttestorContext {
  readonly type: 'Cosign' | 'SigstoreBundle' | 'Notary';
  readonly annotations: ReadonlyMap<string, string>;
  readonly repository: string;
  readonly material: PolicyMaterial;
  readonly warnings: string[];
}

const maxEntries = 100;
const maxNestedSets = 8;

/**
 * The demand of a set of attestors: so many of its entries, each with the name of its place.
 *
 * @param attestations none where a signature of the image is asked for
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function attestorSet(
  set: JsonFields,
  context: AttestorContext,
  attestations: readonly AttestationDemand[],
  depth = 0,
): DemandSet & { readonly kind: 'set' } {
  if (depth > maxNestedSets)
    throw invalid(`${set.place('')} nests deeper than maxNestedSets (${maxNestedSets})`);
  const entries = set.objects('entries', maxEntries);
  if (entries.length === 0) throw invalid(`${set.place('entries')}: an entry is required`);
  const wanted = set.has('count') ? set.count('count') : 0;
  if (wanted > entries.length) throw invalid(`${set.place('count')} exceeds the number of entries`);
  const of = entries.flatMap((entry) => entryDemands(entry, context, attestations, depth));
  // Without a count, or with 0, all are needed.
  return { kind: 'set', count: wanted === 0 ? of.length : wanted, of };
}

const kinds = ['keys', 'certificates', 'keyless', 'attestor'] as const;

/** Several, where an entry has several keys: the count of its set is over all of them. */
function entryDemands(
  entry: JsonFields,
  context: AttestorContext,
  attestations: readonly AttestationDemand[],
  depth: number,
): readonly NamedDemand[] {
  const [kind, ...others] = kinds.filter((name) => entry.has(name));
  if (kind === undefined || others.length > 0)
    throw invalid(`${entry.place('')}: keys, certificates, keyless, or a nested attestor is required`);
  const place = entry.place(kind);
  if (kind === 'attestor') {
    const value = entry.value(kind);
    if (!isObject(value)) throw invalid(`${place} is no object`);
    const nested = fieldsOf(shaped(value, attestorSetShape), place);
    return [{ name: place, demand: attestorSet(nested, context, attestations, depth + 1) }];
  }
  const fields = entry.required(kind);
  const repository = entry.optionalText('repository') ?? '';
  if (repository !== '' || context.repository !== '')
    return [{ name: place, demand: { kind: 'unsupported', fault: elsewhere(entry.place('repository')) } }];
  if (context.type === 'Notary')
    return [{ name: place, demand: notaryDemand(fields, kind, context, attestations) }];
  const own = entry.map('annotations', maxEntries);
  const make = (attestor: () => Exclude<ImageAttestor, { kind: 'notary' }>): Demand =>
    demanded(() => sigstoreDemand(attestor(), attestations, context.material, place));
  const terms = () => termsOf(fields, context, own.size > 0 ? own : context.annotations);
  if (kind === 'keyless') {
    validateKeyless(fields);
    const demand = make(() => ({
      kind,
      identities: [identityOf(fields, context)],
      ...rootsOf(fields),
      ...terms(),
    }));
    return [{ name: place, demand }];
  }
  if (kind === 'certificates') {
    const [certificate, chain] = [fields.optionalText('cert') ?? '', fields.optionalText('certChain') ?? ''];
    if (certificate === '' && chain === '') throw invalid(`${place}: cert or certChain required`);
    if (certificate === '')
      context.warnings.push(`${place}: whoever has a certificate of the chain is accepted`);
    const given = { ...(certificate === '' ? {} : { certificate }), ...(chain === '' ? {} : { chain }) };
    return [{ name: place, demand: make(() => ({ kind: 'certificate', ...given, ...terms() })) }];
  }
  const hash = hashOf(fields, entry);
  return keysOf(fields, context.material).map((key, at, all) => ({
    name: all.length === 1 ? place : `${place}.publicKeys[${at}]`,
    demand: make(() => ({ kind: 'key', publicKey: key(), hash, ...terms() })),
  }));
}

function notaryDemand(
  fields: JsonFields,
  kind: (typeof kinds)[number],
  { material }: AttestorContext,
  attestations: readonly AttestationDemand[],
): Demand {
  const place = fields.place('');
  if (kind !== 'certificates') throw invalid(`${place}: ${kind} is not allowed for type Notary`);
  return demanded(() => {
    const certificates = ['cert', 'certChain']
      .map((name) => fields.optionalText(name) ?? '')
      .filter((pem) => pem !== '');
    const attestor = { kind: 'notary', certificates: certificates.join('\n') } as const;
    if (attestations.length === 0) return notationDemand(attestor, material, place);
    if (material.images === undefined) throw lacking(place, 'who reads artifacts beside the image');
    return notaryAttestations(attestor, attestations, material.images);
  });
}

const elsewhere = (place: string) => unsupported(place, 'signatures in another repository');

function hashOf(keys: JsonFields, entry: JsonFields): KeyHash {
  const text = keys.optionalText('signatureAlgorithm') ?? entry.optionalText('signatureAlgorithm') ?? '';
  return hashFrom(keys, 'signatureAlgorithm', text, 'signature algorithm');
}

/** The keys, each read when its demand is made: one that cannot be had is met by nothing. */
function keysOf(fields: JsonFields, material: PolicyMaterial): readonly (() => string)[] {
  const [text, service] = [fields.optionalText('publicKeys') ?? '', fields.optionalText('kms') ?? ''];
  const secret = fields.object('secret');
  if (text === '' && service === '' && secret === undefined)
    throw invalid(`${fields.place('')}: a public key, kms key or secret is required`);
  const blocks = text.match(/-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----/g) ?? [];
  // A block that is broken must not leave its key out of those that are needed.
  if (blocks.length !== text.split('-----BEGIN ').length - 1)
    throw invalid(`${fields.place('publicKeys')}: a block in PEM does not end`);
  if (blocks.length > 1) return blocks.map((block) => () => block);
  return [
    () => {
      if (blocks.length === 1) return text;
      const place = fields.place('publicKeys');
      if (text.includes('{{')) throw unsupported(place, 'keys that variables name');
      const [, namespace, name] = /^k8s:\/\/([^/]+)\/([^/]+)$/.exec(text.trim()) ?? [];
      if (namespace !== undefined && name !== undefined) return secretKey(namespace, name, material, place);
      if (text !== '') return serviceKey(text.trim(), material, place);
      if (secret === undefined) return serviceKey(service, material, fields.place('kms'));
      return secretKey(secret.text('namespace'), secret.text('name'), material, fields.place('secret'));
    },
  ];
}

function secretKey(namespace: string, name: string, { secrets }: PolicyMaterial, place: string): string {
  const secret = secrets.get(name);
  const metadata = secret?.['metadata'];
  const own =
    typeof metadata === 'object' && metadata !== null && 'namespace' in metadata
      ? metadata['namespace']
      : undefined;
  if (secret === undefined || (own !== undefined && own !== namespace))
    throw lacking(place, `the Secret ${namespace}/${name}`);
  const key = secretEntries(secret).get('cosign.pub');
  if (key === undefined) throw invalid(`${place}: the Secret ${name} has no entry cosign.pub`);
  return key;
}

function serviceKey(reference: string, { keys }: PolicyMaterial, place: string): string {
  const key = keys?.get(reference);
  if (key === undefined) throw lacking(place, `the key of the key service ${reference}`);
  return key;
}

/** The rules of Kyverno's webhook. */
function validateKeyless(fields: JsonFields): void {
  const rekor = fields.object('rekor');
  if (rekor === undefined && (fields.optionalText('roots') ?? '') === '')
    throw invalid(`${fields.place('')}: either a Rekor URL or roots are required`);
  if (rekor !== undefined && (rekor.optionalText('url') ?? '') === '')
    throw invalid(`${rekor.place('url')}: an URL is required`);
}

function rootsOf(fields: JsonFields): { readonly roots?: string } {
  const roots = fields.optionalText('roots') ?? '';
  return roots === '' ? {} : { roots };
}

function termsOf(
  fields: JsonFields,
  { type }: AttestorContext,
  annotations: ReadonlyMap<string, string>,
): SigstoreTerms {
  const [rekor, ctlog] = [fields.object('rekor'), fields.object('ctlog')];
  const logKey = rekor?.optionalText('pubkey') ?? '';
  const certificateLogKey = ctlog?.optionalText('pubkey') ?? '';
  const stampers = ctlog?.optionalText('tsaCertChain') ?? '';
  const isLogged = rekor?.optionalBoolean('ignoreTlog') !== true;
  const isProved = ctlog?.optionalBoolean('ignoreSCT') !== true;
  if (type === 'SigstoreBundle' && !isLogged && isProved && stampers === '')
    throw unsupported(
      fields.place('rekor'),
      'ignoreTlog without ctlog.ignoreSCT for bundles, which asks for any trusted time',
    );
  return {
    form: type === 'SigstoreBundle' ? 'bundle' : 'legacy',
    log: isLogged ? (logKey === '' ? {} : { publicKey: logKey }) : 'none',
    certificateLog: isProved ? (certificateLogKey === '' ? {} : { publicKey: certificateLogKey }) : 'none',
    ...(stampers === '' ? {} : { timestampAuthority: stampers }),
    annotations,
  };
}

function identityOf(fields: JsonFields, { warnings }: AttestorContext): AttestorIdentity {
  const [issuer, subject] = ['issuer', 'subject'].map((name) =>
    identityText(fields, name, 'wildcard', warnings),
  );
  if (issuer === undefined || subject === undefined)
    warnings.push(
      `${fields.place('')} names ${issuer === undefined ? (subject === undefined ? 'nobody' : 'no issuer') : 'no subject'}: anybody is accepted`,
    );
  const claims = new Map<string, AttestorText>();
  for (const [name, text] of fields.map('additionalExtensions', maxEntries)) {
    const claim = Object.hasOwn(extensions, name) ? extensions[name] : undefined;
    if (claim === undefined) throw unsupported(fields.place('additionalExtensions'), `the extension ${name}`);
    claims.set(claim, { kind: 'wildcard', text });
  }
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(subject === undefined ? {} : { subject }),
    claims,
  };
}

/** Extensions of Fulcio's certificates, by number and by cosign's name (sigstore/fulcio, docs/oid-info.md). */
const extensions: Readonly<Record<string, string>> = Object.freeze({
  '1.3.6.1.4.1.57264.1.1': 'issuer',
  oidcIssuer: 'issuer',
  '1.3.6.1.4.1.57264.1.2': 'githubWorkflowTrigger',
  githubWorkflowTrigger: 'githubWorkflowTrigger',
  '1.3.6.1.4.1.57264.1.3': 'githubWorkflowSha',
  githubWorkflowSha: 'githubWorkflowSha',
  '1.3.6.1.4.1.57264.1.4': 'githubWorkflowName',
  githubWorkflowName: 'githubWorkflowName',
  '1.3.6.1.4.1.57264.1.5': 'githubWorkflowRepository',
  githubWorkflowRepository: 'githubWorkflowRepository',
  '1.3.6.1.4.1.57264.1.6': 'githubWorkflowRef',
  githubWorkflowRef: 'githubWorkflowRef',
});
