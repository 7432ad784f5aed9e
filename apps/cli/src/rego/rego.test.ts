import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

const policy = `package app

import data.roles

default allow := false

allow if input.user == "bob"

names contains n if some n in data.roles

broken := 1 if input.user
broken := 2 if input.user
`;

const files = {
  'p/policy.rego': policy,
  'p/data.json': '{"roles": ["y", "x"]}',
  'p/deep/conf.yaml': 'on: 1\n',
  'bob.json': '{"user": "bob"}',
  'eve.yaml': 'user: eve\n',
};

const inFolder = (args: readonly string[], more: Record<string, string> = {}, input?: string) =>
  withFolder({ ...files, ...more }, (folder) => keelson(folder, ['rego', ...args], input));

describe('keelson rego eval', () => {
  test.each<[args: string[], code: number, out: string]>([
    [['-f', 'raw', '-d', 'p', 'data.app.allow'], 0, 'false\n'],
    [['-f', 'raw', '-d', 'p', '-i', 'bob.json', 'data.app.allow'], 0, 'true\n'],
    [['-f', 'raw', '-d', 'p', '-i', 'eve.yaml', 'data.app.allow'], 0, 'false\n'],
    [['-f', 'raw', '-d', 'p', 'data.deep'], 0, '{"on":1}\n'],
    [['-f', 'raw', '-d', 'a.b:p/deep/conf.yaml', 'data.a'], 0, '{"b":{"on":1}}\n'],
    [['-f', 'raw', '-b', 'p', 'data.deep'], 0, ''],
    [['-f', 'raw', '-b', 'p', 'data.app.names'], 0, '["x","y"]\n'],
    [['-f', 'raw', '-d', 'p', '--ignore', '*.json', 'data.app.names'], 0, '[]\n'],
    [['-f', 'raw', '-d', 'p', '--package', 'app', 'allow'], 0, 'false\n'],
    [['-f', 'raw', '-d', 'p', '--import', 'data.app as x', 'x.allow'], 0, 'false\n'],
    [['-f', 'bindings', 'x := 1'], 0, '{\n  "x": 1\n}\n'],
    [['-f', 'values', '1 == 2'], 0, '[\n  false\n]\n'],
    [
      ['-f', 'pretty', 'x := [1, 2][i]'],
      0,
      '┌───┬───┐\n│ i │ x │\n├───┼───┤\n│ 0 │ 1 │\n│ 1 │ 2 │\n└───┴───┘\n',
    ],
    [['-f', 'discard', '1'], 0, '{\n  "result": "discarded"\n}\n'],
    [['--fail', 'data.nothing'], 1, '{}\n'],
    [['--fail-defined', '-f', 'raw', 'true'], 1, 'true\n'],
    [['-f', 'raw', '1 / 0'], 0, ''],
    [['-f', 'raw', 'opa.runtime().env'], 0, ''],
  ])('%j', (args, code, out) => {
    expect(inFolder(['eval', ...args])).toEqual({ code, out, err: '' });
  });

  test.each<[args: string[], code: number, error: object]>([
    [['x +'], 2, { code: 'rego_parse_error', location: { file: '', row: 1, col: 3 } }],
    [['x'], 2, { code: 'rego_unsafe_var_error' }],
    [['-d', 'bad.rego', 'data'], 2, { code: 'rego_parse_error', location: { file: 'bad.rego', row: 2 } }],
    [['-d', 'list.json', 'data'], 2, { message: 'list.json: document must be of type object' }],
    [
      ['-d', 'p', '-d', 'other.json', 'data'],
      2,
      { message: 'other.json: merge error: conflicting values at data.roles' },
    ],
    [['-d', 'p', '-i', 'bob.json', 'data.app.broken'], 3, { code: 'eval_conflict_error' }],
    [['--strict-builtin-errors', '1 / 0'], 3, { code: 'eval_builtin_error', message: 'div: divide by zero' }],
    [
      [
        '--timeout',
        '20ms',
        'count([x | x := numbers.range(1, 1000)[_]; numbers.range(1, 1000)[_]; numbers.range(1, 1000)[_]])',
      ],
      3,
      { code: 'eval_limit_error' },
    ],
  ])('%j is told as opa tells it', (args, code, error) => {
    const more = {
      'bad.rego': 'package a\nb if {',
      'list.json': '[1]',
      'other.json': '{"roles": 1}',
    };
    const run = inFolder(['eval', ...args], more);
    expect(run.code).toBe(code);
    expect(JSON.parse(run.out).errors[0]).toMatchObject(error);
  });

  test('many inputs give a line each, and one that fails leaves the others', () => {
    const { code, out } = inFolder(
      ['eval', '-d', 'p', 'data.app.allow', '--inputs', 'bob.json', 'eve.yaml', 'torn.json'],
      { 'torn.json': '{' },
    );
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(3);
    expect(lines.map(({ input, result }) => [input, result?.[0].expressions[0].value])).toEqual([
      ['bob.json', true],
      ['eve.yaml', false],
      ['torn.json', undefined],
    ]);
  });

  test('names of objects are names like others', () => {
    const data = '{"__proto__": {"a": 1}, "constructor": 2}';
    const { out } = inFolder(
      ['eval', '-f', 'raw', '-d', 'd.json', '[data.__proto__, data.constructor, {k | data[k]}]'],
      {
        'd.json': data,
      },
    );
    expect(out).toBe('[{"a":1},2,["__proto__","constructor"]]\n');
  });

  test.each([
    [['eval'], 'name a query'],
    [['eval', 'a', 'b'], 'only one query'],
    [['eval', '-d', 'nothing', 'data'], 'nothing: no such file or folder'],
    [['eval', '--timeout', 'soon', 'data'], 'a duration is like'],
    [['evil'], 'did you mean "eval"'],
  ])('%j is a wrong call', (args, message) => {
    const { code, err } = inFolder(args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('keelson rego check', () => {
  test('all errors of a stage, in the words of opa', () => {
    const more = { 'bad.rego': 'package a\np if x\nq if f(1)\nr if y' };
    const text = inFolder(['check', 'bad.rego'], more);
    expect([text.code, text.out]).toEqual([2, '']);
    expect(text.err).toContain('bad.rego:3: rego_type_error: undefined function f');
    const json = inFolder(['check', '-f', 'json', 'p'], more);
    expect([json.code, json.out]).toEqual([0, '{}\n']);
    const strict = inFolder(['check', '--strict', '-f', 'json', 'p'], more);
    expect(JSON.parse(strict.out).errors[0]).toMatchObject({
      code: 'rego_compile_error',
      location: { row: 3 },
    });
  });
});

describe('keelson rego test', () => {
  const tests = `package app_test
import data.app
test_bob if app.allow with input as {"user": "bob"}
test_eve if app.allow with input as {"user": "eve"}
test_names if { print("n:", app.names); app.names == {"x", "y"} }
todo_test_more if false
`;
  const more = { 'p/policy_test.rego': tests };

  test('failures and a summary', () => {
    const { code, out } = inFolder(['test', 'p'], more);
    expect([code, out.replace(/\(.*?\)/g, '()')]).toEqual([
      1,
      `p/policy_test.rego:4:\ndata.app_test.test_eve: FAIL ()\np/policy_test.rego:6:\ndata.app_test.todo_test_more: SKIPPED\n${'-'.repeat(80)}\nPASS: 2/4\nFAIL: 1/4\nSKIPPED: 1/4\n`,
    ]);
  });

  test.each<[string[], number]>([
    [['--run', 'test_bob'], 0],
    [['--run', 'more'], 1],
    [['--run', 'more', '-z'], 0],
    [['--run', 'nothing'], 0],
    [['--run', 'nothing', '--fail-on-empty'], 1],
    [['--run', '('], 2],
  ])('%j', (args, code) => {
    expect(inFolder(['test', ...args, 'p'], more).code).toBe(code);
  });

  test('JSON as opa has it', () => {
    const { out } = inFolder(['test', '-f', 'json', 'p'], more);
    const results = JSON.parse(out).map(({ duration: _, ...result }: { duration: number }) => result);
    expect(results[2]).toEqual({
      location: { file: 'p/policy_test.rego', row: 5, col: 1 },
      package: 'data.app_test',
      name: 'test_names',
      output: Buffer.from('n: {"x", "y"}\n').toString('base64'),
    });
    expect(results[1]).toMatchObject({ name: 'test_eve', fail: true });
  });
});

describe('keelson rego exec', () => {
  test('decides about every document of every file', () => {
    const more = {
      'in/a.yaml': '---\nuser: bob\n---\n# nothing\n---\nuser: eve\n',
      'in/b.json': '{',
      'in/c.txt': 'x',
    };
    const { code, out, err } = inFolder(['exec', '-d', 'p', '--decision', 'app/allow', 'in'], more);
    expect(code).toBe(3);
    expect(err).toContain('in/b.json: ');
    expect(JSON.parse(out).result).toEqual([
      { path: 'in/a.yaml', document: 0, result: true },
      { path: 'in/a.yaml', document: 1, result: false },
      { path: 'in/b.json', error: { code: 'bundle_error', message: expect.stringContaining('in/b.json') } },
    ]);
  });

  test.each<[string[], number]>([
    [['--decision', 'app/allow'], 0],
    [['--decision', 'app/nothing'], 0],
    [['--decision', 'app/nothing', '--fail'], 1],
    [['--decision', 'app/allow', '--fail-defined'], 1],
    [['--decision', 'app/names', '--fail-non-empty'], 1],
    [['--decision', 'app/nothing', '--fail-non-empty'], 0],
    [['--decision', 'app/broken'], 3],
    [[], 2],
  ])('%j', (args, code) => {
    expect(inFolder(['exec', '-d', 'p', ...args, 'bob.json']).code).toBe(code);
  });
});

describe('keelson rego exec with files of other formats', () => {
  const more = {
    'c.rego': `package main

deny contains sprintf("%s: %s", [file.path, name]) if {
  some file in input
  some resources in file.contents.resource
  some name, _ in resources
}

ports contains input.server.port
ports contains input.port
ports contains port if {
  some command in input
  command.Cmd == "expose"
  port := command.Value[0]
}
`,
    'in/Dockerfile': 'FROM a\nEXPOSE 80\n',
    'in/a.env': 'port=81\n',
    'in/a.ini': '[server]\nport = 82\n',
    'in/a.properties': 'port = 83\n',
    'in/a.tf': 'resource "x" "web" {\n}\nport = 84\n',
    'in/a.toml': 'port = 85\n',
    'in/a.xml': '<server><port>86</port></server>',
    'in/deep/b.tf': 'resource "x" "db" {}\n',
  };
  const exec = (...args: string[]) => inFolder(['exec', '-d', 'c.rego', ...args], more);

  test('names say the format', () => {
    const { code, out, err } = exec('--decision', 'main/ports', 'in');
    expect([code, err]).toEqual([0, '']);
    const results: readonly { path: string; result: unknown[] }[] = JSON.parse(out).result;
    expect(Object.fromEntries(results.map(({ path, result }) => [path, result]))).toEqual({
      'in/Dockerfile': ['80'],
      'in/a.env': ['81'],
      'in/a.ini': [82],
      'in/a.properties': ['83'],
      'in/a.tf': [84],
      'in/a.toml': [85],
      'in/a.xml': ['86'],
      'in/deep/b.tf': [],
    });
  });

  test('--parser reads in one format, and takes of a folder what is of it', () => {
    const of = (...args: string[]) => JSON.parse(exec('--decision', 'main/ports', ...args).out).result;
    expect(of('--parser', 'properties', 'in/a.env')).toEqual([{ path: 'in/a.env', result: ['81'] }]);
    expect(of('--parser', 'hcl2', 'in').map(({ path }: { path: string }) => path)).toEqual([
      'in/a.tf',
      'in/deep/b.tf',
    ]);
    expect(exec('--decision', 'main/ports', '--parser', 'cue', 'in').code).toBe(2);
  });

  test('--combine decides once about all', () => {
    const { code, out } = exec(
      '--decision',
      'main/deny',
      '--combine',
      '--fail-non-empty',
      'in/deep',
      'in/a.tf',
    );
    expect(code).toBe(1);
    expect(JSON.parse(out).result).toEqual([
      { path: 'Combined', result: ['in/a.tf: web', 'in/deep/b.tf: db'] },
    ]);
  });

  test('stdin', () => {
    const args = ['exec', '-d', 'c.rego', '--decision', 'main/ports', '-I', '--parser', 'ini'];
    const { out } = inFolder(args, more, '[server]\nport = 1\n');
    expect(JSON.parse(out).result).toEqual([{ path: 'stdin', result: [1] }]);
  });

  test('a file that cannot be read is told with its line, and the others are judged', () => {
    const { code, out, err } = inFolder(
      ['exec', '-d', 'c.rego', '--decision', 'main/ports', 'in/a.toml', 'bad.tf'],
      {
        ...more,
        'bad.tf': 'a = 1\nb = [1 2]\n',
      },
    );
    const message = 'bad.tf:2:8: items are parted by , and end with ], not "2" [HCL_SYNTAX]';
    expect([code, err]).toEqual([3, `${message}\n`]);
    expect(JSON.parse(out).result).toEqual([
      { path: 'in/a.toml', result: [85] },
      { path: 'bad.tf', error: { code: 'HCL_SYNTAX', message } },
    ]);
  });
});

test('a module outside the roots of its bundle is an error', () => {
  const { code, out } = inFolder(['eval', '-b', 'p', 'data'], {
    'p/.manifest': '{"roots": ["roles", "other"]}',
  });
  expect(code).toBe(2);
  expect(JSON.parse(out).errors[0].message).toBe(
    "manifest roots [roles other] do not permit 'package app' in module 'p/policy.rego'",
  );
});

test('--coverage tells what tests reach, --threshold how much they must', () => {
  const more = {
    'p/policy_test.rego': 'package t\nimport data.app\ntest_names if app.names == {"x", "y"}\n',
  };
  const { code, out } = inFolder(['test', '--coverage', 'p'], more);
  const { files: reached } = JSON.parse(out);
  expect([code, reached['p/policy_test.rego'].coverage]).toEqual([0, 100]);
  expect(reached['p/policy.rego'].coverage).toBeLessThan(100);
  const missed = inFolder(['test', '--coverage', '--threshold', '99', 'p'], more);
  expect([missed.code, missed.err]).toEqual([
    1,
    expect.stringMatching(/^Code coverage threshold not met: got \d/),
  ]);
});

test('--explain tells on stderr how an answer came about', () => {
  const trace = inFolder([
    'eval',
    '-d',
    'p',
    '-i',
    'eve.yaml',
    '--explain',
    'full',
    '-f',
    'raw',
    'data.app.allow',
  ]);
  expect(trace.out).toBe('false\n');
  expect(trace.err).toMatch(/^p\/policy\.rego:7 +\| \| Fail input\.user = "bob"$/m);
  const why = inFolder([
    'eval',
    '-d',
    'p',
    '-i',
    'eve.yaml',
    '--explain',
    'why',
    '-f',
    'raw',
    'data.app.allow',
  ]);
  expect(why.err).toContain('"eve"');
});

describe('keelson rego bench', () => {
  test('measures a query', () => {
    const { code, out } = inFolder(['bench', '-d', 'p', '-i', 'bob.json', '-f', 'json', 'data.app.allow']);
    const { N, T, Extra } = JSON.parse(out);
    expect([code, N > 0, T > 0, Extra.histogram_timer_rego_query_eval_ns_count]).toEqual([0, true, true, N]);
  });

  test.each<[string[], number, RegExp]>([
    [['data.nothing'], 1, /^1 error occurred: undefined result$/m],
    [['x +'], 2, /rego_parse_error/],
    [['-d', 'p', '-i', 'bob.json', 'data.app.broken'], 3, /eval_conflict_error/],
    [['--metrics=never', '1'], 2, /it is one of true, false/],
    [['--count', 'x', '1'], 2, /a whole number is needed/],
    [['1', '2'], 2, /only one query/],
  ])('%j', (args, code, message) => {
    const run = inFolder(['bench', ...args]);
    expect([run.code, run.out, run.err]).toEqual([code, '', expect.stringMatching(message)]);
  });
});
