import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

// The same calls of both programs; without opa 1.22 on PATH there is nothing to compare with.
const version = spawnSync('opa', ['version'], { encoding: 'utf8' }).stdout ?? '';
const isThere = /^Version: 1\.22\./m.test(version);
if (!isThere) console.log('not compared with opa: there is no opa 1.22 on PATH');

const files = {
  'p/app.rego':
    'package app\nimport data.roles\ndefault allow := false\nallow if input.user == "bob"\nnames contains n if some n in data.roles\nf(x) := x + 1\n',
  'p/app_test.rego':
    'package app_test\nimport data.app\ntest_bob if app.allow with input as {"user": "bob"}\n',
  'p/data.json': '{"roles": ["y", "x", "<&>"]}',
  'bob.json': '{"user": "bob", "n": 1.50, "big": 12345678901234567890}',
  'bad.rego': 'package a\n\np if {\n\tx := 1 +\n}\n',
  'unsafe.rego': 'package a\np if x\nq if { y == z }\n',
  'types.rego': 'package a\np if { 1 + "a" == 2 }\nq if f(1)\n',
  'partial.rego': `package part
default allow := false
allow if input.user == data.roles[_]
allow if { input.x * 2 > 3; every c in input.cs { c != 1 } }
deny contains msg if { input.x > 3; msg := sprintf("%d", [input.x]) }
f(x) := x + input.z
`,
  'annotated.rego': `# METADATA
# title: The package
# description: |
#   About it.
# authors:
# - Jane Doe <jane@example.com>
# organizations: [Acme]
# related_resources:
# - {ref: "https://example.com/b", description: B}
# custom: {severity: {a: high}}
# scope: subpackages
package ann

# METADATA
# title: Allow rule
# scope: document
# entrypoint: true
# schemas:
# - input: schema.input
# - data.x: {type: object}

# METADATA
# description: one
default allow := false

# METADATA
# title: two
allow if input.x

deny contains msg if { msg := $"x {input.y}" ; not input.z with input.q as 1 }
f(x, _) := [x, {"a": x}, {1, 2}, {k: v | some k, v in x}] if every e in x { e > 1.50 } else := 2
`,
  'schematic.rego': 'package s\np if input.nouser == 1\n',
  'schema.json':
    '{"type": "object", "properties": {"user": {"type": "string"}}, "additionalProperties": false}',
  'strict.rego': 'package a\nimport data.b\np if { x := 1 }\n',
};

describe.skipIf(!isThere)('answers are those of opa', () => {
  const queries = [
    'data.app.allow',
    'data.app',
    'data',
    'x := data.app.names; some i; data.roles[i]; 1 < 2',
    'not data.app.allow',
    'data.app.f(2) > 2; input.n',
    'input',
    '1 == 2',
    'some x in [1, 2]',
    'x +',
    'data.roles[i] = x',
    '{"a": {1, 2}}',
  ];
  test.each(
    queries.flatMap((query) =>
      ['json', 'values', 'bindings', 'pretty', 'raw'].map((format) => [query, format] as const),
    ),
  )('eval %s -f %s', (query, format) => {
    compare(['eval', '-d', 'p', '-i', 'bob.json', '-f', format, query]);
  });

  test.each(
    [
      'data.app.allow',
      'data.app',
      'x := data.app.names[_]; input.seen[x]',
      'data.app.f(input.n)',
      '1',
    ].flatMap((query) => ['json', 'pretty'].map((format) => [query, format] as const)),
  )('deps %s -f %s', (query, format) => {
    compare(['deps', '-d', 'p', '-f', format, query]);
  });

  test.each(['bad', 'unsafe', 'types'])('check %s.rego', (name) => {
    const [ours, theirs] = both(['check', '-f', 'json', `${name}.rego`]);
    expect(JSON.parse(ours.out)).toEqual(JSON.parse(theirs.err));
  });

  test('check --strict', () => {
    const [ours, theirs] = both(['check', '--strict', '-f', 'json', 'strict.rego']);
    expect(JSON.parse(ours.out)).toEqual(JSON.parse(theirs.err));
  });

  test.each([[[]], [['--json-include', 'locations,-comments']]])('parse %j', (flags) => {
    const [ours, theirs] = both(['parse', '-f', 'json', ...flags, 'p/app.rego']);
    expect(JSON.parse(ours.out)).toEqual(JSON.parse(theirs.out));
  });

  test.each(['p/app.rego', 'annotated.rego'])('parse -f pretty %s', (file) => {
    compare(['parse', file]);
    const [ours, theirs] = both(['parse', '-f', 'json', file]);
    expect(JSON.parse(ours.out)).toEqual(JSON.parse(theirs.out));
  });

  test.each(
    [
      'data.part',
      'data.part.allow',
      'x := data.part.f(1)',
      'data.part.allow == true',
      'false',
      'true',
    ].flatMap((query) => ['json', 'source', 'pretty'].map((format) => [query, format] as const)),
  )('eval --partial %s -f %s', (query, format) => {
    const [ours, theirs] = both(['eval', '-d', 'partial.rego', '-d', 'p', '--partial', '-f', format, query]);
    if (format === 'json') expect(JSON.parse(ours.out)).toEqual(JSON.parse(theirs.out));
    else expect(ours.out).toBe(theirs.out);
  });

  test.each(['data.app.names', 'x := 1', '[x | some x in [1, 2]]'])('eval --coverage %s', (query) => {
    compare(['eval', '-d', 'p', '--coverage', query]);
    compare(['eval', '-d', 'p', '--coverage', '-f', 'pretty', query]);
  });

  test.each([['pretty'], ['json']])('inspect --annotations -f %s', (format) => {
    const [ours, theirs] = both(['inspect', '-a', '-f', format, 'annotated.rego']);
    if (format === 'pretty') expect(ours.out).toBe(theirs.out);
    else expect(JSON.parse(ours.out)).toEqual({ ...JSON.parse(theirs.out), capabilities: undefined });
  });

  test('eval --schema', () => {
    const [ours, theirs] = both(['check', '-s', 'schema.json', '-f', 'json', 'schematic.rego']);
    const words = (text: string) =>
      JSON.parse(text).errors.map((error: object) => ({ ...error, details: 0 }));
    expect(words(ours.out)).toEqual(words(theirs.err));
  });

  test('signatures of either are verified by the other', () => {
    withFolder(files, (folder) => {
      const opa = (...args: string[]) => spawnSync('opa', args, { cwd: folder, encoding: 'utf8' });
      const made = ['--signing-key', 'secret', '--signing-alg', 'HS256'];
      const held = ['--verification-key', 'secret', '--signing-alg', 'HS256'];
      const query = ['rego', 'eval', '-f', 'raw', 'data.app.names', ...held, '-b'];
      const names = '["\\u003c\\u0026\\u003e","x","y"]\n';

      expect(opa('sign', ...made, '-b', 'p', '-o', 'p').status).toBe(0);
      expect(keelson(folder, [...query, 'p']).out).toBe(names);
      expect(keelson(folder, ['rego', 'sign', ...made, '-b', 'p', '-o', 'p']).code).toBe(0);
      expect(opa('build', '-b', 'p', ...held, '-o', 'by-opa.tar.gz').status).toBe(0);
      rmSync(join(folder, 'p/.signatures.json'));

      expect(opa('build', '-b', 'p', ...made, '-o', 'by-opa.tar.gz').status).toBe(0);
      expect(keelson(folder, [...query, 'by-opa.tar.gz']).out).toBe(names);
      expect(keelson(folder, ['rego', 'build', '-b', 'p', ...made, '-o', 'ours.tar.gz']).code).toBe(0);
      expect(opa('build', '-b', 'ours.tar.gz', ...held, '-o', 'again.tar.gz').status).toBe(0);
    });
  });

  test('test', () => {
    const [ours, theirs] = both(['test', '-f', 'json', 'p']);
    const stable = (text: string) =>
      JSON.parse(text).map((result: object) => ({ ...result, duration: undefined }));
    expect(stable(ours.out)).toEqual(stable(theirs.out));
  });
});

function both(args: readonly string[]) {
  return withFolder(files, (folder) => {
    const { stdout, stderr } = spawnSync('opa', args, { cwd: folder, encoding: 'utf8' });
    return [keelson(folder, ['rego', ...args]), { out: stdout, err: stderr }] as const;
  });
}

function compare(args: readonly string[]): void {
  const [ours, theirs] = both(args);
  expect(ours.out).toBe(theirs.out);
}
