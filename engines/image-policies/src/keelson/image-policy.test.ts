import { isKeelsonError, type JsonValue } from '@keelson/core';
import type { StoredSignature } from '@keelson/signing';
import { describe, expect, test } from 'vitest';
import { admitImage } from '../model/evaluate.ts';
import type { DemandVerdict } from '../model/verdict.ts';
import { readImagePolicies } from '../read-policies.ts';
import type { PolicySurroundings } from '../surroundings.ts';
import { evidenceOf } from '../testing/evidence.ts';
import { notary as notaryPem } from '../testing/image-world.ts';
import { attestationBy, digest, type KeyPair, newPair, pemOf, signatureBy } from '../testing/signatures.ts';

const [alice, bob, eve] = [newPair(), newPair(), newPair()];
const statedBy = (pair: KeyPair, predicate: JsonValue) =>
  attestationBy(pair, predicate, 'https://slsa.dev/provenance/v1');

const key = (pair: KeyPair) => ({ key: pemOf(pair), log: 'not-required' });
const signers = { alice: key(alice), bob: key(bob), eve: key(eve) };

function policy(spec: object): string {
  return JSON.stringify({
    apiVersion: 'keelson.dev/v1alpha1',
    kind: 'ImagePolicy',
    metadata: { name: 'p' },
    spec: { images: ['r.example/**'], signers, ...spec },
  });
}

const now = Date.parse('2026-11-23T12:00:00Z');

async function judge(
  text: string,
  found: readonly StoredSignature[],
  surroundings: PolicySurroundings = { now },
  image = 'r.example/a:1',
) {
  const policies = readImagePolicies([{ name: 'policy.yaml', text }], surroundings);
  const verdict = await admitImage({ name: image, evidence: evidenceOf(digest, found) }, policies);
  const faults = (parts: readonly DemandVerdict[]): unknown[] =>
    parts.flatMap((part) => [part.fault, ...part.refused.map(({ fault }) => fault), ...faults(part.parts)]);
  const told = verdict.policies.flatMap((each) => [each.fault, ...faults(each.parts)]);
  const words = told.map((fault) => (isKeelsonError(fault) ? fault.format() : '')).join('\n');
  return { isAdmitted: verdict.isAdmitted, words };
}

const built = { buildDefinition: { buildType: 't', externalParameters: { ref: 'main' } }, runDetails: {} };
const provenance = (more: object) => ({
  attestations: [{ name: 'provenance', type: 'slsaprovenance1', signedBy: ['bob'], ...more }],
});
const cel = (expression: string, message?: string) =>
  provenance({ rules: [{ cel: expression, ...(message === undefined ? {} : { message }) }] });
const rego = (text: string) => provenance({ rego: `package app.rules\n${text}\n` });
const two = { signatures: { signedBy: ['alice', 'bob', 'eve'], threshold: 2 } };
const all = { signatures: { signedBy: ['alice', 'bob'] } };

describe('who must have signed', () => {
  test.each<[string, object, StoredSignature[], boolean, string?]>([
    ['all', all, [signatureBy(alice), signatureBy(bob)], true],
    ['not all', all, [signatureBy(alice)], false, '1 of 2 met, 2 needed'],
    ['nobody', all, [], false, '0 of 2 met'],
    ['others', all, [signatureBy(eve)], false, 'SIGNATURE_WRONG'],
    ['two of three', two, [signatureBy(alice), signatureBy(eve)], true],
    ['one twice', two, [signatureBy(alice), signatureBy(alice)], false, '1 of 2 different signers'],
    [
      'one under two names',
      { signers: { a: key(alice), b: key(alice) }, signatures: { signedBy: ['a', 'b'], threshold: 2 } },
      [signatureBy(alice)],
      false,
      '1 of 2 different signers',
    ],
    [
      'all, one under two names',
      { signers: { a: key(alice), b: key(alice) }, signatures: { signedBy: ['a', 'b'] } },
      [signatureBy(alice)],
      false,
      '1 of 2 different signers have signed',
    ],
    [
      'all, one under two names, beside another',
      { signers: { a: key(alice), b: key(bob), c: key(alice) }, signatures: { signedBy: ['a', 'b', 'c'] } },
      [signatureBy(alice), signatureBy(bob)],
      false,
      '2 of 3 different signers have signed',
    ],
    ['a statement is no signature', all, [statedBy(alice, {}), statedBy(bob, {})], false],
    [
      'signature and statement by different signers',
      { signatures: { signedBy: ['alice'] }, ...provenance({}) },
      [signatureBy(alice), statedBy(bob, built)],
      true,
    ],
    [
      'the signer of the signature signs no statements',
      { signatures: { signedBy: ['alice'] }, ...provenance({}) },
      [signatureBy(alice), statedBy(alice, built)],
      false,
      'no attestation provenance of type https://slsa.dev/provenance/v1 passes',
    ],
    [
      'a log is required unless it is waived',
      { signers: { a: { key: pemOf(alice) } }, signatures: { signedBy: ['a'] } },
      [signatureBy(alice)],
      false,
      'LOG_ENTRY_MISSING',
    ],
    ['other images', { ...all, images: ['b.example/**'] }, [signatureBy(alice), signatureBy(bob)], false],
  ])('%s', async (_, spec, found, isAdmitted, reason = '') => {
    const publicRoot = {
      transparencyLogs: [],
      certificateLogs: [],
      certificateAuthorities: [],
      timestampAuthorities: [],
    };
    const verdict = await judge(policy(spec), found, { now, publicRoot });
    expect(verdict.words).toContain(reason);
    expect(verdict.isAdmitted).toBe(isAdmitted);
  });
});

test('a key in a key service counts where the caller asked for it', async () => {
  const reference = 'awskms:///alias/release';
  const spec = {
    signers: { release: { key: reference, log: 'not-required' } },
    signatures: { signedBy: ['release'] },
  };
  const given = (pair: KeyPair) => ({ now, keys: new Map([[reference, pemOf(pair)]]) });
  expect(await judge(policy(spec), [signatureBy(alice)], given(alice))).toMatchObject({ isAdmitted: true });
  expect(await judge(policy(spec), [signatureBy(alice)], given(bob))).toMatchObject({ isAdmitted: false });
  const missing = await judge(policy(spec), [signatureBy(alice)]);
  expect(missing.isAdmitted).toBe(false);
  expect(missing.words).toContain('the key of the key service awskms:///alias/release was not given');
});

describe('what statements must say', () => {
  const good = [statedBy(bob, built)];
  test.each<[string, object, boolean, string?]>([
    ['CEL', cel('predicate.buildDefinition.externalParameters.ref == "main"'), true],
    [
      'CEL that does not hold',
      cel('predicate.buildDefinition.buildType == "u"', 'of type u'),
      false,
      'of type u',
    ],
    [
      'CEL that fails',
      cel('predicate.missing == 1', 'what is missing'),
      false,
      'cannot be evaluated: no such key',
    ],
    [
      'the image',
      cel('image.digest.startsWith("sha256:aaa") && image.tag == "1" && image.name == "r.example/a:1"'),
      true,
    ],
    ['the statement', cel('statement.subject.size() == 1'), true],
    ['the time', cel('now == timestamp("2026-11-23T12:00:00Z")'), true],
    ['Rego that denies nothing', rego('deny contains "x" if input.predicate.runDetails.y'), true],
    [
      'Rego that denies',
      rego('deny contains msg if { input.predicate.runDetails == {}; msg := "no run" }'),
      false,
      'no run',
    ],
    ['Rego that denies with an object', rego('deny contains {"msg": "no"} if true'), false, 'no'],
    ['Rego that allows', rego('allow if input.image.repository == "a"'), true],
    ['Rego that does not allow', rego('allow if input.now == "x"'), false, 'allow is not true'],
    ['Rego with both', rego('allow if true\ndeny contains "d" if true'), false, 'd'],
    [
      'Rego whose built-in fails',
      rego('deny contains "d" if time.parse_rfc3339_ns("x") > 0'),
      false,
      'cannot be evaluated',
    ],
    ['an age that nothing trusted tells', provenance({ maxAge: '30d' }), false, 'nothing trusted says when'],
  ])('%s', async (_, spec, isAdmitted, reason = '') => {
    const verdict = await judge(policy(spec), good);
    expect(verdict.words).toContain(reason);
    expect(verdict.isAdmitted).toBe(isAdmitted);
  });

  test('one good statement is enough', async () => {
    const spec = cel('predicate.runDetails == {}');
    const verdict = await judge(policy(spec), [statedBy(bob, { runDetails: 1 }), ...good]);
    expect(verdict.isAdmitted).toBe(true);
  });
});

test('a host in upper case is the same host', async () => {
  for (const image of ['R.Example/a:1', 'R.EXAMPLE/a'])
    expect((await judge(policy(all), [], { now }, image)).words).toContain('0 of 2 met');
});

test('a module of Rego in a file is UTF-8', () => {
  const module = Buffer.from('package a\nallow := input.predicate.by != "\u00fc"\n', 'latin1');
  const read = () =>
    readImagePolicies([{ name: 'policy.yaml', text: policy(provenance({ rego: 'a.rego' })) }], {
      now,
      readBeside: () => module,
    });
  expect(read).toThrow('a.rego is no text');
});

describe('faults of a policy', () => {
  const one = { signatures: { signedBy: ['alice'] } };
  const by = (signer: object) => ({ signers: { a: signer }, signatures: { signedBy: ['a'] } });
  const identity = { issuer: 'i', subject: 's' };
  test.each<[string, object, string]>([
    ['nothing is asked', {}, 'everything would pass'],
    ['no images', { ...one, images: [] }, 'spec.images is missing or empty'],
    ['a strange pattern', { ...one, images: ['a?'] }, 'spec.images[0] has characters'],
    ['a member that is not known', { ...one, image: [] }, 'spec.image is no member'],
    ['a mode', { ...one, mode: 'audit' }, 'neither enforce nor warn'],
    ['nobody', { signatures: { signedBy: [] } }, 'signedBy is missing or empty'],
    ['somebody else', { signatures: { signedBy: ['x'] } }, 'spec.signatures.signedBy[0] is not among'],
    ['somebody twice', { signatures: { signedBy: ['bob', 'bob'] } }, 'signedBy[1] stands twice'],
    ['a threshold of none', { signatures: { signedBy: ['bob'], threshold: 0 } }, 'everything would pass'],
    ['too many', { signatures: { signedBy: ['bob'], threshold: 2 } }, 'nothing would pass'],
    ['no way to sign', by({ log: 'required' }), 'spec.signers.a has not exactly one of key'],
    ['two ways', by({ key: 'x', identities: [identity] }), 'has not exactly one of'],
    ['no key', by({ key: '-----BEGIN PUBLIC KEY-----', log: 'not-required' }), 'spec.signers.a.key: '],
    ['a file outside', by({ key: '../a.pub', log: 'not-required' }), 'in or below the policy'],
    ['a file of the machine', by({ key: '/etc/a.pub', log: 'not-required' }), 'in or below the policy'],
    ['a file, and no files', by({ key: 'a.pub', log: 'not-required' }), 'no files can be read'],
    ['nothing is trusted', by({ identities: [identity] }), 'what is trusted?'],
    ['an issuer is missing', by({ identities: [{ subject: 's' }] }), 'exactly one of issuer, issuerRegExp'],
    [
      'a pattern',
      by({ identities: [{ ...identity, issuer: undefined, issuerRegExp: '(' }] }),
      'issuerRegExp: ( is no',
    ],
    ['a claim', by({ identities: [{ ...identity, claims: { x: 'y' } }] }), 'claims.x is none of'],
    ['a word for yes', by({ key: 'a', log: 'yes' }), 'neither required nor not-required'],
    ['notation without subjects', by({ notation: { certificates: ['c.pem'] } }), 'subjects is missing'],
    [
      'notation that skips',
      by({ notation: { certificates: ['c'], subjects: ['*'], level: 'audit' } }),
      'strict nor permissive',
    ],
    [
      'two signers of notation, of which one is told',
      {
        signers: { n: { notation: { certificates: [notaryPem], subjects: ['*'] } } },
        signatures: { signedBy: ['n'], threshold: 2 },
      },
      'nothing would pass',
    ],
    ['a level of nobody', { ...one, levels: ['SLSA_BEST'] }, 'is no level of SLSA'],
    [
      'two levels of a track',
      { ...one, levels: ['SLSA_BUILD_LEVEL_1', 'SLSA_BUILD_LEVEL_2'] },
      'has a level already',
    ],
    ['a type', { attestations: [{ type: 'slsa', signedBy: ['bob'] }] }, 'neither a URI nor a short name'],
    ['an age', provenance({ maxAge: 'soon' }), 'spec.attestations[0].maxAge is no'],
    ['CEL', cel('predicate.'), 'policy.yaml:1:'],
    ['CEL of another type', cel('"text"'), "expected type 'bool'"],
    ['a name of CEL', cel('predicat.x'), 'undeclared reference'],
    ['Rego', rego('deny {'), 'does not compile'],
    ['Rego that decides nothing', rego('warn contains "x" if true'), 'neither deny nor allow'],
  ])('%s', (_, spec, reason) => {
    const fault = (() => {
      try {
        return readImagePolicies([{ name: 'policy.yaml', text: policy(spec) }], { now });
      } catch (error) {
        return error;
      }
    })();
    expect(isKeelsonError(fault) && `${fault.format()}`).toContain(reason);
    expect(fault).toMatchObject({ code: 'IMAGE_POLICY_INVALID' });
  });

  test('a rule that does not compile is told with its line', () => {
    const text = policy({}).replace(
      '"spec":{',
      '"spec":{\n"attestations":[{"type":"spdx","signedBy":["bob"],\n"rules":[{\n"cel":"1 +"}]}],',
    );
    expect(() => readImagePolicies([{ name: 'policy.yaml', text }])).toThrow(
      expect.objectContaining({ location: expect.objectContaining({ file: 'policy.yaml', line: 4 }) }),
    );
  });
});
