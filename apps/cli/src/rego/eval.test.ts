import { describe, expect, test } from 'vitest';
import { inFolder } from './testing/app.ts';

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

  test('many inputs are of any format, and of YAML every document', () => {
    const more = {
      'a.toml': 'user = "bob"\n',
      'b.yaml': 'user: eve\n---\nuser: bob\n',
      'c.tf': 'user = [\n',
    };
    const args = ['eval', '-d', 'p', 'data.app.allow', '--inputs', 'a.toml', 'b.yaml', 'c.tf'];
    const { code, out } = inFolder(args, more);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const told = lines.map(({ input, document, result, errors }) => [
      input,
      document,
      result?.[0].expressions[0].value ?? errors[0].code,
    ]);
    expect([code, told]).toEqual([
      3,
      [
        ['a.toml', undefined, true],
        ['b.yaml', 0, false],
        ['b.yaml', 1, true],
        ['c.tf', undefined, 'HCL_SYNTAX'],
      ],
    ]);
  });

  test('a name that says no format is refused, unless --parser tells it', () => {
    const more = { noformat: 'FROM a\n', Containerfile: 'FROM b\n' };
    const args = ['eval', 'input[0].Value', '--inputs', 'Containerfile', 'noformat'];
    const { code, out } = inFolder(args, more);
    expect(code).toBe(3);
    expect(out).toContain('"value":["b"]');
    expect(out).toContain('noformat: the name says no format; tell it with --parser');
    const told = inFolder([...args, '--parser', 'dockerfile'], more);
    expect([told.code, told.out]).toEqual([0, expect.stringContaining('"value":["a"]')]);
    expect(inFolder([...args, '--parser', 'cue'], more).code).toBe(2);
    expect(inFolder(['eval', '1', '--parser', 'json']).code).toBe(2);
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

test('a module outside the roots of its bundle is an error', () => {
  const { code, out } = inFolder(['eval', '-b', 'p', 'data'], {
    'p/.manifest': '{"roots": ["roles", "other"]}',
  });
  expect(code).toBe(2);
  expect(JSON.parse(out).errors[0].message).toBe(
    "manifest roots [roles other] do not permit 'package app' in module 'p/policy.rego'",
  );
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

describe('keelson rego eval tells more than the result', () => {
  const policy = {
    'q.rego': 'package q\nallow if input.user == data.roles[_]\nsize := count(data.roles) + input.more\n',
  };
  const ask = (...args: readonly string[]) =>
    inFolder(['eval', '-d', 'q.rego', '-d', 'p/data.json', ...args], policy);

  test('--partial tells what remains', () => {
    expect(ask('-p', '-f', 'source', 'data.q.allow').out).toBe(
      '# Query 1\ninput.user = "y"\n\n# Query 2\ninput.user = "x"\n\n',
    );
    const known = ask('-p', '-f', 'pretty', '-u', 'data.roles', '-i', 'bob.json', 'data.q.allow').out;
    expect(known).toContain('│ Query 1 │ "bob" = data.roles[_]');
    expect(JSON.parse(ask('-p', 'false').out)).toEqual({ partial: {} });
    expect(ask('-p', '-f', 'pretty', 'false').out).toBe('undefined\n');
  });

  test('--profile tells what lines cost, with metrics', () => {
    const { profile, metrics } = JSON.parse(ask('--profile', '-i', 'bob.json', 'data.q.allow').out);
    expect(profile.map(({ location }: { location: object }) => location)).toContainEqual({
      file: 'q.rego',
      row: 2,
      col: 10,
    });
    expect(Object.keys(metrics)).toEqual([
      'timer_rego_load_files_ns',
      'timer_rego_module_compile_ns',
      'timer_rego_module_parse_ns',
      'timer_rego_query_compile_ns',
      'timer_rego_query_eval_ns',
    ]);
    const sorted = ask(
      '--profile-sort',
      'line',
      '--profile-limit',
      '1',
      '-f',
      'pretty',
      '-i',
      'bob.json',
      'data.q',
    );
    expect(sorted.out.match(/│ (?:q\.rego:\d|data\.q) +│$/gm)).toHaveLength(1);
  });

  test('--coverage and --metrics', () => {
    const { coverage } = JSON.parse(ask('--coverage', 'data.q.size').out);
    expect(coverage.files['q.rego'].covered_lines).toBe(1);
    expect(ask('--metrics', '-f', 'pretty', '1').out).toMatch(/^1\n┌.*┐\n│ +Metric +│ +Value +│\n/);
  });

  test('--show-builtin-errors puts them into the output', () => {
    const { out, code } = ask('--show-builtin-errors', '1 / 0');
    expect([code, JSON.parse(out).errors[0].message]).toEqual([0, 'div: divide by zero']);
    expect(ask('--show-builtin-errors', '-f', 'raw', '1 / 0').err).toContain('div: divide by zero');
  });

  test('--schema and --capabilities refuse what they leave no room for', () => {
    const more = {
      'schema.json':
        '{"type": "object", "properties": {"user": {"type": "string"}}, "additionalProperties": false}',
      'few.json': '{"builtins": [{"name": "eq"}], "features": ["rego_v1"]}',
    };
    const { code, out } = inFolder(['eval', '--schema', 'schema.json', 'input.nobody'], more);
    expect([code, JSON.parse(out).errors[0].message]).toEqual([2, 'undefined ref: input.nobody']);
    const few = inFolder(['eval', '--capabilities', 'few.json', 'count([1])'], more);
    expect([few.code, JSON.parse(few.out).errors[0].message]).toEqual([2, 'undefined function count']);
    expect(inFolder(['eval', '--capabilities', 'v1.22.2', '-f', 'raw', 'count([1])'], more).out).toBe('1\n');
  });

  test('switches may have values, as opa takes them', () => {
    expect(ask('--fail=true', '-f', 'raw', 'data.nothing').code).toBe(1);
    expect(ask('--fail=false', '-f=raw', '-S=true', 'data.nothing')).toEqual({ code: 0, out: '', err: '' });
    expect(ask('-fraw', '--package', 'q', '--', 'count(data.roles)').out).toBe('2\n');
  });

  test.each<[string[], RegExp]>([
    [['-f', 'source', '1'], /is for --partial/],
    [['-p', '-f', 'raw', '1'], /does not go with --partial/],
    [['-p', '--package', 'q', 'allow'], /--package does not go with --partial/],
    [['-p', '1', '--inputs', 'bob.json'], /--inputs does not go with/],
    [['--profile', '1', '--inputs', 'bob.json'], /--inputs does not go with/],
    [['--profile-sort', 'size', '1'], /it is one of total_time_ns/],
    [['--profile-limit', '-1', '1'], /a whole number is needed/],
    [['--strict-builtin-errors', '--show-builtin-errors', '1'], /but not both/],
    [['--stdin', '--stdin-input'], /but not both/],
    [['-I', '-i', 'bob.json', '1'], /but not both/],
    [['--schema', 'nothing', '1'], /nothing: no such file or folder/],
    [['--schema', 'eve.yaml', '1'], /eve\.yaml: no JSON/],
    [['--explain', 'all', '1'], /it is one of off, why, full/],
  ])('%j is a wrong call', (args, message) => {
    expect(ask(...args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });
});
