import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringifyYaml } from '@keelson/yaml';
import { keelson } from './keelson.ts';
import { type Command, type Cost, measureInTurn, median, rounded } from './measure.ts';
import { generateCluster } from './netpol-generate.ts';
import { findPeer } from './peers.ts';

/** What a case of `netpol-case.ts` prints. */
interface CaseResult {
  case: string;
  workloads: number;
  policies: number;
  cpuSeconds: number;
  wallSeconds: number;
  peakMb: number;
  isRight?: boolean;
}

/** The most that a case may cost. */
interface Bar {
  cpuSeconds?: number;
  peakMb?: number;
}

const cases: readonly (readonly [name: string, workloads: number, policies: number, bar: Bar])[] = [
  ['list', 100, 60, {}],
  ['list', 500, 200, {}],
  ['explain', 100, 60, { cpuSeconds: 3 }],
  ['text', 1_000, 500, { cpuSeconds: 1.5 }],
  ['relation', 10_000, 2_000, { cpuSeconds: 6, peakMb: 400 }],
  ['change', 10_000, 2_000, { cpuSeconds: 0.2 }],
];

/**
 * What netpolicy (np-guard/netpol-analyzer, commit e54a334) took for clusters of the same generator's rules, where it
 * cannot be run here: recorded on a machine with two x86-64 cores, one process at a time.
 */
const recorded = [
  { workloads: 100, policies: 60, name: 'netpolicy list, recorded', cpuSeconds: 2.1, peakMb: 140 },
  { workloads: 500, policies: 200, name: 'netpolicy list, recorded', cpuSeconds: 42, peakMb: 695 },
];

/**
 * Network policies: cases in a process each, and `keelson netpol list` beside netpolicy. Bars: those of the cases; at 500 workloads
 * at most 1/50 of netpolicy's CPU and 1/4 of its memory.
 */
export async function run() {
  const rows = cases.map(([name, workloads, policies, bar]) => {
    const result = runCase(name, workloads, policies);
    return { ...result, bar, holds: holds(result, bar) };
  });
  const peer = findPeer('netpolicy');
  const program = 'program' in peer ? peer.program : undefined;
  const lists = [compareLists(100, 60, program), compareLists(500, 200, program)];
  const bars = { ofPeersCpu: 1 / 50, ofPeersMemory: 1 / 4 };
  const large = lists.at(-1);
  return {
    bench: 'netpol',
    node: process.version,
    rows,
    lists,
    bars,
    missing: 'missing' in peer ? [peer.missing] : [],
    holds:
      rows.every((row) => row.holds) &&
      large !== undefined &&
      large.ofPeersCpu <= bars.ofPeersCpu &&
      large.ofPeersMemory <= bars.ofPeersMemory,
  };
}

function runCase(name: string, workloads: number, policies: number): CaseResult {
  const script = fileURLToPath(new URL('./netpol-case.js', import.meta.url));
  const args = [script, name, String(workloads), String(policies)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ${workloads} x ${policies}: ${stderr}`);
  return JSON.parse(stdout);
}

function holds(result: CaseResult, { cpuSeconds = Infinity, peakMb = Infinity }: Bar) {
  return result.cpuSeconds <= cpuSeconds && result.peakMb <= peakMb && result.isRight !== false;
}

/** The command beside netpolicy on the same folder, or beside what is recorded of it. */
function compareLists(workloads: number, policies: number, program: string | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  try {
    const objects = generateCluster(workloads, policies);
    writeFileSync(join(folder, 'cluster.yaml'), objects.map((each) => stringifyYaml(each)).join('---\n'));
    const own = keelson('keelson netpol list', 'netpol', 'list', folder);
    const peer = { name: 'netpolicy list', args: ['list', '-q', '--dirpath', folder] };
    const commands: Command[] = program === undefined ? [own] : [own, { ...peer, program }];
    // Netpolicy takes half a minute for the large input.
    const costs = measureInTurn(commands, program !== undefined && workloads > 100 ? 1 : 3);
    for (const [name, runs] of costs) {
      // What ends early costs little, and would be no measure of the work.
      if (runs.some(({ exit }) => exit !== 0)) throw new Error(`${name} failed on ${folder}`);
    }
    const list = summary(own.name, costs.get(own.name) ?? []);
    const other =
      program === undefined
        ? recorded.find((each) => each.workloads === workloads && each.policies === policies)
        : summary(peer.name, costs.get(peer.name) ?? []);
    return {
      input: `${workloads} workloads x ${policies} policies`,
      list,
      peer: other,
      ofPeersCpu: rounded(list.cpuSeconds / (other?.cpuSeconds ?? Number.NaN), 4),
      ofPeersMemory: rounded(list.peakMb / (other?.peakMb ?? Number.NaN), 3),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function summary(name: string, runs: readonly Cost[]) {
  return {
    name,
    cpuSeconds: rounded(median(runs.map(({ cpu }) => cpu)), 3),
    peakMb: Math.round(Math.max(...runs.map(({ peakMb }) => peakMb))),
    exit: runs.at(-1)?.exit ?? -1,
  };
}
