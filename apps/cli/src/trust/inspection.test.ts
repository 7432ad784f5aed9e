import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Digest,
  digestOf,
  type ImageSource,
  type LoadedManifest,
  loadManifest,
  mediaTypes,
  OciError,
} from '@keelson/oci';
import {
  basicConstraints,
  type Certificate,
  extendedKeyUsage,
  issueCertificate,
  keyPurposes,
  keyUsage,
  subjectAlternativeName,
  writePem,
} from '@keelson/pki';
import { bundleMediaType, cosignSignPredicate } from '@keelson/signing';
import { describe, expect, test } from 'vitest';
import { keelson, withFolderAsync } from '../testing/run.ts';
import { inspectImage } from './inspection.ts';
import { inspectionText } from './inspection-text.ts';
import { writeImage } from './testing/image-layout.ts';
import { envelope } from './testing/workflow.ts';

const hour = 3_600_000;
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const keyPem = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }).toString();
const certificatePem = ({ bytes }: Certificate) => writePem('CERTIFICATE', bytes);

test('signatures of the Notary Project are told with signer, times and target', async () => {
  const key = newKey();
  const certificate = issueCertificate({
    subject: [
      ['C', 'US'],
      ['ST', 'WA'],
      ['O', 'Notary'],
      ['CN', 'me\u001b[31m'],
    ],
    key,
    notBefore: Date.now() - hour,
    notAfter: Date.now() + hour,
    extensions: [basicConstraints(false), keyUsage(['digitalSignature'])],
  });
  const files = { 'k.pem': keyPem(key), 'c.pem': certificatePem(certificate) };
  await withFolderAsync(files, async (folder) => {
    const digest = await writeImage(folder, () => []);
    const sign = ['sign', '--with', 'notation', '--key', 'k.pem', '--certificate', 'c.pem'];
    for (const more of [
      ['--user-metadata', 'env=prod', '--expiry', '24h'],
      ['--signature-format', 'cose'],
    ])
      expect(keelson(folder, [...sign, ...more, 'oci:image:1.0'])).toMatchObject({ code: 0 });
    const { code, out } = keelson(folder, ['inspect', 'oci:image:1.0']);
    expect(code).toBe(0);
    for (const line of [
      /├─ signature sha256:[0-9a-f]{64} \(notation, (?:jws|cose)\)/,
      /env=prod/,
      /by CN=me.*,O=Notary,ST=WA,C=US, issued by CN=me/,
      /signed \d{4}-.*Z, as the signer says \(notary\.x509\)/,
      /expires \d{4}-/,
      new RegExp(`of ${digest} application/vnd.oci.image.manifest.v1\\+json, \\d+ bytes`),
      /not verified: the signature is of this image and of its certificate/,
    ])
      expect(out).toMatch(line);
    expect(out).not.toContain('\u001b');
    const { signatures, referrers } = JSON.parse(
      keelson(folder, ['inspect', '-f', 'json', 'oci:image:1.0']).out,
    );
    expect(signatures.map(({ form }: { form: string }) => form).sort()).toEqual(['cose', 'jws']);
    expect(referrers).toEqual([]);
  });
});

describe('a certificate of an authority of one’s own', () => {
  const authorityKey = newKey();
  const authority = issueCertificate({
    subject: [['CN', 'authority']],
    key: authorityKey,
    notBefore: Date.now() - 9 * hour,
    notAfter: Date.now() + 9 * hour,
    extensions: [basicConstraints(true), keyUsage(['keyCertSign'])],
  });
  const trustedRoot = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    certificateAuthorities: [
      {
        uri: 'https://ca.example',
        certChain: { certificates: [{ rawBytes: Buffer.from(authority.bytes).toString('base64') }] },
        validFor: { start: '2020-01-01T00:00:00Z' },
      },
    ],
  });

  test.each([
    ['is judged at this hour', 1, 'at this hour its certificate is of a trusted authority'],
    ['that has expired', -1, 'nothing that is trusted says when it was signed, and at this hour: '],
  ])('%s', async (_, hours, reason) => {
    const key = newKey();
    const leaf = issueCertificate({
      subject: [['CN', 'dev']],
      key,
      notBefore: Date.now() - 2 * hour,
      notAfter: Date.now() + hours * hour,
      extensions: [
        keyUsage(['digitalSignature']),
        extendedKeyUsage([keyPurposes.codeSigning]),
        subjectAlternativeName([{ type: 'email', value: 'dev@example.com' }], true),
      ],
      issuer: { certificate: authority, key: authorityKey },
    });
    // keelson sign would refuse the certificate that has expired.
    const bundleOf = (digest: Digest) =>
      JSON.stringify({
        mediaType: bundleMediaType,
        verificationMaterial: { certificate: { rawBytes: Buffer.from(leaf.bytes).toString('base64') } },
        dsseEnvelope: envelope(
          {
            _type: 'https://in-toto.io/Statement/v1',
            subject: [{ digest: { sha256: digest.slice('sha256:'.length) } }],
            predicateType: cosignSignPredicate,
            predicate: {},
          },
          key,
        ),
      });
    await withFolderAsync({ 'tr.json': trustedRoot }, async (folder) => {
      await writeImage(folder, (digest) => [bundleOf(digest)]);
      const { out } = keelson(folder, ['inspect', '--trusted-root', 'tr.json', 'oci:image:1.0']);
      expect(out).toContain('by dev@example.com');
      expect(out).toContain(`not verified: nothing that is trusted says when it was signed`);
      expect(out).toContain(reason);
      writeFileSync(
        join(folder, 'empty.json'),
        JSON.stringify({ ...JSON.parse(trustedRoot), certificateAuthorities: [] }),
      );
      const other = keelson(folder, ['inspect', '--trusted-root', 'empty.json', 'oci:image:1.0']).out;
      expect(other).toMatch(/and at this hour: .* \[CERTIFICATE_UNTRUSTED\]/);
    });
  });
});

describe('what refers to referrers', () => {
  const empty = {
    mediaType: 'application/vnd.oci.empty.v1+json',
    digest: digestOf(Buffer.from('{}')),
    size: 2,
  };

  function manifest(index: string, subject?: LoadedManifest): LoadedManifest {
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        artifactType: 'application/x',
        config: empty,
        layers: [],
        ...(subject && {
          subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
        }),
        annotations: { index },
      }),
    );
    return loadManifest(bytes, { digest: digestOf(bytes), mediaType: mediaTypes.ociManifest });
  }

  /** A registry in which `width` manifests refer to the image and to each manifest, without an end. */
  function endless(width: number, lying = false) {
    const image = manifest('image');
    const known = new Map<Digest, LoadedManifest>([[image.digest, image]]);
    const asked = { referrers: 0, manifests: 0 };
    const missing = async (): Promise<never> => {
      throw new OciError('CONTENT_NOT_FOUND', 'nothing');
    };
    const source: ImageSource = {
      name: 'endless',
      resolve: missing,
      manifest: async ({ digest }) => {
        asked.manifests++;
        return known.get(digest) ?? (await missing());
      },
      async *blob() {},
      async *tags() {},
      referrers: async (subject) => {
        asked.referrers++;
        const about = known.get(subject);
        return Array.from({ length: width }, (_, at) => {
          const loaded = manifest(`${subject} ${at}`, lying && about !== image ? image : about);
          known.set(loaded.digest, loaded);
          return { ...loaded, annotations: new Map() };
        });
      },
      close: async () => undefined,
    };
    return { image, source, asked };
  }

  test('is followed as far as a bound, and what is left out is told', async () => {
    const { image, source, asked } = endless(600);
    const inspection = await inspectImage(source, image, undefined);
    const text = inspectionText('image', inspection);
    expect(inspection.referrers).toHaveLength(600);
    expect(inspection.referrers[0]?.referrers).toHaveLength(600);
    expect(text).toContain('more than maxReferrers (1000) manifests refer to referrers of the image');
    expect(asked.manifests).toBeLessThanOrEqual(1_600);
    expect(asked.referrers).toBeLessThanOrEqual(5);
  });

  test('ends three deep', async () => {
    const { image, source } = endless(2);
    const { referrers } = await inspectImage(source, image, undefined);
    const count = (below: typeof referrers): number =>
      below.reduce((sum, each) => sum + 1 + count(each.referrers), 0);
    expect(count(referrers)).toBe(2 + 4 + 8);
  });

  test('and names another subject is told', async () => {
    const { image, source } = endless(1, true);
    const inspection = await inspectImage(source, image, undefined);
    expect(inspectionText('image', inspection)).toMatch(
      /unreadable sha256:.*\n.*its manifest names another subject/,
    );
  });
});
