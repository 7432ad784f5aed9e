import { type AskedOfImages, evaluateWithImages, type ImageAttestor, type ImageVerifier } from '@keelson/oci';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ImageWorld, notary, now, one, sbom, slsa, stranger, two } from '../testing/image-world.ts';
import { type KeyPair, pemOf } from '../testing/signatures.ts';
import { PolicyImages } from './policy-images.ts';

const world = new ImageWorld();
beforeAll(() => world.fill());
afterAll(() => world.remove());

const keyOf = (pair: KeyPair): ImageAttestor => ({
  kind: 'key',
  publicKey: pemOf(pair),
  hash: 'sha256',
  form: 'any',
  log: 'none',
  certificateLog: 'none',
  annotations: new Map(),
});
const [ours, theirs] = [keyOf(one), keyOf(two)];
const notation: ImageAttestor = { kind: 'notary', certificates: notary };
const others: ImageAttestor = { kind: 'notary', certificates: stranger };
const provenance = { kind: 'statement', predicateType: slsa } as const;
const components = { kind: 'artifact', artifactType: sbom } as const;
const asked: AskedOfImages = {
  attestors: [ours, theirs, notation, others],
  attestations: [provenance, components],
};
const name = 'r.example/signed:1';
const codesOf = (faults: readonly Error[]) =>
  faults.map((fault) => ('code' in fault ? fault.code : fault.message));

test('an image that was loaded answers at once, to whoever knows no more than the interface', async () => {
  const images: ImageVerifier = new PolicyImages(world.open, { now });
  const image = await images.load(name, asked);
  expect([ours, theirs, notation, others].map((each) => image.signedBy(each).isMet)).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect(codesOf(image.signedBy(theirs).faults)).toContain('SIGNATURE_WRONG');
  expect(codesOf(image.signedBy(others).faults)).toContain('CERTIFICATE_UNTRUSTED');
  expect(image.attestedBy(provenance, ours)).toMatchObject({
    isMet: true,
    payloads: [{ predicate: { level: 3 } }],
  });
  expect(image.attestedBy(components, notation)).toMatchObject({
    isMet: true,
    payloads: [{ bomFormat: 'CycloneDX' }],
  });
  expect(image.attestedBy(components, others)).toMatchObject({ isMet: false, payloads: [] });
  expect(image.attestedBy(provenance, notation).isMet).toBe(false);
  expect(image.attestedBy(components, ours).isMet).toBe(false);
  expect(image.name).toMatchObject({ registry: 'r.example', repository: 'signed', tag: '1' });
  expect(image.data()).toMatchObject({ config: { os: 'linux' }, manifest: { schemaVersion: 2 } });
});

test('who was not named when an image was loaded has signed nothing', async () => {
  const images = new PolicyImages(world.open, { now });
  const image = await images.load(name, { attestors: [], attestations: [] });
  expect(image.signedBy(notation).isMet).toBe(false);
  expect(image.attestedBy(components, notation).isMet).toBe(false);
  expect(codesOf(image.signedBy(notation).faults)).toEqual(['IMAGE_POLICY_UNSUPPORTED']);
});

test('a signature of the image is no answer to who asks for an attestation without a type', async () => {
  const image = await new PolicyImages(world.open, { now }).load(name, asked);
  expect(image.signedBy(ours).isMet).toBe(true);
  expect(image.attestedBy({ kind: 'statement', predicateType: '' }, ours).isMet).toBe(false);
});

test('of more artifacts than are looked at none counts', async () => {
  await world.crowd('mixed', 50);
  const image = await new PolicyImages(world.open, { now }).load('r.example/mixed:1', asked);
  const answer = image.attestedBy(components, notation);
  expect(answer).toMatchObject({ isMet: false, payloads: [] });
  expect(answer.faults.map(({ message }) => message)).toEqual([expect.stringContaining('maxArtifacts (50)')]);
});

test('an image is read once for the same questions', async () => {
  const images = new PolicyImages(world.open, { now });
  world.asked = [];
  const [first, again] = await Promise.all([images.load(name, asked), images.load(name, asked)]);
  expect(again).toBe(first);
  await images.evidence(name);
  // Once for what stands beside it, and once for what rules see.
  expect(world.asked).toEqual([name, name]);
});

test('rules that tell only while they are evaluated which images they ask for', async () => {
  const images = new PolicyImages(world.open, { now });
  const signed = await evaluateWithImages(
    (reference) => images.load(reference, asked),
    [],
    (image) =>
      ['signed', 'plain', 'gone'].map((each) => {
        const found = image(`r.example/${each}:1`);
        return found instanceof Error ? found.message : found?.signedBy(ours).isMet;
      }),
  );
  expect(signed).toEqual([true, false, 'there is no r.example/gone:1']);
});

test('without a time signatures of the Notary Project hold for nobody', async () => {
  const image = await new PolicyImages(world.open, {}).load(name, asked);
  expect(image.signedBy(notation).isMet).toBe(false);
});
