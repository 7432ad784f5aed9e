import type { JsonObject, JsonValue } from '@keelson/core';

/** Small steps of a linear congruential generator (Numerical Recipes' constants), so that a seed gives the same cluster everywhere. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to, not including, 1. */
  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** One of some values, each with its share. */
  share<T>(...shares: readonly (readonly [share: number, value: T])[]): T {
    let left = this.next();
    for (const [share, value] of shares) {
      left -= share;
      if (left < 0) return value;
    }
    const last = shares.at(-1);
    if (last === undefined) throw new RangeError('no shares');
    return last[1];
  }

  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + this.below(most) }, make);
  }
}

const tiers = ['web', 'api', 'db', 'cache', 'batch'];
const environments = ['prod', 'stage', 'dev'];

/**
 * A cluster of Deployments and NetworkPolicies: each namespace has a default deny first, and nearly every workload is
 * selected in a way of its own, which is the worst case for an analysis by classes.
 */
export function generateCluster(workloads: number, policies: number, seed = 1): JsonObject[] {
  const random = new Random(seed);
  const namespaces = Math.max(2, Math.floor(workloads / 20));
  return [
    ...Array.from({ length: namespaces }, (_, i) => namespace(i)),
    ...Array.from({ length: workloads }, (_, i) => deployment(i, i % namespaces, random)),
    ...Array.from({ length: policies }, (_, i) =>
      i < namespaces ? defaultDeny(i, random) : policy(i, random.below(namespaces), random),
    ),
  ];
}

function namespace(i: number): JsonObject {
  const labels = {
    'kubernetes.io/metadata.name': `ns${i}`,
    team: `t${i % 8}`,
    env: environments[i % 3] ?? 'dev',
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `ns${i}`, labels } };
}

function deployment(i: number, home: number, random: Random): JsonObject {
  const labels = labelsOf(random);
  const ports = [
    { name: 'http', containerPort: 8000 + random.below(3) },
    { name: 'metrics', containerPort: 9100 },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `w${i}`, namespace: `ns${home}` },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'x', ports }] } },
    },
  };
}

function labelsOf(random: Random): JsonObject {
  return {
    app: `app${random.below(10)}`,
    tier: tiers[random.below(tiers.length)] ?? 'web',
    ver: `v${random.below(3)}`,
  };
}

function networkPolicy(name: string, home: number, spec: JsonObject): JsonObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: `ns${home}` },
    spec,
  };
}

function defaultDeny(i: number, random: Random): JsonObject {
  const dns = {
    to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ns0' } } }],
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  };
  const ingressOnly = random.next() < 0.6;
  return networkPolicy(`p${i}`, i, {
    podSelector: {},
    policyTypes: ingressOnly ? ['Ingress'] : ['Ingress', 'Egress'],
    ...(ingressOnly ? {} : { egress: [dns] }),
  });
}

function policy(i: number, home: number, random: Random): JsonObject {
  const types = random.share<readonly string[]>(
    [0.6, ['Ingress']],
    [0.25, ['Egress']],
    [0.15, ['Ingress', 'Egress']],
  );
  const rules = (peersField: string) =>
    random.some<JsonValue>(3, () => {
      const peers = random.some(3, () => peer(random));
      // Netpolicy refuses names of ports towards addresses, which have none.
      const mayName = peersField === 'from' || peers.every(({ ipBlock: block }) => block === undefined);
      return { [peersField]: peers, ports: random.some<JsonValue>(3, () => port(random, mayName)) };
    });
  return networkPolicy(`p${i}`, home, {
    podSelector: podSelector(random),
    policyTypes: [...types],
    ...(types.includes('Ingress') ? { ingress: rules('from') } : {}),
    ...(types.includes('Egress') ? { egress: rules('to') } : {}),
  });
}

function podSelector(random: Random): JsonObject {
  const { app, tier } = labelsOf(random);
  return random.share<JsonObject>(
    [0.4, { matchLabels: { app: app ?? '' } }],
    [0.3, { matchLabels: { tier: tier ?? '' } }],
    [
      0.2,
      { matchExpressions: [{ key: 'app', operator: 'In', values: [app ?? '', `app${random.below(10)}`] }] },
    ],
    [0.1, { matchExpressions: [{ key: 'ver', operator: 'NotIn', values: ['v0'] }] }],
  );
}

function namespaceSelector(random: Random): JsonObject {
  return random.share<JsonObject>(
    [0.6, { matchLabels: { team: `t${random.below(8)}` } }],
    [0.4, { matchLabels: { env: environments[random.below(3)] ?? 'dev' } }],
  );
}

function peer(random: Random): JsonObject {
  return random.share<() => JsonObject>(
    [0.4, () => ({ podSelector: podSelector(random) })],
    [0.25, () => ({ namespaceSelector: namespaceSelector(random) })],
    [0.2, () => ({ podSelector: podSelector(random), namespaceSelector: namespaceSelector(random) })],
    [0.15, () => ({ ipBlock: ipBlock(random) })],
  )();
}

/** Blocks of the ranges for documentation (RFC 5737). */
function ipBlock(random: Random): JsonObject {
  const base = ['192.0.2', '198.51.100', '203.0.113'][random.below(3)] ?? '192.0.2';
  const except = `${base}.${16 * random.below(16)}/28`;
  return { cidr: `${base}.0/24`, ...(random.next() < 0.5 ? { except: [except] } : {}) };
}

function port(random: Random, mayName: boolean): JsonObject {
  const protocol = random.next() < 0.15 ? 'UDP' : 'TCP';
  const first = 8000 + random.below(2000);
  return random.share<JsonObject>(
    [0.2, { protocol, port: mayName ? (random.next() < 0.5 ? 'http' : 'metrics') : 9100 }],
    [0.15, { protocol, port: first, endPort: first + random.below(500) }],
    [0.65, { protocol, port: [53, 80, 5432, 8000, 8001, 8002, 9100][random.below(7)] ?? 80 }],
  );
}
