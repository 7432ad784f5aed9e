import { isKeelsonError } from '@keelson/core';
import type { ImageAttestor, SigstoreTerms } from '@keelson/oci';
import {
  basicConstraints,
  type Certificate,
  extendedKeyUsage,
  issueCertificate,
  keyPurposes,
  keyUsage,
  subjectAlternativeName,
  writePem,
} from '@keelson/pki';
import { emptyTrustedRoot, imageStatement, readBundle, signerOfKey, signStatement } from '@keelson/signing';
import { expect, test } from 'vitest';
import { ImagePolicyError } from '../errors.ts';
import { judgeSigstore } from '../model/sigstore-demand.ts';
import { evidenceOf } from '../testing/evidence.ts';
import { digest, newPair, pemOf } from '../testing/signatures.ts';
import { notationDemand, sigstoreDemand } from './attestor-demand.ts';

const now = Date.UTC(2026, 0, 1);
const [rootPair, leafPair, otherPair] = [newPair(), newPair(), newPair()];
const common = { notBefore: now - 60_000, notAfter: now + 60_000 };
const authority = (name: string, key: typeof rootPair) => ({
  key: key.privateKey,
  certificate: issueCertificate({
    ...common,
    subject: [['CN', name]],
    key: key.privateKey,
    extensions: [basicConstraints(true), keyUsage(['keyCertSign'])],
  }),
});
const root = authority('root', rootPair);
const stranger = authority('stranger', otherPair);
const leafOf = (pair: typeof leafPair, issuer = root) =>
  issueCertificate({
    ...common,
    subject: [['CN', 'signer']],
    key: pair.privateKey,
    issuer,
    extensions: [
      keyUsage(['digitalSignature']),
      extendedKeyUsage([keyPurposes.codeSigning]),
      subjectAlternativeName([{ type: 'email', value: 'dev@example.com' }], true),
    ],
  });
const leaf = leafOf(leafPair);
const pem = (...certificates: readonly Certificate[]) =>
  certificates.map(({ bytes }) => writePem('CERTIFICATE', bytes)).join('');

const terms: SigstoreTerms = { form: 'any', log: 'none', certificateLog: 'none', annotations: new Map() };
const certificates = (more: object): ImageAttestor => ({ kind: 'certificate', ...more, ...terms });
const key = (more: object = {}): ImageAttestor => ({
  kind: 'key',
  publicKey: pemOf(leafPair),
  hash: 'sha256',
  ...terms,
  ...more,
});
const keyless = (more: object): ImageAttestor => ({
  kind: 'keyless',
  identities: [{ subject: { kind: 'wildcard', text: 'dev@*' }, claims: new Map() }],
  roots: pem(root.certificate),
  ...terms,
  ...more,
});

async function verdictOf(
  attestor: ImageAttestor,
  chain: readonly Certificate[],
  at: number | undefined = now,
) {
  const options = { signer: signerOfKey(leafPair.privateKey), certificates: chain.map(({ bytes }) => bytes) };
  const bundle = readBundle(Buffer.from(await signStatement(imageStatement(digest, new Map()), options)));
  const image = { name: 'a', evidence: evidenceOf(digest, [{ manifest: digest, form: 'bundle', bundle }]) };
  if (attestor.kind === 'notary') throw new Error('an attestor of Sigstore was given');
  try {
    const demand = sigstoreDemand(attestor, [], { ...(at === undefined ? {} : { now: at }) }, 'here');
    const { isPassed, refused = [] } = judgeSigstore(image, demand);
    return isPassed === true
      ? 'accepted'
      : refused.map(({ fault }) => (isKeelsonError(fault) ? fault.format() : '')).join();
  } catch (error) {
    if (error instanceof ImagePolicyError) return error.format();
    throw error;
  }
}

test.each<[string, ImageAttestor, readonly Certificate[], string, number?]>([
  ['a key', key(), [], 'accepted'],
  ['a key, and a certificate', key(), [leaf, root.certificate], 'KEY_EXPECTED'],
  ['SHA-512 of P-256', key({ hash: 'sha512' }), [], 'IMAGE_POLICY_UNSUPPORTED'],
  ['no key', key({ publicKey: 'x' }), [], 'IMAGE_POLICY_INVALID'],
  ['the log of the public instance', key({ log: {} }), [], '--trusted-root'],
  ['a log of its own', key({ log: { publicKey: pemOf(otherPair) } }), [], 'LOG_ENTRY_MISSING'],
  ['a timestamp', key({ timestampAuthority: pem(root.certificate) }), [], 'TIMESTAMP_MISSING'],
  ['a timestamp authority without a root', key({ timestampAuthority: pem(leaf) }), [], 'has no root'],
  ['a certificate', certificates({ certificate: pem(leaf) }), [leaf, root.certificate], 'accepted'],
  ['a certificate by its key', certificates({ certificate: pem(leaf) }), [], 'accepted'],
  [
    'another certificate',
    certificates({ certificate: pem(leafOf(otherPair)) }),
    [leaf, root.certificate],
    'IDENTITY_MISMATCH',
  ],
  [
    'another certificate by its key',
    certificates({ certificate: pem(leafOf(otherPair)) }),
    [],
    'SIGNATURE_WRONG',
  ],
  [
    'with its chain',
    certificates({ certificate: pem(leaf), chain: pem(root.certificate) }),
    [leaf, root.certificate],
    'accepted',
  ],
  [
    'with the chain of others',
    certificates({ certificate: pem(leaf), chain: pem(stranger.certificate) }),
    [leaf],
    'IMAGE_POLICY_INVALID',
  ],
  ['a chain', certificates({ chain: pem(root.certificate) }), [leaf, root.certificate], 'accepted'],
  [
    'another chain',
    certificates({ chain: pem(stranger.certificate) }),
    [leaf, root.certificate],
    'CERTIFICATE_UNTRUSTED',
  ],
  [
    'a chain, later',
    certificates({ chain: pem(root.certificate) }),
    [leaf, root.certificate],
    'CERTIFICATE_UNTRUSTED',
    now + 120_000,
  ],
  ['roots', keyless({}), [leaf, root.certificate], 'accepted'],
  [
    'roots of others',
    keyless({ roots: pem(stranger.certificate) }),
    [leaf, root.certificate],
    'CERTIFICATE_UNTRUSTED',
  ],
  ['roots of the public instance', keyless({ roots: undefined }), [leaf, root.certificate], '--trusted-root'],
  [
    'somebody else',
    keyless({ identities: [{ subject: { kind: 'exact', text: 'dev@*' }, claims: new Map() }] }),
    [leaf, root.certificate],
    'IDENTITY_MISMATCH',
  ],
  ['nobody', keyless({ identities: [] }), [leaf, root.certificate], 'IDENTITY_MISMATCH'],
  [
    'no pattern',
    keyless({ identities: [{ issuer: { kind: 'regexp', text: '(' }, claims: new Map() }] }),
    [leaf],
    'IMAGE_POLICY_INVALID',
  ],
  [
    'no claim',
    keyless({ identities: [{ claims: new Map([['x', { kind: 'exact', text: 'y' }]]) }] }),
    [leaf],
    'x is no claim',
  ],
  [
    'a log of certificates',
    keyless({ certificateLog: { publicKey: pemOf(otherPair) } }),
    [leaf, root.certificate],
    'SCT_MISSING',
  ],
])('%s', async (_, attestor, chain, expected, at) => {
  expect(await verdictOf(attestor, chain, at)).toContain(expected);
});

test('without a time a certificate counts by a trusted one alone', async () => {
  const options = {
    signer: signerOfKey(leafPair.privateKey),
    certificates: [leaf.bytes, root.certificate.bytes],
  };
  const bundle = readBundle(Buffer.from(await signStatement(imageStatement(digest, new Map()), options)));
  const image = { name: 'a', evidence: evidenceOf(digest, [{ manifest: digest, form: 'bundle', bundle }]) };
  const attestor = keyless({});
  if (attestor.kind === 'notary') throw new Error('an attestor of Sigstore was given');
  const { isPassed } = judgeSigstore(
    image,
    sigstoreDemand(attestor, [], { publicRoot: emptyTrustedRoot }, 'here'),
  );
  expect(isPassed).not.toBe(true);
});

test('certificates of the Notary Project need a time, and are some', () => {
  const notary = { kind: 'notary', certificates: pem(root.certificate) } as const;
  expect(notationDemand(notary, { now }, 'here').requirements.policy.statements).toMatchObject([
    { registryScopes: ['*'], level: { name: 'strict' } },
  ]);
  expect(() => notationDemand(notary, {}, 'here')).toThrow('the time');
  expect(() => notationDemand({ ...notary, certificates: '' }, { now }, 'here')).toThrow('here: ');
});
