import { isKeelsonError, type JsonValue } from '@keelson/core';
import { OciError, parseDigest } from '@keelson/oci';
import { emptyTrustedRoot } from '@keelson/signing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admitImage } from './model/evaluate.ts';
import { readImagePolicies } from './read-policies.ts';
import { evidenceOf } from './testing/evidence.ts';
import { newPair, pemOf } from './testing/signatures.ts';
import { PolicyImages } from './verifier/policy-images.ts';

const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
const pem = pemOf(newPair());
const gone = new OciError('CONTENT_NOT_FOUND', 'it is gone');
const identity = { issuer: 'https://a.example', subjectRegExp: 'b' };
const rego = { type: 'rego', data: 'package sigstore\nisCompliant { input.a }' };
const whole: JsonValue = {
  apiVersion: 'policy.sigstore.dev/v1alpha1',
  kind: 'ClusterImagePolicy',
  metadata: { name: 'a' },
  spec: {
    mode: 'warn',
    images: [{ glob: '**' }],
    match: [{ resource: 'pods', version: '*', selector: { matchLabels: { a: 'b' } } }],
    policy: { ...rego, includeSpec: true },
    authorities: [
      { name: 'a', static: { action: 'pass' } },
      { key: { secretRef: { name: 'a' } }, ctlog: { url: 'https://a.example' } },
      {
        key: {
          kms: 'awskms://a:1/arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
        },
      },
      {
        keyless: { url: 'https://a.example', identities: [identity], trustRootRef: 'r' },
        source: [{ oci: 'a.example/b', tagPrefix: 'c', signaturePullSecrets: [{ name: 's' }] }],
        rfc3161timestamp: { trustRootRef: 'r' },
        attestations: [{ name: 'a', predicateType: 'spdx', policy: rego }],
        signatureFormat: 'bundle',
      },
    ],
  },
};
const log = { baseURL: 'https://a.example', hashAlgorithm: 'sha-256', publicKey: 'AAAA' };
const authority = {
  uri: 'https://a.example',
  subject: { organization: 'a', commonName: 'b' },
  certChain: 'AAAA',
};
const root: JsonValue = {
  apiVersion: 'policy.sigstore.dev/v1alpha1',
  kind: 'TrustRoot',
  metadata: { name: 'r' },
  spec: {
    sigstoreKeys: {
      certificateAuthorities: [authority],
      timestampAuthorities: [authority],
      tLogs: [log],
      ctLogs: [log],
    },
  },
};

const attestors = [
  {
    count: 1,
    entries: [
      {
        keys: {
          publicKeys: 'k8s://a/s',
          signatureAlgorithm: 'sha256',
          rekor: { url: 'x', ignoreTlog: true },
        },
        annotations: { a: 'b' },
      },
      {
        keyless: {
          issuer: 'a*',
          subjectRegExp: 'b',
          rekor: { url: 'x' },
          additionalExtensions: { oidcIssuer: 'c' },
        },
      },
      { certificates: { certChain: 'AAAA', ctlog: { ignoreSCT: true, tsaCertChain: 'AAAA' } } },
      { attestor: { entries: [{ keys: { kms: 'awskms:///a' } }] } },
    ],
  },
];
const condition = { key: '{{ a[?b==`1`].c | [0] }}', operator: 'AllIn', value: ['{{ d }}', 'e*'] };
const clusterPolicy: JsonValue = {
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  metadata: { name: 'a' },
  spec: {
    validationFailureAction: 'Enforce',
    rules: [
      {
        name: 'r',
        match: { any: [{ resources: { kinds: ['Pod'], selector: { matchLabels: { a: 'b' } } } }] },
        exclude: { all: [{ resources: { namespaces: ['a*'], names: ['b'] }, subjects: [{}] }] },
        preconditions: { any: [condition] },
        verifyImages: [
          {
            imageReferences: ['*'],
            skipImageReferences: ['x?'],
            attestors,
            attestations: [{ type: 'a', attestors, conditions: [{ all: [condition], any: [condition] }] }],
            mutateDigest: false,
          },
        ],
      },
    ],
  },
};

const rules: JsonValue = {
  apiVersion: 'policies.kyverno.io/v1',
  kind: 'ImageValidatingPolicy',
  metadata: { name: 'a' },
  spec: {
    matchConstraints: {
      resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], resources: ['pods'], operations: ['*'] }],
      objectSelector: { matchLabels: { a: 'b' } },
    },
    validationConfigurations: { verifyDigest: true, mutateDigest: false },
    matchConditions: [{ name: 'a', expression: 'object.a' }],
    matchImageReferences: [{ glob: '{a,*}' }, { expression: 'ref != ""' }],
    images: [{ name: 'b', expression: '["a"]' }],
    variables: [{ name: 'v', expression: 'images.containers' }],
    attestors: [
      { name: 'a', cosign: { key: { data: 'x' }, ctlog: { url: 'u', tsaCertChain: 'y' } } },
      { name: 'b', notary: { certs: { value: 'x' }, tsaCerts: { value: 'y' } } },
      { name: 'c', cosign: { keyless: { identities: [{ issuer: 'i', subjectRegExp: 's' }], roots: 'z' } } },
    ],
    attestations: [
      { name: 's', intoto: { type: 'spdx' } },
      { name: 'r', referrer: { type: 't' } },
    ],
    validations: [
      {
        expression: 'variables.v.all(i, verifyImageSignatures(i, [attestors.a, attestors.b]) > 0)',
        messageExpression: 'string(size(images))',
      },
      { expression: 'images.containers.all(i, extractPayload(i, attestations.s).a == getImageData(i).b)' },
    ],
  },
};

const own: JsonValue = {
  apiVersion: 'keelson.dev/v1alpha1',
  kind: 'ImagePolicy',
  metadata: { name: 'a' },
  spec: {
    images: ['**'],
    mode: 'enforce',
    signers: {
      k: { key: 'a.pub', log: 'not-required', timestamp: 'required' },
      i: {
        identities: [{ ...identity, claims: { sourceRepositoryUri: 'x' } }],
        certificateLog: 'required',
      },
    },
    signatures: { signedBy: ['i', 'k'], threshold: 1 },
    attestations: [
      {
        name: 'a',
        type: 'spdx',
        signedBy: ['i'],
        maxAge: '1h',
        rules: [{ cel: 'predicate.a && now > timestamp(image.name)', message: 'm' }],
        rego: 'package a\nallow if input.predicate.a\ndeny contains "x" if input.now == 1',
      },
    ],
    levels: ['SLSA_BUILD_LEVEL_2'],
  },
};
const trustPolicy: JsonValue = {
  version: '1.0',
  trustPolicies: [
    {
      name: 'a',
      registryScopes: ['a.example/b'],
      signatureVerification: { level: 'strict', override: { expiry: 'log' }, verifyTimestamp: 'always' },
      trustStores: ['ca:a', 'tsa:b'],
      trustedIdentities: ['x509.subject: C=US, ST=WA, O=a'],
    },
  ],
};
const ratify = (kind: string, spec: JsonValue): JsonValue => ({
  apiVersion: 'config.ratify.deislabs.io/v1beta1',
  kind,
  metadata: { name: 'k', namespace: 'n' },
  spec,
});
const cosignVerifier = ratify('NamespacedVerifier', {
  name: 'cosign',
  artifactTypes: 'a,*',
  parameters: {
    trustPolicies: [
      {
        name: 'a',
        scopes: ['a.example/*'],
        keys: [{ provider: 'k', name: 'n', version: 'v' }],
        tLogVerify: false,
      },
      {
        name: 'b',
        scopes: ['*'],
        keyless: { ctLogVerify: true, certificateIdentity: 'a', certificateOIDCIssuerRegExp: 'b' },
        rekorURL: 'https://a.example',
      },
    ],
  },
});
const notationVerifier = ratify('Verifier', {
  name: 'v',
  type: 'notation',
  artifactTypes: 'application/vnd.cncf.notary.signature',
  parameters: { verificationCertStores: { ca: { a: ['n/k', 'k'] } }, trustPolicyDoc: trustPolicy },
});
const keyProvider = ratify('KeyManagementProvider', {
  type: 'inline',
  refreshInterval: '1m',
  parameters: { contentType: 'key', value: 'x' },
});
const ratifyPolicy = ratify('Policy', {
  type: 'config-policy',
  parameters: { artifactVerificationPolicies: { a: 'any', default: 'all' } },
});

/** The value with the `at`th of its nodes, counted in depth, replaced. */
function withNode(value: JsonValue, at: number, other: JsonValue): JsonValue {
  let left = at;
  const walk = (node: JsonValue): JsonValue => {
    if (left-- === 0) return other;
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, walk(item)]));
  };
  return walk(value);
}

const odd = fc.oneof(
  fc.constantFrom<JsonValue>(null, true, 0, -1, '', [], {}, [null], [{}], '[', '\u0000', '****', '__proto__'),
  fc.string(),
  fc.dictionary(fc.constantFrom('__proto__', 'key', 'keyless', 'static', 'data', 'constructor'), fc.string()),
);

test.each([
  ['a policy', whole],
  ['a trust root', root],
  ['a policy of Kyverno', clusterPolicy],
  ['rules of Kyverno', rules],
  ['a policy of keelson', own],
  ['a trust policy', trustPolicy],
  ['a verifier of Ratify for cosign', cosignVerifier],
  ['a verifier of Ratify for notation', notationVerifier],
  ['a provider of Ratify', keyProvider],
  ['a policy of Ratify', ratifyPolicy],
])('%s with anything in it is read and judged, or refused in words', async (_, document) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(140), odd, async (at, other) => {
      const texts = [withNode(document, at, other), whole].map((each) => JSON.stringify(each));
      try {
        const policies = readImagePolicies([{ name: 'a.yaml', text: texts.join('\n---\n') }], {
          publicRoot: emptyTrustedRoot,
          trustStores: { certificates: () => [] },
          readBeside: () => Buffer.from(pem),
          now: 0,
          images: new PolicyImages(() => Promise.reject(gone), { now: 0 }),
        });
        await admitImage({ name: 'a.example/b', evidence: evidenceOf(digest) }, policies);
      } catch (error) {
        expect(isKeelsonError(error), String(error)).toBe(true);
      }
    }),
    { numRuns: 2_000, seed: 6 },
  );
});

test('any text is refused in words', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      expect(() => readImagePolicies([{ name: 'a.yaml', text }])).toThrow(
        expect.objectContaining({ name: 'KeelsonError' }),
      );
    }),
    { numRuns: 500, seed: 6 },
  );
});
