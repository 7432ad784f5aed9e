import { isKeelsonError, type JsonValue } from '@keelson/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admitImage } from '../model/evaluate.ts';
import { readImagePolicies } from '../read-policies.ts';
import { ImageWorld, notary, now, sbom, scan, stranger } from '../testing/image-world.ts';
import { wordsOf } from '../testing/kyverno.ts';
import { PolicyImages } from '../verifier/policy-images.ts';

const world = new ImageWorld();
beforeAll(() => world.fill());
afterAll(() => world.remove());

const by = (cert: string) => [{ entries: [{ certificates: { cert } }] }];
const all = (key: string, operator: string, value: JsonValue) => [{ all: [{ key, operator, value }] }];
const isCycloneDx = all('{{ bomFormat }}', 'Equals', 'CycloneDX');

async function verdictOf(entry: object, name = 'r.example/signed:1') {
  const images = new PolicyImages(world.open, { now });
  const document = {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name: 'p' },
    spec: {
      rules: [
        {
          name: 'r',
          match: { any: [{ resources: { kinds: ['Pod'] } }] },
          verifyImages: [{ type: 'Notary', imageReferences: ['*'], failureAction: 'Enforce', ...entry }],
        },
      ],
    },
  };
  const files = [{ name: 'policy.yaml', text: JSON.stringify(document) }];
  const policies = readImagePolicies(files, { now, images });
  const verdict = await admitImage({ name, evidence: await images.evidence(name) }, policies);
  if (verdict.isAdmitted) return 'admitted';
  const faults = verdict.policies.flatMap(({ fault, parts }) => [fault, ...parts.flatMap(wordsOf)]);
  return faults.map((fault) => (isKeelsonError(fault) ? fault.format() : '')).join('\n');
}

const made = (operator: string) => ({
  attestations: [
    { name: 'sbom', type: sbom, attestors: by(notary) },
    { name: 'scan', type: scan, attestors: by(notary) },
  ],
  validate: {
    message: 'the scan is older',
    deny: {
      conditions: {
        any: [{ key: "{{ time_after('{{ sbom.made }}', '{{ scan.made }}') }}", operator, value: true }],
      },
    },
  },
});

test.each<[string, object, string]>([
  ['a certificate', { attestors: by(notary) }, 'admitted'],
  ['another certificate', { attestors: by(stranger) }, 'CERTIFICATE_UNTRUSTED'],
  ['no certificate', { attestors: by('x') }, 'IMAGE_POLICY_INVALID'],
  ['an artifact', { attestations: [{ type: sbom, attestors: by(notary) }] }, 'admitted'],
  [
    'an artifact of others',
    { attestations: [{ type: sbom, attestors: by(stranger) }] },
    'CERTIFICATE_UNTRUSTED',
  ],
  ['no artifact', { attestations: [{ type: 'a/b', attestors: by(notary) }] }, 'no artifact of type a/b'],
  [
    'a condition',
    { attestations: [{ type: sbom, attestors: by(notary), conditions: isCycloneDx }] },
    'admitted',
  ],
  [
    'a condition that does not hold',
    { attestations: [{ type: scan, attestors: by(notary), conditions: isCycloneDx }] },
    'there is nothing at {{ bomFormat }}',
  ],
  ['conditions over two', made('Equals'), 'admitted'],
  ['conditions over two that do not hold', made('NotEquals'), 'the scan is older'],
])('%s', async (_, entry, expected) => {
  expect(await verdictOf(entry)).toContain(expected);
});

test('an image that nobody has signed', async () => {
  expect(await verdictOf({ attestors: by(notary) }, 'r.example/plain:1')).toContain(
    'no signature of the Notary',
  );
});

test('an attestation by nobody is none', async () => {
  await expect(verdictOf({ attestations: [{ type: sbom }] })).rejects.toThrow('an attestor is required');
});
