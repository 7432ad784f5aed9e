import { SourceText } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

const end = (name: string) => ({
  namespace: 'shop',
  pod_name: `${name}-6b7c9d8f5-abcde`,
  labels: [`k8s:app=${name}`],
});
const flow = (source: string, destination: string, verdict = 'FORWARDED') =>
  JSON.stringify({
    flow: {
      verdict,
      IP: { source: '10.0.0.1', destination: '10.0.0.2' },
      l4: { TCP: { destination_port: 8080 } },
      source: end(source),
      destination: end(destination),
      is_reply: false,
    },
  });
const deployment = (name: string, value: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: c, image: x, env: [{ name: A, value: '${value}' }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: 8080 }] }
---
`;
const files = {
  'flows.jsonl': `${flow('web', 'api')}\n${flow('web', 'db', 'DROPPED')}\n`,
  'several.jsonl': `${flow('web', 'api')}\n${flow('batch', 'api')}\n`,
  'bad.jsonl': `nothing\n${flow('web', 'api')}\n`,
  'pages.json': `{\n"items": [\n${flow('web', 'api')}\n]}\n`,
  'denied.jsonl': ['a', 'b', 'c', 'd', 'e'].map((name) => flow(name, 'api', 'DROPPED')).join('\n'),
  'lost.jsonl': `${flow('web', 'api')}\n{"lost_events":{"num_events_lost":"7"},"node_name":"n"}\n`,
  'empty.jsonl': '',
  'idle.yaml': deployment('idle', ''),
  'service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: s }\n',
  'deploy/all.yaml': deployment('web', 'http://api/') + deployment('api', ''),
  'reach.yaml': '- web can reach api on 8080\n- { from: api, to: web, port: 8080 }\n- db can reach api\n',
  'holds.yaml': 'assertions: [web can reach api on 8080]\n',
};

function run(...args: string[]) {
  return withFolder(files, (folder) => keelson(folder, ['netpol', ...args]));
}

/** Kind and name of each object of a result. */
function objectsOf(yaml: string): string[] {
  const { documents } = parseYaml(new SourceText('out.yaml', yaml));
  return documents.map(({ value }) => {
    const { kind, metadata } = JSON.parse(JSON.stringify(value));
    return `${kind} ${metadata.name}`;
  });
}

describe('keelson netpol recommend', () => {
  test.each([
    ['k8s', ['NetworkPolicy web-observed', 'NetworkPolicy api-observed', 'NetworkPolicy default-deny']],
    ['calico', ['NetworkPolicy web-observed', 'NetworkPolicy api-observed', 'NetworkPolicy default-deny']],
    ['cilium', ['web-observed', 'api-observed', 'default-deny'].map((name) => `CiliumNetworkPolicy ${name}`)],
    [
      'cnp',
      ['shop.web-observed', 'shop.api-observed', 'shop.default-deny'].map(
        (name) => `ClusterNetworkPolicy ${name}`,
      ),
    ],
  ])('writes %s from flows, allows before denials', (dialect, names) => {
    const { code, out, err } = run(
      'recommend',
      ...['--flows', 'flows.jsonl', '-d', dialect, '--exact', '--default-deny'],
    );
    expect([code, err]).toEqual([0, expect.stringContaining('to decide: 1 connections were denied')]);
    // What was only denied is a workload too: it gets no more than names.
    expect(objectsOf(out).filter((name) => !name.endsWith('db-observed'))).toEqual(names);
  });

  test('a log of several lines is read as a whole', () => {
    const { code, out } = run('recommend', '--flows', 'pages.json', '-q');
    expect([code, objectsOf(out).length]).toEqual([0, 2]);
  });

  test('lines that are no flows are told, and the rest is used', () => {
    const { code, out, err } = run('recommend', '--flows', 'bad.jsonl', '-f', 'json');
    expect([code, err]).toEqual([3, expect.stringContaining('bad.jsonl:1: error: the line is not JSON')]);
    expect(JSON.parse(out)).toMatchObject({ proof: { denied: [], unneeded: [] } });
  });

  test.each([
    ['k8s', ['NetworkPolicy web-observed', 'NetworkPolicy api-observed']],
    ['cilium', ['CiliumNetworkPolicy web-observed', 'CiliumNetworkPolicy api-observed']],
  ])('manifests alone tell who needs whom, in %s', (dialect, names) => {
    const { code, out } = run('recommend', '-m', 'deploy', '-d', dialect);
    expect([code, objectsOf(out)]).toEqual([0, names]);
  });

  test('the proof is in JSON for manifests as for flows', () => {
    const { code, out } = run('recommend', '-m', 'deploy', '-f', 'json');
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      { proof: { denied: [], slack: [], unneeded: [], differences: { calico: [], cilium: [], cnp: [] } } },
    ]);
  });

  test('workloads of the manifests that were not seen are told, and closed only when that is asked for', () => {
    const left = run('recommend', '--flows', 'pages.json', '-m', 'idle.yaml');
    expect([left.code, objectsOf(left.out).length]).toEqual([0, 2]);
    expect(left.err).toContain('left alone: 1 workloads');
    expect(left.err).toContain('shop/idle');
    const closed = run('recommend', '--flows', 'pages.json', '-m', 'idle.yaml', '--default-deny');
    expect([closed.code, objectsOf(closed.out).length]).toEqual([0, 4]);
    expect(closed.err).toContain('closed but for names: 1 workloads');
  });

  test('what is not shown of many is counted', () => {
    const { err } = run('recommend', '--flows', 'denied.jsonl');
    expect(err).toContain('to decide: 5 connections were denied: ');
    expect(err).toContain('; and 2 more (-f json has all)');
  });

  test('what a log lost is told', () => {
    const { code, err } = run('recommend', '--flows', 'lost.jsonl');
    expect([code, err]).toEqual([0, expect.stringContaining('lost.jsonl: note: 7 flows were lost')]);
  });

  test('workloads that need the same are one policy, and peers one selector', () => {
    const { code, out } = run('recommend', '--flows', 'several.jsonl', '--group', '--exact', '-q');
    expect([code, objectsOf(out)]).toEqual([
      0,
      ['NetworkPolicy batch-group-observed', 'NetworkPolicy api-observed'],
    ]);
    expect(run('recommend', '-m', 'deploy', '--group', '-q').code).toBe(0);
  });

  test.each([
    ['nothing to read', [], 'name --flows or --manifests'],
    ['staged policies of Cilium', ['--flows', 'flows.jsonl', '-d', 'cilium', '--staged'], '--staged'],
    ['widening that is exact', ['--flows', 'flows.jsonl', '--exact', '--widen', '8'], '--widen lets in'],
    [
      'widening by no number',
      ['--flows', 'flows.jsonl', '--widen', 'all'],
      '--widen is a number of addresses',
    ],
    ['stdin for two', ['--flows', '-', '-m', '-'], 'stdin can be read once'],
    ['a log of nothing', ['--flows', 'empty.jsonl'], 'there is no connection in empty.jsonl'],
    ['manifests of nobody', ['-m', 'service.yaml'], 'there is no Pod and no workload in service.yaml'],
    ['a file that is not there', ['--flows', 'gone.jsonl'], 'gone.jsonl: no such file'],
    ['a file that stands alone', ['flows.jsonl'], 'name flows.jsonl with --flows'],
  ])('%s is a wrong call', (_, args, message) => {
    const { code, err } = run('recommend', ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('keelson netpol test', () => {
  test('all hold', () => {
    const { code, out } = run('test', 'holds.yaml', '-m', 'deploy');
    expect([code, out]).toEqual([0, 'ok  web can reach api on 8080\n1 passed, 0 failed\n']);
  });

  test('what does not hold, and what names nobody', () => {
    const policies = withFolder(files, (folder) => {
      keelson(folder, ['netpol', 'recommend', '-m', 'deploy', '-o', 'policies.yaml']);
      return keelson(folder, ['netpol', 'test', 'reach.yaml', '-m', 'deploy', '-m', 'policies.yaml']);
    });
    expect([policies.code, policies.out]).toEqual([
      3,
      `ok  web can reach api on 8080
FAILED  api can reach web on 8080
  shop/api > shop/web: TCP 8080
ERROR  db can reach api
  the input has no workload, Pod, namespace or address db
1 passed, 2 failed
`,
    ]);
  });

  test('no file is a wrong call', () => {
    expect(run('test', '-m', 'deploy').code).toBe(2);
  });
});
