import { describe, expect, test } from 'vitest';
import { pathOfResult } from './place.ts';
import { RegoPolicies } from './policies.ts';

function judge(texts: Record<string, string>, input: Record<string, string> = {}) {
  const policies = new RegoPolicies(Object.entries(texts).map(([file, text]) => ({ file, text })));
  const { results, faults } = policies.judge(input);
  return {
    said: results.map(({ rule, message, severity, excused }) =>
      [rule.id, severity, message, ...(excused ? ['excused'] : [])].join(' '),
    ),
    faults: [...policies.faults, ...faults.map(({ error }) => error)].map((error) => error.format()),
  };
}

const metadata = (fields: string) => `# METADATA\n${fields.replace(/^/gm, '# ')}\n`;

describe('conventions of conftest', () => {
  test.each<[string, string, string[]]>([
    [
      'a set of texts',
      'package main\ndeny contains "a"\ndeny contains "b"',
      ['main.deny high a', 'main.deny high b'],
    ],
    ['objects with msg', 'package main\nviolation contains {"msg": "a", "x": 1}', ['main.violation high a']],
    [
      'a severity in the result',
      'package main\ndeny contains {"msg": "a", "severity": "LOW"}',
      ['main.deny low a'],
    ],
    ['warnings', 'package k8s.pods\nwarn_tag contains "a"', ['k8s.pods.warn_tag medium a']],
    ['the older language', 'package main\ndeny[msg] { msg := "a" }', ['main.deny high a']],
    ['other rules', 'package main\ndenylist contains "a"\nfoo := 1', []],
    [
      'an exception',
      'package main\ndeny_root contains "a"\ndeny contains "b"\nexception contains ["root"]',
      ['main.deny_root high a excused', 'main.deny high b'],
    ],
    [
      'an exception of deny itself',
      'package main\ndeny contains "b"\nexception contains [""]',
      ['main.deny high b excused'],
    ],
    [
      'an exception that is a text and no list',
      'package main\ndeny_root contains "a"\nexception contains "root"',
      ['main.deny_root high a'],
    ],
    [
      'metadata of each definition',
      `package main\n${metadata('custom:\n  id: one\n  severity: critical')}deny contains "a"\n${metadata('custom:\n  id: two')}deny contains "b"`,
      ['one critical a', 'two high b'],
    ],
    [
      'metadata that the rule asks for',
      `package main\n${metadata('title: T')}deny contains rego.metadata.rule().title`,
      ['main.deny high T'],
    ],
    [
      'metadata of the package',
      `${metadata('custom:\n  severity: low')}package main\ndeny contains "a"`,
      ['main.deny low a'],
    ],
    [
      'a decision',
      `package app\n${metadata('title: Only signed images\nentrypoint: true')}allow := input.signed`,
      ['app.allow high Only signed images'],
    ],
  ])('%s', (_, text, expected) => {
    const { said, faults } = judge({ 'a.rego': text });
    expect([said.sort(), faults]).toEqual([expected.sort(), []]);
  });

  test('files with faults are named, and the others judge', () => {
    const { said, faults } = judge({
      'good.rego': 'package main\ndeny contains "a"',
      'syntax.rego': 'package main\ndeny contains {',
      'unsafe.rego': 'package other\ndeny contains x if true',
      'needs.rego': 'package third\ndeny contains data.other.f(1)',
    });
    expect(said).toEqual(['main.deny high a']);
    expect(faults.map((fault) => fault.slice(0, 14))).toEqual([
      'syntax.rego:2:',
      'needs.rego:2:1',
      'unsafe.rego:2:',
    ]);
  });

  test.each(['http.send({"method": "get", "url": "http://a/"})', 'net.lookup_ip_addr("a")'])(
    '%s is a fault where there is no network, and the others judge',
    (call) => {
      const texts = {
        'net.rego': `package net\n\ndeny contains "a" if ${call}`,
        'good.rego': 'package main\ndeny contains "see http://a/"',
      };
      const name = call.slice(0, call.indexOf('('));
      const fault = `net.rego:3:22: rego_type_error: ${name} needs the network, which policies do not have here [POLICY_CODE]`;
      expect(judge(texts)).toEqual({ said: ['main.deny high see http://a/'], faults: [fault] });
    },
  );

  test('a host with a network is asked', () => {
    const text = 'package main\ndeny contains net.lookup_ip_addr("a")[_]';
    const host = { lookUpAddresses: () => ['10.0.0.1'], httpHosts: ['a'] };
    const policies = new RegoPolicies([{ file: 'a.rego', text }], { host });
    expect(policies.judge({}).results.map(({ message }) => message)).toEqual(['10.0.0.1']);
  });

  test('the base document beside the modules', () => {
    const files = [
      { file: 'a.rego', text: 'package main\ndeny contains data.texts[_]' },
      { file: 'b.rego', text: 'package texts\nallow := true' },
    ];
    const policies = new RegoPolicies(files, { data: { texts: ['a'] } });
    expect(policies.judge({}).results.map(({ message }) => message)).toEqual(['a']);
    expect(policies.faults.map((fault) => fault.format())).toEqual([
      expect.stringContaining('b.rego:2:1: rego_compile_error: conflicting rule for data path texts/allow'),
    ]);
  });

  test('a rule that fails does not lose the others', () => {
    const { said, faults } = judge({
      'a.rego': 'package main\nx := 1\nx := 2 if true\ndeny contains "a" if x\nwarn contains "b"',
    });
    expect(said).toEqual(['main.warn medium b']);
    expect(faults).toEqual([expect.stringContaining('eval_conflict_error')]);
  });

  test('a loop without end passes a limit', () => {
    const text =
      'package main\ndeny contains "a" if { some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i * j == -1 }';
    const policies = new RegoPolicies([{ file: 'a.rego', text }], { limits: { maxSteps: 100_000 } });
    expect(policies.judge({}).faults[0]?.error.message).toContain('eval_limit_error');
    expect(policies.judge({}).faults[0]?.error.code).toBe('POLICY_LIMIT');
  });
});

test.each([
  [{ path: 'spec.containers[0].image' }, ['spec', 'containers', 0, 'image']],
  [{ details: { path: '/spec/a~1b/2' } }, ['spec', 'a/b', 2]],
  [{ _loc: { path: ['spec', 0] } }, ['spec', 0]],
  [{ field: "metadata.labels['a.b/c']" }, ['metadata', 'labels', 'a.b/c']],
  [{ path: 'a[' }, undefined],
  ['text', undefined],
])('the place of %j', (result, expected) => {
  expect(pathOfResult(result)).toEqual(expected);
});
