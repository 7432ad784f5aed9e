import { isObject, type JsonFields } from '@keelson/core';
import { matchesSelector } from '@keelson/kubernetes';
import { PkiError, publicKeyFromPem } from '@keelson/pki';
import {
  type AcceptedSigner,
  emptyTrustedRoot,
  exactly,
  matchingAnywhere,
  type TextMatcher,
  type TrustedRoot,
} from '@keelson/signing';
import { ImagePolicyError } from '../errors.ts';
import { lacking, looseness, unsupported } from '../faults.ts';
import type { PolicyMaterial } from '../material.ts';
import { demanded } from '../model/demanded.ts';
import type { AttestationDemand, Demand, ImagePolicy, NamedDemand } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';
import { secretEntries } from '../secrets.ts';
import type { ClusterImagePolicy } from './cluster-image-policy.ts';
import { globTest } from './glob.ts';
import { type JsonRule, regoRule } from './rego-rule.ts';
import { trustedByRepository } from './trust-root.ts';
import { shortPredicateTypes } from './validate.ts';
import { wholeRule } from './whole-rule.ts';

const text = (fields: JsonFields | undefined, name: string): string => fields?.optionalText(name) ?? '';

/** The policy with all that it refers to. What keelson does not do is an authority that nothing passes, never one that is left out. */
export function policyOf(source: ClusterImagePolicy, material: PolicyMaterial): ImagePolicy {
  const { name, spec } = source;
  const warnings = [...source.warnings];
  const images = spec.objects('images').map((image) => text(image, 'glob'));
  const globs = images.map(globTest);
  const matches = spec.objects('match');
  const whole = spec.object('policy');
  const authorities = spec.objects('authorities').map((authority, at): NamedDemand => {
    const given = text(authority, 'name');
    return {
      name: given === '' ? `authority-${at}` : given,
      demand: demanded(() => demandOf(authority, material, warnings)),
    };
  });
  return {
    name,
    kind: 'ClusterImagePolicy',
    mode: text(spec, 'mode') === 'warn' ? 'warn' : 'enforce',
    warnings,
    isAbout: (image, workload) =>
      globs.some((test) => test(image)) && (matches.length === 0 || isMatched(matches, workload)),
    images,
    demands: { count: 1, of: authorities },
    ...(whole === undefined ? {} : { rule: wholeRule(whole, toldRule(whole, material, warnings)) }),
  };
}

function isMatched(matches: readonly JsonFields[], workload: Workload | undefined): boolean {
  // Who runs the image is not known: the policy may be about it, so it counts.
  if (workload === undefined) return true;
  const metadata = workload.object['metadata'];
  const labels = isObject(metadata) && isObject(metadata['labels']) ? metadata['labels'] : {};
  return matches.some((match) => {
    const version = text(match, 'version');
    if (text(match, 'resource') !== `${workload.kind.toLowerCase()}s`) return false;
    if (version !== '*' && version !== workload.version) return false;
    if (text(match, 'group') !== workload.group) return false;
    return !match.has('selector') || matchesSelector(labels, match.value('selector'));
  });
}

/** @throws ImagePolicyError */
function demandOf(authority: JsonFields, material: PolicyMaterial, warnings: string[]): Demand {
  const action = authority.object('static');
  if (action !== undefined)
    return { kind: 'static', passes: text(action, 'action') === 'pass', message: text(action, 'message') };
  const [key, keyless] = [authority.object('key'), authority.object('keyless')];
  const [source] = authority.objects('source');
  if (text(source, 'oci') !== '' || text(source, 'tagPrefix') !== '')
    throw unsupported(authority.place('source'), 'signatures in another repository or behind a tag prefix');
  const format = text(authority, 'signatureFormat');
  if (format !== '' && format !== 'legacy' && format !== 'bundle')
    throw unsupported(authority.place('signatureFormat'), `the format ${format}`);
  const isBundle = format === 'bundle';
  if (isBundle && keyless === undefined)
    throw unsupported(authority.place('signatureFormat'), 'bundles of a key, as policy-controller does not');
  const attestations = authority.objects('attestations').map((each) => attestationOf(each, material));
  const signer = key === undefined ? identitiesOf(keyless, warnings) : keyOf(key, material);
  return {
    kind: 'sigstore',
    requirements: { signer, ...trustOf(authority, isBundle, material) },
    forms: new Set([isBundle ? 'bundle' : attestations.length > 0 ? 'envelope' : 'simplesigning']),
    attestations,
  };
}

function identitiesOf(keyless: JsonFields | undefined, warnings: string[]): AcceptedSigner {
  if (keyless?.has('ca-cert'))
    throw unsupported(keyless.place('ca-cert'), 'an authority of certificates other than by trustRootRef');
  const identities = keyless?.objects('identities') ?? [];
  return {
    kind: 'identities',
    identities: identities.map((identity) => ({
      subject: matcherOf(identity, 'subject', warnings),
      issuer: matcherOf(identity, 'issuer', warnings),
    })),
  };
}

function matcherOf(identity: JsonFields, name: string, warnings: string[]): TextMatcher {
  const pattern = text(identity, `${name}RegExp`);
  if (pattern === '') return exactly(text(identity, name));
  const loose = looseness(identity.place(`${name}RegExp`), pattern);
  if (loose !== undefined) warnings.push(loose);
  return matchingAnywhere(pattern);
}

function keyOf(key: JsonFields, material: PolicyMaterial): AcceptedSigner {
  const hash = text(key, 'hashAlgorithm').trim().toLowerCase();
  if (hash !== '' && hash !== 'sha256')
    throw unsupported(key.place('hashAlgorithm'), `a hash of the caller's choice (${hash})`);
  try {
    return { kind: 'key', key: publicKeyFromPem(pemOf(key, material)) };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new ImagePolicyError('IMAGE_POLICY_INVALID', `${key.place('')}: ${error.message}`, {
      cause: error,
    });
  }
}

function pemOf(key: JsonFields, { secrets, keys }: PolicyMaterial): string {
  const service = text(key, 'kms');
  if (service !== '') {
    const pem = keys?.get(service);
    if (pem === undefined) throw lacking(key.place('kms'), `the key of the key service ${service}`);
    return pem;
  }
  const secret = key.object('secretRef');
  return secret === undefined ? text(key, 'data') : secretData(secret, secrets);
}

/** The one entry of a Secret. */
function secretData(reference: JsonFields, secrets: PolicyMaterial['secrets']): string {
  const name = text(reference, 'name');
  const secret = secrets.get(name);
  if (secret === undefined) throw lacking(reference.place('name'), `the Secret ${name}`);
  const [only, ...others] = secretEntries(secret).values();
  if (only === undefined || others.length > 0)
    throw new ImagePolicyError(
      'IMAGE_POLICY_INVALID',
      `${reference.place('name')}: the Secret ${name} does not have exactly one entry`,
    );
  return only;
}

/** Whose logs, authorities and timestamps count, and what of them is needed. */
function trustOf(authority: JsonFields, isBundle: boolean, material: PolicyMaterial) {
  const [keyless, log] = [authority.object('keyless'), authority.object('ctlog')];
  const stamp = authority.object('rfc3161timestamp');
  const own = rootOf(keyless, material);
  const logRoot = rootOf(log, material);
  const stampRoot = rootOf(stamp, material);
  if (
    isBundle &&
    [log, stamp].some(
      (each) => each !== undefined && text(each, 'trustRootRef') !== text(keyless, 'trustRootRef'),
    )
  )
    throw new ImagePolicyError(
      'IMAGE_POLICY_INVALID',
      `${authority.place('')}: with bundles the trustRootRef of ctlog and rfc3161timestamp is that of keyless`,
    );
  const isStamped = stampRoot !== undefined || (isBundle && stamp !== undefined);
  const isPublic = keyless !== undefined && own === undefined;
  const isLogged =
    logRoot !== undefined || text(log, 'url') !== '' || isBundle || (isPublic && log === undefined);
  const { publicRoot } = material;
  if (
    publicRoot === undefined &&
    (isPublic || (text(log, 'url') !== '' && logRoot === undefined && !isStamped))
  )
    throw lacking(
      authority.place(''),
      'the trusted root of the public instance (--trusted-root), which is meant here,',
    );
  const base = own ?? publicRoot ?? emptyTrustedRoot;
  return {
    trustedRoot: {
      certificateAuthorities: base.certificateAuthorities,
      certificateLogs: base.certificateLogs,
      transparencyLogs: (logRoot ?? (log === undefined ? base : (publicRoot ?? base))).transparencyLogs,
      timestampAuthorities: (stampRoot ?? base).timestampAuthorities,
    },
    logEntries: isLogged && !isStamped ? 1 : 0,
    timestamps: isStamped ? 1 : 0,
    certificateLogged: keyless?.optionalBoolean('insecureIgnoreSCT') !== true,
  };
}

/** What the trust root that is referred to trusts; undefined where none is. */
function rootOf(
  fields: JsonFields | undefined,
  { trustRoots, trustedRootOf }: PolicyMaterial,
): TrustedRoot | undefined {
  const name = text(fields, 'trustRootRef');
  if (fields === undefined || name === '') return undefined;
  const root = trustRoots.get(name);
  const place = fields.place('trustRootRef');
  if (root === undefined) throw lacking(place, `the TrustRoot ${name}`);
  if (root.trusted !== undefined) return root.trusted;
  const bytes = root.repository === undefined ? undefined : trustedRootOf?.(root.repository);
  if (bytes === undefined)
    throw unsupported(place, `a TrustRoot whose repository is not to be had (${root.kind} of ${name})`);
  return trustedByRepository(name, bytes);
}

function attestationOf(fields: JsonFields, material: PolicyMaterial): AttestationDemand {
  const type = text(fields, 'predicateType');
  const policy = fields.object('policy');
  return {
    name: text(fields, 'name'),
    predicateType: Object.hasOwn(shortPredicateTypes, type) ? (shortPredicateTypes[type] ?? type) : type,
    ...(policy === undefined ? {} : { rule: ruleOf(policy, material) }),
  };
}

/** The rule over all authorities. One that keelson cannot judge passes nothing, and is told where no authority comes so far, too. */
function toldRule(policy: JsonFields, material: PolicyMaterial, warnings: string[]): JsonRule {
  try {
    return ruleOf(policy, material);
  } catch (error) {
    if (!(error instanceof ImagePolicyError)) throw error;
    warnings.push(error.format());
    return () => error;
  }
}

/** @throws ImagePolicyError for one that keelson cannot judge */
function ruleOf(policy: JsonFields, material: PolicyMaterial): JsonRule {
  if (text(policy, 'type') !== 'rego') throw unsupported(policy.place('type'), 'policies in CUE');
  if (policy.has('remote')) throw unsupported(policy.place('remote'), 'policies that have to be fetched');
  if (policy.optionalBoolean('fetchConfigFile') === true)
    throw unsupported(policy.place('fetchConfigFile'), "the image's configuration in policies");
  const configMap = policy.object('configMapRef');
  return regoRule(configMap === undefined ? text(policy, 'data') : configMapData(configMap, material));
}

function configMapData(reference: JsonFields, { configMaps }: PolicyMaterial): string {
  const [name, key] = [text(reference, 'name'), text(reference, 'key')];
  const data = configMaps.get(name)?.['data'];
  const value = isObject(data) ? data[key] : undefined;
  if (typeof value === 'string') return value;
  throw lacking(reference.place('name'), `the entry ${key} of the ConfigMap ${name}`);
}
