import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { archivedRepository } from './archive.ts';
import { TufClient } from './client.ts';
import { MemoryStore } from './store.ts';
import { today } from './testing/days.ts';
import { outcome, World } from './testing/world.ts';

async function tarOf(files: Iterable<readonly [name: string, bytes: Uint8Array]>): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'repository', type: 'directory' });
  for (const [name, bytes] of files) tar.entry({ name }, Buffer.from(bytes));
  tar.entry({ name: 'repository/link', type: 'symlink', linkname: '/etc/passwd' });
  tar.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of tar) if (piece instanceof Uint8Array) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function archived() {
  const world = new World();
  world.repository.addTarget('targets', 'a/x', 'content');
  world.repository.publish('root', 'targets', 'snapshot', 'timestamp');
  const files = [...world.repository.files].map(([name, bytes]) => [`./repository/${name}`, bytes] as const);
  return { world, tar: await tarOf(files) };
}

async function downloaded(archive: Uint8Array, root: Uint8Array, now = today): Promise<string> {
  const place = await archivedRepository(archive, 'repository');
  const client = new TufClient({ ...place, root, store: new MemoryStore(), now: () => now });
  return Buffer.from(await client.download('a/x')).toString();
}

describe('a repository in an archive', () => {
  test('is asked as any other', async () => {
    const { world, tar } = await archived();
    const archive = gzipSync(tar);
    expect(await downloaded(archive, world.root)).toBe('content');
    expect(await outcome(() => downloaded(archive, new World().root))).toBe('TUF_SIGNATURES_MISSING');
    expect(await outcome(() => downloaded(archive, world.root, Date.parse('2040-01-01')))).toBe(
      'TUF_EXPIRED',
    );
  });

  test.each(['%zz', '../x', 'none'])('has no targets in %j', async (folder) => {
    const { world, tar } = await archived();
    const place = await archivedRepository(gzipSync(tar), 'repository');
    const targetsUrl = `${place.metadataUrl}${folder}`;
    const store = new MemoryStore();
    const client = new TufClient({ ...place, targetsUrl, root: world.root, store, now: () => today });
    expect(await outcome(() => client.download('a/x'))).toBe('TUF_NOT_AVAILABLE');
  });

  test('is unpacked within bounds', async () => {
    const { tar } = await archived();
    const open = (limits: { maxArchiveEntries?: number; maxArchiveBytes?: number }, bytes = tar) =>
      outcome(() =>
        archivedRepository(gzipSync(bytes), 'repository', {
          maxArchiveEntries: 1_000,
          maxArchiveBytes: 10 << 20,
          ...limits,
        }),
      );
    expect(await open({})).toBe('ok');
    expect(await open({ maxArchiveEntries: 5 })).toBe('TUF_LIMIT');
    expect(await open({ maxArchiveBytes: 5_000 })).toBe('TUF_LIMIT');
    expect(await open({}, Buffer.alloc(64 << 20))).toBe('TUF_LIMIT');
  });

  test('has no file that leads out of it', async () => {
    const archive = gzipSync(await tarOf([['repository/../timestamp.json', Buffer.from('{}')]]));
    const { fetch, metadataUrl } = await archivedRepository(archive, 'repository');
    for (const path of ['timestamp.json', '../timestamp.json', 'link', '..%2Ftimestamp.json'])
      expect(await fetch(`${metadataUrl}${path}`, 100)).toBeUndefined();
  });

  test('that is broken is refused, wherever it is', async () => {
    const { world, tar } = await archived();
    const archive = gzipSync(tar);
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('x'),
      archive.subarray(0, 100),
      archive.subarray(0, -9),
    ])
      expect(await outcome(() => archivedRepository(bytes, 'repository'))).toBe('TUF_ARCHIVE_INVALID');
    for (let at = 0; at < 60; at++) {
      const changed = Buffer.from(tar);
      const place = next(changed.length);
      changed[place] = (changed[place] ?? 0) ^ (1 + next(255));
      const result = await outcome(() => downloaded(gzipSync(changed), world.root));
      expect(result).toMatch(/^(?:ok|TUF_[A-Z_]+)$/);
    }
  });
});
