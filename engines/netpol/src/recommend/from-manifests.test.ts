import type { JsonObject } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { namespace, resources } from '../testing/resources.ts';
import { flowsOfManifests } from './from-manifests.ts';
import { type RecommendOptions, recommend, recommendDialects } from './recommend.ts';

function workload(name: string, values: readonly string[] = [], more: JsonObject = {}): JsonObject {
  const env = values.map((value, i) => ({ name: `V${i}`, value }));
  const ports = [{ name: 'http', containerPort: 8080 }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'c', image: 'i', env, ports }] },
      },
    },
    ...more,
  };
}

function service(name: string, spec: JsonObject = {}): JsonObject {
  const ports = [{ port: 80, targetPort: 'http' }];
  const metadata = { name, namespace: 'shop' };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: name }, ports, ...spec } };
}

const dns: JsonObject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace: 'kube-system' },
    spec: {
      template: {
        metadata: { labels: { app: 'coredns', 'k8s-app': 'kube-dns' } },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      },
    },
  },
];

const open: JsonObject[] = [
  workload('web', ['http://api']),
  workload('api'),
  service('web', { type: 'LoadBalancer' }),
  service('api'),
];

function recommended(objects: readonly JsonObject[], options: Partial<RecommendOptions> = {}) {
  const manifests = resources(...objects);
  const { flows, notes } = flowsOfManifests(manifests, 'words');
  return { ...recommend(flows, { dialect: 'k8s', manifests, ...options }), notes };
}

const proven = { denied: [], slack: [], unneeded: [], problems: [] };
const alike = { k8s: [], calico: [], cilium: [], cnp: [] };

function namesOf(policies: readonly JsonObject[]): string[] {
  return policies.map(({ metadata }) => {
    const { namespace: where, name } = Object(metadata);
    return where === undefined ? String(name) : `${where}/${name}`;
  });
}

const ingress: JsonObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'i', namespace: 'shop' },
  spec: { defaultBackend: { service: { name: 'api', port: { number: 80 } } } },
};

describe.each(recommendDialects)('in %s', (dialect) => {
  test('manifests say who connects to whom, and from outside', () => {
    const { flows } = flowsOfManifests(resources(...open, ingress), 'values');
    expect(flows).toMatchObject([
      { source: { name: 'web' }, destination: { name: 'api' }, port: 8080 },
      { source: { type: 'anyone' }, destination: { name: 'web' }, port: 8080 },
      { source: { type: 'cluster' }, destination: { name: 'api' }, port: 8080 },
    ]);
    const { proof, differences } = recommended([...open, ingress], { dialect });
    expect([proof, differences]).toEqual([proven, alike]);
  });

  test.each([true, false])(
    'what the cluster needs is not closed, and all may ask names (deny by default: %s)',
    (defaultDeny) => {
      const { policies, proof, differences, unprotected } = recommended([...open, ...dns, workload('idle')], {
        dialect,
        defaultDeny,
      });
      expect(unprotected).toEqual(['kube-system']);
      expect(namesOf(policies).filter((name) => name.startsWith('kube-system'))).toEqual([]);
      expect([proof, differences]).toEqual([proven, alike]);
      // What denies workloads by themselves in the baseline of ClusterNetworkPolicy stands behind what accepts names.
      const asking = policies.filter(({ metadata }) => !/[a-z]-default-deny$/.test(Object(metadata).name));
      expect(JSON.stringify(asking).split('169.254.20.10').length).toBeGreaterThan(asking.length);
    },
  );
});

describe('workloads that nothing tells of', () => {
  const objects = [...open, workload('idle'), namespace('shop')];

  test('are told and left alone', () => {
    const { policies, unseen } = recommended(objects);
    expect(namesOf(policies)).toEqual(['shop/web-observed', 'shop/api-observed']);
    expect(unseen).toEqual(['shop/idle']);
  });

  test('may ask names and no more where namespaces deny by default', () => {
    const { policies, unseen } = recommended(objects, { defaultDeny: true });
    expect(namesOf(policies)).toEqual([
      'shop/web-observed',
      'shop/api-observed',
      'shop/idle-observed',
      'shop/default-deny',
    ]);
    expect(unseen).toEqual(['shop/idle']);
  });

  test('are not chosen by the policy of another', () => {
    const batch = workload('batch', ['http://api']);
    const other = workload('other', [], {
      spec: { template: { metadata: { labels: { app: 'batch', x: 'y' } }, spec: {} } },
    });
    const apart = recommended([batch, workload('api'), service('api'), other]);
    expect(apart.policies[0]).toMatchObject({
      spec: {
        podSelector: {
          matchLabels: { app: 'batch' },
          matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }],
        },
      },
    });
    expect(apart.unseen).toEqual(['shop/other']);
  });

  test('are told where they have all labels of another', () => {
    const batch = workload('batch', ['http://api']);
    const same = workload('same', [], { spec: workload('batch')['spec'] ?? {} });
    const { unseen, remarks } = recommended([batch, same, workload('api'), service('api')]);
    expect(unseen).toEqual([]);
    expect(remarks).toEqual([expect.stringContaining('shop/same')]);
  });

  test('of the network of nodes get no policy', () => {
    const node = workload('node', ['http://api'], {
      spec: {
        template: {
          metadata: { labels: { app: 'node' } },
          spec: {
            hostNetwork: true,
            containers: [{ name: 'c', image: 'i', env: [{ name: 'A', value: 'http://api' }] }],
          },
        },
      },
    });
    const { policies, undecided, unseen } = recommended([...open, node], { defaultDeny: true });
    expect(namesOf(policies)).not.toContain('shop/node-observed');
    expect([undecided, unseen]).toMatchObject([[{ reason: 'host' }], []]);
  });
});

describe('where traffic comes in', () => {
  const peersAt = (objects: readonly JsonObject[], name: string) => {
    const { policies, proof, differences, notes } = recommended(objects);
    expect([proof, differences]).toEqual([proven, alike]);
    const policy = policies.find(({ metadata }) => Object(metadata).name === `${name}-observed`);
    return { ingress: Object(policy?.['spec']).ingress, notes };
  };
  const route = (where: string): JsonObject => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'r', namespace: where },
    spec: {
      parentRefs: [{ name: 'gw', namespace: 'edge' }],
      rules: [{ backendRefs: [{ name: 'api', namespace: 'shop', port: 80 }] }],
    },
  });
  const grant: JsonObject = {
    apiVersion: 'gateway.networking.k8s.io/v1beta1',
    kind: 'ReferenceGrant',
    metadata: { name: 'g', namespace: 'shop' },
    spec: {
      from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'other' }],
      to: [{ group: '', kind: 'Service' }],
    },
  };
  const fromWeb = [
    { from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ protocol: 'TCP', port: 8080 }] },
  ];
  const fromCluster = [{ from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 8080 }] }];

  test('ranges of a load balancer are those that are let in, in all dialects', () => {
    const ranges = ['198.51.100.0/24', '203.0.113.7/32', '2001:db8::/64'];
    const balanced = service('web', { type: 'LoadBalancer', loadBalancerSourceRanges: ranges });
    const { ingress: rules, notes } = peersAt([workload('web'), balanced], 'web');
    expect(rules).toHaveLength(1);
    expect(new Set(rules[0].from.map(({ ipBlock }: { ipBlock: JsonObject }) => ipBlock['cidr']))).toEqual(
      new Set(ranges),
    );
    expect(notes.join()).toContain('may see the address of a node');
  });

  test('a route to another namespace needs its ReferenceGrant', () => {
    const alone = peersAt([...open, route('other')], 'api');
    expect(alone.ingress).toEqual(fromWeb);
    expect(alone.notes.join()).toContain('no ReferenceGrant');
    expect(peersAt([...open, route('other'), grant], 'api').ingress).toEqual(fromCluster);
  });

  test('a peer beside everybody is not written', () => {
    expect(peersAt([...open, service('api', { type: 'NodePort' })], 'api').ingress).toEqual([
      { ports: [{ protocol: 'TCP', port: 8080 }] },
    ]);
  });

  test('a Service that is not there is told', () => {
    expect(peersAt([...open.slice(0, 3), ingress], 'web').notes.join()).toContain('Service shop/api');
  });
});

describe('hosts outside', () => {
  const calling = (value: string) => [workload('web', [value])];
  const destinations = (value: string) =>
    flowsOfManifests(resources(...calling(value)), 'words').flows.map(({ destination, port }) => {
      if (destination.type === 'name') return `${destination.name} ${port}`;
      return destination.type === 'address' ? `${destination.address} ${port}` : destination.type;
    });

  test.each([
    ['https://api.example.com', ['api.example.com 443']],
    ['--url=http://user:word@API.example.com:8443/v1', ['api.example.com 8443']],
    ['jdbc:postgresql://db.example.com/quotes', ['db.example.com 5432']],
    ['db.example.com:5432', ['db.example.com 5432']],
    ['http://203.0.113.7:9000', ['203.0.113.7 9000']],
    ['http://localhost:80 http://127.0.0.1:80 http://0.0.0.0:80', []],
    ['settings.yaml v1.2.3 redis-server 8080', []],
  ])('%s', (value, expected) => {
    expect(destinations(value)).toEqual(expected);
  });

  test.each([
    ['http://payments.other.svc', 'names payments.other.svc'],
    ['http://payments/', 'names payments,'],
    ['custom://api.example.com', 'without a port'],
  ])('%s is told', (value, note) => {
    const { flows, notes } = flowsOfManifests(resources(...calling(value)), 'words');
    expect([flows, notes]).toEqual([[], [expect.stringContaining(note)]]);
  });

  test.each(recommendDialects)('are written by name where %s has names, else given back', (dialect) => {
    const { policies, undecided, proof, differences } = recommended(calling('https://api.example.com'), {
      dialect,
    });
    const hasNames = dialect === 'cilium' || dialect === 'cnp';
    expect([proof.denied, differences]).toEqual([[], alike]);
    expect(undecided.map(({ reason }) => reason)).toEqual(hasNames ? [] : ['only-name']);
    expect(JSON.stringify(policies).includes('api.example.com')).toBe(hasNames);
    expect(JSON.stringify(policies)).not.toContain('"to":[]');
  });
});

test('Pods of a cluster are the workload that owns them', () => {
  const owned = (kind: string, name: string, owner: JsonObject, more: JsonObject): JsonObject => ({
    apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
    kind,
    metadata: {
      name,
      namespace: 'shop',
      labels: { app: 'web', 'pod-template-hash': '7d9f8b6c5' },
      ownerReferences: [{ ...owner, controller: true }],
    },
    ...more,
  });
  const web = workload('web', ['http://api']);
  const set = owned(
    'ReplicaSet',
    'web-7d9f8b6c5',
    { kind: 'Deployment', name: 'web' },
    { spec: Object(web['spec']) },
  );
  const pod = owned(
    'Pod',
    'web-7d9f8b6c5-abcde',
    { kind: 'ReplicaSet', name: 'web-7d9f8b6c5' },
    {
      spec: { containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: 8080 }] }] },
      status: { podIP: '10.0.0.1' },
    },
  );
  const { policies, unseen } = recommended([web, set, pod, workload('api'), service('api')]);
  expect([namesOf(policies), unseen]).toEqual([['shop/web-observed', 'shop/api-observed'], []]);
});
