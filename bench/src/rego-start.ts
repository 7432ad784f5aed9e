import { join } from 'node:path';
import { corpus, keelson } from './keelson.ts';
import { type Cost, measureInTurn, median, rounded, spread, summarizeCosts } from './measure.ts';
import { findPeer, opaVersion } from './peers.ts';

/**
 * CPU of one evaluation of the admission policy of rego-bench, process start and all, against `node -e 0` and, where it is
 * there, `opa`. Bars: at most 4 times `node -e 0`, 95 MB.
 */
export async function run() {
  const folder = join(corpus('rego-bench'), 'admission');
  const args = ['eval', '-d', join(folder, 'policy.rego'), '-d', join(folder, 'data.json')];
  const call = [...args, '-i', join(folder, 'input.json'), 'data.bench.admission.violations'];
  const opa = findPeer('opa');
  const commands = [
    { name: 'node -e 0', program: process.execPath, args: ['-e', '0'] },
    keelson('keelson rego eval', 'rego', ...call),
    keelson('keelson rego eval 1+1', 'rego', 'eval', '1+1'),
    ...('program' in opa ? [{ name: 'opa eval', program: opa.program, args: call }] : []),
  ];
  const costs = measureInTurn(commands, 21);
  const rows = summarizeCosts(costs).map(({ ratioOfFirst: _, ...row }) => {
    const times = timesOf(costs.get(row.name) ?? [], costs.get('node -e 0') ?? []);
    return { ...row, timesNode: rounded(median(times), 2), spread: spread(times, 2) };
  });
  const evaluated = rows.find((row) => row.name === 'keelson rego eval');
  const holds =
    evaluated !== undefined && evaluated.exit === 0 && evaluated.timesNode <= 4 && evaluated.peakMb <= 95;
  return {
    bench: 'rego-start',
    node: process.version,
    opa: 'program' in opa ? opaVersion(opa.program) : opa.missing,
    rows,
    bars: { timesNode: 4, peakMb: 95 },
    holds,
  };
}

/** Run by run, since a machine that slows down slows both. */
function timesOf(runs: readonly Cost[], node: readonly Cost[]): number[] {
  return runs.map(({ cpu }, at) => cpu / (node[at]?.cpu ?? Number.NaN));
}
