import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpError } from '@keelson/http';
import { expect, test } from 'vitest';
import { type Freshness, type SigstoreOptions, SigstoreRepository } from './sigstore.ts';
import { repositoryStores } from './store.ts';
import { day, inDays } from './testing/days.ts';
import { all, outcome, World } from './testing/world.ts';

function served(): World {
  const world = new World();
  world.repository.addTarget('targets', 'trusted_root.json', '{"one":1}');
  world.repository.addTarget('targets', 'signing_config.v0.2.json', '{"config":1}');
  world.repository.publish('targets', 'snapshot', 'timestamp');
  return world;
}

function sigstore({ repository, root, store, targets, now }: World, more: Partial<SigstoreOptions> = {}) {
  const options = { metadataUrl: 'https://tuf.example', root, store, targetStore: targets, now: () => now };
  return new SigstoreRepository({ ...options, fetch: repository.fetch, ...more });
}

/** The trusted root, or the code of the error. */
async function trustedRoot(
  world: World,
  freshness: Freshness,
  more: Partial<SigstoreOptions> = {},
): Promise<string> {
  let text = '';
  const result = await outcome(async () => {
    text = Buffer.from(await sigstore(world, { freshness, ...more }).trustedRoot()).toString();
  });
  return result === 'ok' ? text : result;
}

test('what the repository has, and what it does not have', async () => {
  const world = served();
  const repository = sigstore(world);
  expect(Buffer.from(await repository.trustedRoot()).toString()).toBe('{"one":1}');
  expect(Buffer.from((await repository.signingConfig()) ?? '').toString()).toBe('{"config":1}');
  expect(world.repository.requests.filter((path) => path === 'timestamp.json')).toHaveLength(1);
  delete world.repository.targets.targets['signing_config.v0.2.json'];
  world.repository.publish('targets', 'snapshot', 'timestamp');
  expect(await sigstore(world).signingConfig()).toBeUndefined();
});

test('how fresh it is', async () => {
  const world = served();
  expect(await trustedRoot(world, 'stored')).toBe('TUF_NOT_AVAILABLE');
  expect(await trustedRoot(world, 'unexpired')).toBe('{"one":1}');
  world.repository.addTarget('targets', 'trusted_root.json', '{"two":2}');
  world.repository.publish('targets', 'snapshot', 'timestamp');
  world.repository.requests.length = 0;
  expect(await trustedRoot(world, 'unexpired')).toBe('{"one":1}');
  expect(await trustedRoot(world, 'stored')).toBe('{"one":1}');
  expect(world.repository.requests).toEqual([]);
  expect(await trustedRoot(world, 'newest')).toBe('{"two":2}');
  world.now += 31 * day;
  expect(await trustedRoot(world, 'stored')).toBe('TUF_EXPIRED');
  expect(await trustedRoot(world, 'stored', { allowExpired: true })).toBe('{"two":2}');
  expect(await trustedRoot(world, 'unexpired')).toBe('TUF_EXPIRED');
  for (const role of all) world.repository[role].expires = inDays(99);
  world.repository.publish(...all);
  expect(await trustedRoot(world, 'unexpired')).toBe('{"two":2}');
  await world.targets.write('trusted_root.json', Buffer.from('{"bad":3}'));
  expect(await trustedRoot(world, 'stored')).toBe('TUF_NOT_AVAILABLE');
  expect(await trustedRoot(world, 'unexpired')).toBe('{"two":2}');
});

test('what has expired is named where nothing newer can be reached', async () => {
  const world = served();
  expect(await trustedRoot(world, 'newest')).toBe('{"one":1}');
  const unreachable = async () => {
    throw new HttpError('HTTP_UNREACHABLE', 'nothing listens there');
  };
  const more = { freshness: 'unexpired' as const, fetch: unreachable };
  expect(Buffer.from(await sigstore(world, more).trustedRoot()).toString()).toBe('{"one":1}');
  world.now += 31 * day;
  await expect(sigstore(world, more).trustedRoot()).rejects.toMatchObject({
    code: 'TUF_EXPIRED',
    message: expect.stringMatching(/^metadata of root expired at 2030-07-01.*nothing listens there$/),
  });
  expect(await trustedRoot(world, 'newest', { fetch: unreachable })).toBe('HTTP_UNREACHABLE');
});

test('repositories that share a folder share nothing in it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keelson-tuf-'));
  try {
    const world = served();
    const stores = repositoryStores(folder, 'https://tuf.example/../a');
    expect(Buffer.from(await sigstore(world, stores).trustedRoot()).toString()).toBe('{"one":1}');
    expect(await trustedRoot(world, 'stored', stores)).toBe('{"one":1}');
    expect(await trustedRoot(world, 'stored', repositoryStores(folder, 'https://tuf.example/a'))).toBe(
      'TUF_NOT_AVAILABLE',
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
