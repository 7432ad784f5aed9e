import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keelson, withFolderAsync } from '../testing/run.ts';
import { writeImage } from './testing/image-layout.ts';
import { identity, inWorld, services } from './testing/sigstore-world.ts';

beforeAll(() => {
  vi.stubEnv('COSIGN_PASSWORD', 'pass');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const tag = '--new-bundle-format=false';
const waived = ['--key', 'k.pub', '--insecure-ignore-tlog'];
const type = 'https://example.com/review/v1';
const statement = ['--predicate', 'p.json', '--type', type];

describe('the form of cosign 1 and 2', () => {
  test('signatures and statements of a key', async () => {
    await withFolderAsync({ 'p.json': '{"score":9}' }, async (folder) => {
      const digest = await writeImage(folder, () => []);
      keelson(folder, ['sign', '--generate-key-pair', 'k']);
      for (const env of ['prod', 'test'])
        expect(
          keelson(folder, ['sign', tag, '--key', 'k.key', '-a', `env=${env}`, 'oci:image:1.0']),
        ).toMatchObject({ code: 0, out: `${digest}\n` });
      expect(keelson(folder, ['attest', tag, '--key', 'k.key', ...statement, 'oci:image:1.0'])).toMatchObject(
        { code: 0, out: `${digest}\n` },
      );
      const index = JSON.parse(readFileSync(join(folder, 'image/index.json'), 'utf8'));
      const hex = digest.slice('sha256:'.length);
      expect(JSON.stringify(index)).toContain(`sha256-${hex}.sig`);
      expect(JSON.stringify(index)).toContain(`sha256-${hex}.att`);
      const verified = (...more: string[]) =>
        keelson(folder, ['verify', ...waived, ...more, 'oci:image:1.0']).code;
      expect(verified('-a', 'env=prod')).toBe(0);
      expect(verified('-a', 'env=test')).toBe(0);
      expect(verified('-a', 'env=none')).toBe(1);
      expect(verified('--type', type)).toBe(0);
      expect(verified('--type', 'spdx')).toBe(1);
      // The tags of signatures are no images of the layout.
      expect(keelson(folder, ['verify', ...waived, 'oci:image']).code).toBe(0);
    });
  });

  test('a signature at the tag of another image is told as what it is', async () => {
    await withFolderAsync({ 'p.json': '{"score":9}' }, async (folder) => {
      const digest = await writeImage(folder, () => []);
      keelson(folder, ['sign', '--generate-key-pair', 'k']);
      keelson(folder, ['sign', tag, '--key', 'k.key', 'oci:image:1.0']);
      keelson(folder, ['attest', tag, '--key', 'k.key', ...statement, 'oci:image:1.0']);
      const index = join(folder, 'image/index.json');
      const text = readFileSync(index, 'utf8');
      const { manifests } = JSON.parse(text);
      const named = (end: string) =>
        manifests.find(({ annotations }: { annotations: object }) =>
          JSON.stringify(annotations).includes(end),
        );
      const other: string = named('.att').digest;
      const tagOf = (of: string) => `${of.replace(':', '-')}.sig`;
      writeFileSync(index, text.replace(tagOf(digest), tagOf(other)));
      expect(keelson(folder, ['inspect', `oci:image@${other}`])).toMatchObject({
        code: 0,
        out: expect.stringContaining(`not of this image, but of ${digest}`),
      });
    });
  });

  test('keyless with the first Rekor', async () => {
    await inWorld({ rekor: 1, timestamps: true }, async ({ sigstore, folder, run, verify }) => {
      await writeImage(folder, () => []);
      writeFileSync(join(folder, 'p.json'), '{"score":9}');
      const by = [...services, '--identity-token', sigstore.token(), tag];
      expect(await run('sign', ...by, 'oci:image:1.0')).toMatchObject({ code: 0 });
      expect(await run('attest', ...by, ...statement, 'oci:image:1.0')).toMatchObject({ code: 0 });
      const flags = ['--insecure-ignore-sct', '--use-signed-timestamps'];
      expect(await verify(...flags, 'oci:image:1.0')).toMatchObject({ code: 0 });
      expect(await verify(...flags, '--type', type, 'oci:image:1.0')).toMatchObject({ code: 0 });
      const other = ['--trusted-root', 'tr.json', ...identity(sigstore, 'eve@example.com')];
      expect(await run('verify', ...other, ...flags, 'oci:image:1.0')).toMatchObject({ code: 1 });
    });
  });

  test('has no place for the second Rekor, which is told before anybody is asked', async () => {
    await inWorld({}, async ({ sigstore, folder, run }) => {
      await writeImage(folder, () => []);
      const by = [...services, '--identity-token', sigstore.token(), tag];
      expect(await run('sign', ...by, 'oci:image:1.0')).toMatchObject({
        code: 2,
        err: expect.stringContaining('keeps entries of the first Rekor alone'),
      });
      expect(sigstore.log).toEqual([]);
    });
  });

  test('is of images, and one of two words', async () => {
    await withFolderAsync({ 'a.txt': 'a' }, async (folder) => {
      keelson(folder, ['sign', '--generate-key-pair', 'k']);
      const sign = (flag: string) =>
        keelson(folder, ['sign', '--key', 'k.key', flag, '--bundle', 'b', 'a.txt']);
      expect(sign(tag)).toMatchObject({ code: 2, err: expect.stringContaining('is of images') });
      expect(sign('--new-bundle-format=no')).toMatchObject({ code: 2 });
      expect(sign('--new-bundle-format=true')).toMatchObject({ code: 0 });
    });
  });
});

test('statements in bundles are taken in by the first Rekor', async () => {
  await inWorld({ rekor: 1 }, async ({ sigstore, folder, run, verify }) => {
    await writeImage(folder, () => []);
    writeFileSync(join(folder, 'p.json'), '{"score":9}');
    const by = [...services, '--identity-token', sigstore.token()];
    expect(await run('attest', ...by, ...statement, '--bundle', 'b', 'a.txt')).toMatchObject({ code: 0 });
    const bundle = JSON.parse(readFileSync(join(folder, 'b'), 'utf8'));
    expect(bundle.verificationMaterial.tlogEntries[0].kindVersion).toEqual({
      kind: 'dsse',
      version: '0.0.1',
    });
    const flags = ['--insecure-ignore-sct', '--type', type];
    expect(await verify(...flags, '--bundle', 'b', 'a.txt')).toMatchObject({ code: 0 });
    expect(await verify(...flags, '--bundle', 'b', 'b.txt')).toMatchObject({ code: 1 });
    expect(await run('sign', ...by, 'oci:image:1.0')).toMatchObject({ code: 0 });
    expect(await verify('--insecure-ignore-sct', 'oci:image:1.0')).toMatchObject({ code: 0 });
  });
});

test('the log entry of another statement is refused, in either form, and nothing is written', async () => {
  // One time for all, so that each certificate is valid at the time of the first signature.
  const time = Date.now();
  await inWorld({ rekor: 1, now: () => time }, async ({ sigstore, folder, run }) => {
    await writeImage(folder, () => []);
    writeFileSync(join(folder, 'p.json'), '{"score":9}');
    let first: Uint8Array | undefined;
    sigstore.alter = ({ service, answer }) => {
      if (service !== 'log') return answer;
      first ??= answer;
      return first;
    };
    const by = [...services, '--identity-token', sigstore.token(), ...statement];
    expect(await run('attest', ...by, '--bundle', 'b', 'a.txt')).toMatchObject({ code: 0 });
    const index = () => readFileSync(join(folder, 'image/index.json'), 'utf8');
    const before = index();
    for (const form of [[], [tag]])
      expect(await run('attest', ...by, ...form, 'oci:image:1.0')).toMatchObject({
        code: 4,
        err: expect.stringContaining('LOG_ENTRY_MISMATCH'),
      });
    expect(index()).toBe(before);
  });
});
