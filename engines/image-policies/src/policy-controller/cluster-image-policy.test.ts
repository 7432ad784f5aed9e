import { isObject, type JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { readClusterImagePolicy } from './cluster-image-policy.ts';
import { globFault, globTest } from './glob.ts';

const identity = { issuer: 'https://a.example', subject: 'dev@a.example' };
const keyless = { keyless: { identities: [identity] } };

function refusal(spec: { readonly [name: string]: JsonValue }): string {
  try {
    const object = { apiVersion: 'policy.sigstore.dev/v1beta1', kind: 'ClusterImagePolicy', spec };
    if (!isObject(object)) return '';
    readClusterImagePolicy(object);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const images = [{ glob: '**' }];

test.each<[string, { readonly [name: string]: JsonValue }, string]>([
  ['all is well', { images, authorities: [keyless] }, ''],
  ['no images', { images: [], authorities: [keyless] }, 'validation failed: missing field(s): spec.images'],
  [
    'images that are not there',
    { authorities: [keyless] },
    'ClusterImagePolicy.policy.sigstore.dev is invalid: spec.images: Invalid value: "null": spec.images in body must be of type array: "null"',
  ],
  ['no authorities', { images }, 'validation failed: missing field(s): spec.authorities'],
  [
    'a glob that is none',
    { images: [{ glob: 'a(b' }], authorities: [keyless] },
    'validation failed: invalid value: a(b: spec.images[0].glob\nglob is invalid: invalid glob "a(b"',
  ],
  [
    'faults that differ in the field are one',
    { images: [{ glob: '' }, {}], authorities: [{ static: {} }] },
    'validation failed: missing field(s): spec.authorities[0].static.action, spec.images[0].glob, spec.images[1].glob',
  ],
  [
    'static with more',
    { images, authorities: [{ static: { action: 'pass' }, ctlog: {}, rfc3161timestamp: {} }] },
    'validation failed: expected exactly one, got both: spec.authorities[0].ctlog, spec.authorities[0].rfc3161timestamp, spec.authorities[0].static',
  ],
  [
    'a hash',
    { images, authorities: [{ key: { kms: 'gcpkms://x', hashAlgorithm: 'md5' } }] },
    'validation failed: invalid value: md5: spec.authorities[0].key.hashAlgorithm',
  ],
  [
    'a key service',
    { images, authorities: [{ key: { kms: 'vault://x' } }] },
    'validation failed: invalid value: vault://x: spec.authorities[0].key.kms\nmalformed KMS format, should be prefixed by any of the supported providers: [awskms:// azurekms:// hashivault:// gcpkms://]',
  ],
  [
    'an attestation',
    { images, authorities: [{ ...keyless, attestations: [{ policy: { type: 'cel', includeSpec: true } }] }] },
    [
      'validation failed: invalid value: cel: spec.authorities[0].attestations.policy.type',
      'only [cue,rego] are supported at the moment',
      'missing field(s): spec.authorities[0].attestations.name, spec.authorities[0].attestations.policy.configMapRef, spec.authorities[0].attestations.policy.data, spec.authorities[0].attestations.policy.remote, spec.authorities[0].attestations.predicateType',
      'must not set the field(s): spec.authorities[0].attestations.policy.includeSpec',
    ].join('\n'),
  ],
  [
    'a misspelled field',
    { images, authorities: [{ ...keyless, attestation: [] }] },
    'strict decoding error: unknown field "spec.authorities[0].attestation"',
  ],
  [
    'a type',
    { images, authorities: [{ ...keyless, source: [{ oci: 'a.example/x', tagPrefix: true }] }] },
    'spec.authorities[0].source[0].tagPrefix: Invalid value: "boolean": spec.authorities[0].source[0].tagPrefix in body must be of type string: "boolean"',
  ],
  [
    'a secret elsewhere',
    { images, authorities: [{ key: { secretRef: { name: 'a', namespace: 'b' } } }] },
    'validation failed: invalid value: b: spec.authorities[0].key.secretref.namespace\nsecretref.namespace is invalid. If set, it should use the same namespace where the policy-controller was deployed',
  ],
])('%s', (_, spec, wanted) => {
  expect(refusal(spec)).toBe(wanted);
});

test.each([
  ['*', 'nginx', true],
  ['*/*', 'me/app', true],
  ['nginx*', 'nginx', true],
  ['index.docker.io/library/nginx:*', 'nginx:1', true],
  ['index.docker.io/library/nginx', 'nginx', false],
  ['ghcr.io/a/*', 'ghcr.io/a/b/c:1', false],
  ['ghcr.io/a/**', 'ghcr.io/a/b/c:1', true],
  ['ghcr.io/a/b:*', `ghcr.io/a/b:1@sha256:${'0'.repeat(64)}`, true],
  ['ghcr.io/a/b@sha256:*', `ghcr.io/a/b:1@sha256:${'0'.repeat(64)}`, true],
  ['ghcr.io/a/b*', 'ghcrxio/a/b', false],
  ['ghcr.io/a/b', 'evil.example/ghcr.io/a/b', false],
])('the glob %s and the image %s: %s', (glob, image, is) => {
  expect(globFault(glob)).toBeUndefined();
  expect(globTest(glob)(image)).toBe(is);
});

test.each([
  ['[', 'syntax error in pattern'],
  ['a\\', 'syntax error in pattern'],
  ['[]a]', 'syntax error in pattern'],
  ['[a-]', 'syntax error in pattern'],
  ['[a-c]', 'invalid glob "[a-c]"'],
  ['a b', 'invalid glob "a b"'],
])('no glob: %s', (glob, fault) => {
  expect(globFault(glob)).toBe(fault);
});
