import { expect, test } from 'vitest';
import { predicateTypeOf, readPredicate } from './read-predicate.ts';

const time = '2026-11-23T12:00:00Z';
const statement = (predicateType: string, predicate: unknown) =>
  Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ digest: { sha256: 'aa' } }],
      predicateType,
      predicate,
    }),
  );

const good: readonly [uri: string, predicate: object, broken: object][] = [
  [
    'https://slsa.dev/provenance/v1',
    { buildDefinition: { buildType: 't', externalParameters: {} }, runDetails: { builder: { id: 'b' } } },
    { buildDefinition: { buildType: 't', externalParameters: {} }, runDetails: { builder: { id: '' } } },
  ],
  [
    'https://slsa.dev/provenance/v0.2',
    { builder: { id: 'b' }, buildType: 't' },
    { builder: 'b', buildType: 't' },
  ],
  [
    'https://slsa.dev/verification_summary/v1',
    {
      verifier: { id: 'v' },
      timeVerified: time,
      resourceUri: 'r',
      policy: {},
      verificationResult: 'PASSED',
      verifiedLevels: [],
    },
    {
      verifier: { id: 'v' },
      timeVerified: time,
      resourceUri: 'r',
      policy: {},
      verificationResult: 'passed',
      verifiedLevels: [],
    },
  ],
  ['https://spdx.dev/Document/v2.3', { spdxVersion: 'SPDX-2.3' }, []],
  [
    'https://spdx.dev/Document',
    { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [] },
    { '@context': 'https://openvex.dev/ns', ok: true },
  ],
  ['https://spdx.dev/Document', { spdxVersion: 'SPDX-2.2' }, { ok: true }],
  [
    'https://cyclonedx.org/bom',
    { bomFormat: 'CycloneDX', specVersion: '1.6' },
    { bomFormat: 'SPDX', specVersion: '1' },
  ],
  [
    'https://in-toto.io/attestation/vulns/v0.2',
    { scanner: { uri: 's', result: [] }, metadata: { scanStartedOn: time, scanFinishedOn: time } },
    { scanner: { uri: 's', result: [] }, metadata: { scanStartedOn: time, scanFinishedOn: 'today' } },
  ],
  [
    'https://openvex.dev/ns/v0.2.0',
    { '@context': 'c', '@id': 'i', author: 'a', timestamp: time, statements: [] },
    { '@context': 'c', '@id': 'i', author: 'a', timestamp: time, statements: {} },
  ],
  [
    'https://in-toto.io/attestation/test-result/v0.1',
    { result: 'WARNED', configuration: [] },
    { result: 'GREEN', configuration: [] },
  ],
  [
    'https://in-toto.io/attestation/scai/v0.3',
    { attributes: [{ attribute: 'a' }, { attribute: 'b' }] },
    { attributes: [{ attribute: 'a' }, {}] },
  ],
  ['https://in-toto.io/Link/v1', { name: 'l', materials: {}, products: {} }, { name: 'l', materials: {} }],
];

test.each(good)('%s', (uri, predicate, broken) => {
  expect(readPredicate(statement(uri, predicate)).type).toBe(predicateTypeOf(uri));
  expect(predicateTypeOf(uri)).toBeDefined();
  expect(() => readPredicate(statement(uri, broken))).toThrow(
    expect.objectContaining({ code: 'PREDICATE_INVALID' }),
  );
});

test('a type that is not known says so, and is not looked at', () => {
  expect(readPredicate(statement('https://example.com/x', { any: 1 })).type).toBeUndefined();
  expect(predicateTypeOf('https://spdx.dev/Documents')).toBeUndefined();
  expect(predicateTypeOf('https://slsa.dev/provenance/v1/x')).toBeUndefined();
});

test('the message names the member and the type', () => {
  expect(() =>
    readPredicate(statement('https://in-toto.io/attestation/scai/v0.3', { attributes: [{}] })),
  ).toThrow('the statement.predicate.attributes[].attribute is missing, in a predicate of type SCAI report');
});
