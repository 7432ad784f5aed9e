import { parseJsonBytes } from '@keelson/core';
import { cosignTag, digestOf, type LoadedManifest, mediaTypes, readBlob } from '@keelson/oci';
import { publicKeyOfKeyObject } from '@keelson/pki';
import { describe, expect, test } from 'vitest';
import { generateKey } from '../../keys/private-key.ts';
import { signerOfKey } from '../../keys/signer.ts';
import { defaultSigningLimits } from '../../limits.ts';
import { MemoryImages } from '../../testing/memory-images.ts';
import { artifactOfBytes } from '../artifact.ts';
import { readBundle } from '../bundle.ts';
import { noWitnesses, signBlob, signStatement } from '../sign/sign.ts';
import { writeStatement } from '../sign/statements.ts';
import { readSignedEnvelope } from '../signed-envelope.ts';
import { at, put } from '../testing/json.ts';
import {
  artifact,
  makeBundle,
  requirements,
  requirementsOfKey,
  signedAt,
  signer,
  stamp,
  statementAbout,
} from '../testing/world.ts';
import { verifyBundle } from '../verify.ts';
import { attachLayer } from './attach-layer.ts';
import { bundleOfLayer } from './legacy.ts';
import { type LegacyLayer, layerOfBundle } from './legacy-layer.ts';
import { writeSimpleSigning } from './simple-signing.ts';
import { storedSignatures } from './stored-signatures.ts';
import { verifyImage } from './verify-image.ts';

const image = digestOf(Buffer.from('the image'));
const key = generateKey('ecdsa-p256');
const by = { signer: signerOfKey(key) };
const accepted = {
  ...requirementsOfKey,
  signer: { kind: 'key', key: publicKeyOfKeyObject(key) },
  logEntries: 0,
} as const;

async function signed(reference: string): Promise<LegacyLayer> {
  const payload = writeSimpleSigning({ digest: image, reference, annotations: new Map([['env', 'prod']]) });
  return layerOfBundle(readBundle(await signBlob(payload, by)), payload);
}

const layersOf = ({ manifest }: LoadedManifest) =>
  manifest.kind === 'manifest' ? manifest.layers.map(({ digest }) => digest) : [];

describe('signatures at a tag', () => {
  test('stand behind those that were there, and all are read back', async () => {
    const images = new MemoryImages();
    const layers = [await signed('a'), await signed('b'), await signed('c')];
    for (const layer of layers) await attachLayer(images, image, 'sig', layer);
    const found = await images.resolve(cosignTag(image, 'sig'));
    expect(layersOf(found)).toEqual(layers.map(({ bytes }) => digestOf(bytes)));
    const stored = await storedSignatures(images, image);
    const verdict = verifyImage(
      stored,
      image,
      { kind: 'signature', annotations: new Map([['env', 'prod']]) },
      accepted,
    );
    expect(verdict).toMatchObject({ accepted: { length: 3 }, refused: [], leftOut: [] });
    if (found.manifest.kind !== 'manifest') throw new Error('no manifest');
    const config = parseJsonBytes(await readBlob(images, found.manifest.config, 1 << 20));
    expect(config).toMatchObject({ rootfs: { diff_ids: layersOf(found) }, history: [{}, {}, {}] });
  });

  test('what others wrote into the manifest and its configuration stays', async () => {
    const images = new MemoryImages();
    const config = Buffer.from('{"architecture":"","created":"2020-01-01T00:00:00Z","author":"eve"}');
    await images.putBlob({ digest: digestOf(config) }, () => config);
    const other = { mediaType: 'text/plain', digest: digestOf(Buffer.from('x')), size: 1, 'x-more': true };
    const manifest = {
      schemaVersion: 2,
      mediaType: mediaTypes.dockerManifest,
      config: { mediaType: mediaTypes.dockerConfig, digest: digestOf(config), size: config.length },
      layers: [other],
      annotations: { note: 'kept' },
      'x-more': [1],
    };
    const tag = cosignTag(image, 'sig');
    await images.putManifest(Buffer.from(JSON.stringify(manifest)), mediaTypes.dockerManifest, tag);
    await attachLayer(images, image, 'sig', await signed('a'));
    const after = await images.resolve(tag);
    expect(after.mediaType).toBe(mediaTypes.dockerManifest);
    expect(parseJsonBytes(after.bytes)).toMatchObject({
      ...manifest,
      config: { mediaType: mediaTypes.dockerConfig },
      layers: [other, {}],
    });
    if (after.manifest.kind !== 'manifest') throw new Error('no manifest');
    expect(parseJsonBytes(await readBlob(images, after.manifest.config, 1 << 20))).toMatchObject({
      author: 'eve',
      created: '2020-01-01T00:00:00Z',
    });
  });

  /** A registry into which another writes between what is asked of it. */
  class BusyImages extends MemoryImages {
    readonly #others: LegacyLayer[];
    readonly #when: 'before' | 'after';

    constructor(others: LegacyLayer[], when: 'before' | 'after') {
      super();
      this.#others = others;
      this.#when = when;
    }

    override async putBlob(...given: Parameters<MemoryImages['putBlob']>): Promise<void> {
      await super.putBlob(...given);
      if (this.#when === 'before' && !isLayer(given[0].digest, this.#others)) await this.#otherWrites();
    }

    override async putManifest(...given: Parameters<MemoryImages['putManifest']>): Promise<LoadedManifest> {
      const before = await this.resolve(given[2]).catch(() => undefined);
      const written = await super.putManifest(...given);
      if (this.#when === 'after' && this.#others.length > 0) {
        // Who does not look again writes over what was just written.
        if (before === undefined)
          await super.putManifest(Buffer.from(empty), mediaTypes.ociManifest, given[2]);
        else await super.putManifest(before.bytes, before.mediaType, given[2]);
        this.#others.pop();
      }
      return written;
    }

    async #otherWrites(): Promise<void> {
      const other = this.#others.pop();
      if (other !== undefined) await attachLayer(this, image, 'sig', other);
    }
  }
  const isLayer = (digest: string, layers: readonly LegacyLayer[]) =>
    layers.some(({ bytes }) => digestOf(bytes) === digest);
  const empty = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf(Buffer.from('{}')), size: 2 },
    layers: [],
  });

  test.each([['before'], ['after']] as const)('another writes %s: nothing is lost', async (when) => {
    const others = [await signed('other 1'), await signed('other 2')];
    const digests = others.map(({ bytes }) => digestOf(bytes));
    const images = new BusyImages(others, when);
    const own = await signed('own');
    await attachLayer(images, image, 'sig', own);
    const found = layersOf(await images.resolve(cosignTag(image, 'sig')));
    expect(found).toContain(digestOf(own.bytes));
    if (when === 'before') expect(found).toEqual(expect.arrayContaining(digests));
  });

  test('who read the tag before and writes after is waited for', async () => {
    const images = new MemoryImages();
    const tag = cosignTag(image, 'sig');
    const [own, other] = [await signed('own'), await signed('other')];
    let settled = 0;
    const shared = Object.assign(images, {
      settle: async () => {
        settled++;
        // The other had read that nothing stands there.
        if (settled > 1) return;
        const alone = new MemoryImages();
        await attachLayer(alone, image, 'sig', other);
        const { bytes, mediaType } = await alone.resolve(tag);
        await images.putManifest(bytes, mediaType, tag);
      },
    });
    await attachLayer(shared, image, 'sig', own);
    expect(layersOf(await images.resolve(tag))).toEqual([digestOf(other.bytes), digestOf(own.bytes)]);
    expect(settled).toBe(2);
  });

  test('another who writes over it all the time is told of', async () => {
    const others = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => await signed(`other ${at}`)),
    );
    await expect(
      attachLayer(new BusyImages(others, 'after'), image, 'sig', await signed('own')),
    ).rejects.toMatchObject({ code: 'SIGNATURES_CHANGING' });
  });

  test('a tag that is an index, and one that is full, are left as they are', async () => {
    const images = new MemoryImages();
    const index = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }),
    );
    await images.putManifest(index, mediaTypes.ociIndex, cosignTag(image, 'sig'));
    await expect(attachLayer(images, image, 'sig', await signed('a'))).rejects.toMatchObject({
      code: 'BUNDLE_UNSUPPORTED',
    });
    expect((await images.resolve(cosignTag(image, 'sig'))).bytes).toEqual(index);
    const limits = { ...defaultSigningLimits, maxStoredSignatures: 1 };
    await attachLayer(images, image, 'att', await signed('a'), limits);
    await expect(attachLayer(images, image, 'att', await signed('b'), limits)).rejects.toMatchObject({
      code: 'SIGNING_LIMIT',
    });
  });
});

describe('a bundle as a layer', () => {
  const payload = artifact;

  test('with certificate, chain, promise and timestamp', () => {
    const whole = readBundle(JSON.stringify(makeBundle({ stampedAt: Date.parse('2026-06-01T13:00:00Z') })));
    const layer = layerOfBundle(whole, payload);
    expect([...layer.annotations.keys()]).toEqual([
      'dev.cosignproject.cosign/signature',
      'dev.sigstore.cosign/certificate',
      'dev.sigstore.cosign/bundle',
      'dev.sigstore.cosign/rfc3161timestamp',
    ]);
    const back = bundleOfLayer(layer, layer.bytes);
    expect(back).toMatchObject({
      content: { signature: whole.content.signature },
      timestamps: whole.timestamps,
    });
    expect(back.logEntries[0]).toMatchObject({ promise: whole.logEntries[0]?.promise, logIndex: 1n });
  });

  test('verifies when it is read back', () => {
    const layer = layerOfBundle(readBundle(JSON.stringify(makeBundle())), payload);
    const verified = verifyBundle(bundleOfLayer(layer, layer.bytes), artifactOfBytes(payload), requirements);
    expect(verified.identity).toMatchObject({ subjects: ['dev@example.com'] });
    expect(Buffer.from(verified.certificate?.bytes ?? [])).toEqual(Buffer.from(signer.certificate.bytes));
  });

  test('a statement, whose signature stands in the envelope', async () => {
    const statement = writeStatement({
      predicateType: 'https://example.com/p',
      predicate: null,
      subject: { digest: image },
    });
    const layer = layerOfBundle(
      readBundle(await signStatement(statement, { ...by, witnesses: noWitnesses })),
    );
    expect(layer.annotations).toEqual(
      new Map([
        ['dev.cosignproject.cosign/signature', ''],
        ['predicateType', 'https://example.com/p'],
      ]),
    );
  });

  test.each([
    ['an entry of the second Rekor', () => makeBundle({ logs: ['rekor2'] })],
    ['two log entries', () => makeBundle({ logs: ['rekor1', 'rekor1'] })],
    [
      'two timestamps',
      () => {
        const rfc3161Timestamps = [1, 2].map((at) => stamp(Buffer.of(at), Date.parse('2026-06-01')));
        return put(makeBundle(), ['verificationMaterial', 'timestampVerificationData'], {
          rfc3161Timestamps,
        });
      },
    ],
  ])('has no place for %s', (_, make) => {
    expect(() => layerOfBundle(readBundle(JSON.stringify(make())), payload)).toThrow(
      'cannot be kept in the form of cosign 1 and 2',
    );
  });
});

describe('the timestamp of an attestation', () => {
  const digest = artifactOfBytes(artifact).digest('sha256') ?? Buffer.of();
  const statement = statementAbout({ sha256: Buffer.from(digest).toString('hex') });
  const layer = layerOfBundle(readBundle(JSON.stringify(makeBundle({ statement }))));
  const signature = readSignedEnvelope(layer.bytes, 'the layer', defaultSigningLimits).signature.sig;
  const verified = (stamped: Uint8Array) => {
    const token = String(at(stamp(stamped, signedAt), ['signedTimestamp']));
    const annotations = new Map([
      ...layer.annotations,
      ['dev.sigstore.cosign/rfc3161timestamp', JSON.stringify({ SignedRFC3161Timestamp: token })],
    ]);
    const bundle = bundleOfLayer({ ...layer, annotations }, layer.bytes);
    return verifyBundle(bundle, artifactOfBytes(artifact), { ...requirements, timestamps: 1 });
  };

  test.each([
    ['the envelope, as cosign 1 and 2 have it', layer.bytes],
    ['the signature, as cosign 3 has it', signature],
  ])('is over %s', (_, stamped) => {
    expect(verified(stamped).timestamps).toHaveLength(1);
  });

  test.each([
    ['the payload', statement],
    ['the envelope in other words', Buffer.from(`${Buffer.from(layer.bytes)} `)],
    ['something else', Buffer.from('else')],
  ])('is not over %s', (_, stamped) => {
    expect(() => verified(stamped)).toThrow(expect.objectContaining({ code: 'TIMESTAMP_WRONG' }));
  });
});
