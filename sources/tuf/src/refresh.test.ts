import { sha256Hex as sha256 } from '@keelson/sigstore-testing';
import { expect, test } from 'vitest';
import { day, inDays } from './testing/days.ts';
import { all, firstVersions as first, runCase, type UpdateCase, World } from './testing/world.ts';

test('an update asks for what it needs and no more', async () => {
  const world = new World();
  expect(await world.refresh()).toBe('ok');
  expect(world.repository.requests).toEqual([
    '2.root.json',
    'timestamp.json',
    '1.snapshot.json',
    '1.targets.json',
  ]);
  expect(await world.trusted()).toBe(first);
  world.repository.requests.length = 0;
  expect(await world.refresh()).toBe('ok');
  expect(world.repository.requests).toEqual(['2.root.json', 'timestamp.json']);
});

test('without consistent snapshots, names have no version', async () => {
  const world = new World();
  world.repository.root.consistent_snapshot = false;
  world.repository.publish('root');
  expect(await world.refresh()).toBe('ok');
  expect(world.repository.requests.slice(-3)).toEqual(['timestamp.json', 'snapshot.json', 'targets.json']);
});

test('bytes are stored as they came', async () => {
  const world = new World();
  const bytes = Buffer.concat([
    world.repository.files.get('timestamp.json') ?? Buffer.alloc(0),
    Buffer.from(' \n'),
  ]);
  world.repository.files.set('timestamp.json', bytes);
  expect(await world.refresh()).toBe('ok');
  expect(await world.store.read('timestamp', 10_000)).toEqual(bytes);
});

const cases: readonly UpdateCase[] = [
  ['nothing', () => undefined, 'ok', first],
  [
    'all new versions',
    ({ repository }) => repository.publish(...all),
    'ok',
    'root 2, snapshot 2, targets 2, timestamp 2',
  ],
  [
    'announces hashes',
    ({ repository }) => {
      repository.hasHashes = true;
      repository.publish(...all);
    },
    'ok',
    'root 2, snapshot 2, targets 2, timestamp 2',
  ],
  ...(['root', 'snapshot', 'targets'] as const).map(
    (role) =>
      [
        `${role} is of another version than its name`,
        ({ repository }: World) => {
          repository.publish(...all);
          const wrong = repository.signedBytes(role, { ...repository[role], version: 7 });
          repository.files.set(`2.${role}.json`, wrong);
        },
        'TUF_VERSION_REFUSED',
        {
          root: first,
          snapshot: 'root 2, snapshot 1, targets 1, timestamp 2',
          targets: 'root 2, snapshot 2, targets 1, timestamp 2',
        }[role],
      ] as const,
  ),
  [
    'root skips a version',
    ({ repository }) => {
      repository.root.version = 5;
      repository.publish('root');
      repository.files.set('2.root.json', repository.files.get('6.root.json') ?? Buffer.alloc(0));
    },
    'TUF_VERSION_REFUSED',
    first,
  ],
  [
    'several roots',
    ({ repository }) => repository.publish('root', 'root', 'root'),
    'ok',
    'root 4, snapshot 1, targets 1, timestamp 1',
  ],
  [
    'an expired root among several',
    ({ repository }) => {
      repository.root.expires = inDays(-1);
      repository.publish('root');
      repository.root.expires = inDays(9);
      repository.publish('root');
    },
    'ok',
    'root 3, snapshot 1, targets 1, timestamp 1',
  ],
  [
    'an expired root',
    ({ repository }) => {
      repository.root.expires = inDays(-1);
      repository.publish(...all);
    },
    'TUF_EXPIRED',
    'root 2, snapshot 1, targets 1, timestamp 1',
  ],
  [
    'a root that expires now',
    ({ repository }) => {
      repository.root.expires = inDays(0);
      repository.publish('root');
    },
    'TUF_EXPIRED',
    'root 2, snapshot 1, targets 1, timestamp 1',
  ],
  [
    'an expired timestamp',
    ({ repository }) => {
      repository.timestamp.expires = inDays(-1);
      repository.publish('timestamp');
    },
    'TUF_EXPIRED',
    first,
  ],
  [
    'an expired snapshot',
    ({ repository }) => {
      repository.snapshot.expires = inDays(-1);
      repository.publish('snapshot', 'timestamp');
    },
    'TUF_EXPIRED',
    'root 1, snapshot 1, targets 1, timestamp 2',
  ],
  [
    'expired targets',
    ({ repository }) => {
      repository.targets.expires = inDays(-1);
      repository.publish('targets', 'snapshot', 'timestamp');
    },
    'TUF_EXPIRED',
    'root 1, snapshot 2, targets 1, timestamp 2',
  ],
  [
    'a frozen timestamp',
    (world) => {
      world.now += 31 * day;
      world.repository.root.expires = inDays(99);
      world.repository.publish('root');
    },
    'TUF_EXPIRED',
    'root 2, snapshot 1, targets 1, timestamp 1',
  ],
  [
    'a newer timestamp after a long time',
    (world) => {
      world.now += 31 * day;
      for (const role of all) world.repository[role].expires = inDays(99);
      world.repository.publish(...all);
    },
    'ok',
    'root 2, snapshot 2, targets 2, timestamp 2',
  ],
  [
    'another timestamp of the same version',
    ({ repository }) => {
      repository.timestamp.version = 0;
      repository.timestamp.meta['snapshot.json'].version = 100;
      repository.publish('timestamp');
    },
    'ok',
    first,
  ],
  [
    'an older snapshot in timestamp',
    ({ repository }) => {
      repository.publish('snapshot', 'timestamp');
      repository.timestamp.meta['snapshot.json'].version = 0;
      repository.publish('timestamp');
    },
    'TUF_METADATA_INVALID',
    first,
  ],
  [
    'no timestamp',
    ({ repository }) => void repository.files.delete('timestamp.json'),
    'TUF_NOT_AVAILABLE',
    first,
  ],
  [
    'no snapshot',
    ({ repository }) => {
      repository.timestamp.meta['snapshot.json'].version = 2;
      repository.publish('timestamp');
    },
    'TUF_NOT_AVAILABLE',
    'root 1, snapshot 1, targets 1, timestamp 2',
  ],
  [
    'no targets',
    ({ repository }) => {
      repository.snapshot.meta = { 'targets.json': { version: 2 } };
      repository.publish('snapshot', 'timestamp');
    },
    'TUF_NOT_AVAILABLE',
    'root 1, snapshot 2, targets 1, timestamp 2',
  ],
  [
    'older targets',
    ({ repository }) => {
      repository.snapshot.meta = { 'targets.json': { version: 0 } };
      repository.publish('snapshot', 'timestamp');
    },
    'TUF_METADATA_INVALID',
    'root 1, snapshot 1, targets 1, timestamp 2',
  ],
  [
    'a snapshot with another hash',
    ({ repository }) => {
      repository.hasHashes = true;
      repository.publish('snapshot');
      repository.timestamp.meta['snapshot.json'].hashes = { sha256: sha256('x') };
      repository.publish('timestamp');
    },
    'TUF_CONTENT_MISMATCH',
    'root 1, snapshot 1, targets 1, timestamp 2',
  ],
  [
    'targets with another length',
    ({ repository }) => {
      repository.hasHashes = true;
      repository.publish('targets');
      const meta = repository.snapshot.meta['targets.json'];
      if (meta) meta.length = 100_000;
      repository.publish('snapshot', 'timestamp');
    },
    'TUF_CONTENT_MISMATCH',
    'root 1, snapshot 2, targets 1, timestamp 2',
  ],
  [
    'targets with a hash of an unknown algorithm',
    ({ repository }) => {
      repository.publish('targets');
      repository.snapshot.meta['targets.json'] = { version: 2, hashes: { md5: '00' } };
      repository.publish('snapshot', 'timestamp');
    },
    'TUF_CONTENT_MISMATCH',
    'root 1, snapshot 2, targets 1, timestamp 2',
  ],
  [
    'the same targets, announced with another hash',
    ({ repository }) => {
      repository.snapshot.meta['targets.json'] = { version: 1, hashes: { sha256: sha256('x') } };
      repository.publish('snapshot', 'timestamp');
    },
    'TUF_CONTENT_MISMATCH',
    'root 1, snapshot 2, targets 1, timestamp 2',
  ],
  [
    'a snapshot in place of a timestamp',
    ({ repository }) =>
      repository.files.set(
        'timestamp.json',
        repository.signedBytes('timestamp', { ...repository.timestamp, _type: 'snapshot' }),
      ) && undefined,
    'TUF_METADATA_INVALID',
    first,
  ],
  [
    'another major version of the specification',
    ({ repository }) => {
      repository.timestamp.spec_version = '2.0.0';
      repository.publish('timestamp');
    },
    'TUF_METADATA_INVALID',
    first,
  ],
  [
    'a member twice',
    ({ repository }) => {
      repository.publish('timestamp');
      repository.files.set(
        'timestamp.json',
        Buffer.from(
          Buffer.from(repository.files.get('timestamp.json') ?? '')
            .toString()
            .replace('"signed":', '"signed":{},"signed":'),
        ),
      );
    },
    'TUF_METADATA_INVALID',
    first,
  ],
  [
    'no JSON',
    ({ repository }) => void repository.files.set('timestamp.json', Buffer.from('<html>')),
    'TUF_METADATA_INVALID',
    first,
  ],
  [
    'a date with a fraction',
    ({ repository }) => {
      repository.timestamp.expires = '2031-01-01T00:00:00.5Z';
      repository.publish('timestamp');
    },
    'TUF_METADATA_INVALID',
    first,
  ],
  [
    'timestamp announces more than snapshot',
    ({ repository }) => {
      Object.assign(repository.timestamp.meta, { 'root.json': { version: 1 } });
      repository.publish('timestamp');
    },
    'TUF_METADATA_INVALID',
    first,
  ],
];

test.each(cases)('an update where the repository has: %s', async (...item) => {
  await runCase(item);
});
