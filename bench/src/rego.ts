import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, fromJson, type RegoValue } from '@keelson/rego';
import { measureHere } from './in-process.ts';
import { corpus } from './keelson.ts';
import { measureOnce, median, rounded, spread } from './measure.ts';
import { findPeer, opaVersion } from './peers.ts';
import { measureServers } from './rego-server.ts';

interface Workload {
  readonly name: string;
  readonly folder: string;
  readonly query: string;
  /** Evaluations in one sample of ours, with indexes of rows and without: enough for V8 to have made its best code. */
  readonly turns: number;
  readonly turnsWithoutIndexes: number;
  /** How many times OPA's CPU the issue asks for, with indexes of rows and without. */
  readonly bar: number;
  readonly barWithoutIndexes: number;
}

const workloads: readonly Workload[] = [
  {
    name: 'A',
    folder: 'admission',
    query: 'data.bench.admission.violations',
    turns: 2000,
    turnsWithoutIndexes: 2000,
    bar: 6,
    barWithoutIndexes: 6,
  },
  {
    name: 'B',
    folder: 'rbac',
    query: 'data.bench.rbac.decision',
    turns: 500,
    turnsWithoutIndexes: 100,
    bar: 150,
    barWithoutIndexes: 20,
  },
  {
    name: 'C',
    folder: 'graph',
    query: 'data.bench.graph.report',
    turns: 10,
    turnsWithoutIndexes: 10,
    bar: 20,
    barWithoutIndexes: 20,
  },
];
const rounds = 5;

/** CPU microseconds of one evaluation, OPA's and ours in turn on the same input, and how many times less ours is. */
export async function run() {
  const opa = findPeer('opa');
  const results = workloads.map((workload) => {
    const ours = { indexed: evaluator(workload, true), plain: evaluator(workload, false) };
    const theirs: number[] = [];
    const samples = { indexed: [] as number[], plain: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      if ('program' in opa) theirs.push(opaMicroseconds(opa.program, workload));
      samples.indexed.push(microseconds(ours.indexed, workload.turns));
      samples.plain.push(microseconds(ours.plain, workload.turnsWithoutIndexes));
    }
    return summary(workload, theirs, samples);
  });
  return {
    name: 'rego',
    node: process.version,
    opa: 'program' in opa ? opaVersion(opa.program) : opa.missing,
    rounds,
    unit: 'CPU microseconds per evaluation, median (lowest to highest)',
    results,
    server: await server('program' in opa ? opa.program : undefined),
  };
}

/** The CPU time of another process can only be read where Linux tells it. */
async function server(opa: string | undefined) {
  return process.platform === 'linux' ? await measureServers(opa) : 'not run: needs Linux';
}

function summary(
  { name, bar, barWithoutIndexes }: Workload,
  theirs: readonly number[],
  samples: { readonly indexed: readonly number[]; readonly plain: readonly number[] },
) {
  return {
    workload: name,
    opa: spread(theirs),
    keelson: spread(samples.indexed),
    keelsonWithoutIndexes: spread(samples.plain),
    ratio: rounded(median(theirs) / median(samples.indexed)),
    bar,
    ratioWithoutIndexes: rounded(median(theirs) / median(samples.plain)),
    barWithoutIndexes,
  };
}

function evaluator({ folder, query }: Workload, indexes: boolean): () => void {
  const read = (file: string): RegoValue =>
    fromJson(readFileSync(join(corpus('rego-bench'), folder, file), 'utf8'));
  const text = readFileSync(join(corpus('rego-bench'), folder, 'policy.rego'), 'utf8');
  const policy = compile({ 'policy.rego': text }, { data: read('data.json'), indexes });
  const input = read('input.json');
  return () => {
    policy.evaluate(query, input);
  };
}

function microseconds(evaluate: () => void, turns: number): number {
  const { cpuMedian } = measureHere(3, () => {
    for (let i = 0; i < turns; i++) evaluate();
  });
  return (cpuMedian * 1e6) / turns;
}

/**
 * `opa bench` tells the time of one evaluation; on one thread the share of the CPU that the whole process got makes
 * it CPU time.
 */
function opaMicroseconds(program: string, { folder, query }: Workload): number {
  const out = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  const line = 'GOMAXPROCS=1 "$0" bench --format=json -d policy.rego -d data.json -i input.json "$1" > "$2"';
  const file = join(out, 'bench.json');
  const { cpu, wall, exit } = measureOnce({
    name: 'opa bench',
    program: 'sh',
    args: ['-c', line, program, query, file],
    cwd: join(corpus('rego-bench'), folder),
  });
  if (exit !== 0) throw new Error(`opa bench ended with ${exit}`);
  const { N, T }: { N: number; T: number } = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(out, { recursive: true });
  return (T / N / 1000) * Math.min(1, cpu / wall);
}
