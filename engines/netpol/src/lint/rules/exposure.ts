import type { PeerMatch, Policy } from '../../model/policy.ts';
import { namespaceNameLabel } from '../../model/read-cluster.ts';
import { protocolNumber } from '../../sets/protocols.ts';
import { type SynthesisPort, type SynthesisService, servicesOf } from '../../synthesis/services.ts';
import type { LintContext } from '../context.ts';
import type { LintHit, LintRule } from '../finding.ts';

export const blockedBackend: LintRule = {
  id: 'exposed-service-blocked',
  severity: 'medium',
  title: 'A Service that is exposed stands before Pods that let nobody in from outside their namespace',
  check: (context) =>
    servicesOf(context.resources).flatMap((service): LintHit[] => {
      const exposed = service.ports.filter((port) => port.exposed || service.isExternal);
      if (exposed.length === 0) return [];
      const pods = backends(context, service);
      const closed = exposed.flatMap((port) => {
        const blocked = pods.filter((each) => !isOpen(context, each, port));
        return blocked.length === 0 ? [] : [{ port: port.port, blocked }];
      });
      if (closed.length === 0) return [];
      const ports = closed.map(({ port }) => port).join(', ');
      const names = context.namesOf(closed.flatMap(({ blocked }) => blocked));
      const message = `is exposed at port ${ports}, but ${names} let in nobody from outside their namespace there`;
      return [{ resource: service.resource, path: ['spec'], message }];
    }),
};

function backends({ cluster }: LintContext, { selector, namespace }: SynthesisService): number[] {
  return cluster.endpoints.flatMap((endpoint, i) => {
    const isNear = endpoint.namespace === (namespace === '' ? 'default' : namespace) && !endpoint.hostNetwork;
    return isNear && [...selector].every(([key, value]) => endpoint.labels.get(key) === value) ? [i] : [];
  });
}

/** Whether Pods of other namespaces, which the input need not have, or hosts outside may connect. */
function isOpen(context: LintContext, endpoint: number, { protocol, target }: SynthesisPort): boolean {
  const number = protocolNumber(protocol);
  const { ports = [], namespace = '' } = context.cluster.endpoints[endpoint] ?? {};
  const port = typeof target === 'number' ? target : ports.find(({ name }) => name === target)?.port;
  if (number === undefined || port === undefined) return true;
  const isolating = context.selecting(endpoint, 'ingress');
  if (isolating.length === 0) return true;
  const { analysis, connections } = context;
  const foreign = (peer: number) => analysis.endpointOf(peer)?.namespace !== namespace;
  for (let peer = 0; peer < analysis.peerCount; peer++) {
    if (foreign(peer) && connections.has(analysis.allowedAt('ingress', endpoint, peer), number, port))
      return true;
  }
  return isolating.some((policy) =>
    context
      .compiledOf(policy)
      .some(
        (rule) =>
          rule.rule.direction === 'ingress' &&
          rule.verdict === 'allow' &&
          connections.has(analysis.connectionsOf(rule, endpoint), number, port) &&
          rule.rule.peers.some((each) => mayLeave(context, policy, each)),
      ),
  );
}

/** Whether a peer may be of another namespace, one that the input does not have too. */
function mayLeave({ index }: LintContext, { namespace }: Policy, peer: PeerMatch): boolean {
  if (peer.type !== 'endpoints') return true;
  if (peer.selectors === undefined) {
    const selected = index.select(peer.matcher);
    return selected.isEmpty() || !selected.without(index.inNamespace(namespace ?? '')).isEmpty();
  }
  const { labels } = peer.selectors.namespaces;
  return !labels.some(([key, value]) => key === namespaceNameLabel && value === namespace);
}

/** Ports of the API server, etcd, kubelet, controller manager and scheduler ("Ports and Protocols"). */
const controlPorts = [6443, 2379, 2380, 10250, 10257, 10259];
const tcp = 6;

export const controlPlaneReachable: LintRule = {
  id: 'control-plane-reachable',
  severity: 'low',
  title: 'Workloads reach the ports of the control plane',
  check: (context) => {
    const { analysis, connections, cluster } = context;
    const planes = cluster.endpoints.flatMap(({ labels, namespace }, i) =>
      namespace === 'kube-system' && labels.get('tier') === 'control-plane' ? [i] : [],
    );
    const clients = cluster.endpoints.flatMap(({ namespace }, i) => (namespace === 'kube-system' ? [] : [i]));
    context.spend(planes.length * clients.length);
    return planes.flatMap((plane): LintHit[] => {
      const resource = cluster.endpoints[plane]?.resource;
      const reaching = clients.filter((client) => {
        const set = analysis.between(client, plane);
        return controlPorts.some((port) => connections.has(set, tcp, port));
      });
      if (resource === undefined || reaching.length === 0) return [];
      const message = `can be reached by ${context.namesOf(reaching)} at a port of the control plane`;
      return [{ resource, path: ['metadata', 'name'], message }];
    });
  },
};
