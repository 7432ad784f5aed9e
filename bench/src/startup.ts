import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keelson } from './keelson.ts';
import { measureInTurn, summarizeCosts } from './measure.ts';

const pod = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: example.com/web:1.0
      securityContext: { privileged: true }
`;

/** CPU of a start, against `node -e 0`. Bars: --version at most 1.5 times, a one-Pod scan at most 4 times, 90 MB. */
export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  try {
    const file = join(folder, 'pod.yaml');
    writeFileSync(file, pod);
    const commands = [
      { name: 'node -e 0', program: process.execPath, args: ['-e', '0'] },
      keelson('--version', '--version'),
      keelson('scan pod.yaml', 'scan', file),
    ];
    const costs = measureInTurn(commands, 21);
    const rows = summarizeCosts(costs).map(({ ratioOfFirst, ...row }) => ({
      ...row,
      timesNode: 1 / ratioOfFirst,
    }));
    const times = (name: string) => rows.find((row) => row.name === name)?.timesNode ?? Number.NaN;
    const peak = rows.find((row) => row.name === 'scan pod.yaml')?.peakMb ?? Number.NaN;
    const holds = times('--version') <= 1.5 && times('scan pod.yaml') <= 4 && peak <= 90;
    return {
      bench: 'startup',
      node: process.version,
      rows,
      bars: { version: 1.5, scan: 4, peakMb: 90 },
      holds,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
