import { expect, test } from 'vitest';
import {
  artifactTypeOf,
  cosignTag,
  digestOf,
  mediaTypes,
  parseManifest,
  referrerOf,
  referrersTag,
  subjectOfTag,
  withReferrer,
} from './index.ts';

const bytes = new TextEncoder().encode('{}');
const sha256 = digestOf(bytes);
const sha512 = digestOf(bytes, 'sha512');

test('tags of a subject, in both spellings', () => {
  expect(referrersTag(sha256)).toBe(sha256.replace(':', '-'));
  expect(referrersTag(sha512)).toBe(`sha512-${sha512.slice(7, 7 + 64)}`);
  expect(cosignTag(sha256, 'sig')).toBe(`${sha256.replace(':', '-')}.sig`);
});

test.each([
  [referrersTag(sha256), { subject: sha256, kind: 'referrers' }],
  [cosignTag(sha256, 'att'), { subject: sha256, kind: 'att' }],
  [cosignTag(sha512, 'sbom'), { subject: sha512, kind: 'sbom' }],
  ['sha256-abc', undefined],
  [`${referrersTag(sha256)}.other`, undefined],
  ['v1.0', undefined],
])('%s', (tag, expected) => {
  expect(subjectOfTag(tag)).toEqual(expected);
});

test('a referrer is added once', () => {
  const manifest = parseManifest(
    new TextEncoder().encode(
      JSON.stringify({
        schemaVersion: 2,
        config: { mediaType: mediaTypes.ociEmpty, digest: sha256, size: 2 },
        artifactType: 'application/vnd.example',
        layers: [],
        annotations: { a: 'b' },
      }),
    ),
  );
  expect(artifactTypeOf(manifest)).toBe('application/vnd.example');
  const referrer = referrerOf(manifest, sha512, 100);
  const once = withReferrer(undefined, referrer);
  expect(once.manifests).toEqual([referrer]);
  expect(withReferrer(once, referrer)).toBe(once);
});
