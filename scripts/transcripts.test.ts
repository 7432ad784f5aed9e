import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

// Every ```console block of README.md and docs/ is run again; a line `[...]` stands for any lines left out.
const root = fileURLToPath(new URL('..', import.meta.url));
const shim = `${root}apps/cli/bin/keelson.cjs`;

interface Transcript {
  command: string;
  expected: string;
}

function transcriptsOf(file: string): Transcript[] {
  const text = readFileSync(root + file, 'utf8');
  return [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block
      .split(/^(?=\$ )/m)
      .filter((part) => part.startsWith('$ '))
      .map((part) => {
        const end = part.indexOf('\n');
        return { command: part.slice(2, end), expected: part.slice(end + 1) };
      }),
  );
}

/** What changes from run to run: times, and the digests that stand for secrets. */
function stable(text: string): string {
  return text
    .replace(/ in \d+\.\d\d s\./g, ' in 0.00 s.')
    .replace(/hmac-sha256:[0-9a-f]{16}/g, 'hmac-sha256:0000000000000000')
    .trimEnd();
}

function run(command: string): string {
  const bin = `keelson() { "${process.execPath}" "${shim}" "$@"; }; npx() { "$@"; };`;
  const { stdout, stderr } = spawnSync('sh', ['-c', `${bin} ${command}`], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout + stderr;
}

const files = [
  'README.md',
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe.each(
  files.map((file) => [file, transcriptsOf(file)] as const).filter(([, list]) => list.length > 0),
)('%s', (_, list) => {
  test.each(list.map((item) => [item.command, item] as const))('%s', (_command, { command, expected }) => {
    const actual = stable(run(command));
    let from = 0;
    for (const part of stable(expected).split(/^\[\.\.\.\]\n?/m)) {
      const wanted = part.trimEnd();
      const at = actual.indexOf(wanted, from);
      expect(at >= 0 ? wanted : actual.slice(from), `part of the transcript of ${command}`).toBe(wanted);
      from = at + wanted.length;
    }
  });
});
