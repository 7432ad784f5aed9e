import type { JsonFields } from '@keelson/core';
import { PkiError, publicKeyFromPem } from '@keelson/pki';
import { parseRegex, RegexSyntaxError } from '@keelson/regex';
import type { FieldFaults } from './field-faults.ts';
import { globFault } from './glob.ts';
import { keyServiceFault } from './key-service.ts';
import { repositoryFault } from './repository-name.ts';

/** Resources that policy-controller's webhook is asked about. */
const resources = new Set([
  'replicasets',
  'deployments',
  'pods',
  'cronjobs',
  'jobs',
  'statefulsets',
  'daemonsets',
]);
const modes = new Set(['enforce', 'warn']);
const hashes = new Set(['sha224', 'sha256', 'sha384', 'sha512']);
/** The namespace that policy-controller runs in unless told otherwise. */
const ownNamespace = 'cosign-system';

const text = (fields: JsonFields, name: string): string => fields.optionalText(name) ?? '';

/** The rules of policy-controller for the `spec` of a ClusterImagePolicy, in its words. */
export function validateSpec(spec: JsonFields, faults: FieldFaults): void {
  const images = spec.objects('images');
  if (images.length === 0) faults.missing('images');
  for (const [at, image] of images.entries()) validateGlob(text(image, 'glob'), faults.at('images', at));
  const authorities = spec.objects('authorities');
  if (authorities.length === 0) faults.missing('authorities');
  for (const [at, authority] of authorities.entries())
    validateAuthority(authority, faults.at('authorities', at));
  const mode = text(spec, 'mode');
  if (mode !== '' && !modes.has(mode)) faults.invalid(mode, 'mode', 'unsupported mode');
  for (const [at, match] of spec.objects('match').entries()) validateMatch(match, faults.at('match', at));
  const policy = spec.object('policy');
  if (policy !== undefined) validatePolicy(policy, faults.at('policy'), true);
}

function validateGlob(glob: string, faults: FieldFaults): void {
  if (glob === '') {
    faults.missing('glob');
    return;
  }
  const fault = globFault(glob);
  if (fault !== undefined) faults.invalid(glob, 'glob', `glob is invalid: ${fault}`);
}

function validateMatch(match: JsonFields, faults: FieldFaults): void {
  const resource = text(match, 'resource');
  if (resource !== '' && !resources.has(resource))
    faults.invalid(resource, 'resource', 'unsupported resource name');
  const names = [resource, text(match, 'version'), text(match, 'group')];
  if (match.has('selector') && names.every((name) => name === ''))
    faults.invalid(resource, 'selector', 'selector requires a resource type to match the labels');
}

const kinds = ['key', 'keyless', 'static'] as const;

function validateAuthority(authority: JsonFields, faults: FieldFaults): void {
  const [kind, ...others] = kinds.filter((name) => authority.has(name));
  if (kind === undefined) {
    faults.neither(...kinds);
    return;
  }
  if (others.length > 0) {
    faults.both(...kinds);
    return;
  }
  const fields = authority.required(kind);
  const below = faults.at(kind);
  if (kind === 'key') validateKey(fields, below);
  if (kind === 'keyless') validateKeyless(fields, below);
  const sources = authority.objects('source');
  if (kind === 'static') {
    validateStatic(fields, below);
    if (authority.list('attestations').length > 0) faults.both('static', 'attestations');
    if (sources.length > 0) faults.both('static', 'source');
    if (authority.has('ctlog')) faults.both('static', 'ctlog');
    if (authority.has('rfc3161timestamp')) faults.both('static', 'rfc3161timestamp');
  }
  if (sources.length > 1) faults.invalid('source', 'source', 'only single source is supported');
  else for (const [at, source] of sources.entries()) validateSource(source, faults.at('source', at));
  for (const attestation of authority.objects('attestations'))
    validateAttestation(attestation, faults.at('attestations'));
}

function validateStatic(fields: JsonFields, faults: FieldFaults): void {
  const action = text(fields, 'action');
  if (action === '') faults.missing('action');
  else if (action !== 'pass' && action !== 'fail') faults.invalid(action, 'action', 'unsupported action');
}

function validateKey(key: JsonFields, faults: FieldFaults): void {
  const [data, service, hash] = [text(key, 'data'), text(key, 'kms'), text(key, 'hashAlgorithm')];
  const secret = key.object('secretRef');
  const given = [data !== '', service !== '', secret !== undefined].filter(Boolean).length;
  if (given === 0) faults.neither('data', 'kms', 'secretref');
  if (hash !== '' && !hashes.has(hash.trim().toLowerCase())) faults.invalid(hash, 'hashAlgorithm');
  if (given > 1) faults.both('data', 'kms', 'secretref');
  if (data !== '' && !isPublicKey(data)) faults.invalid(data, 'data');
  const fault = service === '' ? undefined : keyServiceFault(service);
  if (fault !== undefined) faults.invalid(service, 'kms', fault);
  const namespace = secret === undefined ? '' : text(secret, 'namespace');
  if (namespace !== '' && namespace !== ownNamespace)
    faults
      .at('secretref')
      .invalid(
        namespace,
        'namespace',
        'secretref.namespace is invalid. If set, it should use the same namespace where the policy-controller was deployed',
      );
}

function isPublicKey(pem: string): boolean {
  try {
    publicKeyFromPem(pem);
    return true;
  } catch (error) {
    if (error instanceof PkiError) return false;
    throw error;
  }
}

function validateKeyless(keyless: JsonFields, faults: FieldFaults): void {
  const authority = keyless.object('ca-cert');
  // Without either, the public instance is meant: the webhook for defaults writes it before this one is asked.
  if (authority !== undefined && keyless.has('url')) faults.both('url', 'ca-cert');
  if (authority !== undefined) validateKey(authority, faults.at('ca-cert'));
  const identities = keyless.objects('identities');
  if (identities.length === 0) faults.missing('identities');
  for (const [at, identity] of identities.entries()) validateIdentity(identity, faults.at('identities', at));
}

function validateIdentity(identity: JsonFields, faults: FieldFaults): void {
  for (const name of ['issuer', 'subject']) {
    const [exact, pattern] = [text(identity, name), text(identity, `${name}RegExp`)];
    if (exact !== '' && pattern !== '') faults.both(name, `${name}RegExp`);
    if (exact === '' && pattern === '') faults.missing(name, `${name}RegExp`);
    const fault = regexFault(pattern);
    if (fault !== undefined) faults.invalid(pattern, `${name}RegExp`, `regex is invalid: ${fault}`);
  }
}

/** As Go's regexp tells it. */
function regexFault(pattern: string): string | undefined {
  try {
    parseRegex(pattern);
    return undefined;
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    return `error parsing regexp: ${error.message}: \`${error.fragment}\``;
  }
}

function validateSource(source: JsonFields, faults: FieldFaults): void {
  const oci = text(source, 'oci');
  const fault = oci === '' ? undefined : repositoryFault(oci);
  if (fault !== undefined) faults.invalid(oci, 'oci', fault);
  for (const [at, secret] of source.objects('signaturePullSecrets').entries())
    if (text(secret, 'name') === '') faults.at('signaturePullSecrets', at).missing('name');
}

/** Short names of predicate types, which policy-controller still takes. */
export const shortPredicateTypes: Readonly<Record<string, string>> = Object.freeze({
  custom: 'https://cosign.sigstore.dev/attestation/v1',
  slsaprovenance: 'https://slsa.dev/provenance/v0.2',
  spdx: 'https://spdx.dev/Document',
  spdxjson: 'https://spdx.dev/Document',
  cyclonedx: 'https://cyclonedx.org/bom',
  link: 'https://in-toto.io/Link/v1',
  vuln: 'https://cosign.sigstore.dev/attestation/vuln/v1',
});

function validateAttestation(attestation: JsonFields, faults: FieldFaults): void {
  if (text(attestation, 'name') === '') faults.missing('name');
  const type = text(attestation, 'predicateType');
  if (type === '') faults.missing('predicateType');
  else if (Object.hasOwn(shortPredicateTypes, type) || !/^(?:\/|[A-Za-z][A-Za-z0-9+.-]*:)/.test(type))
    faults.warn(type, 'predicateType', 'deprecated value, please use RFC 3986 conformant values');
  const policy = attestation.object('policy');
  if (policy !== undefined) validatePolicy(policy, faults.at('policy'), false);
}

/** Fields that only the policy over all authorities may have. */
const wholeFields = ['fetchConfigFile', 'includeSpec', 'includeObjectMeta', 'includeTypeMeta'];

function validatePolicy(policy: JsonFields, faults: FieldFaults, isWhole: boolean): void {
  const type = text(policy, 'type');
  if (type !== 'cue' && type !== 'rego')
    faults.invalid(type, 'type', 'only [cue,rego] are supported at the moment');
  const [remote, configMap] = [policy.object('remote'), policy.object('configMapRef')];
  const given = [text(policy, 'data') !== '', configMap !== undefined, remote !== undefined].filter(Boolean);
  if (given.length === 0) faults.missing('data', 'configMapRef', 'remote');
  if (given.length > 1) faults.both('data', 'configMapRef', 'remote');
  if (remote !== undefined) {
    const url = text(remote, 'url');
    if (!/^https:\/\/[^/?#]/i.test(url) || !URL.canParse(url))
      faults.at('remote').invalid(url, 'url', 'url valid is invalid. host and https scheme are expected');
    if (text(remote, 'sha256sum') === '') faults.at('remote').missing('sha256sum');
  }
  if (configMap !== undefined)
    for (const name of ['name', 'key'])
      if (text(configMap, name) === '') faults.at('configMapRef').missing(name);
  if (isWhole) return;
  for (const name of wholeFields) if (policy.has(name)) faults.disallowed(name);
}
