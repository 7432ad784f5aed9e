import { generateKeyPairSync } from 'node:crypto';
import { isKeelsonError, type JsonObject, type JsonValue } from '@keelson/core';
import { pae, writeEnvelope } from '@keelson/envelopes';
import {
  basicConstraints,
  extendedKeyUsage,
  issueCertificate,
  keyPurposes,
  keyUsage,
  publicKeyOfKeyObject,
  sign,
  subjectAlternativeName,
  writePem,
} from '@keelson/pki';
import {
  type AcceptedSigner,
  artifactOfDigest,
  type BundleRequirements,
  emptyTrustedRoot,
  exactly,
  verifyBundle,
  writeSimpleSigning,
} from '@keelson/signing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runProvenance } from './provenance.ts';
import { readRun } from './run.ts';
import { bundleOfPart, readSignedParts, verifyPartAsBundle, verifySignedPart } from './signed-run.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = publicKeyOfKeyObject(publicKey);
const other = publicKeyOfKeyObject(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
const statementType = 'application/vnd.in-toto+json';
const hex = 'ab'.repeat(32);

function run(uid: string, annotations: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'tekton.dev/v1',
    kind: 'TaskRun',
    metadata: { name: 'build', uid, annotations },
    spec: {},
    status: {
      startTime: '2026-01-01T10:00:00Z',
      completionTime: '2026-01-01T11:00:00+01:00',
      steps: [{ name: 's', imageID: `docker-pullable://reg.test/tool@sha256:${hex}` }],
      results: [
        { name: 'IMAGE_URL', value: 'reg.test/app:1' },
        { name: 'IMAGE_DIGEST', value: `sha256:${hex}` },
      ],
    },
  };
}

function chained(
  uid: string,
  payload: Uint8Array,
  name = `taskrun-${uid}`,
  payloadType = statementType,
): JsonObject {
  const sig = sign(privateKey, 'ecdsa-sha256', pae(payloadType, payload));
  const envelope = writeEnvelope({ payloadType, payload, signatures: [{ sig }] });
  return {
    [`chains.tekton.dev/payload-${name}`]: Buffer.from(payload).toString('base64'),
    [`chains.tekton.dev/signature-${name}`]: Buffer.from(envelope).toString('base64'),
    [`chains.tekton.dev/cert-${name}`]: '',
    [`chains.tekton.dev/chain-${name}`]: '',
    'chains.tekton.dev/signed': 'true',
  };
}

function simpleSigning(digest: string): Uint8Array {
  return writeSimpleSigning({ digest, reference: 'reg.test/app', annotations: new Map() });
}

function statement(uid: string): Buffer {
  const options = { format: 'slsa/v2alpha4', builderId: 'https://builder.test' } as const;
  return Buffer.from(JSON.stringify(runProvenance(readRun(run(uid)), options)));
}

test('what Tekton Chains signed on a run holds for its key, and as a bundle for the image', () => {
  const signed = readRun(run('1', chained('1', statement('1'))));
  const [part] = readSignedParts(signed);
  if (part === undefined) throw new Error('there is no part');
  expect(part.key).toBe('taskrun-1');
  expect(Buffer.from(verifySignedPart(signed, part, key)).equals(statement('1'))).toBe(true);
  const verified = verifyBundle(bundleOfPart(part), artifactOfDigest(`sha256:${hex}`), {
    trustedRoot: emptyTrustedRoot,
    signer: { kind: 'key', key },
    logEntries: 0,
    timestamps: 0,
    certificateLogged: false,
  });
  expect(verified.statement?.predicateType).toBe('https://slsa.dev/provenance/v1');
});

/** A certificate for the key, the authority between it and the root, and who trusts the root alone. */
function certified() {
  const period = { notBefore: Date.UTC(2026, 0, 1), notAfter: Date.UTC(2026, 0, 2) };
  const authority = { ...period, extensions: [basicConstraints(true), keyUsage(['keyCertSign'])] };
  const [rootKey, middleKey] = [0, 1].map(
    () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  );
  if (rootKey === undefined || middleKey === undefined) throw new Error('there are no keys');
  const root = issueCertificate({ ...authority, subject: [['CN', 'root']], key: rootKey });
  const middle = issueCertificate({
    ...authority,
    subject: [['CN', 'middle']],
    key: middleKey,
    issuer: { certificate: root, key: rootKey },
  });
  const leaf = issueCertificate({
    ...period,
    subject: [['CN', 'signer']],
    key: privateKey,
    issuer: { certificate: middle, key: middleKey },
    extensions: [
      keyUsage(['digitalSignature']),
      extendedKeyUsage([keyPurposes.codeSigning]),
      subjectAlternativeName([{ type: 'uri', value: 'https://chains.test' }], true),
      {
        oid: '1.3.6.1.4.1.57264.1.1',
        critical: false,
        value: Buffer.from('https://issuer.test'),
      },
    ],
  });
  const signer: AcceptedSigner = {
    kind: 'identities',
    identities: [{ subject: exactly('https://chains.test'), issuer: exactly('https://issuer.test') }],
  };
  const requirements: BundleRequirements = {
    trustedRoot: {
      ...emptyTrustedRoot,
      certificateAuthorities: [
        { uri: '', validity: { start: 0, end: undefined }, leaf: undefined, intermediates: [], root },
      ],
    },
    signer,
    logEntries: 0,
    timestamps: 0,
    certificateLogged: false,
    fallbackTime: Date.UTC(2026, 0, 1, 12),
  };
  return {
    certificate: writePem('CERTIFICATE', leaf.bytes),
    chain: [middle, root].map(({ bytes }) => writePem('CERTIFICATE', bytes)).join(''),
    requirements,
  };
}

test('a certificate that Tekton Chains keeps holds by its chain, for who is asked for', () => {
  const { certificate, chain, requirements } = certified();
  const signed = readRun(run('1', chained('1', statement('1'))));
  const verified = (changes: object, asked: Partial<BundleRequirements> = {}) => {
    const [part] = readSignedParts(signed);
    if (part === undefined) throw new Error('there is no part');
    return verifyPartAsBundle(signed, { ...part, ...changes }, { ...requirements, ...asked });
  };
  expect(verified({ certificate, chain }).identity?.subjects).toEqual(['https://chains.test']);
  const refused = (code: string) => expect.objectContaining({ code });
  expect(() => verified({ certificate })).toThrow(refused('CERTIFICATE_UNTRUSTED'));
  expect(() => verified({ chain })).toThrow(refused('CERTIFICATE_EXPECTED'));
  expect(() => verified({ certificate, chain }, { signer: { kind: 'key', key } })).toThrow(
    refused('KEY_EXPECTED'),
  );
  expect(() => verified({ certificate: certified().certificate, chain })).toThrow(
    refused('CERTIFICATE_UNTRUSTED'),
  );
  expect(() => verified({ certificate, chain, payload: Buffer.from('{}') })).toThrow();
});

test.each<[name: string, object: JsonObject, code: string]>([
  ['another run', run('2', chained('1', statement('1'))), 'RUN_SIGNATURE_WRONG'],
  ['a statement of another run', run('2', chained('2', statement('1'))), 'RUN_SIGNATURE_WRONG'],
  ['a pipeline', run('1', chained('1', statement('1'), 'pipelinerun-1')), 'RUN_SIGNATURE_WRONG'],
  [
    'an envelope of another type',
    run('1', chained('1', statement('1'), undefined, 'text/plain')),
    'RUN_SIGNATURE_WRONG',
  ],
  [
    'another payload beside the envelope',
    run('1', { ...chained('1', statement('1')), 'chains.tekton.dev/payload-taskrun-1': 'e30=' }),
    'RUN_SIGNATURE_WRONG',
  ],
  [
    'an envelope that is none',
    run('1', { ...chained('1', statement('1')), 'chains.tekton.dev/signature-taskrun-1': 'e30=' }),
    'RUN_INVALID',
  ],
  ['no payload', run('1', { 'chains.tekton.dev/signature-taskrun-1': 'e30=' }), 'RUN_UNSIGNED'],
  ['no annotations', run('1'), 'RUN_UNSIGNED'],
  ['no base64', run('1', { 'chains.tekton.dev/signature-taskrun-1': '*' }), 'RUN_INVALID'],
])('%s is refused', (_, object, code) => {
  expect(() => {
    const read = readRun(object);
    for (const part of readSignedParts(read)) verifySignedPart(read, part, key);
  }).toThrow(expect.objectContaining({ code }));
});

test('another key is refused, and so is a signature that stands alone with another payload', () => {
  const signed = readRun(run('1', chained('1', statement('1'))));
  const payload = simpleSigning(`sha256:${hex}`);
  const signature = sign(privateKey, 'ecdsa-sha256', payload);
  for (const part of readSignedParts(signed)) {
    expect(() => verifySignedPart(signed, part, other)).toThrow(/does not hold/);
    const image = { ...part, key: hex.slice(0, 12), payload, signature };
    expect(Buffer.from(verifySignedPart(signed, image, key)).equals(payload)).toBe(true);
    expect(() => verifySignedPart(signed, { ...image, payload: Buffer.from('other') }, key)).toThrow(
      /does not hold/,
    );
    expect(() => verifySignedPart(signed, { ...image, key: '0123456789ab' }, key)).toThrow(/another image/);
    expect(() => verifySignedPart(signed, { ...image, key: part.key }, key)).toThrow(/no statement/);
    const text = Buffer.from('text');
    const alone = { ...image, payload: text, signature: sign(privateKey, 'ecdsa-sha256', text) };
    expect(() => verifySignedPart(signed, alone, key)).toThrow(/neither a statement nor an image/);
  }
});

test('times are in UTC, and names of images in full', () => {
  const text = statement('1').toString();
  expect(text).toContain('"finishedOn":"2026-01-01T10:00:00Z"');
  expect(text).toContain('"subject":[{"name":"reg.test/app"');
  expect(text).toContain('"uri":"oci://reg.test/tool"');
});

test('whatever a run is, only errors of keelson come out', () => {
  const names = fc.constantFrom(
    'IMAGE_URL',
    'a-IMAGE_DIGEST',
    'IMAGES',
    'b-ARTIFACT_OUTPUTS',
    'CHAINS-GIT_URL',
  );
  const value = fc.oneof(
    fc.string(),
    fc.jsonValue(),
    fc.record({ uri: fc.string(), digest: fc.string(), isBuildArtifact: fc.constant('true') }),
  );
  const results = fc.array(fc.record({ name: names, value }));
  const status = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        results: fc.oneof(results, fc.jsonValue()),
        steps: fc.jsonValue(),
        provenance: fc.jsonValue(),
        pipelineSpec: fc.jsonValue(),
        conditions: fc.jsonValue(),
      },
      { requiredKeys: ['results'] },
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom('TaskRun', 'PipelineRun'), status, fc.jsonValue(), (kind, made, spec) => {
      const object: JsonValue = JSON.parse(JSON.stringify({ kind, status: made, spec }));
      for (const format of ['slsa/v1', 'slsa/v2alpha3', 'slsa/v2alpha4'] as const)
        try {
          runProvenance(readRun(object), { format, builderId: '' });
        } catch (error) {
          expect(isKeelsonError(error), String(error)).toBe(true);
        }
    }),
    { seed: 6, numRuns: 1_000 },
  );
});
