import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { allEndpoints, allOf, type EndpointMatcher, inNamespace, ownNetworked } from '../../model/matcher.ts';
import type {
  ConnectionMatch,
  Direction,
  LabelSelector,
  PeerMatch,
  Policy,
  PolicyProblem,
  Rule,
  TierKey,
  WrittenSelector,
} from '../../model/policy.ts';
import { namespaceNameLabel } from '../../model/read-cluster.ts';
import type { AddressRange } from '../../sets/addresses.ts';
import { allConnections, type Connections, noConnections } from '../../sets/connections.ts';
import { protocolNumber } from '../../sets/protocols.ts';
import {
  cidrAt,
  FieldFault,
  integerAt,
  listAt,
  mappingAt,
  mappingsAt,
  onlyFields,
  portAt,
  textAt,
} from '../fields.ts';
import { labelSelector, selectorOf } from '../label-selector.ts';
import { checkPortName } from '../label-syntax.ts';

/** The tier that NetworkPolicies stand in; Calico's number for it, and for policies without an order in it. */
export const defaultTier: TierKey = { plane: 'network', order: 1_000_000, name: 'default' };
const orderInTier = 1_000;

/** What reading a policy needs beside the policy. */
export interface ReadContext {
  connections: Connections;
  /** Whether `ipBlock` of a NetworkPolicy speaks of Pods (an iptables data plane) or of nothing in the cluster. */
  ipBlockMatchesPods: boolean;
  /** Whether ranges of addresses in policies of all other dialects that judge by address speak of Pods. */
  rangesMatchPods: boolean;
  /** Whether policies may have names that no cluster takes; false unless said. */
  anyNames?: boolean;
  /** Whether all workloads are in the mesh of Istio, whatever they say; false unless said. */
  wholeMesh?: boolean;
  /** The namespace whose policies hold for the whole mesh of Istio; `istio-system` unless said. */
  rootNamespace?: string;
  /** Whether a Sidecar keeps workloads from Services that it does not list whatever its mode; false unless said. */
  sidecarsIsolate?: boolean;
  /** How prefixes of paths in routes of Istio match; as texts unless said. */
  routePrefixes?: 'text' | 'elements';
  /** Whether some ports of Calico's interfaces of nodes stay open whatever policies say; true unless said. */
  failsafePorts?: boolean;
  /** Addresses of hosts outside by their names, where they are known. */
  hosts?: ReadonlyMap<string, readonly AddressRange[]>;
  problems: PolicyProblem[];
}

/**
 * A `networking.k8s.io/v1` NetworkPolicy. Its selectors choose no Pods of the node's network, as in most data planes
 * ("NetworkPolicy and hostNetwork pods").
 * @throws FieldFault for what the API server refuses
 */
export function readNetworkPolicy(resource: Resource, context: ReadContext): Policy {
  const namespace = resource.namespace ?? 'default';
  const path = ['spec'];
  const spec = mappingAt(resource.object['spec'], path) ?? {};
  onlyFields(spec, ['podSelector', 'policyTypes', 'ingress', 'egress'], path);
  const reader = new RuleReader(resource, namespace, context);
  const isolates = policyTypes(spec, path);
  return {
    kind: resource.kind,
    namespace,
    name: resource.name,
    tier: defaultTier,
    order: orderInTier,
    sortName: `${namespace}/${resource.name}`,
    // An absent selector is the empty one: the field is not a pointer in the API.
    subject: allOf(
      inNamespace(namespace),
      ownNetworked,
      reader.selector('pod', spec['podSelector'] ?? {}, [...path, 'podSelector']),
    ),
    isolates,
    // Rules of a direction that the policy is not about are checked, but allow nothing.
    rules: [...reader.rules('ingress', spec), ...reader.rules('egress', spec)].filter(
      ({ direction }) => isolates[direction],
    ),
    selectors: reader.written,
    resource,
  };
}

/** Without policyTypes a policy is about ingress, and about egress too where it has rules for it. */
function policyTypes(spec: JsonObject, path: Path): Record<Direction, boolean> {
  const typesPath = [...path, 'policyTypes'];
  const types = listAt(spec['policyTypes'], typesPath);
  if (types === undefined || types.length === 0) {
    const egress = listAt(spec['egress'], [...path, 'egress']) ?? [];
    return { ingress: true, egress: egress.length > 0 };
  }
  const odd = types.findIndex((type) => type !== 'Ingress' && type !== 'Egress');
  if (odd >= 0) throw new FieldFault([...typesPath, odd], 'is not Ingress or Egress');
  return { ingress: types.includes('Ingress'), egress: types.includes('Egress') };
}

class RuleReader {
  readonly #resource: Resource;
  readonly #namespace: string;
  readonly #context: ReadContext;
  readonly written: WrittenSelector[] = [];

  constructor(resource: Resource, namespace: string, context: ReadContext) {
    this.#resource = resource;
    this.#namespace = namespace;
    this.#context = context;
  }

  selector(
    owner: 'pod' | 'namespace',
    value: JsonValue,
    path: Path,
    within?: EndpointMatcher,
  ): EndpointMatcher {
    const matcher = labelSelector(owner, value, path);
    const isAll = matcher === allEndpoints;
    this.written.push({ path, owner, matcher, isAll, ...(within === undefined ? {} : { within }) });
    return matcher;
  }

  rules(direction: Direction, spec: JsonObject): Rule[] {
    const peersField = direction === 'ingress' ? 'from' : 'to';
    return (mappingsAt(spec[direction], ['spec', direction]) ?? []).map(({ value, path }) => {
      onlyFields(value, [peersField, 'ports'], path);
      return {
        direction,
        verdict: 'allow',
        peers: this.#peers(value[peersField], [...path, peersField]),
        connections: this.#ports(value['ports'], [...path, 'ports']),
        path,
      };
    });
  }

  #peers(value: JsonValue | undefined, path: Path): PeerMatch[] {
    const peers = mappingsAt(value, path) ?? [];
    if (peers.length === 0) return [{ type: 'any' }];
    return peers.map((peer) => this.#peer(peer.value, peer.path));
  }

  #peer(peer: JsonObject, path: Path): PeerMatch {
    onlyFields(peer, ['podSelector', 'namespaceSelector', 'ipBlock'], path);
    const block = mappingAt(peer['ipBlock'], [...path, 'ipBlock']);
    const pods = peer['podSelector'] ?? undefined;
    const namespaces = peer['namespaceSelector'] ?? undefined;
    if (block !== undefined) {
      if (pods !== undefined || namespaces !== undefined)
        throw new FieldFault(path, 'has both a selector and an ipBlock');
      return this.#ipBlock(block, [...path, 'ipBlock']);
    }
    if (pods === undefined && namespaces === undefined)
      throw new FieldFault(path, 'has neither a selector nor an ipBlock');
    const where: EndpointMatcher =
      namespaces === undefined
        ? inNamespace(this.#namespace)
        : this.selector('namespace', namespaces, [...path, 'namespaceSelector']);
    const which =
      pods === undefined ? allEndpoints : this.selector('pod', pods, [...path, 'podSelector'], where);
    const selectors = {
      namespaces: namespaces === undefined ? onlyNamespace(this.#namespace) : selectorOf(namespaces),
      pods: selectorOf(pods),
    };
    return { type: 'endpoints', matcher: allOf(where, ownNetworked, which), selectors };
  }

  #ipBlock(block: JsonObject, path: Path): PeerMatch {
    onlyFields(block, ['cidr', 'except'], path);
    const range = this.#cidr(block['cidr'], [...path, 'cidr']);
    const exceptPath = [...path, 'except'];
    const except = (listAt(block['except'], exceptPath) ?? []).map((value, i) => {
      const hole = this.#cidr(value, [...exceptPath, i]);
      const isWithin = hole.family === range.family && hole.low >= range.low && hole.high <= range.high;
      if (!isWithin || (hole.low === range.low && hole.high === range.high))
        throw new FieldFault([...exceptPath, i], 'is not a part of the cidr');
      return hole;
    });
    return { type: 'addresses', ranges: [range], except, endpoints: this.#context.ipBlockMatchesPods };
  }

  #cidr(value: JsonValue | undefined, path: Path): AddressRange {
    return cidrAt(value, path, { warn: this.#warn.bind(this) });
  }

  #ports(value: JsonValue | undefined, path: Path): ConnectionMatch {
    const ports = mappingsAt(value, path) ?? [];
    if (ports.length === 0) return { fixed: allConnections, named: [] };
    const { connections } = this.#context;
    return ports
      .map((port) => this.#port(port.value, port.path))
      .reduce((all, one) => ({
        fixed: connections.union(all.fixed, one.fixed),
        named: [...all.named, ...one.named],
      }));
  }

  #port(value: JsonObject, path: Path): ConnectionMatch {
    onlyFields(value, ['protocol', 'port', 'endPort'], path);
    const { connections } = this.#context;
    const name = textAt(value['protocol'], [...path, 'protocol']) ?? 'TCP';
    const protocol = protocolNumber(name);
    if (protocol === undefined || !kubernetesProtocols.includes(name))
      throw new FieldFault([...path, 'protocol'], `is not ${kubernetesProtocols.join(', ')}`);
    const port = value['port'] ?? undefined;
    const endPort = integerAt(value['endPort'], [...path, 'endPort']);
    if (typeof port === 'string') {
      if (endPort !== undefined)
        throw new FieldFault([...path, 'endPort'], 'may not stand with a port that is a name');
      checkPortName(port, [...path, 'port']);
      return { fixed: noConnections, named: [{ name: port, protocol }] };
    }
    if (port === undefined) {
      if (endPort !== undefined) throw new FieldFault([...path, 'endPort'], 'may not stand without a port');
      return { fixed: connections.of([protocol]), named: [] };
    }
    const first = portAt(port, [...path, 'port']);
    const last = endPort === undefined ? first : portAt(endPort, [...path, 'endPort']);
    if (last < first) throw new FieldFault([...path, 'endPort'], 'is below the port');
    return { fixed: connections.of([protocol], [[first, last]]), named: [] };
  }

  #warn(path: Path, message: string): void {
    this.#context.problems.push({ level: 'warning', resource: this.#resource, path, message });
  }
}

function onlyNamespace(name: string): LabelSelector {
  return { labels: [[namespaceNameLabel, name]], expressions: [] };
}

const kubernetesProtocols = ['TCP', 'UDP', 'SCTP'];
