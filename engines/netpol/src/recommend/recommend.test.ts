import { performance } from 'node:perf_hooks';
import type { JsonObject, JsonValue } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { pod, resources } from '../testing/resources.ts';
import { flowsOfManifests } from './from-manifests.ts';
import { FlowReader, maxFlowLine } from './read-flows.ts';
import { type RecommendOptions, recommend, recommendDialects } from './recommend.ts';
import { logOf } from './testing/logs.ts';

function read(...lines: readonly string[]) {
  const reader = new FlowReader();
  for (const line of lines) reader.add(line);
  return { flows: reader.flows(), problems: reader.endLog().problems };
}

const logs = Array.from({ length: 10 }, (_, seed) =>
  (['hubble', 'calico'] as const).map((format) => ({ format, seed })),
).flat();

describe.each(logs)('$format log $seed', ({ format, seed }) => {
  const { flows, problems } = read(...logOf(format, seed, 5000));

  test('is read', () => {
    expect(problems).toEqual([]);
    expect(flows.length).toBeGreaterThan(10);
  });

  test.each(recommendDialects)('is allowed by %s, and nothing else is', (dialect) => {
    const { proof, differences } = recommend(flows, { dialect, exact: true });
    expect(proof).toEqual({ denied: [], slack: [], unneeded: [], problems: expect.anything() });
    expect(differences).toEqual({ k8s: [], calico: [], cilium: [], cnp: [] });
  });
});

describe.each(logs.slice(0, 8))('$format log $seed, grouped', ({ format, seed }) => {
  const { flows } = read(...logOf(format, seed, 5000));

  test.each(recommendDialects)('allows the same in %s', (dialect) => {
    for (const groupNamespaces of [false, true]) {
      const result = recommend(flows, { dialect, exact: true, group: true, groupNamespaces });
      expect(result.proof).toEqual({ denied: [], slack: [], unneeded: [], problems: expect.anything() });
      expect(result.differences).toEqual({ k8s: [], calico: [], cilium: [], cnp: [] });
    }
  });
});

test('5,000 flows become policies within two seconds', () => {
  const lines = logOf('hubble', 99, 5000);
  const start = performance.now();
  recommend(read(...lines).flows, { dialect: 'k8s' });
  expect(performance.now() - start).toBeLessThan(2000);
});

function hubble(source: JsonObject, destination: JsonObject, more: JsonObject = {}): string {
  return JSON.stringify({
    verdict: 'FORWARDED',
    IP: { source: '10.0.0.1', destination: '10.0.0.2' },
    l4: { TCP: { source_port: 40_000, destination_port: 8080 } },
    source,
    destination,
    is_reply: false,
    ...more,
  });
}

const end = (name: string, ...labels: string[]): JsonObject => ({
  namespace: 'shop',
  pod_name: `${name}-6b7c9d8f5-abcde`,
  labels: labels.map((label) => `k8s:${label}`),
});
const web = end('web', 'app=web', 'pod-template-hash=1');
const api = end('api', 'app=api');

test('policies have stable labels, allows before the default deny, and DNS of three sorts', () => {
  const { policies } = recommend(read(hubble(web, api)).flows, { dialect: 'k8s' });
  const dns: JsonValue = [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
    { ipBlock: { cidr: '169.254.20.10/32' } },
    { ipBlock: { cidr: '169.254.169.254/32' } },
  ];
  expect(policies.map(({ metadata }) => metadata)).toEqual([
    { name: 'web-observed', namespace: 'shop' },
    { name: 'api-observed', namespace: 'shop' },
    { name: 'default-deny', namespace: 'shop' },
  ]);
  expect(policies[0]).toMatchObject({
    spec: {
      podSelector: { matchLabels: { app: 'web' } },
      egress: [
        { to: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: [{ protocol: 'TCP', port: 8080 }] },
        {
          to: dns,
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    },
  });
});

test('both reporters and all Pods of a workload are one connection; answers are none', () => {
  const answer = hubble(api, web, { is_reply: true });
  const unknown = hubble(api, web, { is_reply: null, l4: { TCP: { flags: { SYN: true, ACK: true } } } });
  expect(read(hubble(web, api), hubble(web, api), answer, unknown).flows).toMatchObject([{ count: 2 }]);
});

test.each<[string, string[], string]>([
  ['denied', [hubble(web, api, { verdict: 'DROPPED' })], 'denied'],
  ['of a node', [hubble({ labels: ['reserved:remote-node'] }, api)], 'host'],
  ['without labels', [hubble(end('web'), api)], 'no-labels'],
  ['of another protocol', [hubble(web, api, { l4: { ICMPv4: { type: 8 } } })], 'protocol'],
  [
    'to ports that servers give out',
    [40_001, 40_002, 40_003].map((port) => hubble(web, api, { l4: { TCP: { destination_port: port } } })),
    'ephemeral-port',
  ],
])('a connection %s is given back for a decision', (_, lines, reason) => {
  const { undecided, proof } = recommend(read(...lines).flows, { dialect: 'k8s' });
  expect(new Set(undecided.map((each) => each.reason))).toEqual(new Set([reason]));
  expect(proof.denied).toEqual([]);
});

test('a log of Calico without addresses of the outside says so', () => {
  const line = {
    action: 'allow',
    reporter: 'Src',
    source_name: 'web-6b7c9d8f5-*',
    source_namespace: 'shop',
    source_labels: 'app=web',
    dest_name: 'pub',
    dest_namespace: '-',
    protocol: 'tcp',
    dest_port: 443,
  };
  const { undecided } = recommend(read(JSON.stringify(line)).flows, { dialect: 'calico' });
  expect(undecided).toMatchObject([{ reason: 'no-address' }]);
});

test('a Service is its Pods and their port', () => {
  const manifests = resources(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'api', namespace: 'shop' },
      spec: { clusterIP: '10.96.0.7', selector: { app: 'api' }, ports: [{ port: 80, targetPort: 'http' }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'api', namespace: 'shop' },
      spec: {
        template: {
          metadata: { labels: { app: 'api' } },
          spec: { containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: 9000 }] }] },
        },
      },
    },
  );
  const line = hubble(
    web,
    { labels: ['reserved:world'] },
    { IP: { destination: '10.96.0.7' }, l4: { TCP: { destination_port: 80 } } },
  );
  const { policies, proof } = recommend(read(line).flows, { dialect: 'k8s', manifests });
  expect(proof.denied).toEqual([]);
  expect(policies[1]).toMatchObject({
    metadata: { name: 'api-observed' },
    spec: {
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { app: 'web' } } }],
          ports: [{ protocol: 'TCP', port: 9000 }],
        },
      ],
    },
  });
});

test("a workload whose labels are part of another one's is told apart where it has to be exact", () => {
  const canary = end('canary', 'app=web', 'track=canary');
  const { flows } = read(hubble(web, api), hubble(canary, end('db', 'app=db')));
  const loose = recommend(flows, { dialect: 'k8s' });
  expect(loose.proof.slack).toEqual([{ source: 'shop/canary', destination: 'shop/api' }]);
  const exact = recommend(flows, { dialect: 'cilium', exact: true });
  expect(exact.proof).toMatchObject({ denied: [], slack: [] });
});

describe('grouping', () => {
  const shop = (name: string, ...labels: string[]) => end(name, `app=${name}`, ...labels);
  const specsOf = (lines: readonly string[], options: Partial<RecommendOptions>) => {
    const { policies, proof } = recommend(read(...lines).flows, { dialect: 'k8s', ...options });
    expect(proof).toMatchObject({ denied: [], unneeded: [] });
    return Object.fromEntries(policies.map(({ metadata, spec }) => [Object(metadata).name, spec]));
  };
  const from = (...names: string[]) => names.map((name) => hubble(shop(name), api));

  test('peers are told by a label that they alone share, or by the values of one', () => {
    const tiered = ['a', 'b'].map((name) => hubble(shop(name, 'tier=front'), api));
    expect(specsOf(tiered, { group: true })).toMatchObject({
      'a-group-observed': { podSelector: { matchLabels: { tier: 'front' } } },
      'api-observed': { ingress: [{ from: [{ podSelector: { matchLabels: { tier: 'front' } } }] }] },
    });
    const listed = {
      matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }],
    };
    expect(specsOf(from('a', 'b'), { group: true })).toMatchObject({
      'a-group-observed': { podSelector: listed },
      'api-observed': { ingress: [{ from: [{ podSelector: listed }] }] },
    });
  });

  test('a label that another workload has tells nobody', () => {
    const lines = [
      ...['a', 'b'].map((name) => hubble(shop(name, 'tier=x'), api)),
      hubble(shop('c', 'tier=x'), shop('d')),
    ];
    expect(specsOf(lines, { group: true })).toMatchObject({
      'api-observed': {
        ingress: [
          {
            from: [
              { podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] } },
            ],
          },
        ],
      },
    });
  });

  test('a namespace stands for all of its workloads where that is asked for', () => {
    const other = (name: string) => ({ ...shop(name), namespace: 'other' });
    const lines = ['a', 'b'].map((name) => hubble(other(name), api));
    expect(specsOf(lines, { groupNamespaces: true })).toMatchObject({
      'api-observed': {
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } },
                podSelector: {},
              },
            ],
          },
        ],
      },
    });
  });

  test('without it each workload is told for itself', () => {
    expect(Object.keys(specsOf(from('a', 'b'), {}))).toEqual([
      'a-observed',
      'api-observed',
      'b-observed',
      'default-deny',
    ]);
  });
});

describe('ranges of addresses', () => {
  const lines = ['203.0.113.4', '203.0.113.5', '203.0.113.7'].map((destination) =>
    hubble(web, { labels: ['reserved:world'] }, { IP: { source: '10.0.0.1', destination } }),
  );
  const blocksOf = (options: Partial<RecommendOptions>) => {
    const { policies, proof } = recommend(read(...lines).flows, { dialect: 'k8s', ...options });
    expect(proof.denied).toEqual([]);
    const { egress } = Object(policies[0]?.['spec']);
    return {
      blocks: egress[0].to.map(({ ipBlock }: { ipBlock: JsonObject }) => ipBlock['cidr']),
      slack: proof.slack,
    };
  };

  test('of neighbours are one rule, and nothing else passes', () => {
    expect(blocksOf({})).toEqual({ blocks: ['203.0.113.4/31', '203.0.113.7/32'], slack: [] });
  });

  test('are widened as far as is asked for, which the proof tells', () => {
    expect(blocksOf({ widening: 1 })).toEqual({
      blocks: ['203.0.113.4/30'],
      slack: [{ source: 'shop/web', destination: 'addresses outside' }],
    });
  });
});

test('policies of Calico may be staged first', () => {
  const { policies } = recommend(read(hubble(web, api)).flows, { dialect: 'calico', staged: true });
  expect(new Set(policies.map(({ kind }) => kind))).toEqual(new Set(['StagedNetworkPolicy']));
});

test('lines that are no flows are named, the rest is read', () => {
  const { flows, problems } = read('', '{', '[]', '{"a": 1}', 'x'.repeat(maxFlowLine + 1), hubble(web, api));
  expect(flows.length).toBe(1);
  expect(problems.map(({ line }) => line)).toEqual([2, 4, 5]);
});

test.each<[string, JsonObject]>([
  ['a port', { l4: { TCP: { destination_port: 99_999 } } }],
  ['a verdict', { verdict: 'PERHAPS' }],
  ['an address', { IP: { source: '10.0.0.1', destination: '10.0.0' } }],
])('%s that there is not is no flow', (_, more) => {
  const { flows, problems } = read(hubble(web, api, more));
  expect([flows.length, problems.length]).toEqual([0, 1]);
});

test.each(recommendDialects)('manifests say the same in %s', (dialect) => {
  const objects = ['web', 'api'].flatMap((name): JsonObject[] => [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'shop' },
      spec: {
        template: {
          metadata: { labels: { app: name } },
          spec: {
            containers: [
              {
                name: 'c',
                image: 'i',
                env: [{ name: 'A', value: 'api' }],
                ports: [{ name: 'http', containerPort: 8080 }],
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'shop' },
      spec: {
        selector: { app: name },
        type: name === 'web' ? 'LoadBalancer' : 'ClusterIP',
        ports: [{ port: 80, targetPort: 'http' }],
      },
    },
  ]);
  const ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'i', namespace: 'shop' },
    spec: { defaultBackend: { service: { name: 'api', port: { number: 80 } } } },
  };
  const flows = flowsOfManifests(resources(...objects, ingress), 'values');
  expect(flows).toMatchObject([
    { source: { name: 'web' }, destination: { name: 'api' }, port: 8080 },
    { source: { type: 'anyone' }, destination: { name: 'web' }, port: 8080 },
    { source: { type: 'cluster' }, destination: { name: 'api' }, port: 8080 },
  ]);
  const { proof, differences } = recommend(flows, { dialect });
  expect(proof).toEqual({ denied: [], slack: [], unneeded: [], problems: [] });
  expect(differences).toEqual({ k8s: [], calico: [], cilium: [], cnp: [] });
});

describe('a table of addresses', () => {
  const manifests = resources(
    pod('web', { app: 'web' }, { ip: '10.0.0.1' }),
    pod('api', { app: 'api' }, { ip: '10.0.0.2' }),
  );

  test.each([
    ['of AWS', 'version srcaddr dstaddr srcport dstport protocol action', ' ', '6', 'ACCEPT'],
    ['with commas', 'version,src_ip,dest_ip,src_port,dest_port,proto,action', ',', 'tcp', 'allow'],
  ])('%s is read with the addresses of Pods', (_, header, separator, tcp, accept) => {
    const row = (...cells: readonly (string | number)[]) => cells.join(separator);
    const { flows, problems } = read(
      header,
      row(2, '10.0.0.1', '10.0.0.2', 40_000, 8080, tcp, accept),
      row(2, '10.0.0.2', '10.0.0.1', 8080, 40_000, tcp, accept),
      row(2, '-', '-', '-', '-', '-', '-'),
      row(2, '10.0.0.1', 'nowhere', 40_000, 8080, tcp, accept),
    );
    expect(problems.map(({ line }) => line)).toEqual([5]);
    const { policies, proof } = recommend(flows, { dialect: 'k8s', manifests });
    expect(proof).toEqual({ denied: [], slack: [], unneeded: [], problems: [] });
    expect(policies.map(({ metadata }) => metadata)).toMatchObject([
      { name: 'web-observed' },
      { name: 'api-observed' },
      { name: 'default-deny' },
    ]);
  });

  test('without manifests nobody is known', () => {
    const { flows } = read('srcaddr dstaddr dstport protocol', '10.0.0.1 10.0.0.2 80 6');
    expect(recommend(flows, { dialect: 'k8s' }).undecided).toMatchObject([{ reason: 'no-workload' }]);
  });
});

test('what a log says never becomes another selector or name', () => {
  const hostile = end('evil', "app=x' || all() || app == 'y", 'ok=yes', '__proto__=z');
  const named = { ...api, pod_name: 'api\n---\nkind: Secret' };
  const { flows, problems } = read(hubble(hostile, api), hubble(web, named));
  expect(problems.map(({ line }) => line)).toEqual([2]);
  const { policies, proof } = recommend(flows, { dialect: 'calico' });
  expect(policies[0]).toMatchObject({ spec: { selector: "ok == 'yes'" } });
  expect(proof).toEqual({ denied: [], slack: [], unneeded: [], problems: [] });
});
