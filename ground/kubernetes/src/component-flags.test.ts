import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { componentFlags } from './component-flags.ts';
import { shellCommands } from './component-shell.ts';

function read(words: readonly string[]) {
  const found = componentFlags(words);
  if (found === undefined) return undefined;
  return [found.name, Object.fromEntries([...found.flags].map(([name, { value }]) => [name, value]))];
}

describe('componentFlags', () => {
  test.each<[string, string[], unknown]>([
    ['a path', ['/usr/local/bin/etcd', '--name=a'], ['etcd', { name: 'a' }]],
    ['no flags', ['kubelet'], ['kubelet', {}]],
    [
      'two words',
      ['kubelet', '--pod-max-pids', '22', '--v=2'],
      ['kubelet', { 'pod-max-pids': '22', v: '2' }],
    ],
    [
      'a boolean takes no word',
      ['kube-apiserver', '--profiling', 'false'],
      ['kube-apiserver', { profiling: 'true' }],
    ],
    ['one dash, as etcd allows', ['etcd', '-auto-tls=true'], ['etcd', { 'auto-tls': 'true' }]],
    [
      'underscores',
      ['kube-apiserver', '--anonymous_auth=false'],
      ['kube-apiserver', { 'anonymous-auth': 'false' }],
    ],
    ['the last wins', ['kubelet', '--v=1', '--v=2'], ['kubelet', { v: '2' }]],
    [
      'lists grow',
      ['kube-apiserver', '--authorization-mode=Node', '--authorization-mode=RBAC'],
      ['kube-apiserver', { 'authorization-mode': 'Node,RBAC' }],
    ],
    ['an empty value', ['kubelet', '--manifest-url='], ['kubelet', { 'manifest-url': '' }]],
    ['hyperkube', ['/hyperkube', 'apiserver', '--v=2'], ['kube-apiserver', { v: '2' }]],
    [
      'a launcher',
      ['/go-runner', '--log-file=/x', '/usr/bin/kube-scheduler', '--v=2'],
      ['kube-scheduler', { v: '2' }],
    ],
    [
      'a shell',
      [
        '/bin/sh',
        '-ec',
        'mkdir -p /x && exec /usr/local/bin/kube-apiserver --v=2 \\\n --a="b c" 1>>/log 2>&1',
      ],
      ['kube-apiserver', { v: '2', a: 'b c' }],
    ],
    ['another program', ['nginx', '-g', 'daemon off;'], undefined],
    ['a program that only names one', ['systemctl', 'restart', 'kubelet'], undefined],
    ['a flag that ends like one', ['--kubelet-service=kube-system/kubelet'], undefined],
    ['nothing', [], undefined],
  ])('%s', (_, words, expected) => {
    expect(read(words)).toEqual(expected);
  });

  test('says which words a flag comes from', () => {
    const found = componentFlags(['kubelet', '--v', '2', '--x=1', '--v=3']);
    expect(found?.flags.get('v')).toEqual({ name: 'v', value: '3', words: [1, 2, 4], occurrences: 2 });
  });

  test('a flag given very often costs time in proportion', () => {
    const start = performance.now();
    const found = componentFlags(['kubelet', ...Array.from({ length: 100_000 }, () => '--a=1')]);
    expect(found?.flags.get('a')?.occurrences).toBe(100_000);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test('any words are read without a fault', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('sh', '-c', 'kubelet', '--a=b', '--a', 'hyperkube'));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const found = componentFlags(words);
        for (const flag of found?.flags.values() ?? []) expect(flag.words.length).toBeGreaterThan(0);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

test.each([
  ['a b; c', [['a', 'b'], ['c']]],
  [`a 'b c' "d\\"e"`, [['a', 'b c', 'd"e']]],
  ['a # b\nc', [['a'], ['c']]],
  ["a ''", [['a', '']]],
])('shellCommands %j', (script, expected) => {
  expect(shellCommands(script)).toEqual(expected);
});
