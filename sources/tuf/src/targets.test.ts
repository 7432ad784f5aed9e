import { sha256Hex as sha256 } from '@keelson/sigstore-testing';
import { describe, expect, test } from 'vitest';
import { World } from './testing/world.ts';

type Edge = readonly [
  from: string,
  to: string,
  more?: { paths?: string[]; terminating?: boolean; path_hash_prefixes?: string[] },
];

/** A world with delegations, each of all targets where nothing else is said. */
function worldOf(...edges: readonly Edge[]): World {
  const world = new World();
  const { repository } = world;
  for (const [from, name, more = { paths: ['*'] }] of edges) repository.delegate(from, { name, ...more });
  return world;
}

function publish({ repository }: World): void {
  repository.publish(...repository.delegated.keys(), 'targets', 'snapshot', 'timestamp');
}

/** Roles that were asked after the top-level ones. */
function asked({ repository }: World): string {
  return repository.requests
    .slice(4)
    .map((path) => path.replace(/^\d+\.|\.json$/g, ''))
    .join(' ');
}

const py = { paths: ['*.py'] };
const last = { paths: ['*'], terminating: true };

describe('a target that is nowhere is asked of', () => {
  test.each<[expected: string, edges: readonly Edge[]]>([
    ['', []],
    ['A', [['targets', 'A']]],
    [
      'A B',
      [
        ['targets', 'A'],
        ['targets', 'B'],
      ],
    ],
    [
      'A B C',
      [
        ['targets', 'A'],
        ['targets', 'B'],
        ['B', 'C'],
      ],
    ],
    [
      'A C D B',
      [
        ['targets', 'A'],
        ['targets', 'B'],
        ['A', 'C'],
        ['A', 'D'],
      ],
    ],
    [
      'A C D B',
      [
        ['targets', 'A'],
        ['targets', 'B'],
        ['A', 'C'],
        ['C', 'D'],
      ],
    ],
    [
      'A C',
      [
        ['targets', 'A'],
        ['targets', 'B'],
        ['A', 'C', last],
        ['A', 'D'],
      ],
    ],
    [
      'A C D',
      [
        ['targets', 'A'],
        ['targets', 'B'],
        ['A', 'C', last],
        ['C', 'D'],
      ],
    ],
    [
      'A',
      [
        ['targets', 'A', last],
        ['targets', 'B'],
      ],
    ],
    [
      'A B C',
      [
        ['targets', 'A'],
        ['targets', 'B', last],
        ['B', 'C'],
        ['targets', 'D'],
      ],
    ],
    [
      'B',
      [
        ['targets', 'A', py],
        ['targets', 'B'],
        ['A', 'C'],
      ],
    ],
    [
      'A B',
      [
        ['targets', 'A'],
        ['targets', 'B'],
        ['A', 'C', py],
        ['C', 'D'],
      ],
    ],
    [
      'A C',
      [
        ['targets', 'A'],
        ['A', 'B', { paths: ['*.py'], terminating: true }],
        ['A', 'C'],
      ],
    ],
    [
      'A B C D',
      [
        ['targets', 'A'],
        ['targets', 'B'],
        ['B', 'C'],
        ['C', 'D'],
        ['D', 'B'],
      ],
    ],
    [
      'A C B',
      [
        ['targets', 'A'],
        ['targets', 'B'],
        ['A', 'C'],
        ['B', 'C'],
      ],
    ],
    [
      'A B C',
      [
        ['targets', 'A'],
        ['targets', 'B'],
        ['A', 'C', py],
        ['B', 'C'],
      ],
    ],
    ['', [['targets', 'A', {}]]],
    ['', [['targets', 'A', { paths: [] }]]],
    ['A', [['targets', 'A', { path_hash_prefixes: ['00', sha256('nowhere').slice(0, 3)] }]]],
    ['', [['targets', 'A', { path_hash_prefixes: ['0000'] }]]],
  ])('%j', async (expected, edges) => {
    const world = worldOf(...edges);
    publish(world);
    // A role that several delegate to must be signed for each; here all its signers sign.
    expect(await world.download('nowhere')).toBe('TUF_TARGET_UNKNOWN');
    expect(asked(world)).toBe(expected);
  });
});

test.each<[path: string, expected: string, roles: string]>([
  ['file', 'of targets', ''],
  ['README.md', 'of A', 'A'],
  ['releases/README.md', 'TUF_TARGET_UNKNOWN', ''],
  ['foo-1.tgz', 'of A', 'A'],
  ['foo-alpha.tgz', 'TUF_TARGET_UNKNOWN', ''],
  ['README.MD', 'TUF_TARGET_UNKNOWN', ''],
  ['releases/x/v1', 'of C', 'B C'],
  ['releases/y/v1.zip', 'of D', 'B D'],
  ['releases/z/v1.zip', 'TUF_TARGET_UNKNOWN', 'B'],
])('%s is %s', async (path, expected, roles) => {
  const world = worldOf(
    ['targets', 'A', { paths: ['*.doc', '*.md', 'foo-?.tgz'] }],
    ['targets', 'B', { paths: ['releases/*/*'] }],
    ['B', 'C', { paths: ['releases/x/*'] }],
    ['B', 'D', { paths: ['releases/y/*.zip'] }],
  );
  world.repository.addTarget('targets', 'file', 'of targets');
  for (const own of ['README.md', 'releases/README.md', 'foo-1.tgz', 'foo-alpha.tgz'])
    world.repository.addTarget('A', own, 'of A');
  world.repository.addTarget('C', 'releases/x/v1', 'of C');
  for (const own of ['releases/y/v1.zip', 'releases/z/v1.zip']) world.repository.addTarget('D', own, 'of D');
  publish(world);
  expect(await world.download(path)).toBe(expected);
  expect(asked(world).replace(/ ?targets\/.*/, '')).toBe(roles);
});

test('a role is held against the keys of the delegation that leads to it, each time', async () => {
  const world = worldOf(
    ['targets', 'parent-a', { paths: ['a/*'] }],
    ['targets', 'parent-b', { paths: ['b/*'] }],
    ['parent-a', 'release', { paths: ['a/*'] }],
    ['parent-b', 'release', { paths: ['b/*'] }],
  );
  const { repository } = world;
  repository.signers.get('release')?.pop();
  repository.addTarget('release', 'a/x', 'good');
  repository.addTarget('release', 'b/x', 'bad');
  publish(world);
  const client = world.client();
  expect(Buffer.from(await client.download('a/x')).toString()).toBe('good');
  await expect(client.download('b/x')).rejects.toMatchObject({ code: 'TUF_SIGNATURES_MISSING' });
  expect(Buffer.from(await client.download('a/x')).toString()).toBe('good');
  expect(await world.download('b/x')).toBe('TUF_SIGNATURES_MISSING');
});

test.each<[what: string, arrange: (world: World) => void, code: string]>([
  [
    'is not in snapshot',
    (world) => {
      publish(world);
      delete world.repository.snapshot.meta['A.json'];
      world.repository.publish('snapshot', 'timestamp');
    },
    'TUF_NOT_AVAILABLE',
  ],
  [
    'is not there',
    (world) => {
      publish(world);
      world.repository.files.delete('1.A.json');
    },
    'TUF_NOT_AVAILABLE',
  ],
  [
    'is not signed',
    (world) => {
      world.repository.signers.delete('A');
      publish(world);
    },
    'TUF_SIGNATURES_MISSING',
  ],
  [
    'has expired',
    (world) => {
      world.repository.targetsOf('A').expires = '2030-05-01T00:00:00Z';
      publish(world);
    },
    'TUF_EXPIRED',
  ],
  [
    'is of another version',
    (world) => {
      publish(world);
      world.repository.files.set(
        '1.A.json',
        world.repository.signedBytes('A', { ...world.repository.targetsOf('A'), version: 3 }),
      );
    },
    'TUF_VERSION_REFUSED',
  ],
])('the search ends where a delegated role %s', async (_, arrange, code) => {
  const world = worldOf(['targets', 'A'], ['targets', 'B']);
  world.repository.addTarget('B', 'x', 'of B');
  arrange(world);
  expect(await world.refresh()).toBe('ok');
  expect(await world.download('x')).toBe(code);
});

test.each<
  [what: string, change: (delegations: Record<string, unknown>, role: Record<string, unknown>) => void]
>([
  [
    'paths and prefixes',
    (_, role) => {
      role['path_hash_prefixes'] = ['00'];
    },
  ],
  [
    'a pattern that programs read differently',
    (_, role) => {
      role['paths'] = ['[^a]*'];
    },
  ],
  [
    'a prefix that is no hex',
    (_, role) => {
      role['paths'] = undefined;
      role['path_hash_prefixes'] = ['0G'];
    },
  ],
  [
    'the name of a top-level role',
    (_, role) => {
      role['name'] = 'root';
    },
  ],
  [
    'an empty name',
    (_, role) => {
      role['name'] = '';
    },
  ],
  [
    'no word on what ends the search',
    (_, role) => {
      role['terminating'] = undefined;
    },
  ],
  [
    'a threshold of 0',
    (_, role) => {
      role['threshold'] = 0;
    },
  ],
  [
    'two roles of one name',
    (delegations, role) => {
      delegations['roles'] = [role, role];
    },
  ],
  [
    'neither roles nor bins',
    (delegations) => {
      delegations['roles'] = undefined;
    },
  ],
  [
    'no keys',
    (delegations) => {
      delegations['keys'] = undefined;
    },
  ],
])('a delegation with %s is refused', async (_, change) => {
  const world = worldOf(['targets', 'A']);
  const { delegations } = world.repository.targets;
  const [role] = delegations?.roles ?? [];
  if (delegations === undefined || role === undefined) throw new Error('one delegation');
  change(Object.assign(delegations), Object.assign(role));
  publish(world);
  expect(await world.refresh()).toBe('TUF_METADATA_INVALID');
});

test('bins of hashes', async () => {
  const world = worldOf(
    ['targets', 'bin-0'],
    ['targets', 'bin-1'],
    ['targets', 'bin-2'],
    ['targets', 'bin-3'],
  );
  const { repository } = world;
  const { delegations } = repository.targets;
  const signers = [...(repository.signers.get('bin-0') ?? [])];
  if (delegations === undefined) throw new Error('delegations');
  delete delegations.roles;
  delegations.succinct_roles = {
    keyids: signers.map(({ id }) => id),
    threshold: 1,
    bit_length: 2,
    name_prefix: 'bin',
  };
  for (const name of repository.delegated.keys()) repository.signers.set(name, signers);
  for (const path of ['a', 'b', 'c', 'd', 'e', 'f'])
    repository.addTarget(`bin-${Number.parseInt(sha256(path).slice(0, 1), 16) >> 2}`, path, `of ${path}`);
  publish(world);
  for (const path of ['a', 'b', 'c', 'd', 'e', 'f']) expect(await world.download(path)).toBe(`of ${path}`);
  expect(await world.download('g')).toBe('TUF_TARGET_UNKNOWN');
});

test('a search has an end', async () => {
  const edges = Array.from({ length: 10 }, (_, at): Edge => [at === 0 ? 'targets' : `r${at - 1}`, `r${at}`]);
  const world = worldOf(...edges);
  publish(world);
  expect(await world.download('x')).toBe('TUF_TARGET_UNKNOWN');
  expect(await world.download('x', { limits: { maxRoles: 9 } })).toBe('TUF_LIMIT');
});

test.each(['?', '#', '/role', '../role', '..', 'ü', 'Root', 'a%2Fb', 'con', '__proto__'])(
  'a role of the name %j',
  async (name) => {
    const world = worldOf(['targets', name]);
    world.repository.addTarget(name, 'x', 'of it');
    publish(world);
    expect(await world.download('x')).toBe('of it');
    expect(world.repository.requests).toContain(`1.${encodeURIComponent(name)}.json`);
  },
);

describe('the content of a target', () => {
  const at = 'targets/';
  test.each<[what: string, arrange: (world: World) => void, expected: string]>([
    ['whole', () => undefined, 'content'],
    [
      'changed',
      ({ repository }) => void repository.files.set(`${at}d/${sha256('content')}.x`, Buffer.from('CONTENT')),
      'TUF_CONTENT_MISMATCH',
    ],
    [
      'cut',
      ({ repository }) => void repository.files.set(`${at}d/${sha256('content')}.x`, Buffer.from('conten')),
      'TUF_CONTENT_MISMATCH',
    ],
    [
      'missing',
      ({ repository }) => void repository.files.delete(`${at}d/${sha256('content')}.x`),
      'TUF_NOT_AVAILABLE',
    ],
    [
      'of an unknown hash',
      ({ repository }) => repository.addTarget('targets', 'd/x', 'content', { md5: 'aa' }),
      'TUF_CONTENT_MISMATCH',
    ],
    [
      'of an unknown hash besides',
      ({ repository }) =>
        repository.addTarget('targets', 'd/x', 'content', { md5: 'aa', sha256: sha256('content') }),
      'content',
    ],
    [
      'of one wrong hash of two',
      ({ repository }) =>
        repository.addTarget('targets', 'd/x', 'content', { sha256: sha256('content'), sha512: 'aa' }),
      'TUF_CONTENT_MISMATCH',
    ],
    [
      'beyond the bound',
      ({ repository }) => {
        const info = repository.targets.targets['d/x'];
        if (info) info.length = 2 ** 40;
      },
      'TUF_LIMIT',
    ],
  ])('%s', async (_, arrange, expected) => {
    const world = new World();
    world.repository.addTarget('targets', 'd/x', 'content');
    arrange(world);
    publish(world);
    expect(await world.download('d/x')).toBe(expected);
    expect(world.targets.names()).toEqual(expected === 'content' ? ['d/x'] : []);
  });

  test('is fetched once, and again when it is another one', async () => {
    const world = new World();
    const fetched = () => world.repository.requests.filter((path) => path.startsWith(at)).length;
    world.repository.addTarget('targets', 'x', 'one');
    publish(world);
    expect([await world.download('x'), await world.download('x'), fetched()]).toEqual(['one', 'one', 1]);
    world.repository.addTarget('targets', 'x', 'longer');
    publish(world);
    expect([await world.download('x'), fetched()]).toEqual(['longer', 2]);
    await world.targets.write('x', Buffer.from('LONGER'));
    expect(await world.download('x', { isOffline: true })).toBe('TUF_NOT_AVAILABLE');
    expect([await world.download('x'), fetched()]).toEqual(['longer', 3]);
    expect(await world.download('x', { isOffline: true })).toBe('longer');
  });

  test.each(['/x', 'a//x', '../x', 'a/../x', './x', 'a/', ''])('is not fetched at %j', async (path) => {
    const world = new World();
    world.repository.addTarget('targets', path, 'content');
    publish(world);
    expect(await world.download(path)).toBe('TUF_NAME_REFUSED');
  });

  test('is fetched where its name says, encoded', async () => {
    const world = new World();
    world.repository.root.consistent_snapshot = false;
    world.repository.addTarget('targets', 'a b/#?%', 'content');
    world.repository.files.set('targets/a%20b/%23%3F%25', Buffer.from('content'));
    world.repository.publish('root');
    publish(world);
    expect(await world.download('a b/#?%')).toBe('content');
  });
});
