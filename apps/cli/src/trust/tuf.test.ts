import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SimulatedRepository, serveRepository } from '@keelson/sigstore-testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { writeImage } from './testing/image-layout.ts';
import { byDeveloper, day, inTufWorld } from './testing/tuf-world.ts';

const verified = { code: 0, err: '', out: expect.stringContaining('a.txt: verified') };
const refused = (code: string, text = '') => ({
  code: 4,
  out: '',
  err: expect.stringMatching(new RegExp(`^keelson: ${text}.*\\[${code}\\]\n$`)),
});
const rootUnknown = /127.0.0.1.*--tuf-root FILE.*\[TUF_ROOT_UNKNOWN\]/;

const keyPem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const trustedRootOfOthers = JSON.stringify({
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: [],
  certificateAuthorities: [],
  ctlogs: [],
  timestampAuthorities: [],
});

describe('what is trusted, by a repository', () => {
  test('is fetched once, and asked for again only where it has expired', async () => {
    await inTufWorld(async ({ server, verify, publish, askedBefore }) => {
      expect(await verify()).toMatchObject(verified);
      expect(server.log).toEqual([
        'GET /2.root.json',
        'GET /3.root.json',
        'GET /timestamp.json',
        'GET /2.snapshot.json',
        'GET /2.targets.json',
        expect.stringMatching(/^GET \/targets\/[0-9a-f]{64}\.trusted_root\.json$/),
      ]);
      server.log.length = 0;
      expect(await verify()).toMatchObject(verified);
      expect(server.log).toEqual([]);
      publish(-2);
      await askedBefore(3);
      publish(30);
      server.log.length = 0;
      expect(await verify()).toMatchObject(verified);
      expect(server.log).toContain('GET /timestamp.json');
    });
  });

  test('follows keys that were rotated between two runs', async () => {
    await inTufWorld(async ({ repository, verify, publish, askedBefore }) => {
      publish(-2);
      await askedBefore(3);
      const before = repository.signers.get('root') ?? [];
      for (const role of ['root', 'timestamp', 'snapshot', 'targets']) repository.rotate(role);
      const after = repository.signers.get('root') ?? [];
      repository.signers.set('root', [...before, ...after]);
      publish(30);
      repository.signers.set('root', after);
      expect(await verify()).toMatchObject(verified);
      expect(await verify('--offline', '-q')).toMatchObject(verified);
      // The next keys are not signed for by those before.
      repository.rotate('root');
      publish(40);
      expect(await verify()).toMatchObject(verified);
    });
  });

  test.each<[what: string, code: string, world: (repository: SimulatedRepository) => void]>([
    [
      'an older timestamp',
      'TUF_VERSION_REFUSED',
      (repository) => {
        repository.timestamp.version = 1;
        repository.publish('timestamp');
      },
    ],
    [
      'a timestamp of others',
      'TUF_SIGNATURES_MISSING',
      (repository) => {
        repository.signers.delete('timestamp');
        repository.publish('timestamp');
      },
    ],
    [
      'a root of others',
      'TUF_SIGNATURES_MISSING',
      (repository) => {
        repository.rotate('root');
        repository.publish('root');
      },
    ],
    [
      'another trusted root',
      'TUF_CONTENT_MISMATCH',
      (repository) => {
        const text = String(repository.files.get('targets/trusted_root.json'));
        repository.addTarget('targets', 'trusted_root.json', `${text} `);
        repository.publish('targets', 'snapshot', 'timestamp');
        for (const path of repository.files.keys())
          if (path.endsWith('trusted_root.json')) repository.files.set(path, Buffer.from(`${text}\n`));
      },
    ],
    ['no timestamp', 'TUF_NOT_AVAILABLE', ({ files }) => files.delete('timestamp.json')],
    [
      'no trusted root',
      'TUF_TARGET_UNKNOWN',
      (repository) => {
        delete repository.targets.targets['trusted_root.json'];
        repository.publish('targets', 'snapshot', 'timestamp');
      },
    ],
  ])('%s is refused', async (_, code, change) => {
    await inTufWorld(async ({ repository, server, verify, publish, askedBefore }) => {
      publish(-2);
      await askedBefore(3);
      publish(30);
      change(repository);
      expect(await verify()).toMatchObject(refused(code, server.url));
    });
  });

  test('a repository that has expired, or cannot be reached', async () => {
    await inTufWorld(async ({ server, verify, publish, askedBefore, mirror, run, sigstore }) => {
      publish(-2);
      expect(await verify()).toMatchObject(
        refused('TUF_EXPIRED', `${server.url}: metadata of root expired at`),
      );
      const args = ['verify', ...byDeveloper(sigstore), '--bundle', 'a.bundle', 'a.txt'];
      await askedBefore(3);
      const url = server.url;
      await server[Symbol.asyncDispose]();
      const gone = await run(...args, ...mirror.with(1, url));
      expect(gone).toMatchObject(
        refused('TUF_EXPIRED', `${url}: metadata of root expired at .*nothing listens there`),
      );
      const other = await run(...args, ...mirror.with(1, `${url}/other`));
      expect(other).toMatchObject(refused('HTTP_UNREACHABLE'));
    });
  });

  test('one that is not of Sigstore needs its first root', async () => {
    await inTufWorld(async ({ server, run, sigstore }) => {
      const args = [
        'verify',
        '--tuf-mirror',
        server.url,
        ...byDeveloper(sigstore),
        '--bundle',
        'a.bundle',
        'a.txt',
      ];
      expect(await run(...args)).toMatchObject({ code: 4, err: expect.stringMatching(rootUnknown) });
      expect(server.log).toEqual(['GET /12.root.json']);
      expect(await run(...args, '--offline', '-q')).toMatchObject(refused('TUF_NOT_AVAILABLE', server.url));
    });
  });

  test('what somebody wrote into the cache is not believed', async () => {
    await inTufWorld(async ({ folder, verify, repository, server }) => {
      expect(await verify()).toMatchObject(verified);
      const other = new SimulatedRepository(Date.now());
      other.addTarget('targets', 'trusted_root.json', '{}');
      other.publish('root', 'targets', 'snapshot', 'timestamp');
      const kept = filesBelow(join(folder, 'cache'));
      expect(kept.length).toBeGreaterThan(5);
      const forged = (file: string) => {
        const name = file.split('/').at(-1) ?? '';
        if (file.includes('/roots/')) return other.files.get('2.root.json');
        return name === 'root.json' ? other.files.get('2.root.json') : other.files.get(name);
      };
      for (const file of kept) writeFileSync(file, forged(file) ?? '{}');
      expect(await verify('--offline', '-q')).toMatchObject({ code: 4, out: '' });
      server.log.length = 0;
      expect(await verify()).toMatchObject(verified);
      expect(server.log.length).toBeGreaterThan(3);
      for (const file of kept) writeFileSync(file, readFileSync(file).subarray(0, 100));
      expect(await verify()).toMatchObject(verified);
      expect(repository.files.size).toBeGreaterThan(0);
    });
  });

  test('a trusted root that cannot be read is the repository’s fault', async () => {
    await inTufWorld(async ({ verify, repository, publish, server }) => {
      repository.addTarget('targets', 'trusted_root.json', '{"mediaType":"another"}');
      publish(30);
      expect(await verify()).toMatchObject(refused('OUTSIDE_FAILED', `${server.url}: .*mediaType`));
    });
  });

  test('many runs at once', async () => {
    await inTufWorld(async ({ folder, verify }) => {
      const runs = await Promise.all(Array.from({ length: 4 }, () => verify()));
      for (const run of runs) expect(run).toMatchObject(verified);
      expect(await verify('--offline', '-q')).toMatchObject(verified);
      expect(filesBelow(join(folder, 'cache')).filter((file) => file.endsWith('.tmp'))).toEqual([]);
    });
  });

  test('is what inspect takes', async () => {
    await inTufWorld(async ({ folder, run, mirror, sigstore }) => {
      await writeImage(folder, () => []);
      const by = [
        '--signing-config',
        'sc.json',
        '--trusted-root',
        'tr.json',
        '--identity-token',
        sigstore.token(),
      ];
      expect(await run('sign', ...by, 'oci:image:1.0')).toMatchObject({ code: 0 });
      expect((await run('inspect', ...mirror, 'oci:image:1.0')).out).toContain('holds, signed');
      const offline = await run('inspect', ...mirror, '--offline', 'oci:image:1.0');
      for (const line of ['holds, signed', '\nnot checked: whether ']) expect(offline.out).toContain(line);
      expect((await run('inspect', '--offline', 'oci:image:1.0')).out).toContain('no trusted root was given');
    });
  });
});

describe('signing by a repository', () => {
  test('takes its services and what is trusted from it, as they are now', async () => {
    await inTufWorld(async ({ run, mirror, sigstore, server, repository, publish }) => {
      const sign = (...more: string[]) =>
        run(
          'sign',
          ...mirror,
          '--identity-token',
          sigstore.token(),
          ...more,
          '--bundle',
          'b.bundle',
          'a.txt',
        );
      const check = () => run('verify', ...mirror, ...byDeveloper(sigstore), '--bundle', 'b.bundle', 'a.txt');
      expect(await sign()).toMatchObject({ code: 0, err: '' });
      expect(await check()).toMatchObject(verified);
      server.log.length = 0;
      expect(await sign()).toMatchObject({ code: 0, err: '' });
      expect(server.log).toEqual(['GET /3.root.json', 'GET /timestamp.json']);
      expect(await sign('--signing-config', 'sc.json')).toMatchObject({ code: 0, err: '' });
      delete repository.targets.targets['signing_config.v0.2.json'];
      publish(30);
      expect(await sign()).toMatchObject({
        code: 2,
        err: expect.stringContaining('give --signing-config FILE'),
      });
      repository.addTarget('targets', 'trusted_root.json', trustedRootOfOthers);
      publish(30);
      // What the services answer is not of whom the repository says is trusted now.
      expect((await sign('--signing-config', 'sc.json')).code).not.toBe(0);
      expect(await check()).toMatchObject({ code: 1, err: '' });
    });
  });

  test('offline is for keys without services', async () => {
    await inTufWorld(async ({ folder, run, mirror }) => {
      writeFileSync(join(folder, 'key.pem'), keyPem);
      const empty = { mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json' };
      writeFileSync(join(folder, 'empty.json'), JSON.stringify(empty));
      const key = ['--key', 'key.pem', '--bundle', 'b.bundle', 'a.txt', '--offline'];
      expect(await run('sign', ...key)).toMatchObject({ code: 0, err: '' });
      const files = ['--trusted-root', 'tr.json', '--signing-config'];
      expect(await run('sign', ...files, 'empty.json', ...key)).toMatchObject({ code: 0, err: '' });
      expect(await run('sign', ...files, 'sc.json', ...key)).toMatchObject({
        code: 2,
        err: expect.stringContaining('they would be asked'),
      });
      expect(await run('sign', ...mirror, '-q', ...key)).toMatchObject(refused('TUF_NOT_AVAILABLE', 'http'));
      const keyless = await run('sign', ...files, 'sc.json', ...key.slice(2));
      expect(keyless).toMatchObject({ code: 2, err: expect.stringContaining('--offline needs --key') });
    });
  });
});

describe('--offline', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('asks the network for nothing', async () => {
    await inTufWorld(async ({ verify, publish, askedBefore, server, folder, mirror, sigstore }) => {
      expect(await verify('--offline')).toMatchObject({
        code: 4,
        err: expect.stringMatching(/not stored.*run once without it \[TUF_NOT_AVAILABLE\]/),
      });
      expect(await verify()).toMatchObject(verified);
      server.log.length = 0;
      const offline = await verify('--offline');
      const notChecked = `whether ${server.url} has revoked or renewed anything since it was last asked`;
      expect(offline).toMatchObject({
        ...verified,
        out: expect.stringContaining(`\nnot checked: ${notChecked}\n`),
      });
      const { out } = await verify('--offline', '-f', 'json');
      expect(JSON.parse(out)).toMatchObject({ verified: true, notChecked: [notChecked] });
      expect(server.log).toEqual([]);
      publish(-2);
      await askedBefore(3);
      expect(await verify('--offline', '-q')).toMatchObject(
        refused('TUF_EXPIRED', `${server.url}: .*expired at`),
      );

      publish(30);
      await askedBefore(0);
      vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
      const fetched = vi.fn(() => Promise.reject(new Error('the network was asked')));
      vi.stubGlobal('fetch', fetched);
      const { run } = await import('./verify.ts');
      const files = [mirror[0] ?? '', mirror[1] ?? '', '--tuf-root', join(folder, 'root.json')];
      const args = [...files, ...byDeveloper(sigstore), '-q', '-o', join(folder, 'out'), '--bundle'];
      expect(await run([...args, join(folder, 'a.bundle'), '--offline', join(folder, 'a.txt')])).toBe(0);
      expect(fetched).not.toHaveBeenCalled();
      vi.unstubAllEnvs();
    });
  });

  test.each<[args: string[], reason: string]>([
    [['verify', '--key', 'k', '--insecure-ignore-tlog', '--offline', 'localhost:1/a'], 'is in a registry'],
    [['inspect', '--offline', 'localhost:1/a:1'], 'is in a registry'],
    [['verify', '--with', 'notation', '--ask-revocation', '--offline', 'oci:x'], '--ask-revocation'],
    [['verify', '--policy', 'p.yaml', '--manifests', '.', '--offline'], '--manifests'],
    [['sign', '--key', 'hashivault://k', '--offline', '--bundle', 'b', 'k'], 'the service would be asked'],
    [
      ['sign', '--with', 'notation', '--key', 'hashivault://k', '--certificate', 'k', '--offline', 'oci:x'],
      'the service would be asked',
    ],
    [['inspect', '--tuf-root', 'r', 'oci:x'], '--tuf-mirror'],
    [['inspect', '--tuf-mirror', 'https://a.example', '--trusted-root', 'r', 'oci:x'], 'do not go together'],
    [['inspect', '--tuf-mirror', 'https://a.example?x=1', 'oci:x'], 'without a query'],
    [['inspect', '--tuf-mirror', 'a.example', 'oci:x'], 'without a query'],
    [['inspect', '--tuf-mirror', 'https://a.example', '--tuf-root', 'p.yaml', 'oci:x'], 'metadata of root'],
    [
      ['verify', '--certificate-identity', 'a', '--certificate-oidc-issuer', 'b', 'oci:x'],
      '--trusted-root FILE, --tuf-mirror URL .*a key with --insecure-ignore-tlog',
    ],
  ])('a wrong call: %j', async (args, reason) => {
    await using server = await serveRepository(new SimulatedRepository(Date.now() - 99 * day));
    const { withFolderAsync, keelsonBeside } = await import('../testing/run.ts');
    const pem =
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n';
    await withFolderAsync({ k: pem, 'p.yaml': 'a: 1\n' }, async (folder) => {
      const run = await keelsonBeside(folder, args, { XDG_CACHE_HOME: folder });
      expect(run).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringMatching(new RegExp(`${reason}.*\\[USAGE\\]`)),
      });
      expect(server.log).toEqual([]);
    });
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
