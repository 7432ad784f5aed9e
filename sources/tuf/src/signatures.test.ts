import { generateKeyPairSync } from 'node:crypto';
import { newSigner, signerOf } from '@keelson/sigstore-testing';
import { expect, test } from 'vitest';
import { all, firstVersions as first, runCase, type UpdateCase, World } from './testing/world.ts';

const cases: readonly UpdateCase[] = [
  ...all.map(
    (role) =>
      [
        `${role} is not signed`,
        ({ repository }: World) => {
          const signers = repository.signers.get(role) ?? [];
          repository.signers.set(role, []);
          repository.publish(...all);
          repository.signers.set(role, signers);
        },
        'TUF_SIGNATURES_MISSING',
        {
          root: first,
          timestamp: 'root 2, snapshot 1, targets 1, timestamp 1',
          snapshot: 'root 2, snapshot 1, targets 1, timestamp 2',
          targets: 'root 2, snapshot 2, targets 1, timestamp 2',
        }[role],
      ] as const,
  ),
  [
    'root is signed by its new keys only',
    ({ repository }) => {
      repository.rotate('root');
      repository.publish('root');
    },
    'TUF_SIGNATURES_MISSING',
    first,
  ],
  [
    'root is signed by its old keys only',
    ({ repository }) => {
      const old = repository.signers.get('root') ?? [];
      repository.rotate('root');
      repository.signers.set('root', old);
      repository.publish('root');
    },
    'TUF_SIGNATURES_MISSING',
    first,
  ],
  [
    'root is signed by old and new keys',
    ({ repository }) => {
      const old = repository.signers.get('root') ?? [];
      repository.rotate('root');
      repository.signers.set('root', [...old, ...(repository.signers.get('root') ?? [])]);
      repository.publish('root');
    },
    'ok',
    'root 2, snapshot 1, targets 1, timestamp 1',
  ],
  [
    'members that nobody knows',
    ({ repository }) => {
      Object.assign(repository.root, {
        'x-a': { b: [1, 'ü"\\\n', null, true, 12345678901234567890n.toString()] },
      });
      Object.assign(repository.root.roles['root'] ?? {}, { 'x-b': 1 });
      repository.publish('root');
    },
    'ok',
    'root 2, snapshot 1, targets 1, timestamp 1',
  ],
  [
    'members that nobody knows, changed',
    ({ repository }) => {
      Object.assign(repository.root, { 'x-a': 1 });
      repository.publish('root');
      repository.tamper('2.root.json', ({ signed }) => {
        signed['x-a'] = 2;
      });
    },
    'TUF_SIGNATURES_MISSING',
    first,
  ],
  [
    'a key with members that nobody knows',
    ({ repository }) => {
      repository.addKey('snapshot', newSigner({ 'x-owner': '@a', keyid_hash_algorithms: ['md5'] }));
      repository.publish('root', 'snapshot', 'timestamp');
    },
    'ok',
    'root 2, snapshot 2, targets 1, timestamp 2',
  ],
  [
    'an id that is not the hash of its key',
    ({ repository }) => {
      repository.rotate('snapshot');
      const [signer] = repository.signers.get('snapshot') ?? [];
      repository.root.roles['snapshot'] = { keyids: [], threshold: 1 };
      if (signer !== undefined) repository.addKey('snapshot', { ...signer, id: 'aa' });
      repository.publish('root', 'snapshot', 'timestamp');
    },
    'TUF_SIGNATURES_MISSING',
    'root 2, targets 1, timestamp 2',
  ],
  [
    'an id that is not the hash of its key, which need not sign',
    ({ repository }) => {
      repository.addKey('snapshot', { ...newSigner(), id: 'aa' });
      repository.publish('root', 'snapshot', 'timestamp');
    },
    'ok',
    'root 2, snapshot 2, targets 1, timestamp 2',
  ],
  [
    'an id that is the hash of what everyone knows of its key',
    ({ repository }) => {
      repository.rotate('snapshot');
      const [signer] = repository.signers.get('snapshot') ?? [];
      if (signer !== undefined) repository.root.keys[signer.id] = { ...signer.key, 'x-owner': '@a' };
      repository.publish('root', 'snapshot', 'timestamp');
    },
    'ok',
    'root 2, snapshot 2, targets 1, timestamp 2',
  ],
  [
    'a role names a key twice',
    ({ repository }) => {
      repository.root.roles['snapshot']?.keyids.push(...(repository.root.roles['snapshot']?.keyids ?? []));
      repository.publish('root');
    },
    'TUF_METADATA_INVALID',
    first,
  ],
  [
    'a threshold of 0',
    ({ repository }) => {
      const role = repository.root.roles['snapshot'];
      if (role) role.threshold = 0;
      repository.publish('root');
    },
    'TUF_METADATA_INVALID',
    first,
  ],
  [
    'a threshold of -1',
    ({ repository }) => {
      const role = repository.root.roles['snapshot'];
      if (role) role.threshold = -1;
      repository.publish('root');
    },
    'TUF_METADATA_INVALID',
    first,
  ],
  [
    'a threshold beyond the number of keys',
    ({ repository }) => {
      const role = repository.root.roles['snapshot'];
      if (role) role.threshold = 2;
      repository.publish('root', 'snapshot', 'timestamp');
    },
    'TUF_SIGNATURES_MISSING',
    'root 2, snapshot 1, targets 1, timestamp 2',
  ],
  [
    'one key twice in the signatures',
    ({ repository }) => {
      repository.publish('timestamp');
      repository.tamper('timestamp.json', ({ signatures }) => {
        signatures.push(...signatures);
      });
    },
    'TUF_METADATA_INVALID',
    first,
  ],
  [
    'one key under two ids',
    ({ repository }) => {
      const [signer] = repository.signers.get('timestamp') ?? [];
      if (signer)
        repository.addKey('timestamp', signerOf({ ...signer.key, 'x-other': 1 }, signer.privateKey));
      const role = repository.root.roles['timestamp'];
      if (role) role.threshold = 2;
      repository.publish('root', 'timestamp');
    },
    'TUF_SIGNATURES_MISSING',
    'root 2, snapshot 1, targets 1, timestamp 1',
  ],
  [
    'two keys where two must sign',
    ({ repository }) => {
      repository.addKey('timestamp');
      const role = repository.root.roles['timestamp'];
      if (role) role.threshold = 2;
      repository.publish('root', 'timestamp');
    },
    'ok',
    'root 2, snapshot 1, targets 1, timestamp 2',
  ],
  [
    'one of two keys has signed nothing yet',
    ({ repository }) => {
      const other = repository.addKey('timestamp');
      repository.publish('root', 'timestamp');
      repository.tamper('timestamp.json', ({ signatures }) => {
        for (const item of signatures) if (item.keyid === other.id) item.sig = '';
      });
    },
    'ok',
    'root 2, snapshot 1, targets 1, timestamp 2',
  ],
  [
    'a signature of a key that is not of the role',
    ({ repository }) => {
      repository.signers.set('timestamp', [...(repository.signers.get('snapshot') ?? [])]);
      repository.publish('timestamp');
    },
    'TUF_SIGNATURES_MISSING',
    first,
  ],
  [
    'a key of a kind that nobody knows, which need not sign',
    ({ repository }) => {
      const key = { keytype: 'x', scheme: 'y', keyval: { z: 1 } };
      const { id } = signerOf(key, newSigner().privateKey);
      repository.root.keys[id] = key;
      repository.root.roles['timestamp']?.keyids.push(id);
      repository.publish('root', 'timestamp');
    },
    'ok',
    'root 2, snapshot 1, targets 1, timestamp 2',
  ],
];

test('a key that is written twice, in other words, counts once', async () => {
  const world = new World();
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  for (const text of [pem, `${pem}\n`])
    world.repository.addKey(
      'timestamp',
      signerOf({ keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256', keyval: { public: text } }, privateKey),
    );
  const role = world.repository.root.roles['timestamp'];
  if (role !== undefined) role.threshold = 3;
  world.repository.publish('root', 'timestamp');
  expect(await world.refresh()).toBe('TUF_SIGNATURES_MISSING');
  // With the key that was there before, they are two.
  if (role !== undefined) role.threshold = 2;
  world.repository.publish('root', 'timestamp');
  expect(await world.refresh()).toBe('ok');
});

test.each(cases)('an update where the repository has: %s', async (...item) => {
  await runCase(item);
});

test.each([
  ['ecdsa', 'ecdsa-sha2-nistp256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['rsa', 'rsassa-pss-sha256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
])('keys of type %s', async (keytype, scheme, { publicKey, privateKey }) => {
  const world = new World();
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const signer = signerOf({ keytype, scheme, keyval: { public: pem } }, privateKey);
  world.repository.addKey('timestamp', signer);
  const role = world.repository.root.roles['timestamp'];
  if (role !== undefined) role.threshold = 2;
  world.repository.publish('root', 'timestamp');
  expect(await world.refresh()).toBe('ok');
  world.repository.publish('timestamp');
  world.repository.tamper('timestamp.json', ({ signatures }) => {
    for (const item of signatures) if (item.keyid === signer.id) item.sig = `${item.sig.slice(0, -2)}00`;
  });
  expect(await world.refresh()).toBe('TUF_SIGNATURES_MISSING');
});
