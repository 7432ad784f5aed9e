/** Small generator of numbers in [0, n), the same for a seed (mulberry32). */
export function randomOf(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

interface Workload {
  namespace: string;
  name: string;
  pods: number;
  port: number;
}

/** A connection of a generated log. */
interface Seen {
  source: Workload | string;
  destination: Workload | string;
  protocol: 'TCP' | 'UDP';
  port: number;
  pod: number;
  name?: string;
}

const dns: Workload = { namespace: 'kube-system', name: 'coredns', pods: 2, port: 53 };

/** Lines of a log of an application: connections of workloads, names, hosts outside, answers and denials. */
export function logOf(format: 'hubble' | 'calico', seed: number, lines: number): string[] {
  const random = randomOf(seed);
  const workloads = Array.from({ length: 6 + random(12) }, (_, i): Workload => {
    return { namespace: `ns${random(3)}`, name: `app-${i}`, pods: 1 + random(3), port: 8000 + random(4) };
  });
  const pairs = Array.from({ length: 2 * workloads.length }, () => seenOf(random, workloads));
  const write = format === 'hubble' ? hubbleLine : calicoLine;
  return Array.from({ length: lines }, (_, i) => {
    const seen = pairs[i % pairs.length] ?? seenOf(random, workloads);
    return JSON.stringify(write({ ...seen, pod: random(3) }, random(10)));
  });
}

function seenOf(random: (n: number) => number, workloads: readonly Workload[]): Seen {
  const pick = () => workloads[random(workloads.length)] ?? dns;
  const source = pick();
  switch (random(8)) {
    case 0:
      return { source, destination: dns, protocol: 'UDP', port: 53, pod: 0 };
    case 1:
      return {
        source,
        destination: random(2) === 0 ? '169.254.20.10' : '169.254.169.254',
        protocol: 'UDP',
        port: 53,
        pod: 0,
      };
    case 2:
      return {
        source,
        destination: `192.0.2.${random(50)}`,
        protocol: 'TCP',
        port: 443,
        pod: 0,
        name: 'api.example.com',
      };
    case 3:
      return {
        source: `198.51.100.${random(50)}`,
        destination: source,
        protocol: 'TCP',
        port: source.port,
        pod: 0,
      };
    default: {
      const destination = pick();
      const other = destination === source ? dns : destination;
      return {
        source,
        destination: other,
        protocol: other === dns ? 'UDP' : 'TCP',
        port: other.port,
        pod: 0,
      };
    }
  }
}

function labelsOf({ name }: Workload, pod: number): string[] {
  const own = name === 'coredns' ? ['k8s-app=kube-dns'] : [`app=${name}`, 'tier=backend'];
  return [...own, 'pod-template-hash=6b7c9d', ...(pod === 0 ? ['canary=true'] : [])];
}

/** One in ten is an answer, one in ten was dropped. */
function hubbleLine({ source, destination, protocol, port, pod, name }: Seen, kind: number): object {
  const end = (each: Workload | string) =>
    typeof each === 'string'
      ? { identity: 2, labels: ['reserved:world'] }
      : {
          namespace: each.namespace,
          pod_name: `${each.name}-6b7c9d-abcd${pod}`,
          workloads: [{ name: each.name, kind: 'Deployment' }],
          labels: [
            ...labelsOf(each, pod).map((label) => `k8s:${label}`),
            `k8s:io.kubernetes.pod.namespace=${each.namespace}`,
          ],
        };
  const address = (each: Workload | string) => (typeof each === 'string' ? each : `10.0.0.${pod + 1}`);
  const header = { source_port: 40_000 + pod, destination_port: port, flags: { SYN: true } };
  const [from, to] = kind === 0 ? [destination, source] : [source, destination];
  const flow = {
    time: '2026-01-01T00:00:00Z',
    verdict: kind === 1 ? 'DROPPED' : 'FORWARDED',
    IP: { source: address(from), destination: address(to), ipVersion: 'IPv4' },
    l4: { [protocol]: kind === 0 ? { ...header, destination_port: 40_000 } : header },
    source: end(from),
    destination: end(to),
    is_reply: kind === 0,
    ...(name === undefined ? {} : { destination_names: [name] }),
  };
  return { flow, node_name: 'node', time: flow.time };
}

/** Both reporters tell of each connection. */
function calicoLine({ source, destination, protocol, port, pod }: Seen, kind: number): object {
  const end = (side: string, each: Workload | string) =>
    typeof each === 'string'
      ? { [`${side}_name`]: 'pub', [`${side}_namespace`]: '-', [`${side}_type`]: 'net', [`${side}_ip`]: each }
      : {
          [`${side}_name`]: `${each.name}-6b7c9d-*`,
          [`${side}_namespace`]: each.namespace,
          [`${side}_labels`]: labelsOf(each, pod).join(' | '),
        };
  return {
    action: kind === 1 ? 'deny' : 'allow',
    reporter: kind % 2 === 0 ? 'Src' : 'Dst',
    protocol: protocol.toLowerCase(),
    dest_port: port,
    ...end('source', source),
    ...end('dest', destination),
  };
}
