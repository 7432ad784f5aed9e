import { isKeelsonError, type JsonFields, type JsonValue, objectOf } from '@keelson/core';
import type { Digest } from '@keelson/oci';
import { PkiError, type PublicKey, publicKeyFromPem } from '@keelson/pki';
import {
  type AcceptedSigner,
  type BundleRequirements,
  emptyTrustedRoot,
  exactly,
  type ImageSignature,
  matchingAnywhere,
  type RefusedSignature,
  refusalOf,
  SigningError,
  signerId,
  type TextMatcher,
  verifyStored,
} from '@keelson/signing';
import { ImagePolicyError } from '../errors.ts';
import { invalid, lacking, looseness, refused } from '../faults.ts';
import type { PolicySurroundings } from '../surroundings.ts';
import { onlyMembers } from './documents.ts';
import type { KeyProviders } from './key-providers.ts';
import { type Finding, nestedMembers, type Referrer, type Verifier } from './reports.ts';
import { demandScopes, scopeOf } from './scopes.ts';

/** Where the files of keys lie that verifiers name. */
export interface KeyFiles {
  readonly surroundings: PolicySurroundings;
  readonly providers: KeyProviders;
  /** The policy's file. */
  readonly file: string;
}

/** A trust policy of Ratify's verifier `cosign`. */
interface TrustPolicy {
  readonly name: string;
  readonly scopes: readonly string[];
  /** One of them must hold. */
  readonly requirements: readonly BundleRequirements[];
  /** Why nothing can hold. */
  readonly fault?: Error;
}

const policyMembers = ['name', 'version', 'scopes', 'keys', 'keyless', 'tLogVerify', 'rekorURL'];
const keylessMembers = [
  ...['ctLogVerify', 'certificateIdentity', 'certificateIdentityRegExp'],
  ...['certificateOIDCIssuer', 'certificateOIDCIssuerRegExp'],
];

/**
 * Ratify's verifier `cosign`: trust policies by scopes, or as before one key or none.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function cosignVerifier(
  parameters: JsonFields,
  files: KeyFiles,
): Pick<Verifier, 'verify' | 'warnings'> {
  const warnings: string[] = [];
  onlyMembers(parameters, ['trustPolicies', 'key', 'rekorURL', ...nestedMembers]);
  const list = parameters.objects('trustPolicies', 1_000);
  const [key, rekor] = [parameters.optionalText('key') ?? '', parameters.optionalText('rekorURL') ?? ''];
  if (list.length > 0 && (key !== '' || rekor !== ''))
    throw parameters.invalid('trustPolicies', 'stand beside key or rekorURL, which are the older form');
  const policies =
    list.length > 0
      ? list.map((each) => trustPolicy(each, files, warnings))
      : [legacyPolicy(parameters, key, rekor, files)];
  if (list.length === 0 && key === '')
    warnings.push(`${parameters.place('key')} is not given: whoever has a certificate of Fulcio is accepted`);
  demandScopes(policies);
  return {
    warnings,
    verify: (referrer, { evidence: { descriptor, repository } }) => {
      // A Pod is admitted by its digest: Ratify writes it into the Pod before it is asked.
      const policy = scopeOf(policies, `${repository}@${descriptor.digest}`);
      if (policy === undefined) return { fault: refused('no trust policy has a scope for the image') };
      if (policy.fault !== undefined) return { fault: policy.fault };
      return judged(referrer, descriptor.digest, policy);
    },
  };
}

function judged({ signatures }: Referrer, image: Digest, { name, requirements }: TrustPolicy): Finding {
  const accepted: ImageSignature[] = [];
  const signers = new Set<string>();
  const faults: RefusedSignature[] = [];
  const told: JsonValue[] = [];
  for (const stored of signatures) {
    const verifications: JsonValue[] = [];
    for (const each of requirements) {
      try {
        if (stored.form !== 'simplesigning') throw unwanted();
        const signature = verifyStored(stored, image, each);
        accepted.push(signature);
        signers.add(signerId(signature.verified, each.signer));
        verifications.push(verification(signature.verified.logEntries.length > 0));
        break;
      } catch (error) {
        if (!isKeelsonError(error)) throw error;
        faults.push(refusalOf(stored, error));
        verifications.push(verification(false, error));
      }
    }
    const signature = Buffer.from(stored.bundle.content.signature).toString('base64');
    told.push(
      objectOf([
        ['signature', signature],
        ['verifications', verifications],
      ]),
    );
  }
  const verdict = {
    accepted: accepted.map((signature) => ({ kind: 'sigstore', signature }) as const),
    refused: faults,
    signers,
    extensions: objectOf([
      ['signatures', told],
      ['trustPolicy', name],
    ]),
  };
  return accepted.length > 0
    ? verdict
    : { ...verdict, fault: refused(`no signature is by whom the trust policy ${name} names`) };
}

const verification = (bundleVerified: boolean, fault?: Error): JsonValue =>
  objectOf([
    ['isSuccess', fault === undefined],
    ['bundleVerified', bundleVerified],
    ...(fault === undefined ? [] : [['error', fault.message] as const]),
  ]);

const unwanted = () =>
  new ImagePolicyError('IMAGE_SIGNATURE_UNWANTED', 'Ratify takes signatures in the form of cosign 1 and 2');

function trustPolicy(fields: JsonFields, files: KeyFiles, warnings: string[]): TrustPolicy {
  onlyMembers(fields, policyMembers);
  const name = fields.text('name');
  if (name === '') throw fields.invalid('name', 'is empty');
  const version = fields.optionalText('version') ?? '1.0.0';
  if (version !== '1.0.0') throw fields.invalid('version', `is ${version}, not 1.0.0`);
  const scopes = fields.texts('scopes', 1_000);
  const keys = fields.objects('keys', 1_000);
  const keyless = fields.object('keyless');
  if (keys.length > 0 === (keyless !== undefined))
    throw fields.invalid('', 'has not exactly one of keys and keyless');
  for (const [at, scope] of scopes.entries())
    if (/:[^/@]*$/.test(scope.replace(/\*$/, '')) && !scope.includes('@'))
      warnings.push(
        `${fields.place(`scopes[${at}]`)}: ${scope} names a tag, and images are admitted by their digest`,
      );
  const isLogged = fields.optionalBoolean('tLogVerify') ?? true;
  const signers = keyless === undefined ? [] : [keylessSigner(keyless, warnings)];
  const isProved = keyless?.optionalBoolean('ctLogVerify') ?? true;
  return withFault({ name, scopes }, () => {
    const accepted = keyless === undefined ? keys.map((each) => keySigner(each, files)) : signers;
    return accepted.map((signer) => requirementsOf(signer, isLogged, isProved, files, fields.place('')));
  });
}

/** The older form: a key in a file, or anybody whom Fulcio knows; logs count only where one is named. */
function legacyPolicy(parameters: JsonFields, key: string, rekor: string, files: KeyFiles): TrustPolicy {
  const common = { name: 'key', scopes: ['*'] };
  const anybody = { description: 'anybody', matches: () => true };
  return withFault(common, () => {
    const signer: AcceptedSigner =
      key === ''
        ? { kind: 'identities', identities: [{ subject: anybody, issuer: anybody }] }
        : { kind: 'key', key: keyInFile(key, parameters.place('key'), files) };
    return [requirementsOf(signer, rekor !== '', rekor !== '', files, parameters.place(''))];
  });
}

/** What is not given, and what keelson does not do, lets nothing hold; faults of the policy itself are thrown. */
function withFault(
  policy: Pick<TrustPolicy, 'name' | 'scopes'>,
  make: () => readonly BundleRequirements[],
): TrustPolicy {
  try {
    return { ...policy, requirements: make() };
  } catch (error) {
    if (!(error instanceof ImagePolicyError) || error.code !== 'IMAGE_POLICY_UNSUPPORTED') throw error;
    return { ...policy, requirements: [], fault: error };
  }
}

function keySigner(fields: JsonFields, files: KeyFiles): AcceptedSigner {
  onlyMembers(fields, ['provider', 'file', 'name', 'version']);
  const [provider, file] = [fields.optionalText('provider') ?? '', fields.optionalText('file') ?? ''];
  const named = fields.optionalText('name') ?? '';
  if ((provider === '') === (file === ''))
    throw fields.invalid('', 'has not exactly one of provider and file');
  if ((fields.optionalText('version') ?? '') !== '' && named === '')
    throw fields.invalid('version', 'stands without a name');
  if (file !== '') return { kind: 'key', key: keyInFile(file, fields.place('file'), files) };
  const material = files.providers.get(provider);
  if (material === undefined)
    throw lacking(fields.place('provider'), `the KeyManagementProvider ${provider}`);
  if (material.kind === 'unsupported') throw material.fault;
  if (material.kind === 'certificates')
    throw fields.invalid('provider', `is ${provider}, which has certificates`);
  // Keys that stand inline have no name.
  if (named !== '') throw lacking(fields.place('name'), `the key ${named} of ${provider}`);
  return { kind: 'key', key: material.key };
}

/** A file of Ratify's own machine: one of its name beside the policy is taken for it. */
function keyInFile(path: string, place: string, { surroundings, file }: KeyFiles): PublicKey {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  if (name === '' || name === '..' || name === '.') throw invalid(`${place} names no file`);
  if (surroundings.readBeside === undefined) throw lacking(place, `the file ${name}`);
  try {
    return publicKeyFromPem(Buffer.from(surroundings.readBeside(file, name)).toString('latin1'));
  } catch (error) {
    if (error instanceof PkiError) throw invalid(`${place}: ${error.message}`, error);
    throw error;
  }
}

function keylessSigner(fields: JsonFields, warnings: string[]): AcceptedSigner {
  onlyMembers(fields, keylessMembers);
  const matcher = (name: string): TextMatcher => {
    const [exact, pattern] = [fields.optionalText(name) ?? '', fields.optionalText(`${name}RegExp`) ?? ''];
    if ((exact === '') === (pattern === ''))
      throw fields.invalid('', `has not exactly one of ${name} and ${name}RegExp`);
    if (exact !== '') return exactly(exact);
    const loose = looseness(fields.place(`${name}RegExp`), pattern);
    if (loose !== undefined) warnings.push(loose);
    try {
      return matchingAnywhere(pattern);
    } catch (error) {
      if (error instanceof SigningError)
        throw invalid(`${fields.place(`${name}RegExp`)}: ${error.message}`, error);
      throw error;
    }
  };
  const identity = { subject: matcher('certificateIdentity'), issuer: matcher('certificateOIDCIssuer') };
  return { kind: 'identities', identities: [identity] };
}

function requirementsOf(
  signer: AcceptedSigner,
  isLogged: boolean,
  isProved: boolean,
  { surroundings: { publicRoot, now } }: KeyFiles,
  place: string,
): BundleRequirements {
  if (publicRoot === undefined && (isLogged || signer.kind === 'identities'))
    throw lacking(place, 'the trusted root of the public instance (--trusted-root), which is meant here,');
  return {
    signer,
    trustedRoot: publicRoot ?? emptyTrustedRoot,
    logEntries: isLogged ? 1 : 0,
    timestamps: 0,
    certificateLogged: signer.kind === 'identities' && isProved,
    ...(isLogged || now === undefined ? {} : { fallbackTime: now }),
  };
}
