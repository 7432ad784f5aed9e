// Tells the cache of action.yml what it keeps, and under which key. The action's own folder has no commit to ask for
// (the runner unpacks an archive), so the key is the digest of every file that the build may read.
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.env.GITHUB_ACTION_PATH ?? '.';
const output = process.env.GITHUB_OUTPUT ?? '/dev/stdout';
const made = new Set(['node_modules', 'dist', 'build', 'generated', '.git']);

const digest = createHash('sha256');
readFolder('');
const key = `keelson-${process.platform}-${process.arch}-${digest.digest('hex').slice(0, 32)}`;
const paths = ['node_modules', 'apps/cli/dist'].map((path) => join(root, path));
appendFileSync(output, `key=${key}\npaths<<END_OF_PATHS\n${paths.join('\n')}\nEND_OF_PATHS\n`);

function readFolder(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (made.has(entry.name) || entry.name.endsWith('.tsbuildinfo')) continue;
    if (entry.isDirectory()) readFolder(path);
    else if (entry.isFile()) digest.update(`${path}\0`).update(readFileSync(join(root, path)));
  }
}
