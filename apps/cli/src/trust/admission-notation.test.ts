import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { basicConstraints, issueCertificate, keyUsage, writePem } from '@keelson/pki';
import { expect, test } from 'vitest';
import { keelson, withFolderAsync } from '../testing/run.ts';
import { writeImage } from './testing/image-layout.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const certificate = issueCertificate({
  subject: [
    ['C', 'US'],
    ['ST', 'WA'],
    ['O', 'Notary'],
    ['CN', 'me'],
  ],
  key: privateKey,
  notBefore: Date.now() - 60_000,
  notAfter: Date.now() + 3_600_000,
  extensions: [basicConstraints(false), keyUsage(['digitalSignature'])],
});
const pem = writePem('CERTIFICATE', certificate.bytes);

function trustPolicy(...statements: object[]): string {
  const trustPolicies = statements.map((more, at) => ({
    name: `s${at}`,
    registryScopes: ['*'],
    signatureVerification: { level: 'strict' },
    trustStores: ['ca:own'],
    trustedIdentities: ['*'],
    ...more,
  }));
  return JSON.stringify({ version: '1.0', trustPolicies });
}

const own = (notation: object) =>
  JSON.stringify({
    apiVersion: 'keelson.dev/v1alpha1',
    kind: 'ImagePolicy',
    metadata: { name: 'own' },
    spec: {
      images: ['**'],
      signers: { corp: { notation: { certificates: ['c.pem'], ...notation } } },
      signatures: { signedBy: ['corp'] },
    },
  });

const anySignature = {
  type: 'config-policy',
  parameters: { artifactVerificationPolicies: { 'application/vnd.cncf.notary.signature': 'any' } },
};
const inRego = {
  type: 'rego-policy',
  parameters: {
    policy: `package ratify.policy
default valid = false
valid { reports := input.verifierReports[_].verifierReports; reports[_].isSuccess; no_more }
no_more { count(input.verifierReports) == 1; count(input.verifierReports[0].nestedReports) == 0 }`,
  },
};
/** A verifier of Ratify, with the certificate in a provider. */
const ratify = (
  identity: string,
  stores: object = { ca: { own: ['kmp'] } },
  value = pem,
  policy: object = anySignature,
) =>
  [
    {
      kind: 'Verifier',
      metadata: { name: 'v' },
      spec: {
        name: 'notation',
        artifactTypes: 'application/vnd.cncf.notary.signature',
        parameters: {
          verificationCertStores: stores,
          trustPolicyDoc: JSON.parse(trustPolicy({ trustedIdentities: [identity] })),
        },
      },
    },
    {
      kind: 'KeyManagementProvider',
      metadata: { name: 'kmp' },
      spec: { type: 'inline', parameters: { contentType: 'certificate', value } },
    },
    {
      kind: 'Policy',
      metadata: { name: 'ratify-policy' },
      spec: policy,
    },
  ]
    .map((each) => JSON.stringify({ apiVersion: 'config.ratify.deislabs.io/v1beta1', ...each }))
    .join('\n---\n');

const files = {
  'k.pem': privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  'c.pem': pem,
  'stores/x509/ca/own/c.pem': pem,
};
const audit = { signatureVerification: { level: 'audit' } };
const elsewhere = { registryScopes: ['registry.example/other'] };
const skip = {
  signatureVerification: { level: 'skip' },
  trustStores: undefined,
  trustedIdentities: undefined,
};
const subject = (organization: string) => `C=US, ST=WA, O=${organization}`;

test.each<[string, string, boolean, number, string]>([
  ['a signature', trustPolicy({}), true, 0, 'by CN=me,O=Notary,ST=WA,C=US'],
  ['no signature', trustPolicy({}), false, 1, 'no signature of the Notary Project holds'],
  ['a statement for another repository', trustPolicy(elsewhere), true, 1, 'TRUST_POLICY_MISSING'],
  [
    'another identity',
    trustPolicy({ trustedIdentities: [`x509.subject: ${subject('Evil')}`] }),
    true,
    1,
    'IDENTITY_MISMATCH',
  ],
  [
    'another identity, which is only told',
    trustPolicy({ ...audit, trustedIdentities: [`x509.subject: ${subject('Evil')}`] }),
    true,
    0,
    'image:1.0: admitted without a signature, not verified',
  ],
  [
    'a store that is not there',
    trustPolicy({ trustStores: ['ca:none'] }),
    true,
    1,
    'does not exist (stores/x509/ca/none)',
  ],
  ['none is asked for', trustPolicy(skip), false, 0, 'admitted without a signature, not verified'],
  [
    'a policy for files',
    '{"version":"1.0","trustPolicies":[{"name":"a","globalPolicy":true}]}',
    true,
    2,
    'a trust policy of files says nothing of images',
  ],
  [
    'a policy that breaks a rule',
    trustPolicy({ registryScopes: ['a.example/x:1'] }),
    true,
    2,
    'names a tag or a digest',
  ],
  [
    'a signer of an ImagePolicy',
    own({ subjects: [subject('Notary')] }),
    true,
    0,
    'policy own (ImagePolicy): passed',
  ],
  ['another signer of an ImagePolicy', own({ subjects: [subject('Evil')] }), true, 1, 'IDENTITY_MISMATCH'],
  ['Ratify', ratify('*'), true, 0, 'policy ratify (Ratify): passed'],
  [
    'Ratify, by type of store alone',
    ratify('*', { own: ['shop/kmp'] }),
    true,
    0,
    'by CN=me,O=Notary,ST=WA,C=US',
  ],
  ['Ratify, in Rego', ratify('*', undefined, undefined, inRego), true, 0, 'policy ratify (Ratify): passed'],
  [
    'Ratify, in Rego, without a signature',
    ratify('*', undefined, undefined, inRego),
    false,
    1,
    'is not true',
  ],
  ['Ratify, without a signature', ratify('*'), false, 1, 'nothing was verified'],
  ['Ratify, with another identity', ratify(`x509.subject: ${subject('Evil')}`), true, 1, 'IDENTITY_MISMATCH'],
  [
    'Ratify, without the provider',
    ratify('*', { ca: { own: ['none'] } }),
    true,
    1,
    'names none, which was not given',
  ],
  [
    'Ratify, with a provider of something else',
    ratify('*', { ca: { own: ['kmp'] } }, 'x'),
    true,
    2,
    'KeyManagementProvider kmp',
  ],
])('notation: %s', async (_, policy, isSigned, code, expected) => {
  await withFolderAsync(files, async (folder) => {
    await writeImage(folder, () => []);
    writeFileSync(join(folder, 'p.json'), policy);
    if (isSigned)
      expect(
        keelson(folder, [
          'sign',
          '--with',
          'notation',
          '--key',
          'k.pem',
          '--certificate',
          'c.pem',
          'oci:image:1.0',
        ]).code,
      ).toBe(0);
    const run = keelson(folder, ['verify', '--policy', 'p.json', '--trust-store', 'stores', 'oci:image:1.0']);
    expect(run.out + run.err).toContain(expected);
    expect(run.code).toBe(code);
  });
});
