import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';
import { inFolder } from './testing/app.ts';

describe('keelson rego check', () => {
  test('all errors of a stage, in the words of opa', () => {
    const more = { 'bad.rego': 'package a\np if x\nq if f(1)\nr if y' };
    const text = inFolder(['check', 'bad.rego'], more);
    expect([text.code, text.out]).toEqual([2, '']);
    expect(text.err).toContain('bad.rego:3: rego_type_error: undefined function f');
    const json = inFolder(['check', '-f', 'json', 'p'], more);
    expect([json.code, json.out]).toEqual([0, '{}\n']);
    const both = inFolder(['check', '--v0-v1', 'p'], more);
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('p/policy.rego:7: rego_parse_error')]);
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

  test('a fault in a later document of YAML is told with its line in the file', () => {
    const more = { 'in.yaml': 'user: bob\n---\nuser: eve\n--- # more\na: [1\nb: 2\n' };
    const { code, err } = inFolder(['exec', '-d', 'p', '--decision', 'app/allow', 'in.yaml'], more);
    expect([code, err]).toEqual([3, expect.stringMatching(/^in\.yaml:6:/)]);
  });

  test.each<[string, number[]]>([
    ['--- {user: bob}\n--- {user: eve}\n', [0, 1]],
    ['note: |\n  a\n  ---\n  b\nuser: bob\n', []],
    ['--- |\n# text\n---\nuser: bob\n', [0, 1]],
  ])('documents of %j', (text, documents) => {
    const { out } = inFolder(['exec', '-d', 'p', '--decision', 'app/allow', 'in.yml'], { 'in.yml': text });
    const { result }: { result: { document?: number }[] } = JSON.parse(out);
    expect(result.flatMap(({ document }) => document ?? [])).toEqual(documents);
  });

  test('a file that is too large is told, and the others are judged', () => {
    const files = { 'p.rego': 'package p\nallow := true\n', 'in/a.json': '', 'in/b.json': '{}' };
    withFolder(files, (folder) => {
      truncateSync(join(folder, 'in/a.json'), 2 ** 29 + 1);
      const { code, out, err } = keelson(folder, [
        'rego',
        'exec',
        '-d',
        'p.rego',
        '--decision',
        'p/allow',
        'in',
      ]);
      expect([code, err]).toEqual([3, 'in/a.json: larger than 536870912 bytes [USAGE]\n']);
      expect(JSON.parse(out).result).toMatchObject([{ path: 'in/a.json' }, { result: true }]);
    });
  });

  test('--quiet keeps errors of policies', () => {
    const args = ['exec', '-q', '-d', 'bad.rego', '--decision', 'a/p', 'bob.json'];
    const { code, err } = inFolder(args, { 'bad.rego': 'package a\np if x' });
    expect([code, err]).toEqual([2, expect.stringContaining('rego_unsafe_var_error')]);
  });

  test.each<[string[], number]>([
    [['--decision', 'app/allow'], 0],
    [['--decision', '/app/allow/'], 0],
    [['--decision', 'data.app.nothing', '--fail'], 1],
    [['--decision', 'app//allow'], 2],
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

  test('a Containerfile is a Dockerfile, and other names that say no format are refused', () => {
    const text = 'FROM a\nEXPOSE 80\n';
    const files = { ...more, 'x/Containerfile': text, 'x/app.conf': '{"port": 1}', 'x/noformat': text };
    const args = ['exec', '-d', 'c.rego', '--decision', 'main/ports'];
    const found = inFolder([...args, 'x'], files);
    expect([found.code, JSON.parse(found.out).result]).toEqual([
      0,
      [{ path: 'x/Containerfile', result: ['80'] }],
    ]);
    for (const name of ['x/app.conf', 'x/noformat']) {
      const { code, out, err } = inFolder([...args, '--fail-non-empty', name, 'in/a.toml'], files);
      const message = `${name}: the name says no format; tell it with --parser [CONFIGURATION_FORMAT]`;
      expect([code, err]).toEqual([3, `${message}\n`]);
      expect(JSON.parse(out).result).toEqual([
        { path: name, error: { code: 'CONFIGURATION_FORMAT', message } },
        { path: 'in/a.toml', result: [85] },
      ]);
    }
    const told = inFolder([...args, '--parser', 'dockerfile', 'x/noformat'], files);
    expect(JSON.parse(told.out).result).toEqual([{ path: 'x/noformat', result: ['80'] }]);
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
