import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pae } from '@keelson/envelopes';
import type { Digest } from '@keelson/oci';
import { bundleMediaType, cosignSignPredicate, statementPayloadType } from '@keelson/signing';
import { describe, expect, test } from 'vitest';
import { keelson, withFolderAsync } from '../testing/run.ts';
import { writeImage } from './testing/image-layout.ts';
import { wayNames } from './verify/way.ts';
import { usage } from './verify.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();
const material = { publicKey: { hint: '' } };

function blobBundle(content: string): string {
  const signature = sign('sha256', Buffer.from(content), privateKey).toString('base64');
  const digest = createHash('sha256').update(content).digest('base64');
  return JSON.stringify({
    mediaType: bundleMediaType,
    verificationMaterial: material,
    messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest }, signature },
  });
}

function statementBundle(digest: Digest, predicateType: string, annotations = {}): string {
  const payload = Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ digest: { sha256: digest.slice('sha256:'.length) }, annotations }],
      predicateType,
      predicate: {},
    }),
  );
  const sig = sign('sha256', pae(statementPayloadType, payload), privateKey).toString('base64');
  return JSON.stringify({
    mediaType: bundleMediaType,
    verificationMaterial: material,
    dsseEnvelope: {
      payloadType: statementPayloadType,
      payload: payload.toString('base64'),
      signatures: [{ sig }],
    },
  });
}

describe('keelson verify of a file', () => {
  const files = {
    'key.pub': pem,
    'other.pub': other,
    'a.txt': 'a',
    'b.txt': 'b',
    'a.bundle': blobBundle('a'),
    'shop/oci-layout': '{"imageLayoutVersion":"1.0.0"}',
    'shop/index.json': '{"schemaVersion":2,"manifests":[]}',
  };
  test.each<[string, string[], number, string]>([
    [
      'verified',
      ['--key', 'key.pub', '--insecure-ignore-tlog', '--bundle', 'a.bundle', 'a.txt'],
      0,
      'a.txt: verified\n',
    ],
    [
      'by its digest',
      [
        ...['--key', 'key.pub', '--insecure-ignore-tlog', '--bundle', 'a.bundle'],
        'sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
      ],
      0,
      ': verified\n',
    ],
    [
      'another file',
      ['--key', 'key.pub', '--insecure-ignore-tlog', '--bundle', 'a.bundle', 'b.txt'],
      1,
      'ARTIFACT_MISMATCH',
    ],
    [
      'another key',
      ['--key', 'other.pub', '--insecure-ignore-tlog', '--bundle', 'a.bundle', 'a.txt'],
      1,
      'SIGNATURE_WRONG',
    ],
    [
      'no bundle',
      ['--key', 'key.pub', '--insecure-ignore-tlog', '--bundle', 'a.txt', 'a.txt'],
      1,
      'BUNDLE_INVALID',
    ],
    [
      'a signature where an attestation of some type is asked for',
      ['--key', 'key.pub', '--insecure-ignore-tlog', '--type', 'spdx', '--bundle', 'a.bundle', 'a.txt'],
      1,
      'ATTESTATION_MISMATCH',
    ],
  ])('%s', async (_, args, code, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, ['verify', ...args]);
      expect([run.code, run.out]).toEqual([code, expect.stringContaining(expected)]);
    });
  });

  test.each<[string, string[], string]>([
    ['nobody to trust', ['--bundle', 'a.bundle', 'a.txt'], 'whose signature is it to be?'],
    [
      'an identity without its issuer',
      ['--certificate-identity', 'a', '--bundle', 'a.bundle', 'a.txt'],
      'both of',
    ],
    ['nothing trusted', ['--key', 'key.pub', '--bundle', 'a.bundle', 'a.txt'], 'what is trusted?'],
    [
      'a key and an identity',
      ['--key', 'key.pub', '--certificate-identity', 'a', 'a'],
      'a key has no identity',
    ],
    ['no key', ['--key', 'a.txt', '--insecure-ignore-tlog', '--bundle', 'a.bundle', 'a.txt'], 'PEM'],
    [
      'no file',
      ['--key', 'none.pub', '--insecure-ignore-tlog', '--bundle', 'a.bundle', 'a.txt'],
      'no such file',
    ],
    [
      'annotations of a file',
      ['--key', 'key.pub', '--bundle', 'a.bundle', '-a', 'a=b', 'a.txt'],
      '--annotations',
    ],
    [
      'a threshold for a file',
      ['--key', 'key.pub', '--bundle', 'a.bundle', '--threshold', '2', 'a.txt'],
      '--threshold',
    ],
    [
      'what notation says',
      ['--key', 'key.pub', '--user-metadata', 'a=b', 'oci:image:1.0'],
      '--user-metadata',
    ],
    [
      'a key for notation',
      ['--with', 'notation', '--key', 'key.pub', 'oci:image:1.0'],
      'it is for --with cosign, --with vsa and --with tekton',
    ],
    ['a threshold for notation', ['--with', 'notation', '--threshold', '2', 'oci:image:1.0'], '--threshold'],
    ['a key beside policies', ['--policy', 'a.txt', '--key', 'key.pub', 'oci:image:1.0'], '--key'],
    [
      'two keys, of which one would count',
      ['--key', 'key.pub', '--key=other.pub', '--bundle', 'a.bundle', 'a.txt'],
      '--key is given twice',
    ],
    [
      'an image that is not in its layout',
      ['--key', 'key.pub', '--insecure-ignore-tlog', 'oci:shop:none'],
      'shop has 0 images none [USAGE]',
    ],
    [
      'a mirror over plain HTTP',
      ['--key', 'key.pub', '--tuf-mirror', 'http://tuf.example', 'sha256:0'],
      'plain http is not allowed [HTTP_URL_REFUSED]',
    ],
    [
      'a type that is none',
      ['--key', 'key.pub', '--insecure-ignore-tlog', '--type', 'opnvex', 'oci:shop:none'],
      '--type opnvex (did you mean "openvex"?): it is a URI, or one of',
    ],
    [
      'a type of a file that is none',
      ['--key', 'key.pub', '--insecure-ignore-tlog', '--type', 'x', '--bundle', 'a.bundle', 'a.txt'],
      '--type x: it is a URI, or one of',
    ],
    [
      'a file as an image',
      ['--key', 'key.pub', '--insecure-ignore-tlog', './a.txt'],
      './a.txt is a file: for the file give --bundle FILE, for an image in it oci-archive:./a.txt',
    ],
    [
      'a file, to the way of summaries',
      [
        ...[
          '--with',
          'vsa',
          '--key',
          'key.pub',
          '--insecure-ignore-tlog',
          '--verifier-id',
          'https://a.example',
        ],
        ...['--resource-uri', 'a', 'a.txt'],
      ],
      'for the file give --attestation FILE',
    ],
    [
      'a folder as an image',
      ['--key', 'key.pub', '--insecure-ignore-tlog', './'],
      './ is a folder: for an image in it give oci:./ or dir:./',
    ],
    [
      'stdin in two places',
      ['--key', 'key.pub', '--insecure-ignore-tlog', '--bundle', '-', '-'],
      'stdin is named twice',
    ],
    ['two ways', ['--with', 'cosign', '--with', 'notation', 'a.txt'], '--with is given twice'],
    ['policies in another way', ['--with', 'notation', '--policy', 'a.txt', 'a.txt'], '--policy and --with'],
    ['a way that is none', ['--with', 'notaton', 'a.txt'], 'did you mean "notation"'],
    ['a flag that no way has', ['--with', 'notation', '--keyy', 'a', 'a.txt'], 'unknown option --keyy'],
  ])('wrong call: %s', async (_, args, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, ['verify', ...args]);
      expect([run.code, run.err]).toEqual([2, expect.stringContaining(expected)]);
    });
  });
});

describe('an attestation in the place of a signature', () => {
  const type = 'https://spdx.dev/Document';
  const digest: Digest = `sha256:${createHash('sha256').update('a').digest('hex')}`;
  const files = { 'key.pub': pem, 'a.txt': 'a', 'a.att': statementBundle(digest, type) };
  const verify = (folder: string, ...args: string[]) =>
    keelson(folder, [
      ...['verify', '--key', 'key.pub', '--insecure-ignore-tlog', '--bundle', 'a.att'],
      ...args,
      'a.txt',
    ]);

  test('counts for a file, and is told on both sides', async () => {
    await withFolderAsync(files, async (folder) => {
      const kind = `an attestation of type ${type}, not a signature`;
      expect(verify(folder)).toEqual({
        code: 0,
        out: expect.stringContaining(`a.txt: verified\n  ${kind}\n`),
        err: expect.stringContaining(`note: a.att is ${kind}`),
      });
      expect(verify(folder, '-q').err).toBe('');
      expect(verify(folder, '--type', 'spdx')).toEqual({
        code: 0,
        out: expect.stringContaining(`  an attestation of type ${type}\n`),
        err: '',
      });
    });
  });

  test('its statement goes on', async () => {
    await withFolderAsync(files, async (folder) => {
      const { signature } = JSON.parse(verify(folder, '-f', 'json', '-q').out);
      expect(signature.statement).toMatchObject({ predicateType: type, predicate: {} });
      expect(verify(folder, '--type', 'spdx', '--print-predicate')).toMatchObject({ code: 0, out: '{}\n' });
      expect(verify(folder, '--type', 'vuln', '--print-predicate')).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining('ATTESTATION_MISMATCH'),
      });
      expect(verify(folder, '--print-predicate')).toMatchObject({
        code: 2,
        err: expect.stringContaining('--print-predicate goes with --type'),
      });
    });
  });
});

describe('the ways of verifying', () => {
  test('the help names all of them, and each has its own', async () => {
    const common = keelson('.', ['verify', '--help']).out;
    for (const way of wayNames) {
      expect(common).toMatch(new RegExp(`^  --with ${way} `, 'm'));
      const { code, out } = keelson('.', ['verify', '--with', way, '--help']);
      expect([way, code, out]).toEqual([way, 0, expect.stringContaining('Usage: keelson verify')]);
    }
  });

  test('completion knows the flags of all', async () => {
    const { flags } = await usage();
    expect(Object.keys(flags)).toEqual(expect.arrayContaining(['key', 'trust-policy', 'manifests']));
  });
});

describe('keelson verify of an image', () => {
  test('a layout that is damaged is no wrong call', async () => {
    await withFolderAsync({ 'key.pub': pem }, async (folder) => {
      await writeImage(folder, () => []);
      const index = join(folder, 'image/index.json');
      const value = JSON.parse(readFileSync(index, 'utf8'));
      value.manifests.push({ ...value.manifests[0], mediaType: 'none', annotations: {} });
      writeFileSync(index, JSON.stringify(value));
      const args = ['verify', '--key', 'key.pub', '--insecure-ignore-tlog', 'oci:image:1.0'];
      expect(keelson(folder, args)).toMatchObject({
        code: 4,
        err: expect.stringContaining('manifests[1].mediaType is no media type [MANIFEST_INVALID]'),
      });
    });
  });

  const verify = (folder: string, ...args: string[]) =>
    keelson(folder, ['verify', '--key', 'key.pub', '--insecure-ignore-tlog', ...args, 'oci:image:1.0']);

  test('a signature, its annotations, an attestation of its type, and neither', async () => {
    await withFolderAsync({ 'key.pub': pem, 'other.pub': other }, async (folder) => {
      const digest = await writeImage(folder, (image) => [
        statementBundle(image, cosignSignPredicate, { env: 'prod' }),
        statementBundle(image, 'https://slsa.dev/provenance/v1'),
      ]);
      expect(verify(folder)).toMatchObject({ code: 0, out: expect.stringContaining(`digest: ${digest}`) });
      expect(verify(folder, '-a', 'env=prod').code).toBe(0);
      expect(verify(folder, '-a', 'env=test')).toMatchObject({
        code: 1,
        out: expect.stringContaining('ATTESTATION_MISMATCH'),
      });
      expect(verify(folder, '--type', 'slsaprovenance1').code).toBe(0);
      const { out } = verify(folder, '--type', 'slsaprovenance1', '-f', 'json');
      expect(JSON.parse(out).accepted[0].statement.predicateType).toBe('https://slsa.dev/provenance/v1');
      expect(verify(folder, '--type', 'slsaprovenance1', '--print-predicate').out).toBe('{}\n');
      expect(verify(folder, '--type', 'spdx')).toMatchObject({
        code: 1,
        out: expect.stringContaining('there is no attestation of type https://spdx.dev/Document'),
      });
      expect(verify(folder, '--threshold', '2')).toMatchObject({
        code: 2,
        err: expect.stringContaining('needs a pattern'),
      });
      const other = ['verify', '--key', 'other.pub', '--insecure-ignore-tlog', 'oci:image:1.0'];
      expect(keelson(folder, other).code).toBe(1);
    });
  });

  test('no signature at all, and one of another image', async () => {
    await withFolderAsync({ 'key.pub': pem }, async (folder) => {
      await writeImage(folder, () => []);
      expect(verify(folder)).toMatchObject({
        code: 1,
        out: expect.stringContaining('there is no signature'),
      });
    });
    await withFolderAsync({ 'key.pub': pem }, async (folder) => {
      await writeImage(folder, () => [statementBundle(`sha256:${'0'.repeat(64)}`, cosignSignPredicate)]);
      expect(verify(folder)).toMatchObject({ code: 1, out: expect.stringContaining('ARTIFACT_MISMATCH') });
    });
  });
});

test('keelson inspect draws what stands beside an image', async () => {
  await withFolderAsync({}, async (folder) => {
    await writeImage(folder, (image) => [
      statementBundle(image, cosignSignPredicate, { env: 'prod\u001b[31m' }),
      statementBundle(image, 'https://slsa.dev/provenance/v1'),
      statementBundle(`sha256:${'0'.repeat(64)}`, 'https://slsa.dev/provenance/v1'),
      'no bundle',
    ]);
    const { code, out } = keelson(folder, ['inspect', 'oci:image:1.0']);
    expect(code).toBe(0);
    expect(out).toContain('├─ signature sha256:');
    expect(out).toContain('type https://slsa.dev/provenance/v1');
    expect(out.match(/not of this image, but of .*/g)).toEqual([
      `not of this image, but of sha256:${'0'.repeat(64)}`,
    ]);
    expect(out).toContain('unreadable sha256:');
    expect(out).toContain('not verified: no trusted root was given');
    expect(out).not.toContain('\u001b');
    const json = JSON.parse(keelson(folder, ['inspect', '-f', 'json', 'oci:image:1.0']).out);
    expect(json.signatures.map(({ kind }: { kind: string }) => kind)).toEqual([
      'signature',
      'attestation',
      'attestation',
    ]);
  });
});
