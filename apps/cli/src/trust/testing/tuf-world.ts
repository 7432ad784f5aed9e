import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestServer } from '@keelson/registry-testing';
import {
  expiryOf,
  SimulatedRepository,
  serveRepository,
  TestSigstore,
  type TestSigstoreOptions,
} from '@keelson/sigstore-testing';
import { repositoryStores, SigstoreRepository } from '@keelson/tuf';
import { keelsonBeside, type RunResult, withFolderAsync } from '../../testing/run.ts';
import { identity } from './sigstore-world.ts';

export const day = 24 * 60 * 60 * 1000;
const roles = ['root', 'targets', 'snapshot', 'timestamp'] as const;

/** A Sigstore with its repository, a signed file, and a folder with what a user has. */
export interface TufWorld {
  readonly sigstore: TestSigstore;
  readonly repository: SimulatedRepository;
  readonly server: TestServer;
  readonly folder: string;
  readonly run: (...args: string[]) => Promise<RunResult>;
  /** `keelson verify` of the signed file by the repository. */
  readonly verify: (...args: string[]) => Promise<RunResult>;
  /** Flags for the repository. */
  readonly mirror: readonly string[];
  /** Publishes all roles anew, to expire in so many days. */
  readonly publish: (days: number) => void;
  /** Asks the repository as a user did so many days ago. */
  readonly askedBefore: (days: number) => Promise<void>;
}

/** What says whose signature is asked for. */
export const byDeveloper = (sigstore: TestSigstore) => [...identity(sigstore), '--insecure-ignore-sct'];

export async function inTufWorld(
  use: (world: TufWorld) => Promise<void>,
  options: TestSigstoreOptions = {},
): Promise<void> {
  await using sigstore = await TestSigstore.start(options);
  const repository = new SimulatedRepository(Date.now());
  repository.addTarget('targets', 'trusted_root.json', sigstore.trustedRoot);
  repository.addTarget('targets', 'signing_config.v0.2.json', sigstore.signingConfig);
  const publish = (days: number) => {
    for (const role of roles) repository[role].expires = expiryOf(Date.now() + days * day);
    repository.publish(...roles);
  };
  publish(30);
  await using server = await serveRepository(repository);
  const firstRoot = Buffer.from(repository.files.get('1.root.json') ?? '');
  const files = { 'a.txt': 'a', 'sc.json': sigstore.signingConfig, 'tr.json': sigstore.trustedRoot };
  await withFolderAsync(files, async (folder) => {
    writeFileSync(join(folder, 'root.json'), firstRoot);
    const run = (...args: string[]) =>
      keelsonBeside(folder, args, { XDG_CACHE_HOME: join(folder, 'cache'), SIGSTORE_ID_TOKEN: '' });
    const mirror = ['--tuf-mirror', server.url, '--tuf-root', 'root.json'];
    const by = ['--signing-config', 'sc.json', '--trusted-root', 'tr.json', '--identity-token'];
    const signed = await run('sign', ...by, sigstore.token(), '--bundle', 'a.bundle', 'a.txt');
    if (signed.code !== 0) throw new Error(signed.err);
    const artifact = ['--bundle', 'a.bundle', 'a.txt'];
    await use({
      ...{ sigstore, repository, server, folder, run, mirror, publish },
      verify: (...args) => run('verify', ...mirror, ...byDeveloper(sigstore), ...args, ...artifact),
      askedBefore: async (days) => {
        const asked = new SigstoreRepository({
          ...repositoryStores(join(folder, 'cache/keelson/tuf'), server.url),
          metadataUrl: server.url,
          root: readFileSync(join(folder, 'root.json')),
          fetch: async (url) => repository.files.get(url.slice(server.url.length + 1)),
          now: () => Date.now() - days * day,
        });
        await asked.trustedRoot();
      },
    });
  });
}
