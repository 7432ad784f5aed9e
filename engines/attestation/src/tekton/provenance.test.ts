import { isObject, type JsonObject, type JsonValue, valueAt } from '@keelson/core';
import { expect, test } from 'vitest';
import { type ProvenanceOptions, runProvenance } from './provenance.ts';
import { type NamedValue, readRun } from './run.ts';
import { buildArtifacts, builtArtifacts, gitSource, otherResults } from './type-hints.ts';

const hex = 'ab'.repeat(32);
const other = 'cd'.repeat(32);
const digest = `sha256:${hex}`;

function results(values: Readonly<Record<string, JsonValue>>): readonly NamedValue[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

test.each<[name: string, values: Record<string, JsonValue>, built: string[], build: string[]]>([
  ['a pair', { IMAGE_URL: 'a.test/b:1\n', IMAGE_DIGEST: digest }, ['a.test/b'], ['a.test/b']],
  ['pairs by their beginning', { 'x-IMAGE_URL': 'a.test/b', 'y-IMAGE_DIGEST': digest }, [], []],
  [
    'a list',
    { IMAGES: `a.test/b@${digest}, c@${digest}\nno` },
    ['a.test/b', 'index.docker.io/library/c'],
    ['a.test/b', 'index.docker.io/library/c'],
  ],
  ['another algorithm', { IMAGE_URL: 'a.test/b', IMAGE_DIGEST: `sha512:${hex}${hex}` }, [], []],
  ['a file', { ARTIFACT_URI: 'pkg:x', ARTIFACT_DIGEST: digest }, ['pkg:x'], []],
  ['an object', { ARTIFACT_OUTPUTS: { uri: 'x y', digest } }, ['x y'], []],
  [
    'a marked object',
    { 'a-ARTIFACT_OUTPUTS': { uri: 'X y', digest, isBuildArtifact: 'true' } },
    ['X y'],
    ['X y'],
  ],
  [
    'an object with a digest that is none',
    { ARTIFACT_OUTPUTS: { uri: 'x', digest: 'sha256:12', isBuildArtifact: 'true' } },
    [],
    [],
  ],
  ['an object as text', { ARTIFACT_OUTPUTS: '{"uri":"x"}' }, [], []],
])('type hints: %s', (_, values, built, build) => {
  expect(builtArtifacts(results(values)).map(({ uri }) => uri)).toEqual(built);
  expect(buildArtifacts(results(values)).map(({ uri }) => uri)).toEqual(build);
});

test('what is the same is told once', () => {
  const found = builtArtifacts(
    results({
      IMAGE_URL: 'a.test/b',
      IMAGE_DIGEST: digest,
      IMAGES: `a.test/b@${digest},a.test/b@sha256:${other}`,
    }),
  );
  expect(found.map((artifact) => artifact.digest.get('sha256'))).toEqual([hex, other]);
});

test('byproducts are what is no build artifact', () => {
  const values = {
    a: '1',
    IMAGES: '',
    'x-ARTIFACT_OUTPUTS': { uri: 'x', digest },
    'y-ARTIFACT_OUTPUTS': { uri: 'y', digest, isBuildArtifact: 'true' },
    'z-ARTIFACT_OUTPUTS': 'z',
  };
  expect(otherResults(results(values)).map(({ name }) => name)).toEqual(['a', 'x-ARTIFACT_OUTPUTS']);
});

test('git sources: later lists count more, and there is none without both', () => {
  const url = (value: string) => results({ 'CHAINS-GIT_URL': value });
  const commit = results({ 'CHAINS-GIT_COMMIT': 'c1' });
  expect(
    gitSource(url('https://a.test'), commit, url('git+https://b.test/r.git')).map(({ uri }) => uri),
  ).toEqual(['git+https://b.test/r.git']);
  expect(gitSource(url('https://a.test'), commit).map(({ uri }) => uri)).toEqual(['git+https://a.test.git']);
  expect([gitSource(commit), gitSource(url('https://a.test'))]).toEqual([[], []]);
});

const source = { uri: 'git+https://a.test/r.git', digest: { sha1: 'c1' }, entryPoint: 'task.yaml' };
const git = [
  { name: 'CHAINS-GIT_URL', value: 'https://a.test/r' },
  { name: 'CHAINS-GIT_COMMIT', value: 'c1' },
];

function taskRun(name: string, status: JsonObject = {}): JsonObject {
  return {
    kind: 'TaskRun',
    metadata: { name, uid: `uid-${name}`, labels: { 'tekton.dev/pipelineTask': name } },
    spec: { taskRef: { resolver: 'git' } },
    status: {
      startTime: '2026-01-01T10:00:00Z',
      completionTime: '2026-01-01T10:01:00Z',
      steps: [{ name: 's', imageID: `a.test/${name}@${digest}`, provenance: { refSource: source } }],
      provenance: { refSource: source },
      results: git,
      ...status,
    },
  };
}

function predicateOf(object: JsonObject, options: Partial<ProvenanceOptions> = {}): JsonObject {
  const predicate = runProvenance(readRun(object), { format: 'slsa/v2alpha4', builderId: 'b', ...options })[
    'predicate'
  ];
  return isObject(predicate) ? predicate : {};
}

function dependencyNames(predicate: JsonObject): unknown[] {
  const list = valueAt(predicate, ['buildDefinition', 'resolvedDependencies']);
  return Array.isArray(list)
    ? list.map((item) => (isObject(item) ? (item['name'] ?? item['uri']) : item))
    : [];
}

test('the definition of a task and its source are told both, a fetched definition as a parameter too', () => {
  const predicate = predicateOf(taskRun('build'), { format: 'slsa/v2alpha3' });
  expect(dependencyNames(predicate)).toEqual(['task', 'oci://a.test/build', 'inputs/result']);
  // Among the rest, what says the same is told once.
  expect(dependencyNames(predicateOf(taskRun('build')))).toEqual([
    'task',
    'oci://a.test/build',
    'stepAction/s',
  ]);
  expect(valueAt(predicate, ['buildDefinition', 'externalParameters', 'buildConfigSource'])).toEqual({
    ref: 'sha1:c1',
    repository: source.uri,
    path: 'task.yaml',
  });
});

const pipelineRun: JsonObject = {
  kind: 'PipelineRun',
  metadata: { name: 'p', uid: 'uid-p' },
  spec: {},
  status: {
    pipelineSpec: {
      tasks: [
        { name: 'clone' },
        { name: 'build', params: [{ name: 'x', value: '$(tasks.clone.results.y)' }] },
        { name: 'skipped' },
      ],
      finally: [{ name: 'notify' }],
    },
  },
};

test('a pipeline is told with the runs of its tasks, in the order of its tasks', () => {
  const taskRuns = ['notify', 'build', 'clone', 'alien'].map((name) => readRun(taskRun(name)));
  taskRuns.push(readRun(taskRun('skipped', { completionTime: null })));
  const tasks = valueAt(predicateOf(pipelineRun, { format: 'slsa/v1', taskRuns }), ['materials']);
  expect(Array.isArray(tasks) ? tasks.map((item) => (isObject(item) ? item['uri'] : item)) : tasks).toEqual([
    'oci://a.test/clone',
    source.uri,
    'oci://a.test/build',
    'oci://a.test/notify',
  ]);
  const whole = predicateOf(pipelineRun, { taskRuns, buildType: 'https://tekton.dev/chains/v2/slsa-tekton' });
  expect(dependencyNames(whole).filter((name) => name === 'pipelineTask')).toHaveLength(3);
  expect(valueAt(whole, ['buildDefinition', 'internalParameters'])).toEqual({
    labels: null,
    annotations: null,
  });
});

test('the order of tasks is told by what they wait for', () => {
  const taskRuns = ['clone', 'build', 'notify'].map((name) =>
    readRun(taskRun(name, { taskSpec: { steps: [{ name: 's', command: ['a', 'b'], args: ['c'] }] } })),
  );
  const tasks = valueAt(predicateOf(pipelineRun, { format: 'in-toto', taskRuns }), ['buildConfig', 'tasks']);
  const told = (Array.isArray(tasks) ? tasks : []).map((task) => [
    valueAt(task, ['name']),
    valueAt(task, ['after']),
  ]);
  expect(told).toEqual([
    ['clone', undefined],
    ['build', ['clone']],
    ['notify', ['build']],
  ]);
  expect(valueAt(tasks, [0, 'steps', 0, 'entryPoint'])).toBe('a b');
});

test.each<[name: string, object: JsonObject]>([
  ['another kind', { kind: 'Pod' }],
  ['an image without digest', taskRun('a', { steps: [{ name: 's', imageID: 'a.test/b' }] })],
  ['a time that is none', taskRun('a', { startTime: 'yesterday' })],
  ['a result without name', taskRun('a', { results: [{ value: '' }] })],
])('%s is refused', (_, object) => {
  expect(() => predicateOf(object)).toThrow(expect.objectContaining({ code: 'RUN_INVALID' }));
});
