import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { writeImage } from './testing/image-layout.ts';
import { email } from './testing/sigstore-world.ts';
import { inTufWorld, type TufWorld } from './testing/tuf-world.ts';

const api = { apiVersion: 'policy.sigstore.dev/v1alpha1' };
const identities = [{ issuerRegExp: '^http://127[.]0[.]0[.]1', subject: email }];
const policy = {
  ...api,
  kind: 'ClusterImagePolicy',
  metadata: { name: 'p' },
  spec: {
    images: [{ glob: '**' }],
    authorities: [
      {
        keyless: { identities, trustRootRef: 'own' },
        ctlog: { trustRootRef: 'own' },
        signatureFormat: 'bundle',
      },
    ],
  },
};
const trustRoot = (spec: object) => ({ ...api, kind: 'TrustRoot', metadata: { name: 'own' }, spec });

async function archiveOf({ repository }: TufWorld): Promise<string> {
  const tar = pack();
  for (const [name, bytes] of repository.files) tar.entry({ name: `repository/${name}` }, Buffer.from(bytes));
  tar.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of tar) if (piece instanceof Uint8Array) pieces.push(piece);
  return gzipSync(Buffer.concat(pieces)).toString('base64');
}

interface Judging extends TufWorld {
  readonly root: string;
  /** Judges the image by a TrustRoot. */
  readonly judge: (spec: object, ...flags: string[]) => ReturnType<TufWorld['run']>;
}

/** policy-controller takes no log with a key other than of ECDSA. */
const options = { rekor: 1, logKey: 'ecdsa-p256', timestamps: true, certificateLog: true } as const;

async function inJudgingWorld(use: (world: Judging) => Promise<void>, more: object = {}): Promise<void> {
  await inTufWorld(
    async (world) => {
      const { folder, run, sigstore } = world;
      await writeImage(folder, () => []);
      const by = ['--signing-config', 'sc.json', '--trusted-root', 'tr.json'];
      const signed = await run('sign', ...by, '--identity-token', sigstore.token(), 'oci:image:1.0');
      expect(signed).toMatchObject({ code: 0, err: '' });
      const judge = (spec: object, ...flags: string[]) => {
        writeFileSync(
          join(folder, 'p.yaml'),
          [policy, trustRoot(spec)].map((each) => JSON.stringify(each)).join('\n---\n'),
        );
        return run('verify', '--policy', 'p.yaml', ...flags, 'oci:image:1.0');
      };
      await use({ ...world, judge, root: readFileSync(join(folder, 'root.json')).toString('base64') });
    },
    { ...options, ...more },
  );
}

test('a TrustRoot with a repository in an archive needs no network', async () => {
  await inJudgingWorld(async (world) => {
    const { judge, root, server, publish, repository, sigstore } = world;
    const mirrorFS = await archiveOf(world);
    expect(await judge({ repository: { root, mirrorFS } }, '--offline')).toMatchObject({
      code: 0,
      out: expect.stringContaining(`by ${email}`),
    });
    expect(server.log).toEqual([]);
    const custom = { root, mirrorFS, trustedRootTarget: 'other.json' };
    expect(await judge({ repository: custom })).toMatchObject({
      code: 4,
      err: expect.stringMatching(/the TrustRoot own: .*other\.json.*\[TUF_TARGET_UNKNOWN\]/),
    });
    repository.addTarget('targets', 'other.json', sigstore.trustedRoot);
    publish(30);
    expect(await judge({ repository: { ...custom, mirrorFS: await archiveOf(world) } })).toMatchObject({
      code: 0,
    });
    publish(-1);
    expect(await judge({ repository: { root, mirrorFS: await archiveOf(world) } })).toMatchObject({
      code: 4,
      err: expect.stringMatching(/\[TUF_EXPIRED\]/),
    });
    const broken = Buffer.from('an archive').toString('base64');
    expect(await judge({ repository: { root, mirrorFS: broken } })).toMatchObject({
      code: 2,
      err: expect.stringContaining('TUF_ARCHIVE_INVALID'),
    });
    const empty = Buffer.from('{"signed": {}, "signatures": []}').toString('base64');
    expect(await judge({ repository: { root: empty, mirrorFS } })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/the TrustRoot own: metadata of root.*\[USAGE\]/),
    });
  });
});

test('a TrustRoot with a mirror is asked of it, and of nobody else', async () => {
  await inJudgingWorld(async ({ judge, root, server, askedBefore, publish }) => {
    const remote = { root, mirror: `${server.url}/` };
    expect(await judge({ remote }, '--offline', '-q')).toMatchObject({
      code: 4,
      err: expect.stringContaining('run once without it [TUF_NOT_AVAILABLE]'),
    });
    expect(server.log).toEqual([]);
    expect(await judge({ remote })).toMatchObject({ code: 0 });
    server.log.length = 0;
    expect(await judge({ remote }, '--offline', '-q')).toMatchObject({ code: 0 });
    expect(await judge({ remote })).toMatchObject({ code: 0 });
    expect(server.log).toEqual([]);
    publish(-2);
    await askedBefore(3);
    expect(await judge({ remote })).toMatchObject({ code: 4, err: expect.stringContaining('TUF_EXPIRED') });
    expect(await judge({ remote: { ...remote, targets: 'elsewhere' } })).toMatchObject({ code: 4 });
  });
});

test('a log with another key than of ECDSA is refused, as policy-controller does', async () => {
  await inJudgingWorld(
    async (world) => {
      const { judge, root } = world;
      expect(await judge({ repository: { root, mirrorFS: await archiveOf(world) } })).toMatchObject({
        code: 1,
        out: expect.stringMatching(/not of ECDSA.*\[IMAGE_TRUST_ROOT_INVALID\]/),
      });
    },
    { logKey: 'ed25519' },
  );
});

test('a repository beside the policies of a verdict says what they trust, and not who is to log it', async () => {
  await inJudgingWorld(async ({ folder, run, mirror, sigstore }) => {
    const { spec } = policy;
    const authorities = [{ keyless: { identities }, signatureFormat: 'bundle' }];
    writeFileSync(join(folder, 'p.yaml'), JSON.stringify({ ...policy, spec: { ...spec, authorities } }));
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(folder, 'key.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const asked = sigstore.log.length;
    const verdict = ['--policy', 'p.yaml', '--verifier-id', 'https://v.example', ...mirror, 'oci:image:1.0'];
    expect(await run('attest', '--key', 'key.pem', ...verdict)).toMatchObject({ code: 0 });
    expect(sigstore.log).toHaveLength(asked);
    expect(await run('attest', '--identity-token', sigstore.token(), ...verdict)).toMatchObject({ code: 0 });
    expect(sigstore.log.length).toBeGreaterThan(asked);
  });
});
