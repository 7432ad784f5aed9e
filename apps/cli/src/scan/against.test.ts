import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

const pod = (name: string, fields: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { ${fields}containers: [{ name: c, image: "example.com/c:1" }] }\n`;
const only = ['--only', 'host-pid,host-network', '-f', 'json'];

function git(folder: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}

/** A repository whose first commit holds `before` and whose work tree holds `after`; null removes a file. */
function withRepository<T>(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string | null>>,
  use: (folder: string) => T,
): T {
  return withFolder(before, (folder) => {
    git(folder, 'init', '--quiet', '--initial-branch=main');
    git(folder, 'add', '.');
    git(folder, 'commit', '--quiet', '--message=before');
    for (const [name, text] of Object.entries(after)) {
      if (text === null) rmSync(join(folder, name));
      else {
        mkdirSync(join(folder, name, '..'), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
    }
    return use(folder);
  });
}

interface Compared {
  new: string[];
  unchanged: string[];
  notComparable: string[];
  resolved: string[];
  lost: string[];
}

function compared(out: string): Compared {
  const { findings, comparison } = JSON.parse(out);
  const name = (finding: { rule: string; object: string }) => `${finding.rule} ${finding.object}`;
  const names = (indexes: number[]) => indexes.map((i) => name(findings[i])).sort();
  return {
    new: names(comparison.findings.new),
    unchanged: names(comparison.findings.unchanged),
    notComparable: names(comparison.findings.notComparable),
    resolved: comparison.resolved.map(name).sort(),
    lost: comparison.notComparable.map((item: { finding: { rule: string; object: string } }) =>
      name(item.finding),
    ),
  };
}

const nothing: Compared = { new: [], unchanged: [], notComparable: [], resolved: [], lost: [] };
const risky = pod('a', 'hostPID: true, ');
const safe = pod('a', '');
const broken = 'apiVersion: v1\nkind: Pod\nmetadata: { name: "x';

describe('--against a revision', () => {
  const cases: [string, Record<string, string>, Record<string, string | null>, number, Partial<Compared>][] =
    [
      ['nothing changed', { 'a.yaml': risky }, {}, 0, { unchanged: ['host-pid Pod a'] }],
      ['a finding is new', { 'a.yaml': safe }, { 'a.yaml': risky }, 1, { new: ['host-pid Pod a'] }],
      ['a finding is gone', { 'a.yaml': risky }, { 'a.yaml': safe }, 0, { resolved: ['host-pid Pod a'] }],
      [
        'a file is gone',
        { 'a.yaml': risky, 'b.yaml': pod('b', '') },
        { 'a.yaml': null },
        0,
        { resolved: ['host-pid Pod a'] },
      ],
      [
        'a file moved',
        { 'a.yaml': risky },
        { 'a.yaml': null, 'sub/z.yaml': risky },
        0,
        { unchanged: ['host-pid Pod a'] },
      ],
      [
        'lines moved',
        { 'a.yaml': risky },
        { 'a.yaml': `# more\n\n${risky}` },
        0,
        { unchanged: ['host-pid Pod a'] },
      ],
      [
        'one gone, one new, one there',
        { 'a.yaml': risky, 'b.yaml': pod('b', 'hostNetwork: true, ') },
        { 'a.yaml': pod('a', 'hostPID: true, hostNetwork: true, '), 'b.yaml': pod('b', '') },
        1,
        { new: ['host-network Pod a'], unchanged: ['host-pid Pod a'], resolved: ['host-network Pod b'] },
      ],
      ['a file broke', { 'a.yaml': risky }, { 'a.yaml': broken }, 3, { lost: ['host-pid Pod a'] }],
      [
        'a broken file was mended',
        { 'a.yaml': broken },
        { 'a.yaml': risky },
        1,
        { notComparable: ['host-pid Pod a'] },
      ],
      [
        'a finding is excepted now',
        { 'a.yaml': risky },
        {
          'a.yaml': risky.replace(
            'name: a }',
            'name: a, annotations: { ignore.keelson.dev/host-pid: known } }',
          ),
        },
        0,
        {},
      ],
    ];
  test.each(cases)('%s', (_, before, after, code, expected) => {
    withRepository(before, after, (folder) => {
      const run = keelson(folder, ['scan', '.', '--against', 'HEAD', ...only]);
      expect(run.err).toBe('');
      expect(compared(run.out)).toEqual({ ...nothing, ...expected });
      expect(run.code).toBe(code);
    });
  });

  test('leaves work tree, index and temporary folder as they were', () => {
    withRepository({ 'a.yaml': safe }, { 'a.yaml': risky }, (folder) => {
      writeFileSync(join(folder, 'staged.yaml'), safe);
      git(folder, 'add', 'staged.yaml');
      const status = () =>
        spawnSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' }).stdout;
      const before = status();
      keelson(folder, ['scan', '.', '--against', 'main', ...only]);
      expect(status()).toBe(before);
      expect(readdirSync(tmpdir()).filter((name) => name.startsWith('keelson-against-'))).toEqual([]);
    });
  });

  test('works from a folder of the repository, with names as the user knows them', () => {
    withRepository({ 'deploy/a.yaml': risky }, { 'deploy/a.yaml': safe }, (folder) => {
      const { out } = keelson(join(folder, 'deploy'), ['scan', 'a.yaml', '--against', 'HEAD', ...only]);
      expect(JSON.parse(out).comparison.resolved[0].locations[0].file).toBe('a.yaml');
    });
  });

  test.each([
    ['a folder that the revision has not', 'sub', () => ['..']],
    ['such a folder, by an absolute path', 'sub', (top: string) => [top]],
    ['outside of the repository', '..', (top: string) => [top]],
    ['outside of the repository, by a relative path', '..', (top: string) => [basename(top)]],
    [
      'outside of the repository, by two files',
      '..',
      (top: string) => [`${top}/a.yaml`, `${top}/sub/b.yaml`],
    ],
    ['a folder, by a link to the repository', 'link/sub', (_: string, link: string) => [link]],
    ['outside of the repository, by a link to it', 'link/../..', (_: string, link: string) => [link]],
  ])('a call from %s', (_, from, paths) => {
    const after = { 'sub/b.yaml': pod('b', 'hostNetwork: true, ') };
    withFolder({}, (elsewhere) => {
      withRepository({ 'a.yaml': risky }, after, (folder) => {
        const link = join(elsewhere, 'link');
        symlinkSync(folder, link);
        const here = from.startsWith('link') ? join(elsewhere, from) : join(folder, from);
        const run = keelson(here, ['scan', ...paths(folder, link), '--against', 'HEAD', ...only]);
        expect([run.err, run.code]).toEqual(['', 1]);
        expect(compared(run.out)).toEqual({
          ...nothing,
          new: ['host-network Pod b'],
          unchanged: ['host-pid Pod a'],
        });
        expect(readdirSync(tmpdir()).filter((name) => name.startsWith('keelson-against-'))).toEqual([]);
      });
    });
  });

  test('a call from a folder that was a file compares what is below it, and refuses the rest', () => {
    withRepository({ 'a.yaml': risky, sub: '' }, { sub: null, 'sub/b.yaml': risky }, (folder) => {
      const run = (path: string) =>
        keelson(join(folder, 'sub'), ['scan', path, '--against', 'HEAD', ...only]);
      expect(compared(run('.').out)).toEqual({ ...nothing, new: ['host-pid Pod a'] });
      expect(run('..')).toMatchObject({ code: 2, err: expect.stringContaining('is no folder there') });
    });
  });

  test('a path that was not there has new findings only', () => {
    withRepository({ 'a.yaml': safe }, { 'new/b.yaml': risky }, (folder) => {
      const run = keelson(folder, ['scan', 'new', '--against', 'HEAD', ...only]);
      expect([run.code, compared(run.out)]).toEqual([1, { ...nothing, new: ['host-pid Pod a'] }]);
    });
  });

  test('a secret of the earlier state is shown nowhere', () => {
    const secret = 'hunter2-9f8e7d6c5b';
    const withSecret = `${pod('a', '')}---\napiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { password: ${secret} }\n`;
    withRepository({ 'a.yaml': withSecret }, { 'a.yaml': safe }, (folder) => {
      const { out } = keelson(folder, ['scan', '.', '--against', 'HEAD', '-f', 'json']);
      expect(JSON.parse(out).comparison.resolved.length).toBeGreaterThan(0);
      expect(out).not.toContain(secret);
    });
  });

  test('what the revision ignores and what it leads away to is read as now', () => {
    const files = { '.gitignore': 'ignored.yaml\n', 'sub/a.yaml': safe, 'sub/ignored.yaml': risky };
    withRepository(files, {}, (folder) => {
      git(folder, 'add', '--force', 'sub');
      git(folder, 'commit', '--quiet', '--message=ignored');
      const run = keelson(folder, ['scan', 'sub', '--against', 'HEAD', ...only]);
      expect([run.code, compared(run.out)]).toEqual([0, nothing]);
    });
    withFolder({ 'outside/a.yaml': risky }, (other) => {
      withRepository({ 'a.yaml': safe }, {}, (folder) => {
        symlinkSync(join(other, 'outside'), join(folder, 'deploy'));
        git(folder, 'add', 'deploy');
        git(folder, 'commit', '--quiet', '--message=link');
        unlinkSync(join(folder, 'deploy'));
        mkdirSync(join(folder, 'deploy'));
        writeFileSync(join(folder, 'deploy/a.yaml'), risky);
        const run = keelson(folder, ['scan', 'deploy', '--against', 'HEAD', ...only]);
        expect([run.code, compared(run.out)]).toEqual([1, { ...nothing, new: ['host-pid Pod a'] }]);
      });
    });
  });

  test('a submodule is not comparable, for a revision does not hold its files', () => {
    withRepository({ 'a.yaml': risky }, {}, (module) => {
      withRepository({ 'b.yaml': safe }, {}, (folder) => {
        git(folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', module, 'sub');
        git(folder, 'commit', '--quiet', '--message=submodule');
        const { out } = keelson(folder, ['scan', '.', '--against', 'HEAD', ...only]);
        expect(compared(out)).toEqual({ ...nothing, notComparable: ['host-pid Pod a'] });
      });
    });
  });

  test('a folder that is named as a revision is no way around it', () => {
    withRepository({ 'a.yaml': safe }, { 'a.yaml': risky, 'main/a.yaml': risky }, (folder) => {
      const judged = (against: string) => keelson(folder, ['scan', 'a.yaml', '--against', against, ...only]);
      expect(judged('main')).toMatchObject({
        code: 2,
        err: expect.stringContaining('a folder and a revision'),
      });
      expect(compared(judged('main^0').out)).toEqual({ ...nothing, new: ['host-pid Pod a'] });
      expect(compared(judged('./main').out)).toEqual({ ...nothing, unchanged: ['host-pid Pod a'] });
    });
  });

  test('runs none of the hooks that git would', () => {
    withRepository({ 'a.yaml': safe }, {}, (folder) => {
      const hook = join(folder, '.git/hooks/post-index-change');
      mkdirSync(join(folder, '.git/hooks'), { recursive: true });
      writeFileSync(hook, '#!/bin/sh\ntouch "$(dirname "$0")/ran"\n', { mode: 0o755 });
      keelson(folder, ['scan', '.', '--against', 'HEAD', ...only]);
      expect(readdirSync(join(folder, '.git/hooks'))).not.toContain('ran');
    });
  });

  test.each([
    [['.', '--against', 'no-such-revision'], 'neither a folder nor a revision'],
    [['.', '--against=--upload-pack=touch x'], 'neither a folder nor a revision'],
    [['-', '--against', 'HEAD'], '--against does not go with -'],
    [['..', '--against', 'HEAD'], 'outside the repository'],
    [['.', '--against', 'HEAD', '--fix'], '--against does not go with --fix'],
  ])('keelson scan %j is a wrong call', (args, message) => {
    withRepository({ 'a.yaml': safe }, {}, (folder) => {
      const run = keelson(folder, ['scan', ...args], '');
      expect([run.code, run.err]).toEqual([2, expect.stringContaining(message)]);
    });
  });
});

describe('--against a folder', () => {
  test('compares folder with folder', () => {
    withFolder({ 'old/a.yaml': risky, 'new/a.yaml': pod('a', 'hostNetwork: true, ') }, (folder) => {
      const run = keelson(folder, ['scan', 'new', '--against', 'old', ...only]);
      expect([run.code, compared(run.out)]).toEqual([
        1,
        { ...nothing, new: ['host-network Pod a'], resolved: ['host-pid Pod a'] },
      ]);
    });
  });

  test.each([
    ['folder with folder', ['new', '--against', 'old']],
    ['a file below the folder', ['new/a.yaml', '--against', 'before']],
  ])('what the earlier state could not read is not comparable: %s', (_, args) => {
    const files = { 'old/a.yaml': broken, 'before/new/a.yaml': broken, 'new/a.yaml': risky };
    withFolder(files, (folder) => {
      const { out } = keelson(folder, ['scan', ...args, ...only]);
      expect(compared(out)).toEqual({ ...nothing, notComparable: ['host-pid Pod a'] });
    });
  });

  test('is no repository: a revision is refused', () => {
    withFolder({ 'a.yaml': safe }, (folder) => {
      const run = keelson(folder, ['scan', '.', '--against', 'main']);
      expect([run.code, run.err]).toEqual([2, expect.stringContaining('no git repository here')]);
    });
  });
});
