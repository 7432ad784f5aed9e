import { generateKeyPairSync, sign } from 'node:crypto';
import { isKeelsonError } from '@keelson/core';
import { pae, writeEnvelope } from '@keelson/envelopes';
import { publicKeyOfKeyObject } from '@keelson/pki';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  readSummary,
  type Summary,
  type SummaryExpectations,
  summaryPredicateType,
  verifySummary,
  writeSummary,
} from './summary.ts';

const payloadType = 'application/vnd.in-toto+json';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { key: publicKeyOfKeyObject(publicKey), id: 'k' };

const summary: Summary = {
  verifier: { id: 'https://verifier.example/v1', version: new Map([['keelson', '0.1.0']]) },
  timeVerified: '2026-11-23T12:00:00Z',
  resourceUri: 'registry.example/app@sha256:aa',
  policy: { uri: 'policy.yaml', digest: new Map([['sha256', 'bb']]) },
  inputAttestations: [{ digest: new Map([['sha256', 'cc']]) }],
  result: 'PASSED',
  verifiedLevels: ['SLSA_BUILD_LEVEL_2', 'REVIEWED'],
  dependencyLevels: new Map([['SLSA_BUILD_LEVEL_1', 3]]),
  slsaVersion: '1.2',
};
const expected: SummaryExpectations = {
  digests: ['sha256:aa'],
  verifierId: 'https://verifier.example/v1',
  resourceUri: 'registry.example/app@sha256:aa',
  levels: ['SLSA_BUILD_LEVEL_2', 'REVIEWED'],
};

function payloadOf(written: Summary): Uint8Array {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: 'aa' } }],
    predicateType: summaryPredicateType,
    predicate: JSON.parse(writeSummary(written)),
  };
  return Buffer.from(JSON.stringify(statement));
}

function signed(payload: Uint8Array, encoding: 'der' | 'ieee-p1363' = 'der'): Uint8Array {
  const sig = sign('sha256', pae(payloadType, payload), { key: privateKey, dsaEncoding: encoding });
  return Buffer.from(writeEnvelope({ payload, payloadType, signatures: [{ keyid: 'k', sig }] }));
}

test('a summary that was written is read as it was', () => {
  expect(readSummary(payloadOf(summary)).summary).toEqual(summary);
});

test.each(['der', 'ieee-p1363'] as const)('a signed summary holds, its signature in %s', (encoding) => {
  const envelope = signed(payloadOf(summary), encoding);
  expect(verifySummary(envelope, key, expected).summary.result).toBe('PASSED');
  expect(() => verifySummary(envelope, { key: key.key }, { ...expected, levels: [] })).not.toThrow();
  expect(() => verifySummary(envelope, key, { ...expected, levels: ['SLSA_BUILD_LEVEL_1'] })).not.toThrow();
});

test.each<[code: string, change: Partial<SummaryExpectations>]>([
  ['SUBJECT_MISMATCH', { digests: [] }],
  ['SUBJECT_MISMATCH', { digests: ['sha256:aa', 'sha256:bb'] }],
  ['VERIFIER_MISMATCH', { verifierId: 'https://verifier.example' }],
  ['RESOURCE_MISMATCH', { resourceUri: 'registry.example/app' }],
  ['LEVEL_MISMATCH', { levels: ['SLSA_BUILD_LEVEL_3'] }],
  ['LEVEL_MISMATCH', { levels: ['SLSA_SOURCE_LEVEL_1'] }],
  ['LEVEL_MISMATCH', { levels: ['SIGNED'] }],
])('%s: %j', (code, change) => {
  const envelope = signed(payloadOf(summary));
  expect(() => verifySummary(envelope, key, { ...expected, ...change })).toThrow(
    expect.objectContaining({ code }),
  );
});

test('what did not pass, and what is not signed by the key, is refused', () => {
  expect(() => verifySummary(signed(payloadOf({ ...summary, result: 'FAILED' })), key, expected)).toThrow(
    expect.objectContaining({ code: 'VERIFICATION_FAILED' }),
  );
  const envelope = signed(payloadOf(summary));
  for (const other of [
    { ...key, id: '' },
    { ...key, id: 'other' },
    { key: publicKeyOfKeyObject(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey) },
    { key: publicKeyOfKeyObject(generateKeyPairSync('ed25519').publicKey) },
  ])
    expect(() => verifySummary(envelope, other, expected)).toThrow(
      expect.objectContaining({ code: 'PROVENANCE_UNSIGNED' }),
    );
  expect(() => writeSummary({ ...summary, verifier: { id: '' } })).toThrow(
    expect.objectContaining({ code: 'SUMMARY_INVALID' }),
  );
});

test('any payload is read or refused', () => {
  const good = payloadOf(summary);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const bytes = Buffer.from(good);
      bytes[at] = byte;
      try {
        readSummary(bytes);
      } catch (error) {
        expect(isKeelsonError(error)).toBe(true);
      }
    }),
    { numRuns: 500, seed: 23 },
  );
});
