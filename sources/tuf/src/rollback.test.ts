import { describe, expect, test } from 'vitest';
import { day, inDays } from './testing/days.ts';
import { all, World } from './testing/world.ts';

describe('going back', () => {
  /** Versions that a client has seen, and what a repository then wants to go back to. */
  async function seen(): Promise<World> {
    const world = new World();
    const { repository } = world;
    repository.delegate('targets', { name: 'team', paths: ['team/*'] });
    repository.publish('team', 'targets', 'snapshot', 'timestamp');
    expect(await world.refresh()).toBe('ok');
    return world;
  }

  test('of timestamp is refused', async () => {
    const world = await seen();
    world.repository.timestamp.version = 0;
    world.repository.publish('timestamp');
    expect(await world.refresh()).toBe('TUF_VERSION_REFUSED');
  });

  test.each([false, true])('of snapshot is refused, with hashes: %s', async (hasHashes) => {
    const world = await seen();
    world.repository.hasHashes = hasHashes;
    world.repository.snapshot.version = 0;
    world.repository.publish('snapshot', 'timestamp');
    expect(await world.refresh()).toBe('TUF_VERSION_REFUSED');
    expect(await world.trusted()).toContain('timestamp 2');
  });

  test.each([false, true])('of targets is refused, with hashes: %s', async (hasHashes) => {
    const world = await seen();
    world.repository.hasHashes = hasHashes;
    world.repository.targets.version = 0;
    world.repository.publish('targets', 'snapshot', 'timestamp');
    expect(await world.refresh()).toBe('TUF_VERSION_REFUSED');
    expect(await world.trusted()).toContain('snapshot 2, targets 2, timestamp 3');
  });

  test('without a delegated role is refused', async () => {
    const world = await seen();
    delete world.repository.snapshot.meta['team.json'];
    world.repository.publish('snapshot', 'timestamp');
    expect(await world.refresh()).toBe('TUF_VERSION_REFUSED');
  });

  test('is refused although the metadata that was seen has expired', async () => {
    const world = await seen();
    world.now += 31 * day;
    for (const role of all) world.repository[role].expires = inDays(99);
    world.repository.timestamp.version = 0;
    world.repository.publish('root', 'timestamp');
    expect(await world.refresh()).toBe('TUF_VERSION_REFUSED');
  });

  test.each([
    ['timestamp', ['timestamp'], 'snapshot 2, targets 2, timestamp 1'],
    ['snapshot', ['snapshot', 'timestamp'], 'snapshot 1, targets 2, timestamp 3'],
    ['targets', ['targets', 'snapshot', 'timestamp'], 'snapshot 3, targets 1, timestamp 3'],
  ] as const)('of %s is taken where root revokes keys', async (role, published, trusted) => {
    const world = await seen();
    world.repository.rotate(role === 'targets' ? 'snapshot' : role);
    world.repository[role].version = 0;
    world.repository.publish('root', ...(role === 'timestamp' ? ['timestamp'] : published));
    expect(await world.refresh()).toBe('ok');
    expect(await world.trusted()).toBe(`root 2, ${trusted}`);
  });

  test('of snapshot is refused where root only adds a key', async () => {
    const world = await seen();
    world.repository.addKey('snapshot');
    world.repository.snapshot.version = 0;
    world.repository.publish('root', 'snapshot', 'timestamp');
    expect(await world.refresh()).toBe('TUF_VERSION_REFUSED');
  });
});
