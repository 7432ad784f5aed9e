import { generateKeyPairSync } from 'node:crypto';
import { objectOf } from '@keelson/core';
import { signJws } from '@keelson/envelopes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SigningError } from '../errors.ts';
import { hour, issue, newKey, noon, signerExtensions } from '../testing/authority.ts';
import { notaryMediaTypes } from './attributes.ts';
import { type NotarySignOptions, notarySignerOf, signNotation } from './sign.ts';
import { blobTarget } from './target.ts';
import {
  chain,
  policyWith,
  repository,
  requirements,
  root,
  signer,
  stampAt,
  stampRoot,
  target,
} from './testing/world.ts';
import { readTrustPolicy } from './trust-policy/document.ts';
import { type NotationRequirements, type NotationVerdict, verifyNotation } from './verify.ts';

const formats = ['jws', 'cose'] as const;
const options: NotarySignOptions = {
  format: 'jws',
  signer: notarySignerOf(signer.key),
  chain,
  signingTime: noon + hour,
};
const signed = (more: Partial<NotarySignOptions> = {}) => signNotation(target, { ...options, ...more });

async function verdictOf(
  signature: Partial<NotarySignOptions>,
  more: Partial<NotationRequirements> = {},
): Promise<NotationVerdict> {
  const { bytes, mediaType } = await signed(signature);
  return verifyNotation(bytes, mediaType, { ...requirements, ...more });
}

const code = ({ outcome, fault }: NotationVerdict) => fault?.code ?? outcome;
const stamps = (time: number, accuracySeconds?: number) => ({
  request: stampAt(time, accuracySeconds === undefined ? {} : { accuracySeconds }),
  roots: [stampRoot.certificate],
});
const withStamps = (more: object = {}) =>
  policyWith({ trustStores: ['ca:own', 'tsa:own'], signatureVerification: { level: 'strict', ...more } });
const level = (name: string, override?: object) =>
  policyWith({ signatureVerification: { level: name, ...(override === undefined ? {} : { override }) } });

describe.each(formats)('a signature in %s', (format) => {
  test.each<[string, () => ReturnType<typeof newKey>]>([
    ['P-256', () => newKey()],
    ['P-384', () => newKey('P-384')],
    ['P-521', () => newKey('P-521')],
    ['RSA-2048', () => generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey],
    ['RSA-3072', () => generateKeyPairSync('rsa', { modulusLength: 3_072 }).privateKey],
  ])('of %s', async (_, newPrivateKey) => {
    const key = newPrivateKey();
    const own = issue('signer', root, signerExtensions, { key });
    const by = { format, signer: notarySignerOf(key), chain: [own.certificate, root.certificate] };
    const verdict = await verdictOf({ ...by, agent: 'test/1', metadata: new Map([['a', 'b']]) });
    expect(code(verdict)).toBe('accepted');
    expect(verdict.results.map(({ check }) => check)).toEqual([
      'integrity',
      'authenticity',
      'expiry',
      'authenticTimestamp',
      'revocation',
    ]);
    expect(verdict.envelope?.signingAgent).toBe('test/1');
    expect(verdict.payload?.userMetadata).toEqual(new Map([['a', 'b']]));
  });

  test.each<[string, Partial<NotarySignOptions>, Partial<NotationRequirements>, string]>([
    ['before it expires', { expiry: noon + 3 * hour }, {}, 'accepted'],
    ['when it expires', { expiry: noon + 2 * hour }, {}, 'NOTARY_EXPIRED'],
    [
      'expired, and that is only told',
      { expiry: noon + 2 * hour },
      { policy: level('permissive') },
      'accepted',
    ],
    ['before the certificate', {}, { now: noon - 1 }, 'NOTARY_CERTIFICATE_TIME'],
    ['after the certificate', {}, { now: noon + 24 * hour + 1 }, 'NOTARY_CERTIFICATE_TIME'],
    [
      'after it, and that is only told',
      {},
      { now: noon + 25 * hour, policy: level('permissive') },
      'accepted',
    ],
    ['no time', {}, { now: Number.NaN }, 'NOTARY_CERTIFICATE_TIME'],
    ['by an authority', { scheme: 'notary.x509.signingAuthority' }, { now: noon + 99 * hour }, 'accepted'],
    ['metadata', { metadata: new Map([['a', 'b']]) }, { userMetadata: new Map([['a', 'b']]) }, 'accepted'],
    [
      'other metadata',
      { metadata: new Map([['a', 'c']]) },
      { userMetadata: new Map([['a', 'b']]), policy: level('audit') },
      'NOTARY_METADATA_MISMATCH',
    ],
    [
      'a critical attribute',
      { extended: [{ name: 'x', value: 1, isCritical: true }] },
      { policy: level('audit') },
      'NOTARY_ATTRIBUTE_UNKNOWN',
    ],
    ['an attribute', { extended: [{ name: 'x', value: 1, isCritical: false }] }, {}, 'accepted'],
    [
      'another artifact',
      {},
      { target: { kind: 'image', repository, descriptor: { ...target, size: 402 } }, policy: level('audit') },
      'ARTIFACT_MISMATCH',
    ],
    [
      'another type of artifact',
      {},
      { target: { kind: 'image', repository, descriptor: { ...target, mediaType: 'a/b' } } },
      'ARTIFACT_MISMATCH',
    ],
    [
      'another identity',
      {},
      { policy: policyWith({ trustedIdentities: ['x509.subject: C=DE, ST=Hessen, O=other'] }) },
      'IDENTITY_MISMATCH',
    ],
    ['anybody', {}, { policy: policyWith({ trustedIdentities: ['*'] }) }, 'accepted'],
    [
      'an identity for a plugin',
      {},
      { policy: policyWith({ trustedIdentities: ['spiffe:x'] }) },
      'IDENTITY_MISMATCH',
    ],
    [
      'a policy without the type of store',
      {},
      { policy: policyWith({ trustStores: ['signingAuthority:own'] }) },
      'TRUST_STORE_INVALID',
    ],
    [
      'another root',
      {},
      { trustStores: { certificates: () => [stampRoot.certificate] } },
      'CERTIFICATE_UNTRUSTED',
    ],
    [
      'another root, and that is only told',
      {},
      { trustStores: { certificates: () => [stampRoot.certificate] }, policy: level('audit') },
      'accepted',
    ],
    [
      'skipped',
      {},
      {
        policy: policyWith({
          signatureVerification: { level: 'skip' },
          trustStores: [],
          trustedIdentities: [],
        }),
      },
      'skipped',
    ],
  ])('%s', async (_, signature, more, expected) => {
    expect(code(await verdictOf({ format, ...signature }, more))).toBe(expected);
  });

  test('faults that are only told stand in the results', async () => {
    const verdict = await verdictOf(
      { format, expiry: noon + 2 * hour },
      { policy: level('audit'), trustStores: { certificates: () => [stampRoot.certificate] } },
    );
    expect(verdict.results.map(({ check, action, fault }) => [check, action, fault?.code])).toEqual([
      ['integrity', 'enforce', undefined],
      ['authenticity', 'log', 'CERTIFICATE_UNTRUSTED'],
      ['expiry', 'log', 'NOTARY_EXPIRED'],
      ['authenticTimestamp', 'log', undefined],
      ['revocation', 'log', undefined],
    ]);
  });

  test.each<[string, number | undefined, number, string]>([
    ['within the certificates', undefined, noon + 2 * hour, 'accepted'],
    ['at their end', undefined, noon + 24 * hour, 'accepted'],
    ['and its accuracy within them too', 60, noon + 24 * hour - 60_000, 'accepted'],
    ['and its accuracy beyond them', 61, noon + 24 * hour - 60_000, 'NOTARY_CERTIFICATE_TIME'],
  ])('with a timestamp %s', async (_, accuracy, time, expected) => {
    const verdict = await verdictOf(
      { format, timestamp: stamps(time, accuracy) },
      { policy: withStamps(), now: noon + 99 * hour },
    );
    expect(code(verdict)).toBe(expected);
  });

  test('a timestamp is asked for', async () => {
    expect(code(await verdictOf({ format }, { policy: withStamps() }))).toBe('TIMESTAMP_MISSING');
    expect(
      code(await verdictOf({ format }, { policy: withStamps({ verifyTimestamp: 'afterCertExpiry' }) })),
    ).toBe('accepted');
    expect(
      code(
        await verdictOf(
          { format },
          { policy: withStamps({ verifyTimestamp: 'afterCertExpiry' }), now: noon + 25 * hour },
        ),
      ),
    ).toBe('TIMESTAMP_MISSING');
    const foreign = { certificates: () => [root.certificate] };
    const stamped = { format, timestamp: stamps(noon + 2 * hour) };
    expect(code(await verdictOf(stamped, { policy: withStamps(), trustStores: foreign }))).toBe(
      'TIMESTAMP_WRONG',
    );
  });

  test('one changed byte is never accepted, unless it is of the agent, and nothing crashes', async () => {
    const { bytes, mediaType } = await signed({ format, expiry: noon + 3 * hour });
    const original = await verifyNotation(bytes, mediaType, requirements);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ mask;
        const verdict = await verifyNotation(changed, mediaType, requirements);
        if (verdict.fault === undefined)
          expect(verdict.envelope?.payload).toEqual(original.envelope?.payload);
        else expect(verdict.fault).toBeInstanceOf(SigningError);
      }),
      { seed: 6, numRuns: 400 },
    );
  });
});

test('a timestamp of another signature is refused', async () => {
  const { envelope } = await signed({ timestamp: stamps(noon + 2 * hour) });
  const other = await signed();
  const json: { header: Record<string, unknown> } = JSON.parse(Buffer.from(other.bytes).toString());
  json.header['io.cncf.notary.timestampSignature'] = Buffer.from(
    envelope.timestamp ?? new Uint8Array(),
  ).toString('base64');
  const moved = Buffer.from(JSON.stringify(json));
  const verdict = await verifyNotation(moved, notaryMediaTypes.jws, {
    ...requirements,
    policy: withStamps(),
  });
  expect(code(verdict)).toBe('TIMESTAMP_WRONG');
});

test('a payload that is not in base64 is refused', async () => {
  const protectedHeader = Buffer.from(
    JSON.stringify({ alg: 'ES256', b64: false, crit: ['b64', 'io.cncf.notary.signingScheme'] }),
  ).toString('base64url');
  const x5c = chain.map(({ bytes }) => Buffer.from(bytes).toString('base64'));
  const text = JSON.stringify({
    payload: '{}',
    protected: protectedHeader,
    header: { x5c },
    signature: 'AA',
  });
  const verdict = await verifyNotation(Buffer.from(text), notaryMediaTypes.jws, requirements);
  expect(verdict.fault?.message).toContain('b64');
});

test.each([
  ['another', '2026-01-02T00:00:00Z', 'accepted'],
  ['none, which would be never', null, 'NOTARY_ENVELOPE_INVALID'],
])('an expiry that is critical and %s', async (_, expiry, expected) => {
  const { bytes } = await signed();
  const { payload, header } = JSON.parse(Buffer.from(bytes).toString());
  const jws = signJws({
    payload: Buffer.from(payload, 'base64url'),
    protected: objectOf([
      ['alg', 'ES256'],
      ['crit', ['io.cncf.notary.signingScheme', 'io.cncf.notary.expiry']],
      ['cty', notaryMediaTypes.payload],
      ['io.cncf.notary.signingScheme', 'notary.x509'],
      ['io.cncf.notary.signingTime', '2026-01-01T13:00:00Z'],
      ['io.cncf.notary.expiry', expiry],
    ]),
    header,
    key: signer.key,
  });
  const verdict = await verifyNotation(Buffer.from(JSON.stringify(jws)), notaryMediaTypes.jws, requirements);
  expect(code(verdict)).toBe(expected);
});

test('a blob is verified by the statement that is asked for', async () => {
  const content = Buffer.from('content');
  const blobs = readTrustPolicy(
    JSON.stringify({
      version: '1.0',
      trustPolicies: ['a', 'b'].map((name) => ({
        name,
        globalPolicy: name === 'b',
        signatureVerification: { level: 'strict' },
        trustStores: ['ca:own'],
        trustedIdentities: name === 'a' ? ['*'] : ['x509.subject: C=DE, ST=Hessen, O=other'],
      })),
    }),
    'blob',
  );
  const blob = blobTarget(content);
  if (blob.kind !== 'blob') throw new Error('a blob');
  const { bytes, mediaType } = await signNotation(
    { mediaType: 'text/plain', digest: blob.digest('sha384'), size: content.length },
    { ...options, format: 'cose' },
  );
  const verify = async (named: NotationRequirements['target']) =>
    code(await verifyNotation(bytes, mediaType, { ...requirements, policy: blobs, target: named }));
  expect(await verify(blobTarget(content, { statement: 'a' }))).toBe('accepted');
  expect(await verify(blobTarget(content, { statement: 'a', mediaType: 'text/plain' }))).toBe('accepted');
  expect(await verify(blobTarget(content, { statement: 'a', mediaType: 'a/b' }))).toBe('ARTIFACT_MISMATCH');
  expect(await verify(blobTarget(Buffer.from('Content'), { statement: 'a' }))).toBe('ARTIFACT_MISMATCH');
  expect(await verify(blobTarget(content))).toBe('IDENTITY_MISMATCH');
  await expect(verify(blobTarget(content, { statement: 'c' }))).rejects.toThrow(/no statement/);
  await expect(verify(requirements.target)).rejects.toThrow(/for blobs says nothing/);
});
