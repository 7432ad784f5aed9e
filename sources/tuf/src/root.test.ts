import { describe, expect, test } from 'vitest';
import { day, inDays } from './testing/days.ts';
import { all, World } from './testing/world.ts';

describe('the first root', () => {
  test.each<[what: string, root: (world: World) => Uint8Array, code: string]>([
    ['no JSON', () => Buffer.from('x'), 'TUF_METADATA_INVALID'],
    [
      'not signed',
      ({ repository }) => Buffer.from(JSON.stringify({ signed: repository.root, signatures: [] })),
      'TUF_SIGNATURES_MISSING',
    ],
    [
      'without a version',
      ({ repository }) =>
        Buffer.from(JSON.stringify({ signed: { ...repository.root, version: undefined }, signatures: [] })),
      'TUF_METADATA_INVALID',
    ],
  ])('%s: nothing is fetched', async (_, root, code) => {
    const world = new World();
    world.root = root(world);
    expect(await world.refresh()).toBe(code);
    expect(world.repository.requests).toEqual([]);
  });

  test('is the newer of what is shipped and stored', async () => {
    const world = new World();
    world.repository.publish('root', 'root');
    expect(await world.refresh()).toBe('ok');
    expect(await world.trusted()).toContain('root 3');
    world.repository.requests.length = 0;
    expect(await world.refresh()).toBe('ok');
    expect(world.repository.requests[0]).toBe('4.root.json');
    await world.store.write('root', Buffer.from('broken'));
    expect(await world.refresh()).toBe('ok');
    expect(await world.trusted()).toContain('root 3');
  });

  test('that is shipped newer and revokes keys undoes what they signed', async () => {
    const world = new World();
    world.repository.addKey('timestamp');
    world.repository.publish('root', 'timestamp', 'timestamp', 'timestamp');
    expect(await world.refresh()).toBe('ok');
    // One of the two keys is left, so what is stored is still signed as it must be.
    const [revoked] = world.repository.root.roles['timestamp']?.keyids ?? [];
    world.repository.root.roles['timestamp']?.keyids.shift();
    world.repository.signers.set(
      'timestamp',
      (world.repository.signers.get('timestamp') ?? []).filter(({ id }) => id !== revoked),
    );
    world.repository.timestamp.version = 1;
    world.repository.publish('root', 'timestamp');
    world.root = world.repository.files.get('3.root.json') ?? new Uint8Array();
    expect(await world.refresh()).toBe('ok');
    expect(await world.trusted()).toBe('root 3, snapshot 1, targets 1, timestamp 2');
  });

  test('may have expired', async () => {
    const world = new World();
    world.now += 31 * day;
    for (const role of all) world.repository[role].expires = inDays(99);
    world.repository.publish(...all);
    expect(await world.refresh()).toBe('ok');
  });
});

describe('bounds', () => {
  test('of versions of root', async () => {
    const world = new World();
    world.repository.publish(...Array.from({ length: 6 }, () => 'root'));
    expect(await world.refresh({ limits: { maxRootVersions: 4 } })).toBe('ok');
    expect(await world.trusted()).toContain('root 5');
  });

  test.each([
    ['maxSnapshotBytes', 'snapshot'],
    ['maxTargetsBytes', 'targets'],
  ] as const)('%s holds against an announced length', async (name, role) => {
    const world = new World();
    world.repository.hasHashes = true;
    world.repository.publish(...all);
    expect(await world.refresh({ limits: { [name]: 20 } })).toBe('TUF_LIMIT');
    expect(world.repository.requests.at(-1)).not.toContain(role);
  });

  test.each(['maxRootBytes', 'maxTimestampBytes', 'maxSnapshotBytes', 'maxTargetsBytes'])(
    '%s holds against a server',
    async (name) => {
      const world = new World();
      world.repository.publish('root');
      const root = name === 'maxRootBytes' ? { limits: { [name]: 20 } } : { limits: { [name]: 20 } };
      await expect(world.refresh(root)).rejects.toThrow('more than 20 bytes');
    },
  );
});

describe('without a network', () => {
  test('what is stored is verified as ever', async () => {
    const world = new World();
    expect(await world.refresh({ isOffline: true })).toBe('TUF_NOT_AVAILABLE');
    expect(await world.refresh()).toBe('ok');
    expect(await world.refresh({ isOffline: true })).toBe('ok');
    world.now += 31 * day;
    expect(await world.refresh({ isOffline: true })).toBe('TUF_EXPIRED');
    expect(await world.refresh({ isOffline: true, allowExpired: true })).toBe('ok');
    await world.store.write('targets', Buffer.from('{}'));
    expect(await world.refresh({ isOffline: true, allowExpired: true })).toBe('TUF_METADATA_INVALID');
  });
});
