import type { JsonFields } from '@keelson/core';
import type { AttestorIdentity, ImageAttestation, ImageAttestor, SigstoreTerms } from '@keelson/oci';
import { ImagePolicyError } from '../../errors.ts';
import { invalid, lacking, unsupported } from '../../faults.ts';
import type { PolicyMaterial } from '../../material.ts';
import { shortPredicateTypes } from '../../policy-controller/validate.ts';
import { hashFrom, identityText } from '../attestor-fields.ts';
import type { Expression } from './expressions.ts';

const maxEntries = 100;

/** A key or certificates as they are written, or an expression that gives them. */
export type GivenText = string | Expression;

/** An attestor, whose texts may come from expressions. */
export type AttestorSource = (textOf: (given: GivenText) => string) => ImageAttestor;

/** Attestors by name, or why one cannot be asked: whoever asks it fails. */
export type NamedAttestors = ReadonlyMap<string, AttestorSource | ImagePolicyError>;

/** What reading an attestor takes. */
interface Reading {
  readonly material: PolicyMaterial;
  readonly compile: (fields: JsonFields, name: string) => Expression;
  readonly warnings: string[];
}

/** Reads the attestors of an ImageValidatingPolicy. */
export function readAttestors(spec: JsonFields, reading: Reading): NamedAttestors {
  const found = new Map<string, AttestorSource | ImagePolicyError>();
  for (const fields of spec.objects('attestors', maxEntries)) {
    const name = fields.text('name');
    if (found.has(name)) throw invalid(`${fields.place('name')}: there are two of the name ${name}`);
    if (fields.has('cosign') === fields.has('notary'))
      throw invalid(`${fields.place('')} is not exactly one of cosign and notary`);
    try {
      found.set(
        name,
        fields.has('notary')
          ? notary(fields.required('notary'), reading)
          : cosign(fields.required('cosign'), reading),
      );
    } catch (error) {
      if (!(error instanceof ImagePolicyError) || error.code !== 'IMAGE_POLICY_UNSUPPORTED') throw error;
      found.set(name, error);
    }
  }
  return found;
}

/** The attestations by name. */
export function readAttestations(spec: JsonFields): ReadonlyMap<string, ImageAttestation> {
  const found = new Map<string, ImageAttestation>();
  for (const fields of spec.objects('attestations', maxEntries)) {
    const name = fields.text('name');
    if (found.has(name)) throw invalid(`${fields.place('name')}: there are two of the name ${name}`);
    const [statement, artifact] = [fields.object('intoto'), fields.object('referrer')];
    if (statement !== undefined && artifact === undefined) {
      const type = statement.text('type');
      const predicateType = Object.hasOwn(shortPredicateTypes, type)
        ? (shortPredicateTypes[type] ?? type)
        : type;
      found.set(name, { kind: 'statement', predicateType });
    } else if (artifact !== undefined && statement === undefined)
      found.set(name, { kind: 'artifact', artifactType: artifact.text('type') });
    else throw invalid(`${fields.place('')} is not exactly one of intoto and referrer`);
  }
  return found;
}

function notary(fields: JsonFields, reading: Reading): AttestorSource {
  const certificates = givenText(fields, 'certs', reading);
  if (certificates === undefined) throw invalid(`${fields.place('certs')} is missing`);
  const stampers = givenText(fields, 'tsaCerts', reading);
  return (textOf) => ({
    kind: 'notary',
    certificates: textOf(certificates),
    ...(stampers === undefined ? {} : { timestampCertificates: textOf(stampers) }),
  });
}

/** A text, or the expression that gives it. */
function givenText(fields: JsonFields, name: string, { compile }: Reading): GivenText | undefined {
  const member = fields.object(name);
  if (member !== undefined && (member.optionalText('expression') ?? '') !== '')
    return compile(member, 'expression');
  const value = member?.optionalText('value') ?? '';
  return value === '' ? undefined : value;
}

const kinds = ['key', 'keyless', 'certificate'] as const;

function cosign(fields: JsonFields, reading: Reading): AttestorSource {
  const [kind, ...others] = kinds.filter((name) => fields.has(name));
  if (kind === undefined || others.length > 0)
    throw invalid(`${fields.place('')} is not exactly one of ${kinds.join(', ')}`);
  for (const name of ['tuf', 'trustedRoot'])
    if (fields.has(name)) throw unsupported(fields.place(name), 'trusted roots that a policy brings');
  const source = fields.object('source');
  for (const name of ['repository', 'tagPrefix'])
    if ((source?.optionalText(name) ?? '') !== '')
      throw unsupported(
        fields.place(`source.${name}`),
        'signatures in another repository or behind a tag prefix',
      );
  const terms = termsOf(fields);
  const own = fields.required(kind);
  if (kind === 'keyless') {
    const roots = own.optionalText('roots') ?? own.optionalText('root') ?? '';
    const identities = own
      .objects('identities', maxEntries)
      .map((each) => identityOf(each, reading.warnings));
    if (identities.length === 0) throw invalid(`${own.place('identities')} is missing or empty`);
    return () => ({ kind, identities, ...(roots === '' ? {} : { roots }), ...terms });
  }
  if (kind === 'key') {
    const [key, hash] = [
      keyOf(own, reading),
      hashFrom(own, 'hashAlgorithm', own.optionalText('hashAlgorithm') ?? '', 'hash algorithm'),
    ];
    return (textOf) => ({ kind, publicKey: textOf(key), hash, ...terms });
  }
  const [certificate, chain] = [givenText(own, 'cert', reading), givenText(own, 'certChain', reading)];
  if (certificate === undefined && chain === undefined)
    throw invalid(`${own.place('')}: cert or certChain required`);
  if (certificate === undefined)
    reading.warnings.push(`${own.place('')}: whoever has a certificate of the chain is accepted`);
  return (textOf) => ({
    kind,
    ...(certificate === undefined ? {} : { certificate: textOf(certificate) }),
    ...(chain === undefined ? {} : { chain: textOf(chain) }),
    ...terms,
  });
}

function keyOf(fields: JsonFields, { material, compile }: Reading): GivenText {
  if ((fields.optionalText('expression') ?? '') !== '') return compile(fields, 'expression');
  const [data, service] = [fields.optionalText('data') ?? '', fields.optionalText('kms') ?? ''];
  if (data !== '') return data;
  if (service === '') throw invalid(`${fields.place('')} has no key`);
  const key = material.keys?.get(service);
  if (key === undefined) throw lacking(fields.place('kms'), `the key of the key service ${service}`);
  return key;
}

function termsOf(fields: JsonFields): SigstoreTerms {
  const ctlog = fields.object('ctlog');
  const given = (name: string) => ctlog?.optionalText(name) ?? '';
  const isLogged = ctlog?.optionalBoolean('insecureIgnoreTlog') !== true;
  const isProved = ctlog?.optionalBoolean('insecureIgnoreSCT') !== true;
  if (ctlog !== undefined && isLogged && given('url') === '')
    throw invalid(`${ctlog.place('url')}: a Rekor URL must be provided`);
  const [log, certificateLog, stampers] = ['rekorPubKey', 'ctLogPubKey', 'tsaCertChain'].map(given);
  return {
    form: 'any',
    log: isLogged ? publicKey(log) : 'none',
    certificateLog: isProved ? publicKey(certificateLog) : 'none',
    ...(stampers === undefined || stampers === '' ? {} : { timestampAuthority: stampers }),
    annotations: fields.map('annotations', maxEntries),
  };
}

const publicKey = (pem = '') => (pem === '' ? {} : { publicKey: pem });

function identityOf(fields: JsonFields, warnings: string[]): AttestorIdentity {
  const [issuer, subject] = ['issuer', 'subject'].map((name) =>
    identityText(fields, name, 'exact', warnings),
  );
  if (issuer === undefined || subject === undefined)
    warnings.push(`${fields.place('')} names no issuer or no subject: anybody is accepted`);
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(subject === undefined ? {} : { subject }),
    claims: new Map(),
  };
}
