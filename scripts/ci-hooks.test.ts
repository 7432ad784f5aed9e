import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  addFiles,
  git,
  isInstalled,
  makeFolder,
  manifests,
  mappings,
  removeFolders,
  root,
  run,
  text,
  yamlFile,
} from './testing/ci.ts';

// .pre-commit-hooks.yaml, and the scripts that it and the pipelines start.
const [manifest] = yamlFile('.pre-commit-hooks.yaml');
const hooks = mappings(manifest);

afterAll(removeFolders);

/** Runs a hook as pre-commit does: its entry from the checkout, its arguments, then the files. */
function runHook(
  id: string,
  cwd: string,
  files: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const hook = hooks.find((each) => each['id'] === id);
  const [script = '', ...args] = text(hook?.['entry']).split(' ');
  const more = [hook?.['args'] ?? []].flat().map((arg) => text(arg));
  return run(
    join(root, script),
    [...args, ...more, ...(hook?.['pass_filenames'] === false ? [] : files)],
    cwd,
    env,
  );
}

test('every hook starts a script of the repository', () => {
  expect(hooks.map(({ language }) => language)).toEqual(hooks.map(() => 'script'));
  for (const hook of hooks)
    expect(statSync(join(root, text(hook['entry']).split(' ')[0] ?? '')).mode & 0o111).not.toBe(0);
});

const noPreCommit = !isInstalled('pre-commit');
test.skipIf(noPreCommit)(
  `pre-commit takes the manifest${noPreCommit ? ' (it is not installed)' : ''}`,
  () => {
    expect(run('pre-commit', ['validate-manifest', '.pre-commit-hooks.yaml'], root).code).toBe(0);
  },
);

const noShellcheck = !isInstalled('shellcheck');
test.skipIf(noShellcheck)(
  `shellcheck has nothing to say${noShellcheck ? ' (it is not installed)' : ''}`,
  () => {
    expect(run('sh', ['-c', 'shellcheck scripts/*.sh'], root).log).toBe('');
  },
);

describe('keelson-scan', () => {
  const folder = makeFolder({
    'pod.yaml': manifests.privileged,
    'fine.yaml': manifests.fine,
    'a b.yaml': manifests.privileged,
    'workflow.yml': 'on: push\n',
    'tsconfig.json': '{ /* for the compiler */ }\n',
    'templates/pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n',
    'broken.yaml': 'apiVersion: v1\nkind: [\n',
    Dockerfile: 'FROM scratch\n',
  });

  test.each<[string, string[], number, string]>([
    ['findings', ['pod.yaml', 'fine.yaml'], 1, 'critical[privileged-container]'],
    ['none', ['fine.yaml', 'Dockerfile'], 0, ''],
    ['files of another kind', ['workflow.yml', 'tsconfig.json'], 0, ''],
    ['files of another kind among ours', ['tsconfig.json', 'a b.yaml', 'fine.yaml'], 1, 'Read 2 files'],
    ['a template of a chart', ['templates/pod.yaml'], 0, 'before it is rendered'],
    ['a broken file', ['broken.yaml', 'fine.yaml'], 3, 'broken.yaml:3:'],
  ])('%s', (_, files, code, message) => {
    expect(runHook('keelson-scan', folder, files)).toEqual({ code, log: expect.stringContaining(message) });
  });

  test('a file that is called as an option is none', () => {
    const name = '--output=sub/pod.yaml';
    const hostile = makeFolder({ [name]: manifests.privileged, 'sub/kept.yaml': manifests.fine });
    expect(runHook('keelson-scan', hostile, [name])).toMatchObject({ code: 1 });
    expect(readdirSync(join(hostile, 'sub'))).toEqual(['kept.yaml']);
  });
});

describe('keelson-scan-new', () => {
  function repository(): string {
    const folder = makeFolder({ 'old.yaml': manifests.privileged });
    git(folder, 'init', '--quiet', '--initial-branch=main');
    git(folder, 'add', '.');
    return folder;
  }

  test('before the first commit everything is new', () => {
    expect(runHook('keelson-scan-new', repository(), [])).toMatchObject({ code: 1 });
  });

  test('what was there before passes, what is added fails', () => {
    const folder = repository();
    git(folder, 'commit', '--quiet', '--message=first');
    addFiles(folder, { 'fine.yaml': manifests.fine });
    expect(runHook('keelson-scan-new', folder, [])).toMatchObject({ code: 0 });
    addFiles(folder, { 'new.yaml': manifests.privileged.replace('name: shell,', 'name: other,') });
    const { code, log } = runHook('keelson-scan-new', folder, []);
    expect([code, log.includes('new.yaml'), log.includes('--> old.yaml')]).toEqual([1, true, false]);
  });

  test('a range that pre-commit names is compared', () => {
    const folder = repository();
    git(folder, 'commit', '--quiet', '--message=first');
    addFiles(folder, { 'new.yaml': manifests.privileged.replace('name: shell,', 'name: other,') });
    git(folder, 'add', '.');
    git(folder, 'commit', '--quiet', '--message=second');
    expect(runHook('keelson-scan-new', folder, [])).toMatchObject({ code: 0 });
    expect(runHook('keelson-scan-new', folder, [], { PRE_COMMIT_FROM_REF: 'HEAD~1' })).toMatchObject({
      code: 1,
    });
  });
});

describe('scripts/keelson.sh', () => {
  /** A checkout that is not built, and an npm that does what `npm` says. */
  function checkout(npm: string): { folder: string; env: Readonly<Record<string, string>> } {
    const folder = makeFolder();
    const script = readFileSync(join(root, 'scripts/keelson.sh'), 'utf8');
    addFiles(folder, { 'scripts/keelson.sh': script, 'bin/npm': `#!/bin/sh\n${npm}\n` }, 0o755);
    addFiles(folder, { 'apps/cli/bin/keelson.cjs': 'console.log(process.argv.slice(2).join())' });
    const env = {
      PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
      NODE_ENV: 'production',
      GIT_DIR: '/nowhere',
    };
    return { folder, env };
  }

  const build = 'mkdir -p apps/cli/dist && : >apps/cli/dist/keelson.cjs';

  test('builds once, with nothing of the environment that would spoil it', () => {
    const { folder, env } = checkout(`echo "npm $* \${NODE_ENV-none} \${GIT_DIR-none}"; ${build}`);
    const first = run(join(folder, 'scripts/keelson.sh'), ['scan', 'a b'], '/', env);
    expect(first).toEqual({ code: 0, log: expect.stringMatching(/^scan,a b\n/) });
    expect(first.log).toMatch(/npm ci --include=dev .* none none\n$/);
    expect(run(join(folder, 'scripts/keelson.sh'), ['scan'], '/', env)).toEqual({ code: 0, log: 'scan\n' });
  });

  test('without arguments only builds', () => {
    const { folder, env } = checkout(build);
    const { code, log } = run(join(folder, 'scripts/keelson.sh'), [], '/', env);
    expect([code, log]).toEqual([0, 'keelson: building, once for this checkout\n']);
  });

  test('a build that fails is an outside fault, and is tried again', () => {
    const { folder, env } = checkout(`${build}; exit 1`);
    const failed = { code: 4, log: expect.stringContaining('failed') };
    expect(run(join(folder, 'scripts/keelson.sh'), ['scan'], '/', env)).toEqual(failed);
    expect(run(join(folder, 'scripts/keelson.sh'), ['scan'], '/', env)).toEqual(failed);
  });
});
