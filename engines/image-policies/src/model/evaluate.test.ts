import { isKeelsonError } from '@keelson/core';
import type { StoredSignature } from '@keelson/signing';
import { expect, test } from 'vitest';
import { readImagePolicies } from '../read-policies.ts';
import { evidenceOf } from '../testing/evidence.ts';
import { attestationBy, digest, type KeyPair, newPair, pemOf, signatureBy } from '../testing/signatures.ts';
import { admitImage } from './evaluate.ts';
import type { Workload } from './workload.ts';

const [ours, theirs] = [newPair(), newPair()];
const attestedBy = (pair: KeyPair, data: string, type?: string) => attestationBy(pair, { Data: data }, type);

const key = (pair: KeyPair, more: object = {}) => ({ key: { data: pemOf(pair) }, ...more });

function policy(authorities: readonly object[], more: object = {}, glob = '**') {
  return {
    apiVersion: 'policy.sigstore.dev/v1beta1',
    kind: 'ClusterImagePolicy',
    metadata: { name: 'p' },
    spec: { images: [{ glob }], authorities, ...more },
  };
}

const rego = (body: string) => ({ type: 'rego', data: `package sigstore\n${body}` });
const custom = (body: string) => ({
  attestations: [{ name: 'a', predicateType: 'custom', policy: rego(body) }],
});
const isShop = 'isCompliant { input.predicate.Data == "shop" }';
const deployment: Workload = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  object: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { labels: { app: 'web' } },
    spec: { replicas: 2 },
  },
};
const [pass, fail] = ['pass', 'fail'].map((action) => ({ static: { action, message: 'no' } }));
if (pass === undefined || fail === undefined) throw new Error('two authorities were made');

test.each<[string, object[], StoredSignature[], boolean, string?]>([
  ['a signature of the key', [policy([key(ours)])], [signatureBy(ours)], true],
  ['of another key', [policy([key(ours)])], [signatureBy(theirs)], false, 'SIGNATURE_WRONG'],
  ['none', [policy([key(ours)])], [], false, 'no signature is by whom'],
  ['one authority is enough', [policy([key(theirs), key(ours)])], [signatureBy(ours)], true],
  ['every policy counts', [policy([pass]), policy([key(theirs)])], [signatureBy(ours)], false],
  ['a policy about other images', [policy([pass]), policy([fail], {}, 'b.example/**')], [], true],
  ['no policy is about the image', [policy([pass], {}, 'b.example/**')], [], false],
  ['static fail without a word', [policy([{ static: { action: 'fail' } }])], [], false, 'static policy ['],
  ['static fail', [policy([fail])], [signatureBy(ours)], false, 'disallowed by static policy: no'],
  ['a policy that warns', [policy([fail], { mode: 'warn' })], [], true],
  [
    'a log that no trust root is given for',
    [policy([key(ours, { ctlog: { url: 'https://rekor.example' } })])],
    [signatureBy(ours)],
    false,
    '--trusted-root',
  ],
  [
    'a trust root that is not there',
    [policy([key(ours, { ctlog: { trustRootRef: 'x' } })])],
    [signatureBy(ours)],
    false,
    'the TrustRoot x',
  ],
  [
    'a Secret',
    [
      policy([{ key: { secretRef: { name: 's' } } }]),
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's' },
        stringData: { 'cosign.pub': pemOf(ours) },
      },
    ],
    [signatureBy(ours)],
    true,
  ],
  ['an attestation', [policy([key(ours, custom(isShop))])], [attestedBy(ours, 'shop')], true],
  [
    'an attestation of other words',
    [policy([key(ours, custom(isShop))])],
    [attestedBy(ours, 'x')],
    false,
    'isCompliant',
  ],
  [
    'one of two',
    [policy([key(ours, custom(isShop))])],
    [attestedBy(ours, 'x'), attestedBy(ours, 'shop')],
    true,
  ],
  [
    'an attestation of another type',
    [policy([key(ours, custom(isShop))])],
    [attestedBy(ours, 'shop', 'https://spdx.dev/Document')],
    false,
    'it is an attestation of type https://spdx.dev/Document',
  ],
  [
    'an attestation of another key',
    [policy([key(ours, custom(isShop))])],
    [attestedBy(theirs, 'shop')],
    false,
    'SIGNATURE_WRONG',
  ],
  [
    'a signature where an attestation is asked for',
    [policy([key(ours, custom(isShop))])],
    [signatureBy(ours)],
    false,
    'IMAGE_SIGNATURE_UNWANTED',
  ],
  [
    'an attestation where a signature is asked for',
    [policy([key(ours)])],
    [attestedBy(ours, 'shop')],
    false,
    'IMAGE_SIGNATURE_UNWANTED',
  ],
  [
    'a warning of a rule',
    [policy([key(ours, custom('isCompliant = {"result": true, "warning": "old"}'))])],
    [attestedBy(ours, 'x')],
    false,
    'old',
  ],
  [
    'an error of a rule',
    [policy([key(ours, custom('isCompliant = {"result": false, "error": "bad"}'))])],
    [attestedBy(ours, 'x')],
    false,
    'bad',
  ],
  [
    'a rule that does not compile',
    [policy([key(ours, custom('isCompliant {'))])],
    [attestedBy(ours, 'x')],
    false,
    'does not compile',
  ],
  ['CUE', [policy([pass], { policy: { type: 'cue', data: 'a: 1' } })], [], false, 'CUE'],
  [
    'CUE over an attestation that is not there',
    [
      policy([
        key(ours, {
          attestations: [{ name: 'a', predicateType: 'custom', policy: { type: 'cue', data: 'a: 1' } }],
        }),
      ]),
    ],
    [],
    false,
    'IMAGE_POLICY_UNSUPPORTED',
  ],
  [
    'over all authorities',
    [
      policy([pass, key(ours)], {
        policy: rego(
          'isCompliant { count(input.authorityMatches) == 2; count(input.authorityMatches["authority-1"].signatures) == 1 }',
        ),
      }),
    ],
    [signatureBy(ours)],
    true,
  ],
  [
    'over the one that passed',
    [policy([pass, key(ours)], { policy: rego('isCompliant { count(input.authorityMatches) == 2 }') })],
    [],
    false,
  ],
  [
    'over what runs it',
    [
      policy([pass], {
        policy: {
          ...rego(
            'isCompliant { input.spec.replicas == 2; input.typemeta.kind == "Deployment"; not input.metadata }',
          ),
          includeSpec: true,
          includeTypeMeta: true,
        },
      }),
    ],
    [],
    true,
  ],
  [
    'a match',
    [
      policy([pass], {
        match: [
          { group: 'apps', version: '*', resource: 'deployments', selector: { matchLabels: { app: 'web' } } },
        ],
      }),
    ],
    [],
    true,
  ],
  [
    'a match of others',
    [
      policy([pass], {
        match: [
          { group: 'apps', version: 'v1', resource: 'deployments', selector: { matchLabels: { app: 'db' } } },
        ],
      }),
    ],
    [],
    false,
  ],
])('%s', async (_, documents, found, isAdmitted, reason) => {
  const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
  const policies = readImagePolicies([{ name: 'policy.yaml', text }]);
  const image = { name: 'r.example/a:1', evidence: evidenceOf(digest, found), workload: deployment };
  const verdict = await admitImage(image, policies);
  expect(verdict.isAdmitted).toBe(isAdmitted);
  const told = verdict.policies.flatMap(({ fault, parts }) => [
    fault,
    ...parts.flatMap((each) => [each.fault, ...each.refused.map((refused) => refused.fault)]),
  ]);
  const words = told.map((fault) => (isKeelsonError(fault) ? fault.format() : '')).join('\n');
  if (reason !== undefined) expect(words).toContain(reason);
});

test.each([
  ['nothing', 'a: 1', 'is no policy of images'],
  [
    'another kind',
    '{apiVersion: kyverno.io/v1, kind: UpdateRequest}',
    'kyverno.io/v1 UpdateRequest is no policy',
  ],
  ['no document', '', 'no policy of images is in'],
  ['a list', '[1]', 'is no object'],
  ['a field twice', 'kind: a\nkind: b', 'twice'],
])('no policy: %s', (_, text, reason) => {
  expect(() => readImagePolicies([{ name: 'policy.yaml', text }])).toThrow(reason);
});

test('a rule over all authorities that keelson cannot judge is told before anything is judged', () => {
  const text = JSON.stringify(policy([pass], { policy: { type: 'cue', data: 'a: 1' } }));
  const [read] = readImagePolicies([{ name: 'policy.yaml', text }]);
  expect(read?.warnings).toEqual([expect.stringContaining('policies in CUE [IMAGE_POLICY_UNSUPPORTED]')]);
});

test('a pattern that matches anywhere keeps its meaning, and is told', () => {
  const identities = [{ issuerRegExp: 'a.example', subjectRegExp: '^(?:x|y)$' }];
  const text = JSON.stringify(policy([{ keyless: { identities } }]));
  const empty = {
    transparencyLogs: [],
    certificateLogs: [],
    certificateAuthorities: [],
    timestampAuthorities: [],
  };
  const [read] = readImagePolicies([{ name: 'policy.yaml', text }], { publicRoot: empty });
  expect(read?.warnings).toEqual([
    expect.stringContaining('identities[0].issuerRegExp: /a.example/ matches anywhere'),
  ]);
});
