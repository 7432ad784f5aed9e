import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  addFiles,
  git,
  makeFolder,
  manifests,
  mapping,
  mappings,
  removeFolders,
  root,
  run,
  text,
  yamlFile,
} from './testing/ci.ts';

// action.yml: its shape, and its steps run as the runner would, in a checkout that is built.
const [action] = yamlFile('action.yml');
const inputs = mapping(action, 'inputs');
const steps = mappings(action, 'runs', 'steps');
const scripts = steps.filter((step) => step['run'] !== undefined);

afterAll(removeFolders);

interface Scan {
  code: number | null;
  log: string;
  summary: string;
  outputs: Readonly<Record<string, string>>;
  workspace: string;
}

/** Runs the scripts of the action until one fails, as the runner would with these inputs and without a cache. */
function runAction(workspace: string, given: Readonly<Record<string, string>> = {}): Scan {
  const temp = makeFolder();
  const state = { code: 0 as number | null, log: '' };
  const outputs = new Map<string, string>();
  addFiles(temp, { output: '', summary: '' });
  for (const step of scripts.filter(({ id }) => id !== 'place')) {
    const env = Object.entries(mapping(step['env'] ?? {})).map(([name, value]) => [
      name,
      text(value).replace(
        /\$\{\{ inputs\.([a-z-]+) \}\}/g,
        (_, input) => given[input] ?? text(mapping(inputs, input)['default']),
      ),
    ]);
    const { code, log } = run('sh', ['-e', '-c', text(step['run'])], workspace, {
      GITHUB_ACTION_PATH: root.replace(/\/$/, ''),
      GITHUB_WORKSPACE: workspace,
      GITHUB_OUTPUT: join(temp, 'output'),
      GITHUB_STEP_SUMMARY: join(temp, 'summary'),
      RUNNER_TEMP: temp,
      ...Object.fromEntries(env),
    });
    state.code = code;
    state.log += log;
    if (code !== 0) break;
  }
  for (const [, name = '', value = ''] of readFileSync(join(temp, 'output'), 'utf8').matchAll(
    /^([a-z-]+)=(.*)$/gm,
  ))
    outputs.set(name, value);
  return {
    ...state,
    summary: readFileSync(join(temp, 'summary'), 'utf8'),
    outputs: Object.fromEntries(outputs),
    workspace,
  };
}

/** The lines of the log that the runner reads commands from. */
function commandLines(log: string): string[] {
  const token = /^::stop-commands::([0-9a-f-]{36})\n/m.exec(log)?.[1] ?? 'none';
  const [before = '', rest = ''] = log.split(`::stop-commands::${token}\n`);
  return [before, rest.split(`\n::${token}::\n`)[1] ?? '']
    .join('')
    .split('\n')
    .filter((line) => line !== '');
}

describe('action.yml', () => {
  test('no script holds an expression: inputs come as variables', () => {
    expect(scripts.filter((step) => text(step['run']).includes('${{'))).toEqual([]);
    expect(scripts.map((step) => step['shell'])).toEqual(scripts.map(() => 'sh'));
  });

  test('other actions are pinned by commit', () => {
    const used = steps.flatMap((step) => (step['uses'] === undefined ? [] : [text(step['uses'])]));
    expect(used.filter((name) => !/@[0-9a-f]{40}$/.test(name))).toEqual([]);
  });

  test('every input is used, every one used is declared', () => {
    const used = [...JSON.stringify(steps).matchAll(/inputs\.([a-z-]+)/g)].map(([, name = '']) => name);
    expect([...new Set(used)].sort()).toEqual(Object.keys(inputs).sort());
  });

  test('outputs name steps and what their scripts write', () => {
    const written = readFileSync(join(root, 'scripts/github-action.sh'), 'utf8');
    for (const [name, output] of Object.entries(mapping(action, 'outputs'))) {
      expect(mapping(output)['value']).toBe(`\${{ steps.scan.outputs.${name} }}`);
      expect(written).toContain(`${name}=`);
    }
    expect(scripts.at(-1)?.['id']).toBe('scan');
  });
});

describe('a run', () => {
  test('that finds something fails, annotates, sums up and leaves SARIF', () => {
    const { code, log, summary, outputs } = runAction(makeFolder({ 'pod.yaml': manifests.privileged }));
    expect(code).toBe(1);
    expect(commandLines(log)).toContainEqual(
      expect.stringMatching(/^::error file=pod\.yaml,line=6,.*privileged-container/),
    );
    expect(summary).toContain('privileged-container');
    const sarif = JSON.parse(readFileSync(outputs['sarif-file'] ?? '', 'utf8'));
    expect(outputs).toMatchObject({ 'exit-code': '1', findings: String(sarif.runs[0].results.length) });
  });

  test('that finds nothing passes', () => {
    const { code, log, outputs } = runAction(makeFolder({ 'settings.yaml': manifests.fine }));
    expect([code, outputs['exit-code'], outputs['findings'], commandLines(log)]).toEqual([
      0,
      '0',
      '0',
      [expect.stringMatching(/^keelson: 0 errors, /)],
    ]);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['fail-on', { 'fail-on': 'none' }, 0, ''],
    [
      'paths, one a line',
      { paths: 'a b.yaml\nfine.yaml\n', args: '--only=privileged-container' },
      1,
      'a b.yaml',
    ],
    ['paths that a shell would run', { paths: '$(touch planted)\n`touch planted`; touch planted' }, 2, ''],
    ['paths that look like options', { paths: '--fix' }, 2, '--fix'],
    ['args', { args: '--skip=privileged-container\n--only=privileged-container' }, 0, ''],
    ['args that are wrong', { args: '--nope' }, 2, 'unknown option --nope'],
    ['a framework that is none', { framework: 'cys' }, 2, 'cys'],
    ['a baseline that is missing', { baseline: 'none.json' }, 2, 'none.json'],
    ['a configuration that is missing', { config: 'none.yaml' }, 2, 'none.yaml'],
    ['a threshold that is none', { 'fail-on': '$(touch planted)' }, 2, '$(touch planted)'],
  ])('takes %s', (_, given, code, message) => {
    const files = { 'a b.yaml': manifests.privileged, 'fine.yaml': manifests.fine };
    const workspace = makeFolder(files);
    const result = runAction(workspace, given);
    expect([result.code, result.outputs['exit-code']]).toEqual([code, String(code)]);
    expect(result.log).toContain(message);
    expect(run('ls', [], workspace).log.trim().split('\n').sort()).toEqual(Object.keys(files).sort());
  });

  test('writes SARIF where it is told', () => {
    const workspace = makeFolder({ 'settings.yaml': manifests.fine });
    const { outputs } = runAction(workspace, { 'sarif-file': 'out put.sarif' });
    expect(outputs['sarif-file']).toBe('out put.sarif');
    expect(JSON.parse(readFileSync(join(workspace, 'out put.sarif'), 'utf8')).version).toBe('2.1.0');
  });

  test('takes no command out of what is scanned', () => {
    const { log, outputs } = runAction(
      makeFolder({ 'pod.yaml': manifests.hostile, '::error::.yaml': 'apiVersion: v1\nkind: [\n' }),
    );
    // The runner reads a line that begins with two colons as that command, whatever else stands in it.
    const commands = commandLines(log).filter((line) => !line.startsWith('keelson: '));
    expect(commandLines(log).length - commands.length).toBe(1);
    expect(commands.length).toBeGreaterThan(0);
    expect(
      commands.filter(
        (line) => !/^::(error|warning|notice) (file=(pod\.yaml|%3A%3Aerror%3A%3A\.yaml),|title=)/.test(line),
      ),
    ).toEqual([]);
    expect(outputs['findings']).not.toBe('0');
  });
});

describe('against', () => {
  /** A shallow clone of a change, as the runner has it, and where it was cloned from. */
  function pullRequest(): string {
    const origin = makeFolder({ 'old.yaml': manifests.privileged });
    git(origin, 'init', '--quiet', '--initial-branch=main');
    git(origin, 'add', '.');
    git(origin, 'commit', '--quiet', '--message=base');
    git(origin, 'switch', '--quiet', '--create=change');
    addFiles(origin, {
      'new.yaml': manifests.privileged.replace('name: shell,', 'name: other,'),
      'known.yaml': `# keelson:ignore privileged-container it is known\n${manifests.privileged.replace('name: shell,', 'name: known,')}`,
    });
    git(origin, 'add', '.');
    git(origin, 'commit', '--quiet', '--message=change');
    const parent = makeFolder();
    git(parent, 'clone', '--quiet', '--depth=1', '--branch=change', `file://${origin}`, 'clone');
    return join(parent, 'clone');
  }

  test('fetches the base that a shallow checkout lacks, and counts what is new', () => {
    const all = { args: '--only=privileged-container' };
    expect(runAction(pullRequest(), all).outputs).toMatchObject({ findings: '2', 'exit-code': '1' });
    const compared = runAction(pullRequest(), { ...all, against: 'origin/main' });
    expect(compared.outputs).toMatchObject({ findings: '1', 'exit-code': '1' });
    expect(commandLines(compared.log).join()).not.toContain('old.yaml');
  });

  test('compares with nothing where there is no pull request', () => {
    const { outputs } = runAction(pullRequest(), { args: '--only=privileged-container', against: 'origin/' });
    expect(outputs['findings']).toBe('2');
  });

  test.each([['origin/gone'], ['--upload-pack=touch planted/x'], ['nowhere']])(
    '%s fails and says so',
    (against) => {
      const { code, log } = runAction(pullRequest(), { against });
      expect(code).toBeGreaterThan(1);
      expect(log).toContain(against);
    },
  );
});

test('the key of the cache changes with the files that are built, and with nothing else', () => {
  const key = (files: Record<string, string>) => {
    const folder = makeFolder({ 'a.ts': '1', 'b/c.ts': '2', ...files });
    run('node', [join(root, 'scripts/github-action-key.mjs')], folder, {
      GITHUB_ACTION_PATH: folder,
      GITHUB_OUTPUT: join(folder, 'dist'),
    });
    return /^key=(.*)$/m.exec(readFileSync(join(folder, 'dist'), 'utf8'))?.[1];
  };
  expect(key({})).toMatch(/^keelson-[a-z0-9]+-[a-z0-9]+-[0-9a-f]{32}$/);
  expect(key({ 'node_modules/x.js': '3', 'b/dist/y.js': '4' })).toBe(key({}));
  expect(key({ 'b/c.ts': '3' })).not.toBe(key({}));
});
