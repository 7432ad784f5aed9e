import { sha256Hex as sha256 } from '@keelson/sigstore-testing';
import { describe, expect, test } from 'vitest';
import { TufError } from './errors.ts';
import { MemoryStore } from './store.ts';
import { all, outcome, World, type WorldOptions } from './testing/world.ts';

/** A client that keeps the versions of root. */
function keeping(world: World): { history: MemoryStore; refresh: (more?: WorldOptions) => Promise<string> } {
  const history = new MemoryStore();
  const refresh = async (more: WorldOptions = {}) =>
    await outcome(() => world.client({ rootHistory: history, ...more }).refresh());
  return { history, refresh };
}

/** The digest of the first version. */
function pinOf({ root }: World) {
  return { version: 1, sha256: sha256(root) };
}

function rotated(world: World, times: number): void {
  for (let time = 0; time < times; time++) {
    const before = world.repository.signers.get('root') ?? [];
    world.repository.rotate('root');
    const after = world.repository.signers.get('root') ?? [];
    world.repository.signers.set('root', [...before, ...after]);
    world.repository.publish('root');
    world.repository.signers.set('root', after);
  }
}

describe('kept versions of root', () => {
  test('lead from the first root to the newest without being fetched again', async () => {
    const world = new World();
    const { history, refresh } = keeping(world);
    rotated(world, 3);
    expect(await refresh()).toBe('ok');
    expect(history.names()).toEqual(['2.root', '3.root', '4.root']);
    world.repository.requests.length = 0;
    expect(await refresh()).toBe('ok');
    expect(world.repository.requests).toEqual(['5.root.json', 'timestamp.json']);
    expect(await refresh({ isOffline: true })).toBe('ok');
  });

  test('a root of others in the store is not believed', async () => {
    const world = new World();
    const { history, refresh } = keeping(world);
    expect(await refresh()).toBe('ok');
    const other = new World();
    other.repository.publish(...all);
    for (const name of all)
      await world.store.write(
        name,
        other.repository.files.get(name === 'root' ? '2.root.json' : `${name}.json`) ?? new Uint8Array(),
      );
    await history.write('2.root', other.repository.files.get('2.root.json') ?? new Uint8Array());
    // Nothing of it is signed by whom the first root names; a client without the versions would take it all.
    expect(await refresh({ isOffline: true })).toBe('TUF_NOT_AVAILABLE');
    expect(await outcome(() => world.client({ isOffline: true }).refresh())).toBe('ok');
    expect(await refresh()).toBe('ok');
  });

  test.each(['{}', 'broken', ''])('a version %j ends them', async (bytes) => {
    const world = new World();
    const { history, refresh } = keeping(world);
    rotated(world, 3);
    expect(await refresh()).toBe('ok');
    await history.write('3.root', Buffer.from(bytes));
    world.repository.requests.length = 0;
    expect(await refresh()).toBe('ok');
    expect(world.repository.requests.slice(0, 3)).toEqual(['3.root.json', '4.root.json', '5.root.json']);
  });

  test('an update that breaks off while it forgets what revoked keys signed forgets it the next time', async () => {
    const world = new World();
    const { history, refresh } = keeping(world);
    world.repository.timestamp.version = 100;
    world.repository.publish('timestamp');
    expect(await refresh()).toBe('ok');
    world.repository.rotate('timestamp');
    world.repository.timestamp.version = 1;
    world.repository.publish('root', 'timestamp');
    const remove = world.store.remove.bind(world.store);
    world.store.remove = () => Promise.reject(new TufError('TUF_STORE', 'the disk is gone'));
    expect(await refresh()).toBe('TUF_STORE');
    world.store.remove = remove;
    expect(await refresh()).toBe('ok');
    expect(history.names()).toEqual(['2.root']);
  });

  test('a first root that is newer than what is kept', async () => {
    const world = new World();
    const { refresh } = keeping(world);
    expect(await refresh()).toBe('ok');
    rotated(world, 2);
    world.root = world.repository.files.get('3.root.json') ?? new Uint8Array();
    expect(await refresh()).toBe('ok');
    expect(await refresh({ isOffline: true })).toBe('ok');
  });
});

describe('a first root that is known by its digest', () => {
  test('comes from the repository, and is kept', async () => {
    const world = new World();
    const { history, refresh } = keeping(world);
    rotated(world, 1);
    expect(await refresh({ root: pinOf(world) })).toBe('ok');
    expect(history.names()).toEqual(['1.root', '2.root']);
    world.repository.requests.length = 0;
    expect(await refresh({ root: pinOf(world) })).toBe('ok');
    expect(world.repository.requests).toEqual(['3.root.json', 'timestamp.json']);
    await history.write('1.root', Buffer.from('{}'));
    expect(await refresh({ root: pinOf(world), isOffline: true })).toBe('TUF_NOT_AVAILABLE');
    expect(await refresh({ root: pinOf(world) })).toBe('ok');
  });

  test('needs no versions kept', async () => {
    const world = new World();
    expect(await world.refresh({ root: pinOf(world) })).toBe('ok');
    expect(await world.refresh({ root: pinOf(world) })).toBe('ok');
    expect(await world.refresh({ root: pinOf(world), isOffline: true })).toBe('TUF_NOT_AVAILABLE');
  });

  test('any other bytes are refused, and so is a repository without it', async () => {
    const world = new World();
    const pin = pinOf(world);
    world.repository.files.set('1.root.json', new World().root);
    const { history, refresh } = keeping(world);
    expect(await refresh({ root: pin })).toBe('TUF_ROOT_UNKNOWN');
    world.repository.files.delete('1.root.json');
    expect(await refresh({ root: pin })).toBe('TUF_ROOT_UNKNOWN');
    expect(await refresh({ root: pin, isOffline: true })).toBe('TUF_NOT_AVAILABLE');
    expect(history.names()).toEqual([]);
  });
});
