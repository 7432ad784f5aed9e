import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportFormats } from '@keelson/report';
import { corpus, keelson } from './keelson.ts';
import { measureInTurn, median, summarizeCosts } from './measure.ts';

/**
 * What writing reports costs: the scan of manifests/real with its JSON report, beside the same scan with every format, and with
 * each alone. Bar: all formats together add at most 40 % to the scan's CPU.
 */
export async function run() {
  const folder = join(corpus('manifests'), 'real');
  const output = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  const names = Object.keys(reportFormats);
  const file = (name: string) => join(output, name);
  const scan = (name: string, formats: readonly string[]) => ({
    ...keelson(name, 'scan', folder, ...formats.flatMap((format) => ['-f', format, '-o', file(format)])),
    // To cut off what an earlier run wrote would be counted as this one's.
    prepare: () => {
      for (const format of names) rmSync(file(format), { force: true });
    },
  });
  try {
    const costs = measureInTurn([scan('json', ['json']), scan('all formats', names)], 5);
    const cpu = (name: string) => median((costs.get(name) ?? []).map((cost) => cost.cpu));
    const bytes = Object.fromEntries(names.map((name) => [name, statSync(file(name)).size]));
    const alone = measureInTurn(
      [scan('terminal', ['terminal']), ...names.map((name) => scan(name, [name]))],
      3,
    );
    return {
      bench: 'report',
      node: process.version,
      input: 'manifests/real',
      addedByAll: Math.round((cpu('all formats') / cpu('json') - 1) * 1000) / 1000,
      rows: summarizeCosts(costs),
      alone: summarizeCosts(alone).map(({ name, cpuSeconds, peakMb }) => ({ name, cpuSeconds, peakMb })),
      bytes,
    };
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}
