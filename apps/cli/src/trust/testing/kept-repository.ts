import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SimulatedRepository } from '@keelson/sigstore-testing';
import { repositoryStores, SigstoreRepository } from '@keelson/tuf';

const mirror = 'https://tuf.example';

/**
 * Keeps what a repository says in the cache `keelson` of a folder, as if it had been asked, and gives the flags for it: nobody is asked
 * again.
 *
 * @param trustedRoot what the repository says is trusted, in JSON
 */
export async function keepRepository(folder: string, trustedRoot: string): Promise<readonly string[]> {
  const repository = new SimulatedRepository(Date.now());
  repository.addTarget('targets', 'trusted_root.json', trustedRoot);
  repository.publish('root', 'targets', 'snapshot', 'timestamp');
  const root = repository.files.get('1.root.json') ?? new Uint8Array();
  const rootFile = join(folder, 'root.json');
  mkdirSync(folder, { recursive: true });
  writeFileSync(rootFile, root);
  const asked = new SigstoreRepository({
    ...repositoryStores(join(folder, 'keelson/tuf'), mirror),
    metadataUrl: mirror,
    root,
    fetch: async (url) => repository.files.get(url.slice(mirror.length + 1)),
    now: Date.now,
  });
  await asked.trustedRoot();
  return ['--tuf-mirror', mirror, '--tuf-root', rootFile];
}
