import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isKeelsonError } from '@keelson/core';
import { HttpClient } from '@keelson/http';
import { expiryOf, SimulatedRepository, serveRepository } from '@keelson/sigstore-testing';
import { httpFetch, MemoryStore, TufClient } from '@keelson/tuf';
import { findPackages } from '../peers.ts';
import type { Cell, InteropSuite } from './cell.ts';

interface TufJs {
  readonly Updater: new (
    options: object,
  ) => {
    refresh(): Promise<void>;
    getTargetInfo(path: string): Promise<object | undefined>;
    downloadTarget(info: object): Promise<string>;
  };
}

const peer = 'tuf-js@5.0.1';
const target = 'team/app.txt';
const past = Date.now() - 1_000;
const roles = ['root', 'targets', 'snapshot', 'timestamp'] as const;

/** What a repository does after a client has been up to date once, and whether its target is still to be had. */
type Turn = readonly [what: string, arrange: (repository: SimulatedRepository) => void, isTaken: boolean];

const turns: readonly Turn[] = [
  ['nothing new', () => undefined, true],
  ['new versions', (repository) => repository.publish('targets', 'snapshot', 'timestamp'), true],
  [
    'another key of root, signed by the old one too',
    (repository) => {
      const before = repository.signers.get('root') ?? [];
      repository.rotate('root');
      repository.signers.set('root', [...before, ...(repository.signers.get('root') ?? [])]);
      repository.publish('root');
    },
    true,
  ],
  [
    'another key of root, which the old one did not sign',
    (repository) => {
      repository.rotate('root');
      repository.publish('root');
    },
    false,
  ],
  ['a threshold that no signatures meet', (repository) => threshold(repository, 2), false],
  ['a threshold of none', (repository) => threshold(repository, 0), false],
  ...(['timestamp', 'snapshot', 'targets'] as const).map(
    (role): Turn => [
      `${role} goes back`,
      (repository) => {
        repository.publish('targets', 'snapshot', 'timestamp');
        repository[role].version = 0;
        repository.publish(...roles.slice(roles.indexOf(role)));
      },
      false,
    ],
  ),
  ...roles.map(
    (role): Turn => [
      `${role} has expired`,
      (repository) => {
        repository[role].expires = expiryOf(past);
        repository.publish(...roles.slice(roles.indexOf(role)));
      },
      false,
    ],
  ),
  ...(['timestamp', 'snapshot', 'targets'] as const).map(
    (role): Turn => [
      `${role} is signed by others`,
      (repository) => {
        const known = repository.root.roles[role];
        repository.signers.delete(role);
        repository.addKey(role);
        if (known !== undefined) known.keyids.pop();
        repository.publish(...roles.slice(roles.indexOf(role)));
      },
      false,
    ],
  ),
  [
    'the delegated role is signed by others',
    (repository) => {
      repository.signers.delete('team');
      repository.addKey('team');
      repository.publish('team', 'snapshot', 'timestamp');
    },
    false,
  ],
  [
    'the target has other bytes',
    (repository) => {
      for (const path of repository.files.keys())
        if (path.endsWith('app.txt')) repository.files.set(path, Buffer.from('else'));
    },
    false,
  ],
];

function threshold(repository: SimulatedRepository, count: number): void {
  const role = repository.root.roles['timestamp'];
  if (role !== undefined) role.threshold = count;
  repository.publish('root', 'timestamp');
}

/** keelson's client of The Update Framework beside npm's, each in turn against the same repository. */
export async function open(): Promise<InteropSuite> {
  const found = findPackages([peer], 'npm-tuf');
  const bare = { name: 'tuf', peers: [], cells: [], close: async () => undefined };
  if ('missing' in found) return { ...bare, notRun: [{ id: 'all with tuf-js', reason: found.missing }] };
  const tufJs: TufJs = createRequire(join(found.folder, 'package.json'))('tuf-js');
  return {
    ...bare,
    peers: [peer.replace('@', ' ')],
    cells: turns.map((turn) => cellOf(tufJs, turn)),
    notRun: [],
  };
}

function cellOf(tufJs: TufJs, [what, arrange, isTaken]: Turn): Cell {
  return {
    id: `keelson and tuf-js: ${what}`,
    run: async () => {
      const repository = new SimulatedRepository(Date.now());
      repository.delegate('targets', { name: 'team', paths: ['team/*'] });
      repository.addTarget('team', target, 'a target');
      repository.publish('team', 'targets', 'snapshot', 'timestamp');
      await using server = await serveRepository(repository);
      const first = repository.files.get('1.root.json') ?? new Uint8Array();
      const folder = mkdtempSync(join(tmpdir(), 'keelson-tuf-'));
      try {
        writeFileSync(join(folder, 'root.json'), first);
        const clients = [ours(server.url, first), theirs(tufJs, server.url, folder)];
        for (const client of clients)
          if (!(await client())) throw new Error('the repository is refused at first');
        arrange(repository);
        const [we = false, they = false] = [await clients[0]?.(), await clients[1]?.()];
        if (we !== isTaken || they !== isTaken)
          throw new Error(`keelson ${we ? 'takes' : 'refuses'} it, tuf-js ${they ? 'takes' : 'refuses'} it`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Updates and downloads: whether the target was to be had. Nothing of it is kept but metadata. */
function ours(url: string, root: Uint8Array): () => Promise<boolean> {
  const store = new MemoryStore();
  return async () => {
    const fetch = httpFetch(new HttpClient());
    const client = new TufClient({ metadataUrl: `${url}/`, root, store, fetch, now: () => Date.now() });
    try {
      return Buffer.from(await client.download(target)).toString() === 'a target';
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      return false;
    }
  };
}

function theirs({ Updater }: TufJs, url: string, folder: string): () => Promise<boolean> {
  return async () => {
    const updater = new Updater({
      metadataDir: folder,
      metadataBaseUrl: url,
      targetDir: mkdtempSync(join(folder, 'targets-')),
      targetBaseUrl: `${url}/targets`,
      config: { fetchRetry: false },
    });
    try {
      await updater.refresh();
      const info = await updater.getTargetInfo(target);
      if (info === undefined) return false;
      await updater.downloadTarget(info);
      return true;
    } catch {
      return false;
    }
  };
}
