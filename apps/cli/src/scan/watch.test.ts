import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

const shim = fileURLToPath(new URL('../../bin/keelson.cjs', import.meta.url));
const pod = (hostPid: boolean) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { hostPID: ${hostPid}, containers: [{ name: c, image: x }] }\n`;

test('--watch judges again after a change, writes its own output without end, and ends on an interrupt', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-watch-'));
  const file = join(folder, 'pod.yaml');
  writeFileSync(file, pod(true));
  const args = [
    'scan',
    '.',
    '--watch',
    '--only',
    'host-pid',
    '-f',
    'terminal',
    '-f',
    'json',
    '-o',
    'report.json',
    '--write-baseline',
    'known.json',
  ];
  const child = spawn(process.execPath, [shim, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let runs = 0;
  let wake: () => void = () => undefined;
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    runs += data.toString().split('Waiting for changes').length - 1;
    wake();
  });
  const untilRun = async (count: number) => {
    while (runs < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  try {
    await untilRun(1);
    expect(out).toContain('host-pid');
    out = '';
    writeFileSync(file, pod(false));
    await untilRun(2);
    expect(out).toContain('No findings.');
    // The report that a run writes lies in the folder that is watched.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(runs).toBe(2);
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each([
  [[], 'name a file or folder to scan'],
  [['.', '--only', 'no-such-check'], 'there is no check "no-such-check"'],
])('a wrong call %j ends, as it does without --watch', (args, message) => {
  withFolder({ 'pod.yaml': pod(false) }, (folder) => {
    const { code, err } = keelson(folder, ['scan', '--watch', ...args]);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

test('what is not there cannot be watched', () => {
  const { code, err } = keelson(tmpdir(), ['scan', 'no-such-folder-here', '--watch']);
  expect([code, err]).toEqual([2, expect.stringContaining('no-such-folder-here is no file or folder')]);
});
