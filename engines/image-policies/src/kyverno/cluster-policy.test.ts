import type { JsonValue } from '@keelson/core';
import type { StoredSignature } from '@keelson/signing';
import { describe, expect, test } from 'vitest';
import type { PolicySurroundings } from '../surroundings.ts';
import { by, keys, one, policy, read, rekor, set, three, two, verdictOf } from '../testing/kyverno.ts';
import { attestationBy, pemOf, signatureBy } from '../testing/signatures.ts';

const signed = [signatureBy(one)];
const scan = 'https://cosign.sigstore.dev/attestation/vuln/v1';
const attestation = (conditions: readonly object[], attestors: readonly object[] = [set([by(two)])]) => ({
  attestors: [set([by(one)])],
  attestations: [{ type: scan, attestors, conditions }],
});
const clean = attestationBy(two, { scanner: { name: 'x' }, critical: 0 }, scan);
const all = (key: JsonValue, operator: string, value: JsonValue) => [{ all: [{ key, operator, value }] }];

describe('verifyImages', () => {
  test.each<[string, object, readonly StoredSignature[], string]>([
    ['a key', { attestors: [set([by(one)])] }, signed, 'admitted'],
    ['no signature', { attestors: [set([by(one)])] }, [], '0 of 1 met'],
    ['another key', { attestors: [set([by(two)])] }, signed, 'SIGNATURE_WRONG'],
    ['all of two keys in one text', { attestors: [set([by(one, two)])] }, signed, '1 of 2 met'],
    ['one of two keys in one text', { attestors: [set([by(one, two)], 1)] }, signed, 'admitted'],
    [
      'all of two entries',
      { attestors: [set([by(one), by(two)])] },
      [...signed, signatureBy(two)],
      'admitted',
    ],
    ['two of three', { attestors: [set([by(one), by(two), by(three)], 2)] }, signed, '1 of 3 met, 2 needed'],
    ['each set', { attestors: [set([by(one)]), set([by(two)])] }, signed, 'SIGNATURE_WRONG'],
    [
      'sets in sets',
      { attestors: [set([by(three), { attestor: set([by(one), by(two)], 1) }], 1)] },
      signed,
      'admitted',
    ],
    ['annotations', { attestors: [set([{ ...by(one), annotations: { env: 'prod' } }])] }, signed, 'env=prod'],
    [
      'annotations that are there',
      { annotations: { env: 'prod' }, attestors: [set([by(one)])] },
      [signatureBy(one, { env: 'prod', more: 'x' })],
      'admitted',
    ],
    [
      'the log of the public instance',
      { attestors: [set([keys(pemOf(one), { rekor: { url: 'x' } })])] },
      signed,
      '--trusted-root',
    ],
    [
      'SHA-384 of P-256',
      { attestors: [set([keys(pemOf(one), { signatureAlgorithm: 'sha384' })])] },
      signed,
      'sha384',
    ],
    [
      'a key service',
      { attestors: [set([{ keys: { kms: 'awskms:///x' } }])] },
      signed,
      'awskms:///x was not given',
    ],
    ['a variable', { attestors: [set([keys('{{ keys.data.a }}')])] }, signed, 'keys that variables name'],
    [
      'another repository',
      { repository: 'b.example/x', attestors: [set([by(one)])] },
      signed,
      'another repository',
    ],
    [
      'bundles, where there are none',
      { type: 'SigstoreBundle', attestors: [set([keys(pemOf(one), { ctlog: { ignoreSCT: true } })])] },
      signed,
      'IMAGE_SIGNATURE_UNWANTED',
    ],
    ['the older key', { key: pemOf(one) }, signed, '--trusted-root'],
    [
      'the older image',
      { imageReferences: [], image: 'b.example/*', attestors: [set([by(one)])] },
      signed,
      'no policy',
    ],
    ['a digest', { attestors: [set([by(one)])], mutateDigest: false }, signed, 'is named by no digest'],
    [
      'no digest',
      { attestors: [set([by(one)])], mutateDigest: false, verifyDigest: false },
      signed,
      'admitted',
    ],
    ['no attestor', {}, signed, 'no policy has verified a signature'],
    ['no attestor, not required', { required: false }, [], 'admitted'],
  ])('%s', async (_, entry, found, expected) => {
    expect(await verdictOf({ documents: [policy(entry)], found })).toContain(expected);
  });

  test('what another policy has verified is verified', async () => {
    const documents = [policy({}), policy({ attestors: [set([by(one)])] })];
    expect(await verdictOf({ documents, found: signed })).toBe('admitted');
    expect(await verdictOf({ documents, found: [] })).toContain('no policy has verified');
  });

  test('keys of Secrets and of services that the caller knows', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'kyverno' },
      data: { 'cosign.pub': Buffer.from(pemOf(one)).toString('base64') },
    };
    const named = (entry: object) => policy({ attestors: [set([{ keys: { rekor, ...entry } }])] });
    const verdict = (entry: object, surroundings?: PolicySurroundings) =>
      verdictOf({ documents: [named(entry), secret], found: signed, ...(surroundings && { surroundings }) });
    expect(await verdict({ publicKeys: 'k8s://kyverno/s' })).toBe('admitted');
    expect(await verdict({ secret: { namespace: 'kyverno', name: 's' } })).toBe('admitted');
    expect(await verdict({ publicKeys: 'k8s://other/s' })).toContain('the Secret other/s was not given');
    const keysOf = { keys: new Map([['awskms:///x', pemOf(one)]]) };
    expect(await verdict({ kms: 'awskms:///x' }, keysOf)).toBe('admitted');
  });
});

describe('attestations', () => {
  test.each<[string, object, readonly StoredSignature[], string]>([
    ['by another signer', attestation([]), [...signed, clean], 'admitted'],
    [
      'by the signer of the image',
      attestation([]),
      [...signed, attestationBy(one, {}, scan)],
      'SIGNATURE_WRONG',
    ],
    ['none', attestation([]), signed, `no attestation ${scan}`],
    ['of another type', attestation([]), [...signed, attestationBy(two, {})], 'it is an attestation of type'],
    ['without the signature', attestation([]), [clean], 'no signature is by whom'],
    ['a condition', attestation(all('{{ scanner.name }}', 'Equals', 'x')), [...signed, clean], 'admitted'],
    [
      'a condition that does not hold',
      attestation(all('{{ critical }}', 'GreaterThan', 0)),
      [...signed, clean],
      'does not meet GreaterThan',
    ],
    [
      'each statement has to meet it',
      attestation(all('{{ critical }}', 'LessThan', 1)),
      [...signed, clean, attestationBy(two, { critical: 2 }, scan)],
      'not every attestation',
    ],
    [
      'a statement of somebody else is none',
      attestation(all('{{ critical }}', 'LessThan', 1)),
      [...signed, clean, attestationBy(three, { critical: 2 }, scan)],
      'admitted',
    ],
    [
      'nothing at a path',
      attestation(all('{{ missing }}', 'NotEquals', 'x')),
      [...signed, clean],
      'there is nothing at',
    ],
    [
      'a function that keelson has not',
      attestation(all('{{ sum(critical, `1`) }}', 'Equals', 1)),
      [...signed, clean],
      'does not have the function sum',
    ],
    [
      'an operator that is none',
      attestation(all('a', 'Resembles', 'a')),
      [...signed, clean],
      'IMAGE_POLICY_UNSUPPORTED',
    ],
    [
      'the older name of the type',
      { attestations: [{ predicateType: scan, attestors: [set([by(two)])] }] },
      [clean],
      'admitted',
    ],
    [
      'no attestor is anybody of the public instance',
      attestation([], []),
      [...signed, clean],
      '--trusted-root',
    ],
  ])('%s', async (_, entry, found, expected) => {
    expect(await verdictOf({ documents: [policy(entry)], found })).toContain(expected);
  });
});

describe('what a context brings', () => {
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'keys', namespace: 'kyverno' },
    data: { ours: pemOf(one), theirs: pemOf(two), level: '3' },
  };
  const context = [{ name: 'keys', configMap: { name: 'keys', namespace: 'kyverno' } }];
  const verdict = (entry: object, found: readonly StoredSignature[], more: object = {}) =>
    verdictOf({ documents: [policy(entry, { context, ...more }), configMap], found });
  const named = (key: string) => ({ attestors: [set([keys(`{{ keys.data.${key} }}`)])] });

  test('keys of ConfigMaps', async () => {
    expect(await verdict(named('ours'), signed)).toBe('admitted');
    expect(await verdict(named('theirs'), signed)).toContain('SIGNATURE_WRONG');
    expect(await verdict(named('others'), signed)).toContain('keys that variables name');
    const elsewhere = [{ name: 'keys', configMap: { name: 'keys', namespace: 'other' } }];
    expect(await verdict(named('ours'), signed, { context: elsewhere })).toContain(
      'keys that variables name',
    );
  });

  test('values of conditions, which no statement stands in for', async () => {
    const entry = attestation(all('{{ level }}', 'Equals', '{{ keys.data.level }}'));
    const stated = (predicate: JsonValue) => [...signed, attestationBy(two, predicate, scan)];
    expect(await verdict(entry, stated({ level: '3' }))).toBe('admitted');
    expect(await verdict(entry, stated({ level: '2' }))).toContain('does not meet Equals');
    expect(await verdict(entry, stated({ level: '{{ keys.data.level }}' }))).toContain(
      'does not meet Equals',
    );
    const posing = stated({ level: '2', keys: { data: { level: '2' } } });
    expect(await verdict(entry, posing)).toContain("a member of the statement, and of the rule's context");
  });
});

describe('conditions over several attestations', () => {
  const other = 'https://example.com/other';
  const each = (name: string, type: string) => ({ name, type, attestors: [set([by(two)])] });
  const denying = (key: string, value: JsonValue) =>
    policy({
      attestations: [each('a', scan), each('b', other)],
      validate: {
        message: 'they differ',
        deny: { conditions: { any: [{ key, operator: 'NotEquals', value }] } },
      },
    });
  const stated = (type: string, ...levels: readonly number[]) =>
    levels.map((level) => attestationBy(two, { level }, type));
  test.each<[string, readonly StoredSignature[], object, string]>([
    [
      'that hold',
      [...stated(scan, 1), ...stated(other, 1)],
      denying('{{ a.level }}', '{{ b.level }}'),
      'admitted',
    ],
    [
      'that do not',
      [...stated(scan, 1), ...stated(other, 2)],
      denying('{{ a.level }}', '{{ b.level }}'),
      'they differ',
    ],
    [
      'one of several',
      [...stated(scan, 1), ...stated(other, 1, 2)],
      denying('{{ a.level }}', '{{ b.level }}'),
      'they differ',
    ],
    [
      'of what is not there',
      [...stated(scan, 1), ...stated(other, 1)],
      denying('{{ c.level }}', 1),
      'there is nothing at',
    ],
    [
      'of too many',
      [...stated(scan, ...Array(20).keys()), ...stated(other, ...Array(20).keys())],
      denying('{{ a.level }}', 1),
      'maxCombinations',
    ],
  ])('%s', async (_, found, document, expected) => {
    expect(await verdictOf({ documents: [document], found })).toContain(expected);
  });
});

test.each<[string, object, object, string, number]>([
  ['its own', { failureAction: 'Audit' }, { validationFailureAction: 'Enforce' }, 'warn', 0],
  ['that of the policy', { failureAction: undefined }, { validationFailureAction: 'enforce' }, 'enforce', 0],
  ['none', { failureAction: undefined }, {}, 'warn', 1],
  [
    'another for some namespaces',
    { failureAction: undefined },
    { validationFailureActionOverrides: [{ action: 'Enforce', namespaces: ['x'] }] },
    'enforce',
    1,
  ],
])('failure action: %s', (_, entry, spec, mode, warnings) => {
  const [found] = read([policy({ attestors: [set([by(one)])], ...entry }, {}, spec)]);
  expect([found?.mode, found?.warnings.length]).toEqual([mode, warnings]);
});

test.each<[string, object, string]>([
  ['no reference', policy({ imageReferences: [] }), 'an image reference is required'],
  ['an unknown field', policy({ atestors: [] }), 'unknown field "spec.rules[0].verifyImages[0].atestors"'],
  ['no entry', policy({ attestors: [set([])] }), 'an entry is required'],
  ['a count of too many', policy({ attestors: [set([by(one)], 2)] }), 'exceeds the number of entries'],
  ['an entry of nothing', policy({ attestors: [set([{}])] }), 'or a nested attestor is required'],
  [
    'an entry of two',
    policy({ attestors: [set([{ ...by(one), keyless: {} }])] }),
    'or a nested attestor is required',
  ],
  ['no key', policy({ attestors: [set([{ keys: {} }])] }), 'a public key, kms key or secret is required'],
  [
    'a broken key of two',
    policy({ attestors: [set([keys(pemOf(one) + pemOf(two).slice(0, 90))])] }),
    'does not end',
  ],
  ['keyless of no log', policy({ attestors: [set([{ keyless: {} }])] }), 'a Rekor URL or roots are required'],
  ['no certificate', policy({ attestors: [set([{ certificates: {} }])] }), 'cert or certChain required'],
  [
    'a key for notation',
    policy({ type: 'Notary', attestors: [set([by(one)])] }),
    'is not allowed for type Notary',
  ],
  ['an action that is none', policy({ failureAction: 'Maybe' }), 'neither Enforce nor Audit'],
  ['a type of no attestation', policy({ attestations: [{}] }), 'missing type'],
  [
    'no verifyImages',
    policy({}, { verifyImages: [], validate: {} }),
    'no rule of the policy has verifyImages',
  ],
])('refused: %s', (_, document, reason) => {
  expect(() => read([document])).toThrow(reason);
});
