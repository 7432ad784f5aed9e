import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '@keelson/yaml';
import { measureHere, peakMb } from './in-process.ts';
import { corpus } from './keelson.ts';

const copies = 25;

/** Megabytes per CPU second, values and positions included, over the speed set repeated 25 times. Bar: 25. */
export async function run() {
  const one = readFileSync(join(corpus('yaml-k8s-manifests'), 'manifests-445.yaml'), 'utf8');
  const text = Buffer.from(Array.from({ length: copies }, () => one).join('---\n')).toString('utf8');
  const megabytes = Buffer.byteLength(text) / 1e6;
  const cold = process.cpuUsage();
  let documents = parseYaml(text).documents.length;
  const { user, system } = process.cpuUsage(cold);
  const firstPeakMb = peakMb();
  const cost = measureHere(9, () => {
    documents = parseYaml(text).documents.length;
  });
  return {
    name: 'yaml',
    node: process.version,
    megabytes: round(megabytes),
    documents,
    ...cost,
    megabytesPerCpuSecond: round(megabytes / cost.cpuMedian),
    bestMegabytesPerCpuSecond: round(megabytes / cost.cpuBest),
    firstMegabytesPerCpuSecond: round(megabytes / ((user + system) / 1e6)),
    firstPeakMb,
    peakMb: peakMb(),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
