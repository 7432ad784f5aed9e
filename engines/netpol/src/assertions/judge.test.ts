import type { JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { networkPolicy, pod, resources } from '../testing/resources.ts';
import { judgeAssertions } from './judge.ts';

const allow = (name: string, from: string, port: number) => ({
  podSelector: { matchLabels: { app: name } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: from } } }], ports: [{ port }] }],
});
const cluster = resources(
  pod('web', { app: 'web' }),
  pod('api', { app: 'api' }),
  pod('db', { app: 'db' }),
  pod('batch', { app: 'batch' }, { namespace: 'jobs' }),
  networkPolicy('deny', { podSelector: {} }),
  networkPolicy('web', {
    podSelector: { matchLabels: { app: 'web' } },
    ingress: [{ ports: [{ port: 443 }] }],
  }),
  networkPolicy('api', allow('api', 'web', 8080)),
  networkPolicy('db', allow('db', 'api', 5432)),
);

function verdicts(...assertions: readonly JsonValue[]): string[] {
  return judgeAssertions(cluster, [...assertions]).results.map(({ verdict }) => verdict);
}

test.each([
  'web can reach api on 8080',
  'web can reach api',
  'default/web may reach default/api at port 8080/TCP',
  'web cannot reach api on 8081',
  'web cannot reach db',
  'batch does not reach api',
  'namespace jobs cannot reach db',
  'jobs/* cannot reach db',
  'app=web can reach app=api on 8080',
  'nothing outside default reaches db',
  'nothing but api reaches db',
  'only api can reach db on 5432',
  'the internet can reach web on 443',
  'the internet cannot reach web, api and db on 80',
  '203.0.113.7 can reach web on 443',
  '203.0.113.0/24 cannot reach api',
  'everything can reach batch',
])('%s', (sentence) => {
  expect(judgeAssertions(cluster, [sentence]).results).toEqual([
    { text: sentence, verdict: 'pass', breaches: [], breachCount: 0 },
  ]);
});

test.each([
  'web can reach api on 8081',
  'web cannot reach api',
  'nothing reaches db',
  'nothing outside jobs reaches web',
  'only web can reach db',
  'web can reach only api',
  'everything can reach db',
  'db cannot reach the internet',
])('%s: does not hold', (sentence) => {
  expect(verdicts(sentence)).toEqual(['fail']);
});

test.each([
  'web and api',
  'web can reach api on 99999',
  'gone can reach api',
  'web can reach app=gone',
  'nothing cannot reach db',
])('%s: cannot be judged', (sentence) => {
  expect(verdicts(sentence)).toEqual(['error']);
});

test('mappings say the same', () => {
  expect(
    verdicts(
      { from: 'web', to: 'api', port: 8080 },
      { from: ['web', 'batch'], to: 'db', expect: 'denied' },
      { from: 'web', to: 'api', ports: [8080, '53/UDP'] },
      { from: 'web' },
      { from: 'web', to: 'api', protocol: 'TCP' },
      7,
    ),
  ).toEqual(['pass', 'pass', 'fail', 'error', 'error', 'error']);
});

test('a document is a list, or has one', () => {
  const { results } = judgeAssertions(cluster, { assertions: ['web can reach api'] });
  expect(results).toMatchObject([{ verdict: 'pass' }]);
  expect(judgeAssertions(cluster, 'web').results).toMatchObject([{ verdict: 'error' }]);
});

test('breaches name the pair and what passes', () => {
  const { results } = judgeAssertions(cluster, ['nothing reaches db']);
  expect(results).toMatchObject([
    {
      breaches: [{ source: 'default/api', destination: 'default/db', connections: 'TCP 5432' }],
      breachCount: 1,
    },
  ]);
});

test('a name in two namespaces has to be told apart', () => {
  const twins = resources(pod('web'), pod('web', {}, { namespace: 'other' }), pod('api'));
  const { results } = judgeAssertions(twins, ['web can reach api', 'other/web can reach api']);
  expect(results).toMatchObject([
    { verdict: 'error', fault: expect.stringContaining('default/web or other/web') },
    { verdict: 'pass' },
  ]);
});

test('networks of users are apart', () => {
  const apart = resources(
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'own', labels: { 'k8s.ovn.org/primary-user-defined-network': '' } },
    },
    {
      apiVersion: 'k8s.ovn.org/v1',
      kind: 'UserDefinedNetwork',
      metadata: { name: 'net', namespace: 'own' },
      spec: { topology: 'Layer2', layer2: { role: 'Primary' } },
    },
    pod('web', { app: 'web' }),
    pod('db', { app: 'db' }, { namespace: 'own' }),
    pod('api', { app: 'api' }, { namespace: 'own' }),
  );
  const assertions = ['web cannot reach db', 'api can reach db', 'the internet can reach db'];
  const { results } = judgeAssertions(apart, assertions, { networks: true });
  expect(results.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
});
