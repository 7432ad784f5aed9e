import { descriptorJson, digestOf, mediaTypes, writeManifest } from '@keelson/oci';
import { expect, test } from 'vitest';
import { defaultSigningLimits } from '../limits.ts';
import { hour, noon } from '../testing/authority.ts';
import { MemoryImages } from '../testing/memory-images.ts';
import { notaryMediaTypes } from './attributes.ts';
import { notarySignatures, storeNotarySignature, verifyNotationImage } from './images.ts';
import { notarySignerOf, signNotation } from './sign.ts';
import { chain, policyWith, repository, requirements, signer, target } from './testing/world.ts';

const image = { kind: 'image', descriptor: target, repository } as const;
const signed = (format: 'jws' | 'cose', digest = target.digest) =>
  signNotation(
    { ...target, digest },
    { format, signer: notarySignerOf(signer.key), chain, signingTime: noon + hour },
  );

test('a signature is stored as notation does it, and found again', async () => {
  const store = new MemoryImages();
  const signature = await signed('jws');
  const stored = await storeNotarySignature(store, target, signature, noon);
  const json: unknown = JSON.parse(Buffer.from(stored.bytes).toString());
  expect(json).toEqual({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: notaryMediaTypes.signature,
    config: { mediaType: mediaTypes.ociEmpty, digest: digestOf(Buffer.from('{}')), size: 2, data: 'e30=' },
    layers: [
      { mediaType: notaryMediaTypes.jws, digest: digestOf(signature.bytes), size: signature.bytes.length },
    ],
    subject: descriptorJson({ ...target, annotations: new Map() }),
    annotations: {
      'io.cncf.notary.x509chain.thumbprint#S256': JSON.stringify(
        chain.map(({ bytes }) => digestOf(bytes).slice(7)),
      ),
      'org.opencontainers.image.created': '2026-01-01T12:00:00Z',
    },
  });
  const { found, unreadable } = await notarySignatures(store, target.digest);
  expect(found.map(({ manifest }) => manifest)).toEqual([stored.digest]);
  expect(unreadable).toEqual([]);
});

test('one signature that holds is enough, and those before it have their reasons', async () => {
  const store = new MemoryImages();
  const other = await signed('jws', `sha256:${'cd'.repeat(32)}`);
  await storeNotarySignature(store, target, other, noon);
  await storeNotarySignature(store, target, await signed('cose'), noon);
  await storeNotarySignature(store, target, await signed('jws'), noon);
  const verdict = await verifyNotationImage(store, image, requirements);
  expect(verdict.outcome).toBe('accepted');
  expect(verdict.refused.map(({ fault }) => 'code' in fault && fault.code)).toEqual(['ARTIFACT_MISMATCH']);
  expect(verdict.untried).toBe(1);
  const few = { ...requirements, limits: { ...defaultSigningLimits, maxSignatureAttempts: 1 } };
  expect(await verifyNotationImage(store, image, few)).toMatchObject({ outcome: 'refused', untried: 2 });
});

test('without a signature an image is refused, unless none is asked for', async () => {
  const store = new MemoryImages();
  expect((await verifyNotationImage(store, image, requirements)).outcome).toBe('refused');
  const policy = policyWith({
    signatureVerification: { level: 'skip' },
    trustStores: [],
    trustedIdentities: [],
  });
  expect((await verifyNotationImage(store, image, { ...requirements, policy })).outcome).toBe('skipped');
});

const layer = { mediaType: notaryMediaTypes.jws, digest: target.digest, size: 1, annotations: new Map() };
const manifestWith = (changes: object) =>
  writeManifest({
    kind: 'manifest',
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: notaryMediaTypes.signature, digest: target.digest, size: 2, annotations: new Map() },
    layers: [layer],
    subject: { ...target, annotations: new Map() },
    annotations: new Map(),
    ...changes,
  });

test.each<[string, object, number, number]>([
  ['named by its configuration', {}, 1, 0],
  ['of another type', { artifactType: 'a/b' }, 0, 0],
  ['of another image', { subject: { ...layer, digest: `sha256:${'00'.repeat(32)}` } }, 0, 1],
  ['without a layer', { layers: [] }, 0, 1],
  ['with two layers', { layers: [layer, layer] }, 0, 1],
  ['with a layer of another type', { layers: [{ ...layer, mediaType: 'a/b' }] }, 0, 1],
])('a manifest %s', async (_, changes, count, faults) => {
  const store = new MemoryImages();
  await store.putManifest(manifestWith(changes), mediaTypes.ociManifest);
  const { found, unreadable } = await notarySignatures(store, target.digest);
  expect([found.length, unreadable.length]).toEqual([count, faults]);
});

test('a signature that cannot be fetched is refused', async () => {
  const store = new MemoryImages();
  await store.putManifest(manifestWith({}), mediaTypes.ociManifest);
  const large = { layers: [{ ...layer, size: 5 * 1024 * 1024 }] };
  await store.putManifest(manifestWith(large), mediaTypes.ociManifest);
  const verdict = await verifyNotationImage(store, image, requirements);
  expect(verdict.refused.map(({ fault }) => 'code' in fault && fault.code)).toEqual([
    'CONTENT_NOT_FOUND',
    'MANIFEST_LIMIT',
  ]);
  expect(store.fetched).toBe(1);
});
