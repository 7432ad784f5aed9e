// Builds everything: libraries with tsc, the packs' checks from their YAML, the pages with Vite, the command
// with Rolldown.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = join(root, 'node_modules/typescript/bin/tsc');

function run(...args: string[]): void {
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

// The packs' generators run on the engines' build, and the packs are compiled after it.
run(tsc, '--build', 'engines/checks', 'engines/compliance');
run('packs/checks/scripts/generate.ts');
run('packs/frameworks/scripts/generate.ts');
run('scripts/page.ts', 'engines/netpol');
run('scripts/page.ts', 'apps/report');
run(tsc, '--build');
run('apps/cli/scripts/bundle.ts');
