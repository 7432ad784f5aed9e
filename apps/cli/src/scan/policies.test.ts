import { expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b}]}\n';

function scan(files: Readonly<Record<string, string>>) {
  return withFolder({ 'pod.yaml': pod, ...files }, (folder) => {
    const args = ['scan', 'pod.yaml', '--policy', 'p', '--only', 'main.deny', '-f', 'json'];
    const { code, out } = keelson(folder, args);
    const report: {
      findings: { message: string }[];
      notifications: { message: string; location: { file: string; line: number } }[];
    } = JSON.parse(out);
    const faults = report.notifications.map(({ message, location: { file, line } }) =>
      [file, line, message].join(' '),
    );
    return { code, said: report.findings.map(({ message }) => message), faults };
  });
}

const policy = 'package main\ndeny contains data.texts.own\ndeny contains data.more.texts[_]\n';

test('data beside policies stands below the names of its folders', () => {
  const { code, said, faults } = scan({
    'p/main.rego': policy,
    'p/data.yaml': 'texts: {own: one}\n',
    'p/more/data.json': '{"texts": ["two"]}',
    'p/more/other.yaml': 'texts: [three]\n',
  });
  expect([code, said.sort(), faults]).toEqual([1, ['one', 'two'], []]);
});

test.each([
  ['of a rule', { 'p/data.json': '{"main": {"deny": 1}}' }, 'conflicting rule for data path main/deny'],
  ['of objects', { 'p/data.json': '{"inventory": {}}' }, 'where the objects of the scan stand'],
  ['that is a list', { 'p/data.json': '[1]' }, 'document must be of type object'],
  ['of two files', { 'p/data.json': '{"a": 1}', 'p/data.yaml': 'a: 2' }, 'conflicting values at data.a'],
])('data at the place %s is told', (_, files, words) => {
  const { code, faults } = scan({ 'p/main.rego': policy, ...files });
  expect([code, faults]).toEqual([3, [expect.stringContaining(words)]]);
});

test('a policy that calls http.send is told once, and is no pass', () => {
  const { code, faults } = scan({
    'p/main.rego': 'package main\ndeny contains "a" if http.send({"method": "get", "url": "http://a/"}).body',
  });
  const words = 'rego_type_error: http.send needs the network, which policies do not have here';
  expect([code, faults]).toEqual([3, [`p/main.rego 2 ${words}`]]);
});
