import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeImage } from './testing/image-layout.ts';
import { email, inWorld, services } from './testing/sigstore-world.ts';

const api = { apiVersion: 'policy.sigstore.dev/v1alpha1' };

function policy(keyless: object, more: object = {}): object {
  const authorities = [{ keyless, signatureFormat: 'bundle', ...more }];
  return {
    ...api,
    kind: 'ClusterImagePolicy',
    metadata: { name: 'p' },
    spec: { images: [{ glob: '**' }], authorities },
  };
}

interface RawBytes {
  readonly rawBytes: string;
}

const encoded = (label: string, { rawBytes }: RawBytes) =>
  `-----BEGIN ${label}-----\n${rawBytes}\n-----END ${label}-----\n`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A TrustRoot of what a trusted root says, with the authorities of `issuers` for certificates. */
function trustRoot(name: string, text: string, issuers = 'certificateAuthorities'): object {
  const root = JSON.parse(text);
  const authority = ({ certChain }: { certChain: { certificates: readonly RawBytes[] } }) => ({
    subject: { organization: 'o', commonName: 'c' },
    uri: 'https://a.example',
    certChain: base64(certChain.certificates.map((each) => encoded('CERTIFICATE', each)).join('')),
  });
  const log = ({ publicKey }: { publicKey: RawBytes }) => ({
    baseURL: 'https://a.example',
    hashAlgorithm: 'sha-256',
    publicKey: base64(encoded('PUBLIC KEY', publicKey)),
  });
  const sigstoreKeys = {
    certificateAuthorities: root[issuers].map(authority),
    timestampAuthorities: root.timestampAuthorities.map(authority),
    // policy-controller takes no log with another key.
    tLogs: root.tlogs
      .filter(({ publicKey }: { publicKey: { keyDetails: string } }) =>
        publicKey.keyDetails.includes('ECDSA'),
      )
      .map(log),
    ctLogs: root.ctlogs.map(log),
  };
  return { ...api, kind: 'TrustRoot', metadata: { name }, spec: { sigstoreKeys } };
}

const subject = { subject: email };
const by = (identity: object, more: object = {}) => ({
  identities: [{ issuerRegExp: '^http://127[.]0[.]0[.]1', ...identity }],
  ...more,
});
const given = ['--trusted-root', 'tr.json'];
const own = { trustRootRef: 'own' };
const wrong = { trustRootRef: 'wrong' };

type Case = readonly [policy: object, flags: readonly string[], code: number, expected: string];

/** Signs an image, where `isLogged` with an entry in a log, and holds it against each policy. */
async function judge(isLogged: boolean, cases: readonly Case[]): Promise<void> {
  await inWorld({ timestamps: true, certificateLog: true }, async ({ sigstore, folder, run }) => {
    await writeImage(folder, () => []);
    if (!isLogged) {
      const config = { ...JSON.parse(sigstore.signingConfig), rekorTlogUrls: [], rekorTlogConfig: undefined };
      writeFileSync(join(folder, 'sc.json'), JSON.stringify(config));
    }
    const signed = await run('sign', ...services, '--identity-token', sigstore.token(), 'oci:image:1.0');
    expect(signed).toMatchObject({ code: 0, err: '' });
    const text = readFileSync(join(folder, 'tr.json'), 'utf8');
    const roots = [trustRoot('own', text), trustRoot('wrong', text, 'timestampAuthorities')];
    for (const [document, flags, code, expected] of cases) {
      const file = [document, ...roots].map((each) => JSON.stringify(each)).join('\n---\n');
      writeFileSync(join(folder, 'policy.yaml'), file);
      const { out, err, ...result } = await run(
        'verify',
        '--policy',
        'policy.yaml',
        ...flags,
        'oci:image:1.0',
      );
      expect(out + err).toContain(expected);
      expect(result.code, out).toBe(code);
    }
  });
}

test('keyless authorities of the public instance', async () => {
  await judge(true, [
    [policy(by(subject)), given, 0, `by ${email}`],
    [policy(by(subject)), [], 1, '--trusted-root'],
    [policy(by({ subject: 'eve@example.com' })), given, 1, 'IDENTITY_MISMATCH'],
    [policy(by({ subjectRegExp: email.slice(1, 5) })), given, 0, 'matches anywhere'],
    [policy(by(subject), { signatureFormat: 'legacy' }), given, 1, 'IMAGE_SIGNATURE_UNWANTED'],
    [policy(by(subject, { trustRootRef: 'none' })), given, 1, 'the TrustRoot none was not given'],
  ]);
});

test('keyless authorities with a trust root of their own', async () => {
  await judge(false, [
    [policy(by(subject, own), { rfc3161timestamp: own }), [], 0, 'stamped'],
    [policy(by(subject, own)), [], 1, 'LOG_ENTRY_MISSING'],
    [policy(by(subject)), given, 1, 'LOG_ENTRY_MISSING'],
    [policy(by(subject, wrong), { rfc3161timestamp: wrong }), given, 1, 'CERTIFICATE_UNTRUSTED'],
    [policy(by(subject, own), { rfc3161timestamp: wrong }), [], 1, 'IMAGE_POLICY_INVALID'],
  ]);
});
