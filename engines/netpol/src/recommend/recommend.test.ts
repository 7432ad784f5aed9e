import { performance } from 'node:perf_hooks';
import type { JsonObject, JsonValue } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { pod, resources } from '../testing/resources.ts';
import { type RecommendOptions, recommend, recommendDialects } from './recommend.ts';
import { api, end, hubble, read, web } from './testing/hubble.ts';
import { logOf } from './testing/logs.ts';

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
    // With and without denials by default.
    const { proof, differences } = recommend(flows, { dialect, exact: true, defaultDeny: seed % 2 === 0 });
    expect(proof).toEqual({ denied: [], slack: [], unneeded: [], problems: expect.anything() });
    expect(differences).toEqual({ k8s: [], calico: [], cilium: [], cnp: [] });
  });
});

describe.each(logs.slice(0, 8))('$format log $seed, grouped', ({ format, seed }) => {
  const { flows } = read(...logOf(format, seed, 5000));

  test.each(recommendDialects)('allows the same in %s', (dialect) => {
    for (const groupNamespaces of [false, true]) {
      const defaultDeny = groupNamespaces;
      const result = recommend(flows, { dialect, exact: true, group: true, groupNamespaces, defaultDeny });
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

test('policies have stable labels, allows before the default deny, and DNS of three sorts', () => {
  const { policies } = recommend(read(hubble(web, api)).flows, { dialect: 'k8s', defaultDeny: true });
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

test.each<[string, string[], string]>([
  ['denied', [hubble(web, api, { verdict: 'DROPPED' })], 'denied'],
  ['of a node', [hubble({ labels: ['reserved:remote-node'] }, api)], 'host'],
  ['without labels', [hubble(end('web'), api)], 'no-labels'],
  ['of another protocol', [hubble(web, api, { l4: { ICMPv4: { type: 8 } } })], 'protocol'],
  [
    'to a port that systems give out',
    [hubble(web, api, { l4: { TCP: { destination_port: 40_001 } } })],
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
    expect(Object.keys(specsOf(from('a', 'b'), {}))).toEqual(['a-observed', 'api-observed', 'b-observed']);
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

describe('hosts with names', () => {
  const to = (destination: string, name?: string, source = web) =>
    hubble(
      source,
      { labels: ['reserved:world'] },
      {
        IP: { source: '10.0.0.1', destination },
        ...(name === undefined ? {} : { destination_names: [name] }),
      },
    );
  const lines = [to('192.0.2.1', 'a.example'), to('192.0.2.2', 'a.example', api), to('192.0.2.9')];

  test.each([
    ['cilium', 'toFQDNs', 'toCIDR'],
    ['cnp', 'domainNames', 'networks'],
  ] as const)('are no fixed addresses in %s', (dialect, names, ranges) => {
    const { policies, proof, differences } = recommend(read(...lines).flows, { dialect, exact: true });
    expect([proof, differences]).toEqual([
      { denied: [], slack: [], unneeded: [], problems: [] },
      { k8s: [], calico: [], cilium: [], cnp: [] },
    ]);
    const text = JSON.stringify(policies);
    expect(text).toContain(names);
    expect(text).toContain(`"${ranges}":["192.0.2.9/32"]`);
    expect(text).not.toContain('192.0.2.1/');
  });

  test('cost no more for many addresses', () => {
    const many = Array.from({ length: 2000 }, (_, i) => to(`192.0.${i >> 8}.${i & 255}`, 'cdn.example'));
    const start = performance.now();
    const { proof } = recommend(read(...many).flows, { dialect: 'cilium' });
    expect([proof.denied, proof.slack]).toEqual([[], []]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('are all addresses that were seen of them in k8s', () => {
    const { policies, remarks } = recommend(read(...lines).flows, { dialect: 'k8s' });
    expect(JSON.stringify(policies[1])).toContain('192.0.2.1/32');
    expect(remarks).toEqual([expect.stringContaining('a.example')]);
  });
});

test('a port that systems give out is taken where manifests name it', () => {
  const [manifest] = resources(
    pod('api', { app: 'api' }, { namespace: 'shop', ports: [{ containerPort: 50_051 }] }),
  );
  const { flows } = read(hubble(web, api, { l4: { TCP: { destination_port: 50_051 } } }));
  const manifests = manifest === undefined ? [] : [manifest];
  expect(recommend(flows, { dialect: 'k8s', manifests }).undecided).toEqual([]);
});

test('workloads of the manifests that were not seen are told and left alone', () => {
  const manifests = resources(
    pod('idle', { app: 'idle' }, { namespace: 'shop' }),
    pod('agent', { app: 'agent' }, { namespace: 'shop', spec: { hostNetwork: true } }),
  );
  const { flows } = read(hubble(web, api));
  const { unseen, policies } = recommend(flows, { dialect: 'k8s', manifests });
  expect([unseen, policies.length]).toEqual([['shop/idle'], 2]);
  expect(recommend(flows, { dialect: 'k8s', manifests, defaultDeny: true }).policies.length).toBe(4);
});

test('policies of Calico may be staged first', () => {
  const { policies } = recommend(read(hubble(web, api)).flows, { dialect: 'calico', staged: true });
  expect(new Set(policies.map(({ kind }) => kind))).toEqual(new Set(['StagedNetworkPolicy']));
});
