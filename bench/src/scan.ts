import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { corpus, keelson } from './keelson.ts';
import { type Command, measureInTurn, summarizeCosts } from './measure.ts';
import { findPeer } from './peers.ts';

/** Files that kube-score accepts: one that it cannot read ends its whole run, so it is asked about each first. */
function kubeScoreFiles(program: string, folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
  // Exit 1 stands for findings as well as for a file that stopped it: only the output tells the two apart.
  const readable = (list: readonly string[]): string[] => {
    if (list.length === 0) return [];
    const { stdout } = spawnSync(program, ['score', '-o', 'json', ...list], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return stdout.trim() === '' ? split(list) : [...list];
  };
  const split = (list: readonly string[]): string[] => {
    if (list.length === 1) return [];
    const half = list.length >> 1;
    return [...readable(list.slice(0, half)), ...readable(list.slice(half))];
  };
  return readable(files);
}

/**
 * The scan of manifests/real with every check, beside Checkov and kube-score. Bars: at most a quarter of
 * Checkov's CPU and 250 MB; at most four times kube-score's CPU.
 */
export async function run() {
  const folder = join(corpus('manifests'), 'real');
  const output = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  const missing: string[] = [];
  try {
    const commands: Command[] = [
      keelson('keelson', 'scan', folder, '--format', 'json', '--output', join(output, 'out.json')),
    ];
    const checkov = findPeer('checkov');
    if ('program' in checkov) {
      const args = [
        '-d',
        folder,
        '--framework',
        'kubernetes',
        '--compact',
        '--quiet',
        '-o',
        'json',
        '--skip-download',
      ];
      commands.push({ name: 'checkov', program: checkov.program, args });
    } else missing.push(checkov.missing);
    const kubeScore = findPeer('kube-score');
    if ('program' in kubeScore) {
      const files = kubeScoreFiles(kubeScore.program, folder);
      commands.push({
        name: 'kube-score',
        program: kubeScore.program,
        args: ['score', '-o', 'json', ...files],
      });
    } else missing.push(kubeScore.missing);
    const rows = summarizeCosts(measureInTurn(commands, 3));
    return { bench: 'scan', node: process.version, input: 'manifests/real', rows, missing };
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}
