import { generateKeyPairSync, sign } from 'node:crypto';
import { isKeelsonError } from '@keelson/core';
import { pae } from '@keelson/envelopes';
import { publicKeyOfKeyObject } from '@keelson/pki';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttestationErrorCode } from '../errors.ts';
import { type CloudBuildExpectations, verifyCloudBuild } from './verify-cloud-build.ts';

const payloadType = 'application/vnd.in-toto+json';
const hex = 'ab'.repeat(32);
const keyId =
  'projects/verified-builder/locations/global/keyRings/attestor/cryptoKeys/google-hosted-worker/cryptoKeyVersions/1';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = new Map([[keyId, publicKeyOfKeyObject(publicKey)]]);
const wanted: CloudBuildExpectations = { source: 'github.com/acme/app' };

const builder = 'https://cloudbuild.googleapis.com/GoogleHostedWorker';
const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'app', digest: { sha256: hex } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      buildType: 'https://cloud.google.com/build/gcb-buildtypes/google-worker/v1',
      externalParameters: {
        buildConfigSource: { repository: 'git+https://github.com/acme/app', ref: 'refs/tags/v1.2.3' },
      },
      internalParameters: { systemSubstitutions: { TAG_NAME: 'v1.2.3' } },
    },
    runDetails: { builder: { id: builder } },
  },
};

function documentOf(signed: object = statement, changes: object = {}, text: object = signed): Buffer {
  const payload = Buffer.from(JSON.stringify(signed));
  const sig = sign('sha256', pae(payloadType, payload), privateKey).toString('base64url');
  const entry = {
    kind: 'BUILD',
    resourceUri: `https://registry.example/app@sha256:${hex}`,
    build: { inTotoSlsaProvenanceV1: text },
    envelope: {
      payloadType,
      payload: payload.toString('base64url'),
      signatures: [
        { keyid: 'other', sig: 'no base64' },
        { keyid: keyId, sig },
      ],
    },
    ...changes,
  };
  return Buffer.from(
    JSON.stringify({
      image_summary: {
        digest: `sha256:${hex}`,
        fully_qualified_digest: `registry.example/app@sha256:${hex}`,
      },
      provenance_summary: { provenance: [{}, entry] },
    }),
  );
}

const verify = (document: Uint8Array, expected = wanted) =>
  verifyCloudBuild(document, `sha256:${hex}`, keys, expected);

test('a build is as asked for', () => {
  expect(verify(documentOf()).builder).toEqual({ name: builder, version: undefined });
  for (const more of [{ tag: 'v1.2.3' }, { versionedTag: 'v1.2' }, { builderId: builder }])
    expect(() => verify(documentOf(), { ...wanted, ...more })).not.toThrow();
});

test.each<[code: AttestationErrorCode, more: Partial<CloudBuildExpectations>]>([
  ['SOURCE_MISMATCH', { source: 'github.com/acme/ap' }],
  ['SOURCE_MISMATCH', { source: 'github.com/acme/app@refs/tags/v1.2.3' }],
  ['TAG_MISMATCH', { tag: 'v1.2' }],
  ['VERSIONED_TAG_MISMATCH', { versionedTag: 'v1.3' }],
  ['BUILDER_MISMATCH', { builderId: `${builder}@v0.3` }],
  ['BUILDER_UNSUPPORTED', { builderId: `${builder}s` }],
  ['BUILDER_UNSUPPORTED', { branch: 'main' }],
])('%s: %j', (code, more) => {
  expect(() => verify(documentOf(), { ...wanted, ...more })).toThrow(expect.objectContaining({ code }));
});

const withBuilder = (id: string) => ({
  ...statement,
  predicate: { ...statement.predicate, runDetails: { builder: { id } } },
});

test.each<[code: AttestationErrorCode, document: Buffer]>([
  ['TEXT_MISMATCH', documentOf(statement, {}, { ...statement, subject: [] })],
  ['TEXT_MISMATCH', documentOf(statement, { build: {} })],
  ['SUBJECT_MISMATCH', documentOf(statement, { resourceUri: 'registry.example/app@sha256:00' })],
  ['PROVENANCE_INVALID', documentOf(statement, { kind: 'BUILDS' })],
  ['BUILDER_INVALID', documentOf(withBuilder('https://example.com/builder'))],
  ['SUBJECT_MISMATCH', documentOf({ ...statement, subject: [{ digest: { sha256: 'cd'.repeat(32) } }] })],
  ['PROVENANCE_UNSIGNED', documentOf({ ...statement, predicateType: 'https://slsa.dev/provenance/v0.1' })],
  ['PROVENANCE_UNSIGNED', documentOf(statement, { envelope: {} })],
  ['PROVENANCE_INVALID', Buffer.from('{"image_summary":{},"provenance_summary":{"provenance":[]}}')],
  ['PROVENANCE_INVALID', Buffer.from('{')],
])('%s %#', (code, document) => {
  expect(() => verify(document)).toThrow(expect.objectContaining({ code }));
});

test('any document is verified or refused', () => {
  const good = documentOf();
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const bytes = Buffer.from(good);
      bytes[at] = byte;
      try {
        verify(bytes);
      } catch (error) {
        expect(isKeelsonError(error)).toBe(true);
      }
    }),
    { numRuns: 500, seed: 31 },
  );
});
