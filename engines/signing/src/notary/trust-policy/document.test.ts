import { describe, expect, test } from 'vitest';
import { readTrustPolicy, statementForBlob, statementForImage } from './document.ts';

const statement = {
  name: 'a',
  registryScopes: ['registry.example.com/app'],
  signatureVerification: { level: 'strict' },
  trustStores: ['ca:acme'],
  trustedIdentities: ['*'],
};
const policy = (...statements: readonly object[]) =>
  JSON.stringify({ version: '1.0', trustPolicies: statements });
const one = (changes: object) => policy({ ...statement, ...changes });
const skip = {
  trustStores: undefined,
  trustedIdentities: undefined,
  signatureVerification: { level: 'skip' },
};

describe('a policy for images', () => {
  test.each([
    ['as it is', policy(statement)],
    ['for everything', one({ registryScopes: ['*'] })],
    ['a port', one({ registryScopes: ['localhost:5000/a/b-c_d'] })],
    ['that skips', one(skip)],
    ['with empty lists beside skip', one({ ...skip, trustStores: [], trustedIdentities: [] })],
    ['several stores', one({ trustStores: ['ca:a', 'signingAuthority:b', 'tsa:c.d_e-f'] })],
    ['an identity for a plugin', one({ trustedIdentities: ['spiffe:a', 'x509.subject: C=US, ST=WA, O=a'] })],
    ['after expiry', one({ signatureVerification: { level: 'strict', verifyTimestamp: 'afterCertExpiry' } })],
    ['no revocation', one({ signatureVerification: { level: 'strict', override: { revocation: 'skip' } } })],
  ])('loads: %s', (_, text) => {
    expect(readTrustPolicy(text, 'oci').statements).toHaveLength(1);
  });

  test.each([
    ['no JSON', '{', 'JSON'],
    ['a member twice', '{"version":"1.0","version":"1.0"}', 'version'],
    ['no version', '{"trustPolicies":[]}', 'version'],
    ['another version', '{"version":"2.0","trustPolicies":[]}', 'version'],
    ['no statement', policy(), 'no statement'],
    ['an unknown member', one({ trustedIdentity: ['*'] }), 'trustedIdentity'],
    ['a global policy', one({ globalPolicy: true }), 'globalPolicy'],
    ['no name', one({ name: ' ' }), 'name'],
    ['a name twice', policy(statement, { ...statement, registryScopes: ['*'] }), 'twice'],
    ['a scope twice', policy(statement, { ...statement, name: 'b' }), 'twice'],
    ['a scope twice in one', one({ registryScopes: ['a.b/c', 'a.b/c'] }), 'twice'],
    ['no scope', one({ registryScopes: [] }), 'registryScopes'],
    ['* and more', one({ registryScopes: ['*', 'a.b/c'] }), 'beside'],
    ['a wildcard in a scope', one({ registryScopes: ['a.b/*'] }), 'wildcard'],
    ['a tag', one({ registryScopes: ['a.b/c:d'] }), 'tag'],
    ['a digest', one({ registryScopes: [`a.b/c@sha256:${'0'.repeat(64)}`] }), 'tag'],
    ['a scheme', one({ registryScopes: ['https://a.b/c'] }), 'repository'],
    ['a short name', one({ registryScopes: ['nginx'] }), 'full'],
    ['no level', one({ signatureVerification: {} }), 'level'],
    ['another level', one({ signatureVerification: { level: 'Strict' } }), 'level'],
    ['skip with stores', one({ signatureVerification: { level: 'skip' } }), 'skip'],
    [
      'skip with overrides',
      one({ ...skip, signatureVerification: { level: 'skip', override: { expiry: 'log' } } }),
      'override',
    ],
    [
      'integrity overridden',
      one({ signatureVerification: { level: 'audit', override: { integrity: 'log' } } }),
      'integrity',
    ],
    [
      'expiry skipped',
      one({ signatureVerification: { level: 'strict', override: { expiry: 'skip' } } }),
      'expiry',
    ],
    [
      'an unknown check',
      one({ signatureVerification: { level: 'strict', override: { taste: 'log' } } }),
      'taste',
    ],
    [
      'an unknown action',
      one({ signatureVerification: { level: 'strict', override: { expiry: 'ignore' } } }),
      'expiry',
    ],
    [
      'an unknown time',
      one({ signatureVerification: { level: 'strict', verifyTimestamp: 'never' } }),
      'verifyTimestamp',
    ],
    ['no stores', one({ trustStores: [] }), 'trustStores'],
    ['a store without type', one({ trustStores: ['acme'] }), 'trustStores'],
    ['a store of another type', one({ trustStores: ['CA:acme'] }), 'trustStores'],
    ['a store that leads elsewhere', one({ trustStores: ['ca:..'] }), 'trustStores'],
    ['a store with a slash', one({ trustStores: ['ca:a/b'] }), 'trustStores'],
    ['no identities', one({ trustedIdentities: [] }), 'trustedIdentities'],
    ['* and an identity', one({ trustedIdentities: ['*', 'x509.subject: C=US, ST=WA, O=a'] }), 'beside'],
    ['an identity that is none', one({ trustedIdentities: ['x509.subject C=US'] }), 'trustedIdentities'],
    ['an empty identity', one({ trustedIdentities: ['x509.subject: '] }), 'trustedIdentities'],
    [
      'overlapping identities',
      one({ trustedIdentities: ['x509.subject: C=US, ST=WA, O=a, CN=b', 'x509.subject: O=a, C=US, ST=WA'] }),
      'overlaps',
    ],
  ])('refused: %s', (_, text, reason) => {
    expect(() => readTrustPolicy(text, 'oci')).toThrow(
      expect.objectContaining({ code: 'TRUST_POLICY_INVALID', message: expect.stringContaining(reason) }),
    );
  });

  test('the repository counts before *', () => {
    const read = readTrustPolicy(
      policy({ ...statement, name: 'all', registryScopes: ['*'] }, statement),
      'oci',
    );
    expect(statementForImage(read, 'registry.example.com/app').name).toBe('a');
    expect(statementForImage(read, 'registry.example.com/other').name).toBe('all');
    expect(() => statementForImage(readTrustPolicy(policy(statement), 'oci'), 'a.b/c')).toThrow(
      expect.objectContaining({ code: 'TRUST_POLICY_MISSING' }),
    );
  });

  test('overrides change a level', () => {
    const override = { revocation: 'enforce', authenticity: 'log' };
    const [read] = readTrustPolicy(
      one({ signatureVerification: { level: 'permissive', override } }),
      'oci',
    ).statements;
    expect(read?.level.actions).toEqual({
      integrity: 'enforce',
      authenticity: 'log',
      authenticTimestamp: 'log',
      expiry: 'log',
      revocation: 'enforce',
    });
  });
});

describe('a policy for blobs', () => {
  const blob = { ...statement, registryScopes: undefined };
  test('the statement is named, or the global one', () => {
    const read = readTrustPolicy(policy(blob, { ...blob, name: 'b', globalPolicy: true }), 'blob');
    expect(statementForBlob(read, 'a').name).toBe('a');
    expect(statementForBlob(read, undefined).name).toBe('b');
    expect(() => statementForBlob(read, 'c')).toThrow(/no statement "c"/);
    expect(() => statementForBlob(readTrustPolicy(policy(blob), 'blob'), undefined)).toThrow(/global/);
  });

  test.each([
    ['scopes', policy(statement)],
    [
      'two global statements',
      policy({ ...blob, globalPolicy: true }, { ...blob, name: 'b', globalPolicy: true }),
    ],
    ['a flag that is none', policy({ ...blob, globalPolicy: 'yes' })],
  ])('refused: %s', (_, text) => {
    expect(() => readTrustPolicy(text, 'blob')).toThrow(
      expect.objectContaining({ code: 'TRUST_POLICY_INVALID' }),
    );
  });
});
