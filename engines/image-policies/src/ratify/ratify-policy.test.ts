import { isKeelsonError } from '@keelson/core';
import { type CheckedReferrer, mediaTypes, parseDigest } from '@keelson/oci';
import type { StoredSignature } from '@keelson/signing';
import { describe, expect, test } from 'vitest';
import { admitImage } from '../model/evaluate.ts';
import type { DemandVerdict } from '../model/verdict.ts';
import type { Workload } from '../model/workload.ts';
import { readImagePolicies } from '../read-policies.ts';
import type { PolicySurroundings } from '../surroundings.ts';
import { evidenceOf } from '../testing/evidence.ts';
import { attestationBy, digest, newPair, pemOf, signatureBy } from '../testing/signatures.ts';
import { cosignArtifactType } from './reports.ts';
import { demandScopes, scopeOf } from './scopes.ts';

const [ours, theirs] = [newPair(), newPair()];
const sbom = 'application/spdx+json';

const document = (kind: string, name: string, spec: object, namespace?: string) => ({
  apiVersion: 'config.ratify.deislabs.io/v1beta1',
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  spec,
});
const provider = (name: string, pair: typeof ours, namespace?: string) =>
  document(
    `${namespace === undefined ? '' : 'Namespaced'}KeyManagementProvider`,
    name,
    { type: 'inline', parameters: { contentType: 'key', value: pemOf(pair) } },
    namespace,
  );
const trusts = (keys: object, more: object = {}) => ({
  trustPolicies: [{ name: 'default', scopes: ['*'], keys: [keys], tLogVerify: false, ...more }],
});
const cosign = (parameters: object, more: object = {}) =>
  document('Verifier', 'v-cosign', {
    name: 'cosign',
    artifactTypes: cosignArtifactType,
    parameters,
    ...more,
  });
const byOurs = cosign(trusts({ provider: 'ours' }));
const policy = (rules: object) =>
  document('Policy', 'ratify-policy', {
    type: 'config-policy',
    parameters: { artifactVerificationPolicies: rules },
  });
const store = (cosignEnabled: boolean, name = 'oras') =>
  document('Store', 'store', { name, parameters: { cosignEnabled } });
const other = (artifactType: string, at: string): CheckedReferrer => ({
  artifactType,
  digest: parseDigest(`sha256:${at.repeat(64)}`),
  mediaType: mediaTypes.ociManifest,
  size: 2,
  bytes: new Uint8Array(),
  manifest: {
    kind: 'manifest',
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociEmpty, digest, size: 2, annotations: new Map() },
    layers: [],
    annotations: new Map(),
  },
});

const inRego = (body: string, more: object = {}) =>
  document('Policy', 'ratify-policy', {
    type: 'rego-policy',
    parameters: { policy: `package ratify.policy\n${body}`, ...more },
  });
/** Every report holds, and everything has one. */
const allValid = `
default valid = false
valid { not failed }
failed { [path, value] := walk(input); value == false; path[count(path) - 1] == "isSuccess" }
failed { [path, value] := walk(input); path[count(path) - 1] == "verifierReports"; count(value) == 0 }`;

interface Beside {
  /** A signature has something that refers to it. */
  readonly isNested?: boolean;
  /** What refers to something always has such a thing too. */
  readonly isEndless?: boolean;
  readonly isFile?: boolean;
  readonly found?: readonly StoredSignature[];
  readonly others?: readonly CheckedReferrer[];
  readonly unreadable?: boolean;
  readonly workload?: Workload;
  readonly name?: string;
}

async function judge(documents: readonly object[], beside: Beside, surroundings: PolicySurroundings = {}) {
  const text = documents.map((each) => JSON.stringify(each)).join('\n---\n');
  const policies = readImagePolicies([{ name: 'ratify.yaml', text }], { now: Date.now(), ...surroundings });
  const evidence = evidenceOf(digest, beside.found);
  const fault = new Error('broken');
  const unreadable =
    beside.unreadable === true ? [{ manifest: parseDigest(`sha256:${'e'.repeat(64)}`), fault }] : [];
  const stored = { ...evidence.stored, others: beside.others ?? [], unreadable };
  const workload = beside.workload === undefined ? {} : { workload: beside.workload };
  const below = evidenceOf(digest);
  const bad = { ...below, stored: { ...below.stored, others: [other(sbom, 'd')] } };
  let isFirst = true;
  const nested = async () => {
    const hasMore = (beside.isNested === true && isFirst) || beside.isEndless === true;
    isFirst = false;
    return hasMore ? bad : below;
  };
  const all = { ...evidence, stored, ...(beside.isFile === true ? {} : { nested }) };
  const image = { name: 'r.example/a:1', evidence: all, ...workload };
  const verdict = await admitImage(image, policies);
  const faults = (parts: readonly DemandVerdict[]): unknown[] =>
    parts.flatMap((part) => [part.fault, ...part.refused.map((each) => each.fault), ...faults(part.parts)]);
  const words = [
    ...policies.flatMap(({ warnings }) => warnings),
    ...verdict.policies.flatMap((each) => [each.fault, ...faults(each.parts)]),
  ]
    .map((each) => (isKeelsonError(each) ? each.format() : typeof each === 'string' ? each : ''))
    .join('\n');
  return { isAdmitted: verdict.isAdmitted, words };
}

const signed = { found: [signatureBy(ours)] };
const others = { found: [signatureBy(theirs)] };
const both = { found: [signatureBy(theirs), signatureBy(ours)] };
const kmp = provider('ours', ours);

describe('verifiers and policies of Ratify', () => {
  test.each<[string, object[], Beside, boolean, string?]>([
    ['a signature', [byOurs, kmp], signed, true, 'there is no Policy'],
    ['of another key', [byOurs, kmp], others, false, 'SIGNATURE_WRONG'],
    ['one of two at the tag', [byOurs, kmp], both, true],
    ['nothing', [byOurs, kmp], {}, false, 'nothing was verified'],
    ['what no verifier is for', [byOurs, kmp], { others: [other(sbom, 'c')] }, false, 'nothing was verified'],
    [
      'a signature, and what no verifier is for',
      [byOurs, kmp],
      { ...signed, others: [other(sbom, 'c')] },
      true,
    ],
    ['what cannot be read', [byOurs, kmp], { ...signed, unreadable: true }, false],
    [
      'the tag, where the store does not look for it',
      [byOurs, kmp, store(false)],
      signed,
      false,
      'nothing was verified',
    ],
    ['the tag, where it does', [byOurs, kmp, store(true)], signed, true],
    ['another store', [byOurs, kmp, store(true, 'dynamic')], signed, false, 'the store dynamic'],
    ['a type that must be there', [byOurs, kmp, policy({ [sbom]: 'all' })], signed, false, 'there is none'],
    ['any', [byOurs, kmp, policy({ [cosignArtifactType]: 'any', default: 'all' })], signed, true],
    [
      'statements are no signatures',
      [byOurs, kmp],
      { found: [attestationBy(ours, {})] },
      false,
      'nothing was verified',
    ],
    [
      'bundles are none that Ratify knows',
      [cosign(trusts({ provider: 'ours' }), { artifactTypes: '*' }), kmp],
      { found: [{ ...signatureBy(ours), form: 'bundle' }] },
      false,
      'in the form of cosign 1 and 2',
    ],
    [
      'a verifier that keelson does not have',
      [byOurs, kmp, document('Verifier', 'v-sbom', { name: 'sbom', artifactTypes: sbom })],
      { ...signed, others: [other(sbom, 'c')] },
      false,
      'the verifier sbom',
    ],
    [
      'any of those is not enough',
      [document('Verifier', 'v-sbom', { name: 'sbom', artifactTypes: sbom }), policy({ default: 'any' })],
      { others: [other(sbom, 'c')] },
      false,
      '0 of 1 hold',
    ],
    [
      'nested references',
      [cosign({ ...trusts({ provider: 'ours' }), nestedReferences: sbom }), kmp],
      signed,
      false,
      'nested references',
    ],
    ['a policy in Rego', [byOurs, kmp, inRego(allValid)], signed, true],
    ['a policy in Rego, and another key', [byOurs, kmp, inRego(allValid)], others, false, 'is not true'],
    [
      'a policy in Rego, and what no verifier is for',
      [byOurs, kmp, inRego(allValid)],
      { ...signed, others: [other(sbom, 'c')] },
      false,
    ],
    [
      'a policy in Rego over extensions',
      [
        byOurs,
        kmp,
        inRego('valid { input.verifierReports[_].verifierReports[_].extensions.trustPolicy == "default" }'),
      ],
      signed,
      true,
    ],
    [
      'a policy in Rego over what refers to a signature',
      [byOurs, kmp, inRego('valid { count(input.verifierReports[_].nestedReports) == 1 }')],
      { ...signed, isNested: true },
      true,
    ],
    [
      'a policy in Rego, and a signature with something bad',
      [byOurs, kmp, inRego(allValid)],
      { ...signed, isNested: true },
      false,
    ],
    [
      'a policy in Rego where nobody can look',
      [byOurs, kmp, inRego(allValid)],
      { ...signed, isFile: true },
      false,
      'what refers to signatures of a file',
    ],
    [
      'a policy in Rego without end',
      [byOurs, kmp, inRego(allValid)],
      { ...signed, isEndless: true },
      false,
      'maxDepth',
    ],
    [
      'a policy in Rego that decides nothing',
      [byOurs, kmp, inRego('other = 1')],
      signed,
      false,
      'is not true',
    ],
    [
      'the decision of another',
      [byOurs, kmp, inRego(allValid, { passthroughEnabled: true })],
      signed,
      false,
      'passthroughEnabled',
    ],
    [
      'a policy in a file',
      [byOurs, kmp, inRego('', { policy: '', policyPath: '/x' })],
      signed,
      false,
      'policyPath',
    ],
    ['a provider that is not there', [byOurs], signed, false, 'the KeyManagementProvider ours was not given'],
    [
      'a provider of a cloud',
      [byOurs, document('KeyManagementProvider', 'ours', { type: 'azurekeyvault', parameters: {} })],
      signed,
      false,
      'the provider azurekeyvault',
    ],
    [
      'a key with a name',
      [cosign(trusts({ provider: 'ours', name: 'k' })), kmp],
      signed,
      false,
      'the key k of ours',
    ],
    [
      'a log is required unless it is waived',
      [cosign(trusts({ provider: 'ours' }, { tLogVerify: true })), kmp],
      signed,
      false,
      '--trusted-root',
    ],
    [
      'another scope',
      [cosign(trusts({ provider: 'ours' }, { scopes: ['r.example/b*'] })), kmp],
      signed,
      false,
      'has a scope',
    ],
    ['its scope', [cosign(trusts({ provider: 'ours' }, { scopes: ['r.example/a*'] })), kmp], signed, true],
    [
      'a scope of a tag',
      [cosign(trusts({ provider: 'ours' }, { scopes: ['r.example/a:1'] })), kmp],
      signed,
      false,
      'names a tag',
    ],
    ['the older form', [cosign({ key: '/usr/local/ratify-certs/cosign/cosign.pub' })], signed, true],
    ['the older form without a key', [cosign({})], signed, false, 'whoever has a certificate of Fulcio'],
  ])('%s', async (_, documents, beside, isAdmitted, reason = '') => {
    const readBeside = (_file: string, name: string) => Buffer.from(name === 'cosign.pub' ? pemOf(ours) : '');
    const verdict = await judge(documents, beside, { readBeside });
    expect(verdict.words).toContain(reason);
    expect(verdict.isAdmitted).toBe(isAdmitted);
  });

  test('a namespace has verifiers and providers of its own', async () => {
    const spec = {
      name: 'cosign',
      artifactTypes: cosignArtifactType,
      parameters: trusts({ provider: 'shop/k' }),
    };
    const documents = [
      byOurs,
      kmp,
      document('NamespacedVerifier', 'v', spec, 'shop'),
      provider('k', theirs, 'shop'),
    ];
    const run = (namespace?: string): Workload => ({
      group: '',
      version: 'v1',
      kind: 'Pod',
      object: { metadata: namespace === undefined ? {} : { namespace } },
    });
    expect(await judge(documents, { ...others, workload: run('shop') })).toMatchObject({ isAdmitted: true });
    expect(await judge(documents, { ...signed, workload: run('shop') })).toMatchObject({ isAdmitted: false });
    expect(await judge(documents, { ...signed, workload: run('other') })).toMatchObject({ isAdmitted: true });
    // Where nobody knows who runs it, or in which namespace, both count.
    expect(await judge(documents, { ...both, workload: run() })).toMatchObject({ isAdmitted: true });
    expect(await judge(documents, { ...signed, workload: run() })).toMatchObject({ isAdmitted: false });
    expect(await judge(documents, both)).toMatchObject({ isAdmitted: true });
    expect(await judge(documents, signed)).toMatchObject({ isAdmitted: false });
  });

  test.each<[string, object[], string]>([
    ['no verifier', [kmp], 'no Verifier among them'],
    ['a field', [cosign({}, { artefactTypes: 'x' })], 'unknown field'],
    [
      'a member',
      [cosign(trusts({ provider: 'ours' }, { tlogVerify: false }))],
      'ratify.yaml: Verifier v-cosign: spec.parameters.trustPolicies[0].tlogVerify is no member',
    ],
    [
      'a parameter',
      [cosign({ ...trusts({ provider: 'ours' }), tLogVerify: true })],
      'ratify.yaml: Verifier v-cosign: spec.parameters.tLogVerify is no member',
    ],
    [
      'keys and keyless',
      [cosign(trusts({ provider: 'ours' }, { keyless: {} }))],
      'exactly one of keys and keyless',
    ],
    [
      'keyless without an identity',
      [cosign({ trustPolicies: [{ name: 'a', scopes: ['*'], keyless: { certificateOIDCIssuer: 'x' } }] })],
      'exactly one of certificateIdentity',
    ],
    ['both forms', [cosign({ ...trusts({ provider: 'ours' }), key: 'k' })], 'the older form'],
    ['two policies', [byOurs, policy({}), policy({})], 'two policies of Ratify'],
    ['a policy in Rego that does not compile', [byOurs, inRego('valid {')], 'does not compile'],
    ['a rule', [byOurs, policy({ default: 'some' })], 'neither any nor all'],
    [
      'a key that is none',
      [
        byOurs,
        document('KeyManagementProvider', 'ours', {
          type: 'inline',
          parameters: { contentType: 'key', value: 'x' },
        }),
      ],
      'KeyManagementProvider ours',
    ],
    [
      'notation without a policy',
      [document('Verifier', 'n', { name: 'notation', artifactTypes: '*', parameters: {} })],
      'trustPolicyDoc is missing',
    ],
    [
      'an executor',
      [{ apiVersion: 'config.ratify.dev/v2alpha1', kind: 'Executor' }],
      'Executor is no policy of images',
    ],
  ])('a fault: %s', (_, documents, reason) => {
    const text = documents.map((each) => JSON.stringify(each)).join('\n---\n');
    expect(() => readImagePolicies([{ name: 'ratify.yaml', text }])).toThrow(reason);
  });
});

describe('scopes', () => {
  const scoped = (...scopes: string[]) => scopes.map((scope, at) => ({ name: `p${at}`, scopes: [scope] }));
  test.each([
    [['a/*', 'a/b*'], 'overlap'],
    [['a/*', 'a/b@sha256:1'], 'overlap'],
    [['a/b', 'a/b'], 'overlap'],
    [['*', '*'], 'the scope *'],
    [['a*b'], 'is none'],
    [['A'], 'is none'],
    [[''], 'is none'],
  ])('%j', (scopes, reason) => {
    expect(() => demandScopes(scoped(...scopes))).toThrow(reason);
  });

  test('the narrow one is before the one for all', () => {
    const policies = scoped('*', 'a/b*', 'c/d:1');
    demandScopes(policies);
    expect(['a/bc:1', 'c/d:1', 'c/d:12'].map((each) => scopeOf(policies, each)?.name)).toEqual([
      'p1',
      'p2',
      'p0',
    ]);
    expect(scopeOf(scoped('a/b*'), 'x')).toBeUndefined();
  });
});
