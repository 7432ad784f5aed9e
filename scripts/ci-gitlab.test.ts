import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '@keelson/core';
import { afterAll, describe, expect, test } from 'vitest';
import {
  addFiles,
  git,
  isInstalled,
  makeFolder,
  manifests,
  mapping,
  pathWithout,
  type Result,
  removeFolders,
  root,
  run,
  text,
  yamlFile,
} from './testing/ci.ts';

// templates/scan.yml: its inputs are filled in as GitLab does, on the values of the YAML, and its script is run.
const [spec, template] = yamlFile('templates/scan.yml');
const inputs = mapping(spec, 'spec', 'inputs');

afterAll(removeFolders);

function filledIn(value: JsonValue, given: Readonly<Record<string, string>>): JsonValue {
  const inputOf = (name: string) => given[name] ?? mapping(inputs, name)['default'] ?? null;
  if (typeof value === 'string') {
    const whole = /^\$\[\[ inputs\.([a-z-]+) \]\]$/.exec(value)?.[1];
    if (whole !== undefined) return inputOf(whole);
    return value.replace(/\$\[\[ inputs\.([a-z-]+) \]\]/g, (_, name) => text(inputOf(name)));
  }
  if (Array.isArray(value)) return value.map((item) => filledIn(item, given));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    text(filledIn(key, given)),
    filledIn(item, given),
  ]);
  return Object.fromEntries(entries);
}

/** The job that the component makes of inputs. */
function jobOf(given: Readonly<Record<string, string>> = {}): JsonObject {
  const [job] = Object.values(mapping(filledIn(template ?? null, given)));
  return mapping(job);
}

/** A folder for PATH where `keelson` is the built command. */
const bin = makeFolder();
addFiles(bin, { keelson: `#!/bin/sh\nexec '${root}scripts/keelson.sh' "$@"\n` }, 0o755);

function runJob(
  project: string,
  given: Readonly<Record<string, string>> = {},
  path = `${bin}:${process.env['PATH']}`,
): Result {
  const job = jobOf(given);
  const script = (Array.isArray(job['script']) ? job['script'] : []).map(text).join('\n');
  const variables = Object.entries(mapping(job['variables'])).map(([name, value]) => [name, text(value)]);
  return run('sh', ['-e', '-c', script], project, {
    ...Object.fromEntries(variables),
    CI_PROJECT_DIR: project,
    PATH: path,
  });
}

function report(project: string, name: string) {
  return JSON.parse(readFileSync(join(project, `gl-${name}-report.json`), 'utf8'));
}

describe('templates/scan.yml', () => {
  test('every input is used, every one used is declared, every one has a default', () => {
    const used = [...JSON.stringify(template).matchAll(/\[\[ inputs\.([a-z-]+) \]\]/g)].map(
      ([, name = '']) => name,
    );
    expect([...new Set(used)].sort()).toEqual(Object.keys(inputs).sort());
    expect(Object.values(inputs).filter((input) => mapping(input)['default'] === undefined)).toEqual([]);
  });

  test('no input stands in the script: inputs come as variables', () => {
    expect(JSON.stringify(mapping(mapping(template)['$[[ inputs.job-name ]]'])['script'])).not.toContain(
      '[[ inputs',
    );
  });

  test('the name, stage and image of the job and whether it may fail are inputs', () => {
    expect(jobOf()).toMatchObject({ stage: 'test', image: 'node:24', allow_failure: false });
    expect(filledIn(template ?? null, { 'job-name': 'other' })).toHaveProperty('other');
  });

  const noShellcheck = !isInstalled('shellcheck');
  test.skipIf(noShellcheck)(
    `shellcheck has nothing to say${noShellcheck ? ' (it is not installed)' : ''}`,
    () => {
      const script = [jobOf()['script']]
        .flat()
        .map((line) => text(line ?? null))
        .join('\n');
      expect(run('shellcheck', ['--shell=sh', '-'], root, {}, script).log).toBe('');
    },
  );
});

describe('a job', () => {
  test('that finds something fails and leaves both reports', () => {
    const project = makeFolder({ 'pod.yaml': manifests.privileged });
    const { code, log } = runJob(project);
    expect([code, log]).toEqual([1, expect.stringContaining('critical[privileged-container]')]);
    expect(report(project, 'code-quality')[0].location.path).toBe('pod.yaml');
    expect(report(project, 'sast').vulnerabilities.length).toBeGreaterThan(0);
    expect([jobOf()['artifacts']]).toMatchObject([
      {
        when: 'always',
        reports: { codequality: 'gl-code-quality-report.json', sast: 'gl-sast-report.json' },
      },
    ]);
  });

  test('that finds nothing passes and leaves both reports', () => {
    const project = makeFolder({ 'settings.yaml': manifests.fine });
    expect(runJob(project).code).toBe(0);
    expect([report(project, 'code-quality'), report(project, 'sast').vulnerabilities]).toEqual([[], []]);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['fail-on', { 'fail-on': 'none' }, 0, ''],
    ['paths, one a line', { paths: 'a b.yaml\nfine.yaml\n' }, 1, 'a b.yaml'],
    [
      'paths that a shell would run',
      { paths: '$(touch planted)\n`touch planted`; touch planted' },
      2,
      '$(touch planted)',
    ],
    ['args', { args: '--skip=privileged-container\n--only=privileged-container' }, 0, ''],
    ['a baseline that is missing', { baseline: 'none.json' }, 2, 'none.json'],
    ['a configuration that is missing', { config: 'none.yaml' }, 2, 'none.yaml'],
    ['a framework that is none', { framework: 'cys' }, 2, 'cys'],
  ])('takes %s', (_, given, code, message) => {
    const project = makeFolder({ 'a b.yaml': manifests.privileged, 'fine.yaml': manifests.fine });
    const result = runJob(project, given);
    expect([result.code, result.log]).toEqual([code, expect.stringContaining(message)]);
    expect(existsSync(join(project, 'planted'))).toBe(false);
  });

  test('without keelson says what is missing', () => {
    expect(runJob(makeFolder(), {}, pathWithout('keelson'))).toEqual({
      code: 4,
      log: expect.stringContaining('"source"'),
    });
  });
});

describe('source', () => {
  function sourceRepository(): string {
    const source = makeFolder();
    addFiles(source, { 'scripts/keelson.sh': '#!/bin/sh\necho "built here: $*"\n' }, 0o755);
    git(source, 'init', '--quiet', '--initial-branch=main');
    git(source, 'add', '.');
    git(source, 'commit', '--quiet', '--message=first');
    git(source, 'tag', 'v1');
    return source;
  }

  test.each(['main', 'v1', 'HEAD'])('is fetched at %s and starts its own script', (ref) => {
    const { code, log } = runJob(
      makeFolder(),
      { source: `file://${sourceRepository()}`, ref },
      pathWithout('keelson'),
    );
    expect([code, log]).toEqual([
      0,
      expect.stringMatching(/^built here: scan --format=terminal .* -- \.\n$/),
    ]);
  });

  test('that is not there fails', () => {
    expect(runJob(makeFolder(), { source: 'file:///no/such/place' }).code).not.toBe(0);
  });
});

describe('against', () => {
  /** A shallow clone of a change, and the commit it began at. */
  function mergeRequest(): { project: string; base: string } {
    const origin = makeFolder({ 'old.yaml': manifests.privileged });
    git(origin, 'init', '--quiet', '--initial-branch=main');
    git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    git(origin, 'add', '.');
    git(origin, 'commit', '--quiet', '--message=base');
    const base = git(origin, 'rev-parse', 'HEAD');
    addFiles(origin, { 'settings.yaml': manifests.fine });
    git(origin, 'add', '.');
    git(origin, 'commit', '--quiet', '--message=change');
    const parent = makeFolder();
    git(parent, 'clone', '--quiet', '--depth=1', `file://${origin}`, 'clone');
    return { project: join(parent, 'clone'), base };
  }

  test('a commit that the clone lacks is fetched, and only what is new fails', () => {
    const { project, base } = mergeRequest();
    expect(runJob(project).code).toBe(1);
    expect(runJob(project, { against: base }).code).toBe(0);
  });

  test.each(['', '$CI_MERGE_REQUEST_DIFF_BASE_SHA'])(
    '"%s", which has no value, compares with nothing',
    (against) => {
      expect(runJob(mergeRequest().project, { against }).code).toBe(1);
    },
  );

  test('a commit that is nowhere fails', () => {
    expect(runJob(mergeRequest().project, { against: '0123456789012345678901234567890123456789' }).code).toBe(
      4,
    );
  });
});
