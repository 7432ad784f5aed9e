import type { JsonFields } from '@keelson/core';
import { SigningError } from '../../errors.ts';
import { documentFields, type JsonSource } from '../../fields.ts';
import { type DistinguishedName, isSubset, parseDistinguishedName } from './distinguished-name.ts';
import { readLevel, type VerificationLevel } from './levels.ts';
import { checkScope } from './scopes.ts';

/** What a trust policy is about: images by their repositories, or blobs by the statement that is asked for. */
export type TrustPolicyKind = 'oci' | 'blob';

export const trustStoreTypes = ['ca', 'signingAuthority', 'tsa'] as const;
export type TrustStoreType = (typeof trustStoreTypes)[number];

/** A named trust store: `ca:acme-rockets`. */
export interface TrustStoreName {
  readonly type: TrustStoreType;
  readonly name: string;
}

/** Who may sign: anybody with a certificate of the trust stores, a subject, or what only a plugin can judge. */
export type TrustedIdentity =
  | { readonly kind: 'any' }
  | { readonly kind: 'subject'; readonly text: string; readonly name: DistinguishedName }
  | { readonly kind: 'plugin'; readonly text: string };

/** One statement of a trust policy. */
export interface TrustStatement {
  readonly name: string;
  /** Repositories, or `*` alone; none in a policy for blobs. */
  readonly registryScopes: readonly string[];
  /** Of a policy for blobs: what is taken where no statement is asked for. */
  readonly isGlobal: boolean;
  readonly level: VerificationLevel;
  /** When a timestamp is looked at: always, or only once a certificate has expired. */
  readonly verifyTimestamp: 'always' | 'afterCertExpiry';
  readonly trustStores: readonly TrustStoreName[];
  readonly trustedIdentities: readonly TrustedIdentity[];
}

/** A trust policy that keeps all rules (trust-store-trust-policy.md). */
export interface TrustPolicy {
  readonly kind: TrustPolicyKind;
  readonly statements: readonly TrustStatement[];
}

const maxEntries = 1_000;
const members: Readonly<Record<TrustPolicyKind, readonly string[]>> = {
  oci: ['name', 'registryScopes', 'signatureVerification', 'trustStores', 'trustedIdentities'],
  blob: ['name', 'globalPolicy', 'signatureVerification', 'trustStores', 'trustedIdentities'],
};

/**
 * Reads `trustpolicy.json` or `trustpolicy.oci.json` (`oci`), or `trustpolicy.blob.json` (`blob`). Members that are not known are
 * refused: a misspelled one would leave a rule out.
 *
 * @throws SigningError TRUST_POLICY_INVALID, SIGNING_LIMIT
 */
export function readTrustPolicy(source: JsonSource, kind: TrustPolicyKind): TrustPolicy {
  const fields = documentFields(source, 'the trust policy', 'TRUST_POLICY_INVALID');
  onlyMembers(fields, ['version', 'trustPolicies']);
  if (fields.text('version') !== '1.0') throw fields.invalid('version', 'is not 1.0');
  const list = fields.objects('trustPolicies', maxEntries);
  if (list.length === 0) throw fields.invalid('trustPolicies', 'has no statement');
  demandKind(fields, list, kind);
  const statements = list.map((each) => readStatement(each, kind));
  checkUnique(
    fields,
    'name',
    statements.map(({ name }) => name),
  );
  checkUnique(
    fields,
    'scope',
    statements.flatMap(({ registryScopes }) => registryScopes),
  );
  if (statements.filter(({ isGlobal }) => isGlobal).length > 1)
    throw fields.invalid('trustPolicies', 'has more than one global policy');
  return { kind, statements };
}

/** Policies of images have scopes, and those of files have none. */
function demandKind(fields: JsonFields, list: readonly JsonFields[], kind: TrustPolicyKind): void {
  const at = list.findIndex((each) => each.has('registryScopes') !== (kind === 'oci'));
  if (at === -1) return;
  throw fields.invalid(
    `trustPolicies[${at}]`,
    kind === 'oci'
      ? 'has no registryScopes: a trust policy of files says nothing of images'
      : 'has registryScopes: a trust policy of images says nothing of files',
  );
}

function readStatement(fields: JsonFields, kind: TrustPolicyKind): TrustStatement {
  onlyMembers(fields, members[kind]);
  const name = fields.text('name');
  if (name.trim() === '') throw fields.invalid('name', 'is empty');
  const verification = fields.required('signatureVerification');
  onlyMembers(verification, ['level', 'override', 'verifyTimestamp']);
  const level = readLevel(verification);
  const isSkip = level.name === 'skip';
  for (const list of ['trustStores', 'trustedIdentities'])
    if (fields.list(list).length > 0 === isSkip)
      throw fields.invalid(list, isSkip ? 'stands beside the level skip' : 'is missing or empty');
  return {
    name,
    registryScopes: kind === 'oci' ? readScopes(fields) : [],
    isGlobal: kind === 'blob' && (fields.optionalBoolean('globalPolicy') ?? false),
    level,
    verifyTimestamp: readVerifyTimestamp(verification),
    trustStores: fields.texts('trustStores', maxEntries).map((text, at) => readStore(text, fields, at)),
    trustedIdentities: readIdentities(fields),
  };
}

function readVerifyTimestamp(fields: JsonFields): TrustStatement['verifyTimestamp'] {
  const text = fields.optionalText('verifyTimestamp') ?? 'always';
  if (text === 'always' || text === 'afterCertExpiry') return text;
  throw fields.invalid('verifyTimestamp', 'is neither always nor afterCertExpiry');
}

function readScopes(fields: JsonFields): readonly string[] {
  const scopes = fields.texts('registryScopes', maxEntries);
  if (scopes.length === 0) throw fields.invalid('registryScopes', 'is missing or empty');
  if (scopes.includes('*') && scopes.length > 1) throw fields.invalid('registryScopes', 'has more beside *');
  for (const [at, scope] of scopes.entries()) {
    const fault = scope === '*' ? undefined : checkScope(scope);
    if (fault !== undefined) throw fields.invalid(`registryScopes[${at}]`, fault);
  }
  return scopes;
}

function readStore(text: string, fields: JsonFields, at: number): TrustStoreName {
  const colon = text.indexOf(':');
  const type = trustStoreTypes.find((each) => each === text.slice(0, Math.max(colon, 0)));
  const name = text.slice(colon + 1);
  if (type === undefined)
    throw fields.invalid(
      `trustStores[${at}]`,
      `does not begin with one of ${trustStoreTypes.join(', ')} and a colon`,
    );
  if (!isStoreName(name))
    throw fields.invalid(`trustStores[${at}]`, 'has no name of letters, digits, _, . and -');
  return { type, name };
}

/** Whether a text may name a trust store, or a plugin: it becomes the name of a folder. */
export function isStoreName(text: string): boolean {
  return /^[a-zA-Z0-9_.-]{1,255}$/.test(text) && text !== '.' && text !== '..';
}

function readIdentities(fields: JsonFields): readonly TrustedIdentity[] {
  const texts = fields.texts('trustedIdentities', maxEntries);
  if (texts.includes('*') && texts.length > 1) throw fields.invalid('trustedIdentities', 'has more beside *');
  const identities = texts.map((text, at) => readIdentity(text, fields, at));
  for (const [at, one] of identities.entries())
    if (identities.slice(0, at).some((other) => overlap(one, other)))
      throw fields.invalid(`trustedIdentities[${at}]`, 'overlaps one before it');
  return identities;
}

function readIdentity(text: string, fields: JsonFields, at: number): TrustedIdentity {
  if (text === '*') return { kind: 'any' };
  const colon = text.indexOf(':');
  if (colon <= 0 || text.slice(colon + 1).trim() === '')
    throw fields.invalid(`trustedIdentities[${at}]`, 'is no kind of identity, a colon and an identity');
  if (text.slice(0, colon) !== 'x509.subject') return { kind: 'plugin', text };
  const name = parseDistinguishedName(text.slice(colon + 1));
  if (typeof name === 'string') throw fields.invalid(`trustedIdentities[${at}]`, name);
  return { kind: 'subject', text, name };
}

/** Whether every certificate of one is also of the other. */
function overlap(one: TrustedIdentity, other: TrustedIdentity): boolean {
  if (one.kind === 'subject' && other.kind === 'subject')
    return isSubset(one.name, other.name) || isSubset(other.name, one.name);
  return one.kind === 'plugin' && other.kind === 'plugin' && one.text === other.text;
}

function onlyMembers(fields: JsonFields, known: readonly string[]): void {
  for (const name of fields.names())
    if (!known.includes(name)) throw fields.invalid(name.slice(0, 60), 'is no member that is known');
}

function checkUnique(fields: JsonFields, what: string, texts: readonly string[]): void {
  const seen = new Set<string>();
  for (const text of texts) {
    if (seen.has(text))
      throw fields.invalid('trustPolicies', `has the ${what} ${JSON.stringify(text.slice(0, 100))} twice`);
    seen.add(text);
  }
}

/**
 * The one statement for an image: that which names its repository, else that for `*`.
 *
 * @param repository with its registry in full: `docker.io/library/nginx`
 * @throws SigningError TRUST_POLICY_MISSING
 */
export function statementForImage({ statements }: TrustPolicy, repository: string): TrustStatement {
  const found =
    statements.find(({ registryScopes }) => registryScopes.includes(repository)) ??
    statements.find(({ registryScopes }) => registryScopes.includes('*'));
  if (found !== undefined) return found;
  throw new SigningError(
    'TRUST_POLICY_MISSING',
    `no statement of the trust policy is about ${JSON.stringify(repository.slice(0, 300))}`,
  );
}

/**
 * The statement for a blob: the one of that name, or the global one where none is asked for.
 *
 * @throws SigningError TRUST_POLICY_MISSING
 */
export function statementForBlob({ statements }: TrustPolicy, name: string | undefined): TrustStatement {
  const found = statements.find((each) => (name === undefined ? each.isGlobal : each.name === name));
  if (found !== undefined) return found;
  throw new SigningError(
    'TRUST_POLICY_MISSING',
    name === undefined
      ? 'the trust policy has no global statement, and none was asked for'
      : `the trust policy has no statement ${JSON.stringify(name.slice(0, 300))}`,
  );
}
