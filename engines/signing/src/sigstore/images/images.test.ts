import { cosignTag, type Descriptor, type Digest, digestOf, mediaTypes, writeManifest } from '@keelson/oci';
import { sign } from '@keelson/pki';
import { beforeEach, describe, expect, test } from 'vitest';
import { defaultSigningLimits } from '../../limits.ts';
import { MemoryImages } from '../../testing/memory-images.ts';
import { bundleMediaType } from '../bundle.ts';
import { at, type Json } from '../testing/json.ts';
import { makeBundle, requirements, requirementsOfKey, signer, statementAbout } from '../testing/world.ts';
import type { BundleRequirements } from '../verify.ts';
import { dsseMediaType, legacyAnnotations } from './legacy.ts';
import { simpleSigningMediaType, writeSimpleSigning } from './simple-signing.ts';
import { storedSignatures } from './stored-signatures.ts';
import { cosignSignPredicate, type ImageVerdict, verifyImage, type Wanted } from './verify-image.ts';

const image = digestOf(Buffer.from('the image'));
const otherImage = digestOf(Buffer.from('another image'));
const signature: Wanted = { kind: 'signature', annotations: new Map() };
const attestation: Wanted = { kind: 'attestation', predicateType: 'https://example.com/predicate' };
const keyAlone: BundleRequirements = { ...requirementsOfKey, logEntries: 0 };

let images: MemoryImages;
beforeEach(() => {
  images = new MemoryImages();
});

interface Layer {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A manifest with these layers: at a tag, or one that refers to a subject. */
async function put(layers: readonly Layer[], place: { tag: string } | { subject: Digest }): Promise<void> {
  const descriptors: Descriptor[] = [];
  for (const { mediaType, bytes, annotations = {} } of layers) {
    const digest = digestOf(bytes);
    await images.putBlob({ digest }, () => bytes);
    descriptors.push({
      mediaType,
      digest,
      size: bytes.length,
      annotations: new Map(Object.entries(annotations)),
    });
  }
  const manifest = writeManifest({
    kind: 'manifest',
    mediaType: mediaTypes.ociManifest,
    artifactType: bundleMediaType,
    config: {
      mediaType: 'application/vnd.oci.empty.v1+json',
      digest: digestOf(Buffer.from('{}')),
      size: 2,
      annotations: new Map(),
    },
    layers: descriptors,
    annotations: new Map(),
    ...('subject' in place
      ? {
          subject: {
            mediaType: mediaTypes.ociManifest,
            digest: place.subject,
            size: 9,
            annotations: new Map(),
          },
        }
      : {}),
  });
  await images.putManifest(manifest, mediaTypes.ociManifest, 'tag' in place ? place.tag : undefined);
}

const bundleLayer = (bundle: Json): Layer => ({
  mediaType: bundleMediaType,
  bytes: Buffer.from(JSON.stringify(bundle)),
});
const about = (digest: string) => statementAbout({ sha256: digest.slice('sha256:'.length) });
const signedImage = (digest: string) =>
  Buffer.from(about(digest).toString().replace('https://example.com/predicate', cosignSignPredicate));

function simpleSigning(digest: string, by = signer, annotations: Record<string, string> = {}): Layer {
  const bytes = writeSimpleSigning({
    digest,
    reference: 'r.example/app',
    annotations: new Map(Object.entries(annotations)),
  });
  const made = Buffer.from(sign(by.key, 'ecdsa-sha256', bytes)).toString('base64');
  return { mediaType: simpleSigningMediaType, bytes, annotations: { [legacyAnnotations.signature]: made } };
}
const envelopeLayer = (statement: Uint8Array): Layer => ({
  mediaType: dsseMediaType,
  bytes: Buffer.from(JSON.stringify(at(makeBundle({ statement }), ['dsseEnvelope']))),
});

async function verdict(wanted: Wanted, by = keyAlone, limits = defaultSigningLimits): Promise<ImageVerdict> {
  return verifyImage(await storedSignatures(images, image, limits), image, wanted, by);
}
const codes = ({ refused }: ImageVerdict) => refused.map(({ fault }) => Object(fault).code);

const sig = { tag: cosignTag(image, 'sig') };
const att = { tag: cosignTag(image, 'att') };

describe('accepted', () => {
  test.each<[string, readonly Layer[], { tag: string } | { subject: Digest }, Wanted, BundleRequirements]>([
    [
      'a bundle',
      [bundleLayer(makeBundle({ statement: signedImage(image) }))],
      { subject: image },
      signature,
      requirements,
    ],
    [
      'an attestation in a bundle',
      [bundleLayer(makeBundle({ statement: about(image) }))],
      { subject: image },
      attestation,
      requirements,
    ],
    ['simple signing', [simpleSigning(image)], sig, signature, keyAlone],
    ['an attestation in a layer', [envelopeLayer(about(image))], att, attestation, keyAlone],
    [
      'one of several attestations',
      [envelopeLayer(about(otherImage)), envelopeLayer(about(image))],
      att,
      attestation,
      keyAlone,
    ],
  ])('%s', async (_, layers, place, wanted, by) => {
    await put(layers, place);
    expect((await verdict(wanted, by)).accepted).toHaveLength(1);
  });
});

test('what says itself that it is something else is not asked for, whoever signed it', async () => {
  // Signed by a key that is not accepted: verification would refuse it.
  const forged = JSON.parse(JSON.stringify(makeBundle({ statement: about(image) })));
  forged.dsseEnvelope.signatures[0].sig = Buffer.from('no signature').toString('base64');
  await put([bundleLayer(forged)], { subject: image });
  expect(await verdict({ ...attestation, predicateType: 'https://other.example/x' })).toMatchObject({
    accepted: [],
    refused: [],
    leftOut: { length: 1 },
  });
  expect(await verdict(signature)).toMatchObject({ refused: [], leftOut: { length: 1 } });
  expect(await verdict(attestation)).toMatchObject({ refused: { length: 1 }, leftOut: [] });
});

test('of several layers each is told by its number', async () => {
  await put([envelopeLayer(about(otherImage)), envelopeLayer(about(image))], att);
  expect(await verdict(attestation)).toMatchObject({
    refused: [{ layer: 1 }],
    accepted: [{ stored: { layer: 2 } }],
  });
});

describe('nothing of another image, kind or type counts', () => {
  test('nothing at all', async () => {
    expect(await verdict(signature)).toMatchObject({ accepted: [], refused: [], leftOut: [] });
  });

  test.each<[string, readonly Layer[], { tag: string } | { subject: Digest }, Wanted, readonly string[]]>([
    ['simple signing of another image', [simpleSigning(otherImage)], sig, signature, ['ARTIFACT_MISMATCH']],
    [
      'a Statement about another image',
      [envelopeLayer(about(otherImage))],
      att,
      attestation,
      ['ARTIFACT_MISMATCH'],
    ],
    [
      'an attestation for a signature',
      [bundleLayer(makeBundle({ statement: about(image), withKey: true, logs: [] }))],
      { subject: image },
      signature,
      [],
    ],
    [
      'an attestation of another type, CVE-2022-35929',
      [envelopeLayer(about(image))],
      att,
      { kind: 'attestation', predicateType: 'https://slsa.dev/provenance/v1' },
      [],
    ],
    ['a signature for an attestation', [simpleSigning(image)], sig, attestation, []],
    [
      'a signature for an attestation of its own type',
      [envelopeLayer(signedImage(image))],
      att,
      { kind: 'attestation', predicateType: cosignSignPredicate },
      [],
    ],
    [
      'without the annotation that is asked for',
      [simpleSigning(image, signer, { env: 'dev' })],
      sig,
      { kind: 'signature', annotations: new Map([['env', 'prod']]) },
      ['ATTESTATION_MISMATCH'],
    ],
    [
      'a bundle of two layers',
      [bundleLayer(makeBundle()), bundleLayer(makeBundle())],
      { subject: image },
      signature,
      ['BUNDLE_INVALID'],
    ],
    [
      'a layer of another type',
      [{ mediaType: 'text/plain', bytes: Buffer.from('x') }],
      sig,
      signature,
      ['BUNDLE_UNSUPPORTED'],
    ],
  ])('%s', async (_, layers, place, wanted, refused) => {
    await put(layers, place);
    const found = await verdict(wanted);
    expect(found.accepted).toEqual([]);
    expect(codes(found)).toEqual(refused);
  });

  test('a signature of another image that the registry lists for this one', async () => {
    await put([bundleLayer(makeBundle({ statement: signedImage(otherImage) }))], { subject: otherImage });
    expect((await verdict(signature, requirements)).accepted).toEqual([]);
  });

  test('a layer whose payload is another than the signed one', async () => {
    const { annotations = {} } = simpleSigning(otherImage);
    await put([{ ...simpleSigning(image), annotations }], sig);
    expect(codes(await verdict(signature))).toEqual(['SIGNATURE_WRONG']);
  });
});

describe('bounds', () => {
  const junk = (count: number): Layer[] =>
    Array.from({ length: count }, (_, at) => ({
      mediaType: simpleSigningMediaType,
      bytes: Buffer.from(`${at}`),
    }));

  test('what cannot be read hides nothing', async () => {
    await put([...junk(20), simpleSigning(image)], sig);
    expect(await verdict(signature)).toMatchObject({ accepted: [{}], refused: { length: 20 } });
  });

  test('so many signatures', async () => {
    await put(junk(20), sig);
    await expect(
      verdict(signature, keyAlone, { ...defaultSigningLimits, maxStoredSignatures: 19 }),
    ).rejects.toThrow(expect.objectContaining({ code: 'SIGNING_LIMIT' }));
  });

  test('so many bytes of all together, and no more is fetched', async () => {
    const layers = [simpleSigning(image), ...junk(20)];
    await put(layers, sig);
    const maxStoredBytes = layers[0]?.bytes.length ?? 0;
    const found = await verdict(signature, keyAlone, { ...defaultSigningLimits, maxStoredBytes });
    expect(found.accepted).toHaveLength(1);
    expect(codes(found)).toEqual(Array(20).fill('SIGNING_LIMIT'));
    expect(images.fetched).toBe(1);
  });
});
