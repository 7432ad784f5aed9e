import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shim = fileURLToPath(new URL('../../bin/keelson.cjs', import.meta.url));

export interface RunResult {
  code: number;
  out: string;
  err: string;
}

/** Runs the built command in a folder. */
export function keelson(cwd: string, args: readonly string[], input?: string): RunResult {
  const run = spawnSync(process.execPath, [shim, ...args], {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 1 << 28,
    ...(input === undefined ? {} : { input }),
  });
  return { code: run.status ?? -1, out: run.stdout, err: run.stderr };
}

/** Runs the built command in a process of its own while the test goes on, which may be its server. */
export async function keelsonBeside(
  cwd: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  const run = spawn(process.execPath, [shim, ...args], {
    cwd,
    env: { ...process.env, ...environment },
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = Promise.all(
    [run.stdout, run.stderr].map(async (stream) => (await stream.toArray()).join('')),
  );
  const [[code], [out = '', err = '']] = await Promise.all([once(run, 'close'), texts]);
  return { code: typeof code === 'number' ? code : -1, out, err };
}

/** A folder with files that goes away after use. */
export function withFolder<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
  const folder = folderOf(files);
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same for a use that takes its time. */
export async function withFolderAsync<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = folderOf(files);
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-test-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
