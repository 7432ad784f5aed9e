// The program that theupdateframework/tuf-conformance runs (its CLIENT-CLI.md):
//   conformance-client.ts --metadata-dir D init ROOT
//   conformance-client.ts --metadata-dir D --metadata-url U refresh
//   conformance-client.ts --metadata-dir D --metadata-url U --target-name T… --target-base-url U --target-dir D download
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { isKeelsonError } from '@keelson/core';
import { HttpClient } from '@keelson/http';
import { DiskStore, httpFetch, TufClient } from '@keelson/tuf';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'metadata-dir': { type: 'string' },
    'metadata-url': { type: 'string' },
    'target-base-url': { type: 'string' },
    'target-dir': { type: 'string' },
    'target-name': { type: 'string', multiple: true },
  },
});
const [command, rootFile] = positionals;

function required(name: 'metadata-dir' | 'metadata-url' | 'target-base-url' | 'target-dir'): string {
  const value = values[name];
  if (value === undefined) throw new Error(`--${name} is missing`);
  return value;
}

function client(targets: { targetsUrl?: string; targetStore?: DiskStore } = {}): TufClient {
  return new TufClient({
    metadataUrl: required('metadata-url'),
    store: new DiskStore(required('metadata-dir'), '.json'),
    fetch: httpFetch(new HttpClient({ limits: { maxAttempts: 1 } })),
    now: () => Date.now(),
    ...targets,
  });
}

try {
  if (command === 'init' && rootFile !== undefined) {
    await new DiskStore(required('metadata-dir'), '.json').write('root', await readFile(rootFile));
  } else if (command === 'refresh') {
    await client().refresh();
  } else if (command === 'download') {
    const targetStore = new DiskStore(required('target-dir'));
    const repository = client({ targetsUrl: required('target-base-url'), targetStore });
    await repository.refresh();
    for (const name of values['target-name'] ?? []) await repository.download(name);
  } else throw new Error('the commands are init, refresh and download');
} catch (error) {
  console.error(isKeelsonError(error) ? error.format() : error);
  process.exitCode = 1;
}
