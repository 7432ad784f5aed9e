import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { severities } from '@keelson/evidence';
import { checkIds } from '@keelson/pack-checks';
import { frameworkNames } from '@keelson/pack-frameworks';
import { reportFormats } from '@keelson/report';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keelson } from '../testing/run.ts';
import { verbs } from '../verbs.ts';
import { commandModel, describedFlags, type VerbModel, withDescendants } from './model.ts';
import { isInstalled, offers, type ShellName } from './testing/shells.ts';

const verbNames = verbs.map(({ name }) => name);
const formats = ['terminal', ...Object.keys(reportFormats)];

/** A line that TAB is pressed at the end of, and all that is offered there. */
const lines: readonly (readonly [string, readonly string[]])[] = [
  ['keelson sca', ['scan']],
  ['keelson help ', verbNames],
  ['keelson completion ', ['bash', 'fish', 'zsh']],
  ['keelson scan --forma', ['--format']],
  ['keelson scan --format ', formats],
  ['keelson scan --format=', formats],
  ['keelson scan --format=sar', ['sarif']],
  ['keelson scan -f sar', ['sarif']],
  ['keelson scan --fail-on ', [...severities, 'none']],
  ['keelson scan --show ', severities],
  ['keelson scan --only privileged-c', ['privileged-container']],
  ['keelson scan --only host-pid,privileged-c', ['privileged-container']],
  ['keelson scan --only=host-pid,privileged-c', ['privileged-container']],
  ['keelson scan --skip ', checkIds],
  ['keelson scan --fix=privileged-c', ['privileged-container']],
  ['keelson scan --framework ', frameworkNames],
  ['keelson scan --limit maxFileB', ['maxFileBytes=']],
  ['keelson scan --against feature', ['feature/one']],
  ['keelson scan --quiet --only host-pid deploy.yaml --ski', ['--skip']],
];

/** The name of a branch. */
const hostile = 'feat$(touch${IFS}planted)';

let folder = '';
let command: VerbModel;

beforeAll(async () => {
  command = await commandModel();
  folder = mkdtempSync(join(tmpdir(), 'keelson-completion-'));
  writeFileSync(join(folder, 'deploy.yaml'), '');
  const git = (...args: string[]) => {
    const { status, stderr } = spawnSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(stderr);
  };
  git('init', '--quiet', '--initial-branch=main');
  git('commit', '--quiet', '--allow-empty', '--message=first');
  git('branch', 'feature/one');
  git('branch', hostile);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shells: readonly ShellName[] = ['bash', 'zsh', 'fish'];
const missing = shells.filter((shell) => !isInstalled(shell));

test('the verbs are those of the command', () => {
  const names = command.verbs.map(({ path }) => path.join(' '));
  expect(names).toEqual([...verbNames, 'help', 'version']);
});

describe.each(shells)('%s', (shell) => {
  const reason = missing.includes(shell) ? ` (${shell} is not installed)` : '';
  beforeAll(() => writeFileSync(join(folder, shell), keelson('.', ['completion', shell]).out));

  test.skipIf(reason !== '')(`offers what fits${reason}`, () => {
    const flagLines = withDescendants(command)
      .filter(({ flags }) => flags.length > 0)
      .map(({ path, flags }) => {
        const names = flags.map(({ name }) => `--${name}`);
        return [['keelson', ...path, '--'].join(' '), names] as const;
      });
    const verbLines = withDescendants(command)
      .filter((verb) => verb.verbs.length > 0)
      .map(({ path, verbs }) => {
        const names = verbs.map((verb) => verb.path.at(-1) ?? '');
        return [['keelson', ...path, ''].join(' '), names] as const;
      });
    const all = [...lines, ...verbLines, ...flagLines];
    const wanted = all.map(([line, words]) => [line, [...words].sort()]);
    const found = offers(
      shell,
      folder,
      all.map(([line]) => line),
    );
    expect(all.map(([line], i) => [line, found[i]])).toEqual(wanted);
  });

  test.skipIf(reason !== '')(`runs no branch that is named like a command${reason}`, () => {
    const [found] = offers(shell, folder, ['keelson scan --against feat']);
    // zsh and fish quote what they insert; bash does not, so it is not offered there.
    expect(found).toEqual(shell === 'bash' ? ['feature/one'] : [hostile, 'feature/one']);
    expect(existsSync(join(folder, 'planted'))).toBe(false);
  });

  test.skipIf(reason !== '')(`takes the script as its own${reason}`, () => {
    const noExecution = shell === 'fish' ? '--no-execute' : '-n';
    expect(spawnSync(shell, [noExecution, shell], { cwd: folder }).status).toBe(0);
  });
});

const noShellcheck = spawnSync('shellcheck', ['--version']).error !== undefined;
test.skipIf(noShellcheck)(
  `shellcheck has nothing to say${noShellcheck ? ' (it is not installed)' : ''}`,
  () => {
    const { stdout } = spawnSync('shellcheck', ['--shell=bash', 'bash'], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toBe('');
  },
);

test('files are left to readline, which quotes them', () => {
  expect(offers('bash', folder, ['keelson scan depl', 'keelson scan --baseline depl'])).toEqual([[], []]);
});

test('every flag is described, in the words of --help', () => {
  const faults = withDescendants(command).flatMap(({ path, flags }) =>
    flags.filter(({ about }) => about === '').map(({ name }) => `${path.join(' ')} --${name}`),
  );
  expect(faults).toEqual([]);
});

test('descriptions are cut at their first stop and go on over lines', () => {
  const help =
    'Usage: x\n\n  -a, --all A, --any    take all (or any); more\n      --long WORD  goes\n                       on: end\n\nExit: 0\n';
  expect([...describedFlags(help)]).toEqual([
    ['all', 'take all'],
    ['any', 'take all'],
    ['long', 'goes on'],
  ]);
});

test.each([
  ['no shell', [], 'name one shell'],
  ['two shells', ['bash', 'zsh'], 'name one shell'],
  ['a shell that is near', ['zhs'], 'did you mean "zsh"'],
  ['a name of objects', ['constructor'], 'no completion for constructor'],
])('%s is a wrong call', (_, args, message) => {
  const { code, err } = keelson('.', ['completion', ...args]);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});
