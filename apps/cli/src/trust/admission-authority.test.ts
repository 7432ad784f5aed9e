import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  basicConstraints,
  extendedKeyUsage,
  issueCertificate,
  keyPurposes,
  keyUsage,
  subjectAlternativeName,
  writePem,
} from '@keelson/pki';
import { expect, test } from 'vitest';
import { keelson, withFolderAsync } from '../testing/run.ts';
import { writeImage } from './testing/image-layout.ts';

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const [rootKey, issuingKey, key] = [newKey(), newKey(), newKey()];
const times = { notBefore: Date.now() - 3_600_000, notAfter: Date.now() + 3_600_000 };
const authority = [basicConstraints(true), keyUsage(['keyCertSign'])];
const root = issueCertificate({ subject: [['CN', 'root']], key: rootKey, ...times, extensions: authority });
const otherRoot = issueCertificate({
  subject: [['CN', 'root']],
  key: newKey(),
  ...times,
  extensions: authority,
});
const issuing = issueCertificate({
  subject: [['CN', 'issuing']],
  key: issuingKey,
  ...times,
  extensions: authority,
  issuer: { certificate: root, key: rootKey },
});
const leaf = issueCertificate({
  subject: [['CN', 'dev']],
  key,
  ...times,
  extensions: [
    keyUsage(['digitalSignature']),
    extendedKeyUsage([keyPurposes.codeSigning]),
    subjectAlternativeName([{ type: 'email', value: 'dev@example.com' }], true),
  ],
  issuer: { certificate: issuing, key: issuingKey },
});
const pem = ({ bytes }: { bytes: Uint8Array }) => writePem('CERTIFICATE', bytes);
const files = {
  'k.pem': key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  'c.pem': pem(leaf),
  'ca/root.pem': pem(root),
  'ca/other.pem': pem(otherRoot),
  'issued/issuing.pem': pem(issuing),
};

const policy = (authority: object, subject = 'dev@example.com') =>
  JSON.stringify({
    apiVersion: 'keelson.dev/v1alpha1',
    kind: 'ImagePolicy',
    metadata: { name: 'p' },
    spec: {
      images: ['**'],
      signers: { dev: { identities: [{ issuerRegExp: '.*', subject }], authority, log: 'not-required' } },
      signatures: { signedBy: ['dev'] },
    },
  });

test.each<[string, string, number, string]>([
  [
    'root and intermediate from different files',
    policy({ roots: ['ca/root.pem'], intermediates: ['issued/issuing.pem'] }),
    0,
    'not checked: when it was signed',
  ],
  ['what issued it is missing', policy({ roots: ['ca/root.pem'] }), 1, 'CERTIFICATE_UNTRUSTED'],
  [
    'another root',
    policy({ roots: ['ca/other.pem'], intermediates: ['issued/issuing.pem'] }),
    1,
    'CERTIFICATE_UNTRUSTED',
  ],
  ['a root that is none', policy({ roots: ['c.pem'] }), 2, 'neither a CA nor signed by itself'],
  [
    'what issued it is no CA',
    policy({ roots: ['ca/root.pem'], intermediates: ['c.pem'] }),
    2,
    'a certificate that is no CA',
  ],
  [
    'somebody else',
    policy({ roots: ['ca/root.pem'], intermediates: ['issued/issuing.pem'] }, 'eve@example.com'),
    1,
    'IDENTITY_MISMATCH',
  ],
])('an authority of one’s own: %s', async (_, text, code, expected) => {
  await withFolderAsync(files, async (folder) => {
    await writeImage(folder, () => []);
    writeFileSync(join(folder, 'p.yaml'), text);
    expect(
      keelson(folder, ['sign', '--key', 'k.pem', '--certificate', 'c.pem', 'oci:image:1.0']),
    ).toMatchObject({
      code: 0,
    });
    const { out, err, ...run } = keelson(folder, ['verify', '--policy', 'p.yaml', 'oci:image:1.0']);
    expect(out + err).toContain(expected);
    expect(run.code).toBe(code);
  });
});
