import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  artifactTypeOf,
  mediaTypes,
  OciError,
  parseImageConfig,
  parseManifest,
  parsePlatform,
  selectPlatform,
  writeManifest,
} from './index.ts';

const encode = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const digest = `sha256:${'a'.repeat(64)}`;
const config = { mediaType: mediaTypes.ociConfig, digest, size: 2 };
const layer = { mediaType: mediaTypes.ociLayerGzip, digest, size: 10, annotations: { a: 'b' } };
const image = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer] };
const index = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociIndex,
  manifests: [{ ...config, mediaType: mediaTypes.ociManifest }],
};

test.each([
  ['an image', image, mediaTypes.ociManifest, 'manifest'],
  ['an image that a plain server gives', image, 'application/json; charset=utf-8', 'manifest'],
  ['an image without its type', { ...image, mediaType: undefined }, mediaTypes.ociManifest, 'manifest'],
  ['an image without any type', { ...image, mediaType: undefined }, '', 'manifest'],
  ['an index', index, mediaTypes.ociIndex, 'index'],
  ['an index without any type', { ...index, mediaType: undefined }, '', 'index'],
  [
    'a Docker image',
    { ...image, mediaType: mediaTypes.dockerManifest },
    mediaTypes.dockerManifest,
    'manifest',
  ],
  [
    'a manifest list',
    { ...index, mediaType: mediaTypes.dockerManifestList },
    mediaTypes.dockerManifestList,
    'index',
  ],
  [
    'an artifact without layers',
    { ...image, layers: null, artifactType: 'a/b', subject: config },
    '',
    'manifest',
  ],
])('%s', (_, value, named, kind) => {
  const manifest = parseManifest(encode(value), named);
  expect(manifest.kind).toBe(kind);
  expect(parseManifest(writeManifest(manifest), named)).toEqual(manifest);
});

test('the type of an artifact is its own, or that of its configuration', () => {
  expect(artifactTypeOf(parseManifest(encode({ ...image, artifactType: 'a/b' })))).toBe('a/b');
  expect(artifactTypeOf(parseManifest(encode(image)))).toBe(mediaTypes.ociConfig);
  expect(artifactTypeOf(parseManifest(encode(index)))).toBeUndefined();
});

test.each([
  ['{', '', 'MANIFEST_INVALID', 'is no JSON'],
  ['[]', '', 'MANIFEST_INVALID', 'is no object'],
  ['{"schemaVersion":2,"schemaVersion":2}', '', 'MANIFEST_INVALID', 'stands twice'],
  [{ ...image, schemaVersion: 1 }, '', 'MANIFEST_UNSUPPORTED', 'schema 1'],
  [{ ...image, schemaVersion: '2' }, '', 'MANIFEST_INVALID', 'schemaVersion'],
  [{ ...image, manifests: [] }, '', 'MANIFEST_INVALID', 'as an image or as an index'],
  [{ ...index, config }, '', 'MANIFEST_INVALID', 'as an image or as an index'],
  [image, mediaTypes.ociIndex, 'MANIFEST_INVALID', 'calls itself'],
  [image, mediaTypes.dockerManifest, 'MANIFEST_INVALID', 'calls itself'],
  [{ ...image, mediaType: mediaTypes.ociIndex }, '', 'MANIFEST_INVALID', 'has no manifests'],
  [{ ...index, mediaType: undefined }, mediaTypes.ociManifest, 'MANIFEST_INVALID', 'has manifests'],
  [{ ...image, mediaType: 'text/html' }, '', 'MANIFEST_UNSUPPORTED', 'text/html'],
  [{ ...image, config: undefined }, '', 'MANIFEST_INVALID', 'config is no object'],
  [{ ...image, config: { ...config, digest: 'x' } }, '', 'DIGEST_INVALID', 'config.digest'],
  [{ ...image, layers: [{ ...layer, digest: 'md5:abc' }] }, '', 'DIGEST_UNSUPPORTED', 'layers[0].digest'],
  [{ ...image, layers: [{ ...layer, size: -1 }] }, '', 'MANIFEST_INVALID', 'layers[0].size'],
  [{ ...image, layers: [{ ...layer, size: 1.5 }] }, '', 'MANIFEST_INVALID', 'layers[0].size'],
  [{ ...image, layers: [{ ...layer, mediaType: 'x' }] }, '', 'MANIFEST_INVALID', 'layers[0].mediaType'],
  [{ ...image, layers: {} }, '', 'MANIFEST_INVALID', 'layers is no list'],
  [{ ...image, layers: Array(11).fill(layer) }, '', 'MANIFEST_LIMIT', 'maxDescriptors (10)'],
  [{ ...image, annotations: { a: 1 } }, '', 'MANIFEST_INVALID', 'annotations.a is no text'],
  [{ ...image, annotations: { a: '1', b: '2', c: '3' } }, '', 'MANIFEST_LIMIT', 'annotations'],
  [{ ...image, pad: 'x'.repeat(8000) }, '', 'MANIFEST_LIMIT', 'maxManifestBytes (8000)'],
  [{ ...image, artifactType: 'x' }, '', 'MANIFEST_INVALID', 'artifactType'],
])('%j named %s is refused: %s', (value, named, code, reason) => {
  const limits = { maxManifestBytes: 8000, maxDescriptors: 10, maxAnnotations: 2, maxIndexDepth: 4 };
  const read = () => parseManifest(encode(value), named, limits);
  expect(read).toThrow(expect.objectContaining({ code }));
  expect(read).toThrow(reason);
});

test('any change of a manifest is read or refused with a typed error', () => {
  const bytes = encode({ ...image, subject: config, annotations: { a: 'b' } });
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
      const changed = Uint8Array.from(bytes);
      changed[at] = value;
      try {
        parseManifest(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(OciError);
      }
    }),
    { numRuns: 2000, seed: 6 },
  );
});

test('a configuration', () => {
  const value = {
    os: 'linux',
    architecture: 'arm64',
    variant: 'v8',
    created: '2026-01-01T00:00:00Z',
    config: { User: '65532', Env: ['A=b'], ExposedPorts: { '80/tcp': {} }, Labels: { l: 'x' }, Cmd: null },
    rootfs: { type: 'layers', diff_ids: [digest] },
    history: [{ created_by: 'COPY', empty_layer: true }, {}],
  };
  expect(parseImageConfig(encode(value))).toMatchObject({
    platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    execution: { user: '65532', env: ['A=b'], command: [], exposedPorts: ['80/tcp'], volumes: [] },
    diffIds: [digest],
    history: [
      { createdBy: 'COPY', emptyLayer: true },
      { createdBy: '', emptyLayer: false },
    ],
  });
});

test('any change of a configuration is read or refused with a typed error', () => {
  const bytes = encode({
    os: 'linux',
    config: { Env: ['A=b'], Volumes: { '/v': {} } },
    rootfs: { type: 'layers', diff_ids: [digest] },
  });
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
      try {
        parseImageConfig(bytes.with(at, value));
      } catch (error) {
        expect(error).toBeInstanceOf(OciError);
      }
    }),
    { numRuns: 2000, seed: 6 },
  );
});

const multi = parseManifest(
  encode({
    ...index,
    manifests: [
      'linux/amd64',
      'linux/arm/v6',
      'linux/arm/v7',
      'linux/arm64/v8',
      'windows/amd64',
      'linux/amd64/v3',
    ].map((text, size) => {
      const [os, architecture, variant] = text.split('/');
      return { mediaType: mediaTypes.ociManifest, digest, size, platform: { os, architecture, variant } };
    }),
  }),
);

test.each([
  ['linux/amd64', 0],
  ['linux/x86_64', 0],
  ['linux/amd64/v2', 0],
  ['linux/amd64/v3', 5],
  ['linux/amd64/v4', 5],
  ['linux/arm/v7', 2],
  ['linux/arm', 2],
  ['linux/arm/v6', 1],
  ['linux/armhf', 2],
  ['linux/arm/v8', 2],
  ['linux/arm64', 3],
  ['linux/aarch64', 3],
  ['Windows/amd64', 4],
  ['linux/arm/v5', undefined],
  ['linux/s390x', undefined],
  ['darwin/arm64', undefined],
])('%s takes manifest %s', (text, at) => {
  const manifests = multi.kind === 'index' ? multi.manifests : [];
  const select = () => selectPlatform(manifests, parsePlatform(text)).size;
  if (at === undefined) expect(select).toThrow(expect.objectContaining({ code: 'PLATFORM_NOT_FOUND' }));
  else expect(select()).toBe(at);
});

test.each(['', 'linux', 'linux/', 'a/b/c/d', 'a/b c'])('%j is no platform', (text) => {
  expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: 'PLATFORM_INVALID' }));
});
