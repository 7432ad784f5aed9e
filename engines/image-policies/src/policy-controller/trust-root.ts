import { decodeBase64, isObject, JsonFields, type JsonObject } from '@keelson/core';
import { type Certificate, PkiError, publicKeyFromPem, readCertificates } from '@keelson/pki';
import { readTrustedRoot, SigningError, type TrustedRoot } from '@keelson/signing';
import { trustedRootOfKeys } from '../attestors/trusted-keys.ts';
import { ImagePolicyError } from '../errors.ts';
import { shaped } from '../shape.ts';
import { FieldFaults } from './field-faults.ts';
import { trustRootShape } from './shape.ts';

/** A TrustRoot of policy-controller. */
export interface TrustRoot {
  readonly name: string;
  /** `sigstoreKeys` holds what is trusted; the others are read by TUF, from an archive in the object or from a mirror. */
  readonly kind: 'sigstoreKeys' | 'repository' | 'remote';
  /** Absent where TUF is to read it. */
  readonly trusted?: TrustedRoot;
  /** Where TUF is to read it. */
  readonly repository?: TrustRepository;
}

/** A repository of The Update Framework that has what a TrustRoot trusts. */
export interface TrustRepository {
  /** The name of the TrustRoot. */
  readonly name: string;
  /** The root that is trusted first. */
  readonly root: Uint8Array;
  /** Its address, or an archive (tar in gzip) with it in the folder `repository`. */
  readonly place: { readonly mirror: string } | { readonly archive: Uint8Array };
  /** Where its targets stand, below `place`. */
  readonly targets: string;
  /** The target that is wanted: a trusted root. */
  readonly target: string;
}

const kinds = ['repository', 'remote', 'sigstoreKeys'] as const;
const text = (fields: JsonFields, name: string): string => fields.optionalText(name) ?? '';

/**
 * Reads a TrustRoot (sigstore/policy-controller, v1alpha1). Every entry is judged, where the webhook forgets the faults of all but the last.
 *
 * @throws ImagePolicyError IMAGE_TRUST_ROOT_INVALID; IMAGE_POLICY_INVALID for an unknown field
 */
export function readTrustRoot(object: JsonObject): TrustRoot {
  const document = new JsonFields(shaped(object, trustRootShape), '', { invalid, tooMany: invalid });
  const spec = document.required('spec');
  const faults = new FieldFaults(['spec']);
  const [kind, ...others] = kinds.filter((name) => spec.has(name));
  if (kind === undefined) faults.neither(...kinds);
  if (others.length > 0) faults.both(...kinds);
  demandNone(faults);
  const metadata = document.value('metadata');
  const named = isObject(metadata) ? metadata['name'] : undefined;
  const name = typeof named === 'string' ? named : '';
  if (kind === undefined) throw invalid('there is no spec');
  const fields = spec.required(kind);
  if (kind === 'sigstoreKeys') return { name, kind, trusted: trustedFrom(fields, faults.at(kind)) };
  validateTuf(fields, kind, faults.at(kind));
  demandNone(faults);
  return { name, kind, repository: repositoryOf(fields, kind, name) };
}

function repositoryOf(fields: JsonFields, kind: 'repository' | 'remote', name: string): TrustRepository {
  const bytes = (member: string) => base64(text(fields, member)) ?? new Uint8Array();
  return {
    name,
    root: bytes('root'),
    place: kind === 'remote' ? { mirror: text(fields, 'mirror') } : { archive: bytes('mirrorFS') },
    targets: text(fields, 'targets') || 'targets',
    target: text(fields, 'trustedRootTarget') || 'trusted_root.json',
  };
}

/**
 * What the trusted root of a TrustRoot's repository trusts.
 *
 * @throws ImagePolicyError IMAGE_TRUST_ROOT_INVALID
 */
export function trustedByRepository(name: string, trustedRoot: Uint8Array): TrustedRoot {
  try {
    const trusted = readTrustedRoot(trustedRoot);
    if (trusted.transparencyLogs.some(({ key }) => key.type !== 'ec'))
      throw invalid(
        `${name}: a transparency log of its repository has a key that is not of ECDSA; ${onlyEcdsa}`,
      );
    return trusted;
  } catch (error) {
    if (error instanceof SigningError) throw invalid(`${name}: ${error.message}`, error);
    throw error;
  }
}

// The reconciler of policy-controller takes no other key of a transparency log, and with it no log of Rekor v2 as the public one is.
const onlyEcdsa = 'policy-controller takes no other';

function validateTuf(fields: JsonFields, kind: 'repository' | 'remote', faults: FieldFaults): void {
  const root = text(fields, 'root');
  if (root === '') faults.missing('root');
  else {
    const fault = rootFault(root);
    if (fault !== undefined) faults.invalid(fault[0], 'root', fault[1]);
  }
  if (kind === 'remote' && text(fields, 'mirror') === '') faults.missing('mirror');
  if (kind === 'repository') {
    if (text(fields, 'mirrorFS') === '') faults.missing('repository');
    else if (base64(text(fields, 'mirrorFS')) === undefined)
      faults.invalid('failed to construct a TUF client', 'mirrorFS', 'illegal base64 data');
  }
}

function rootFault(root: string): readonly [value: string, details: string] | undefined {
  const bytes = base64(root);
  if (bytes === undefined) return ['failed to unmarshal', 'illegal base64 data'];
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const isSigned = typeof value === 'object' && value !== null && 'signatures' in value;
    return isSigned ? undefined : ['missing signatures in root.json', 'no signatures'];
  } catch (error) {
    if (error instanceof SyntaxError) return ['failed to unmarshal', error.message];
    throw error;
  }
}

function trustedFrom(fields: JsonFields, faults: FieldFaults): TrustedRoot {
  const [authorities, stamps] = [
    fields.objects('certificateAuthorities'),
    fields.objects('timestampAuthorities'),
  ];
  if (authorities.length + stamps.length === 0)
    faults.neither('certificateAuthority', 'timestampAuthorities');
  const authority = (name: string) => (each: JsonFields, at: number) => ({
    uri: text(each, 'uri'),
    certificates: chainOf(each, faults.at(name, at), name),
  });
  const log = (name: string) => (each: JsonFields, at: number) => ({
    url: text(each, 'baseURL'),
    hashAlgorithm: text(each, 'hashAlgorithm'),
    spki: keyOf(each, faults.at(name, at), name),
  });
  const keys = {
    certificateAuthorities: authorities.map(authority('certificateAuthorities')),
    timestampAuthorities: stamps.map(authority('timestampAuthorities')),
    transparencyLogs: fields.objects('tLogs').map(log('tLogs')),
    certificateLogs: fields.objects('ctLogs').map(log('ctLogs')),
  };
  demandNone(faults);
  try {
    return trustedRootOfKeys(keys);
  } catch (error) {
    if (error instanceof SigningError) throw invalid(error.message, error);
    throw error;
  }
}

function chainOf(fields: JsonFields, faults: FieldFaults, kind: string): readonly Certificate[] {
  const subject = fields.object('subject');
  for (const name of ['organization', 'commonName'])
    if (subject === undefined || text(subject, name) === '') faults.at('subject').missing(name);
  if (text(fields, 'uri') === '') faults.missing('uri');
  const chain = text(fields, 'certChain');
  if (chain === '') {
    faults.missing('certchain');
    return [];
  }
  const certificates = pem(chain, readCertificates, (reason) =>
    faults.invalid('error splitting the certificates', 'certChain', reason),
  );
  const leaves = certificates?.filter(({ basicConstraints }) => basicConstraints?.ca !== true) ?? [];
  if (kind === 'timestampAuthorities' && leaves.length > 1)
    faults.invalid('certificate chain must contain at most one TSA certificate', 'certChain');
  return certificates ?? [];
}

function keyOf(fields: JsonFields, faults: FieldFaults, kind: string): Uint8Array {
  for (const name of ['baseURL', 'hashAlgorithm', 'publicKey'])
    if (text(fields, name) === '') faults.missing(name);
  const value = text(fields, 'publicKey');
  if (value === '') return new Uint8Array();
  const key = pem(value, publicKeyFromPem, (reason) =>
    faults.invalid('the public key cannot be read', 'publicKey', reason),
  );
  if (kind === 'tLogs' && key !== undefined && key.type !== 'ec')
    faults.invalid('the public key is not ECDSA', 'publicKey', onlyEcdsa);
  return key?.spki ?? new Uint8Array();
}

/** What a PEM text in base64 holds; undefined where `refuse` was told why not. */
function pem<T>(value: string, read: (pem: string) => T, refuse: (reason: string) => void): T | undefined {
  const bytes = base64(value);
  if (bytes === undefined) {
    refuse('illegal base64 data');
    return undefined;
  }
  try {
    return read(Buffer.from(bytes).toString('latin1'));
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    refuse(error.message);
    return undefined;
  }
}

/** Lines may be folded, which Go's reader passes over. */
const base64 = (value: string): Uint8Array | undefined => decodeBase64(value.replace(/[\r\n]/g, ''), 'any');

function demandNone(faults: FieldFaults): void {
  if (!faults.isEmpty) throw invalid(`validation failed: ${faults.text()}`);
}

const invalid = (message: string, cause?: unknown) =>
  new ImagePolicyError('IMAGE_TRUST_ROOT_INVALID', message, cause === undefined ? {} : { cause });
