import { isObject, type JsonObject, type Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { Direction, PeerMatch, Policy, Rule, TierKey } from '../../model/policy.ts';
import { type Connections, noConnections, type SetId } from '../../sets/connections.ts';
import { protocolNumber } from '../../sets/protocols.ts';
import { cidrAt, FieldFault, mappingAt, mappingsAt, portAt, readOrRefuse, textAt } from '../fields.ts';
import { type CalicoContext, isCalico } from './context.ts';
import { endpointOf } from './host-endpoints.ts';

/** Asked before all tiers, so that no policy cuts a node off from who looks after it. */
const failsafeTier: TierKey = { plane: 'network', order: Number.NEGATIVE_INFINITY, name: 'failsafe' };

const alike = ['tcp:179', 'tcp:2379', 'tcp:2380', 'tcp:5473', 'tcp:6443', 'tcp:6666', 'tcp:6667'];

const sides = [
  { direction: 'ingress', field: 'failsafeInboundHostPorts', ports: ['tcp:22', 'udp:68', ...alike] },
  { direction: 'egress', field: 'failsafeOutboundHostPorts', ports: ['udp:53', 'udp:67', ...alike] },
] as const satisfies readonly { direction: Direction; field: string; ports: readonly string[] }[];

/** Rules of a node by direction; absent where its configuration says nothing of it. */
type Failsafes = Partial<Record<Direction, readonly Rule[]>>;

/**
 * What passes at a node's interfaces whatever policies say ("Failsafe rules"): ports that Felix has unless told otherwise, by its
 * configuration of the node before that of all nodes.
 */
export function failsafePolicies(resources: readonly Resource[], context: CalicoContext): Policy[] {
  const hosts = resources.filter((resource) => isCalico(resource, 'HostEndpoint'));
  if (hosts.length === 0) return [];
  const configurations = new Map(
    resources
      .filter((resource) => isCalico(resource, 'FelixConfiguration'))
      .map((resource) => {
        const read = () => configured(resource, context);
        return [resource.name, readOrRefuse(resource, context.problems, read) ?? {}];
      }),
  );
  const general = { ...usual(context.connections), ...configurations.get('default') };
  return hosts.flatMap((resource): Policy[] => {
    const node = nodeOf(resource);
    const own = node === undefined ? undefined : configurations.get(`node.${node}`);
    const { ingress, egress } = { ...general, ...own };
    const rules = [...(ingress ?? []), ...(egress ?? [])];
    if (rules.length === 0) return [];
    return [
      {
        kind: resource.kind,
        namespace: undefined,
        name: resource.name,
        tier: failsafeTier,
        order: 0,
        sortName: resource.name,
        subject: endpointOf(resource),
        isolates: { ingress: false, egress: false },
        isImplied: true,
        rules,
        resource,
      },
    ];
  });
}

function nodeOf({ object }: Resource): string | undefined {
  const { spec } = object;
  return isObject(spec) && typeof spec['node'] === 'string' ? spec['node'] : undefined;
}

function usual(connections: Connections): Failsafes {
  return Object.fromEntries(
    sides.map(({ direction, ports }) => {
      const fixed = ports.reduce<SetId>((all, text) => {
        const [protocol = '', port] = text.split(':');
        return connections.union(all, onePort(protocol, Number(port), connections) ?? noConnections);
      }, noConnections);
      return [direction, [ruleOf(direction, { type: 'any' }, fixed)]];
    }),
  );
}

/**
 * What a FelixConfiguration says; an empty list leaves no port.
 * @throws FieldFault
 */
function configured({ object }: Resource, context: CalicoContext): Failsafes {
  const spec = mappingAt(object['spec'], ['spec']) ?? {};
  return Object.fromEntries(
    sides.flatMap(({ direction, field }) => {
      const ports = mappingsAt(spec[field], ['spec', field]);
      if (ports === undefined) return [];
      return [[direction, ports.map(({ value, path }) => portRule(direction, value, path, context))]];
    }),
  );
}

function portRule(
  direction: Direction,
  value: JsonObject,
  path: Path,
  { connections, rangesMatchPods }: CalicoContext,
): Rule {
  const protocol = textAt(value['protocol'], [...path, 'protocol']) ?? 'tcp';
  const fixed = onePort(protocol, portAt(value['port'], [...path, 'port']), connections);
  if (fixed === undefined) throw new FieldFault([...path, 'protocol'], 'is not tcp, udp or sctp');
  const net = textAt(value['net'], [...path, 'net']) ?? '';
  const peer: PeerMatch =
    net === ''
      ? { type: 'any' }
      : {
          type: 'addresses',
          ranges: [cidrAt(net, [...path, 'net'])],
          except: [],
          endpoints: rangesMatchPods,
        };
  return ruleOf(direction, peer, fixed);
}

const protocols: ReadonlySet<string> = new Set(['TCP', 'UDP', 'SCTP']);

/** Undefined for protocols that Felix opens no port of. */
function onePort(protocol: string, port: number, connections: Connections): SetId | undefined {
  const name = protocol.toUpperCase();
  const number = protocols.has(name) ? protocolNumber(name) : undefined;
  return number === undefined ? undefined : connections.of([number], [[port, port]]);
}

/** The path is the endpoint's, as the rule holds there also where no configuration is written. */
function ruleOf(direction: Direction, peer: PeerMatch, fixed: SetId): Rule {
  return { direction, verdict: 'allow', peers: [peer], connections: { fixed, named: [] }, path: ['spec'] };
}
