import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { ConnectionMatch, TierKey, Verdict } from '../../model/policy.ts';
import type { Connections } from '../../sets/connections.ts';
import { noConnections, protocolNumbers } from '../../sets/connections.ts';
import { protocolNumber } from '../../sets/protocols.ts';
import { FieldFault, integerAt, mappingAt, onlyFields, portAt, textAt } from '../fields.ts';

const adminTier: TierKey = { plane: 'network', order: 1_000, name: 'kube-admin' };
const baselineTier: TierKey = { plane: 'network', order: 10_000_000, name: 'kube-baseline' };

/** What the three kinds of policies for administrators write in ways of their own. */
export interface AdminForm {
  tier: TierKey;
  priority: number;
  /** Most rules of a direction, peers and ports of a rule. */
  most: number;
  /** Actions by the name that the kind gives them. */
  actions: ReadonlyMap<string, Verdict>;
  /** Field of a rule that holds its ports, and how one of them reads. */
  portsField: string;
  port(value: JsonObject, path: Path, connections: Connections): ConnectionMatch;
  /** Further fields that a destination may be told by, beside namespaces, pods, nodes and networks. */
  domainNames: boolean;
}

/** How a policy of `policy.networking.k8s.io` is written, by its version and kind. */
export function adminForm(version: string, kind: string, spec: JsonObject): AdminForm {
  if (kind === 'ClusterNetworkPolicy') return clusterForm(spec);
  const baseline = kind === 'BaselineAdminNetworkPolicy';
  return {
    tier: baseline ? baselineTier : adminTier,
    priority: baseline ? 0 : priorityOf(spec),
    most: 100,
    actions: new Map<string, Verdict>([
      ['Allow', 'allow'],
      ['Deny', 'deny'],
      ...(baseline ? [] : [['Pass', 'pass'] as const]),
    ]),
    portsField: 'ports',
    port: alphaPort,
    domainNames: version !== 'v1alpha1' || !baseline,
  };
}

const clusterActions = new Map<string, Verdict>([
  ['Accept', 'allow'],
  ['Deny', 'deny'],
  ['Pass', 'pass'],
]);

function clusterForm(spec: JsonObject): AdminForm {
  const tier = spec['tier'];
  if (tier !== 'Admin' && tier !== 'Baseline')
    throw new FieldFault(['spec', 'tier'], 'is not Admin or Baseline');
  return {
    tier: tier === 'Admin' ? adminTier : baselineTier,
    priority: priorityOf(spec),
    most: 25,
    actions: clusterActions,
    portsField: 'protocols',
    port: clusterProtocol,
    domainNames: true,
  };
}

function priorityOf(spec: JsonObject): number {
  const path = ['spec', 'priority'];
  const priority = integerAt(spec['priority'], path);
  if (priority === undefined) throw new FieldFault(path, 'is missing');
  if (priority < 0 || priority > 1_000)
    throw new FieldFault(path, `is ${priority} and not between 0 and 1000`);
  return priority;
}

/** `portNumber`, `portRange` or `namedPort` of v1alpha1. */
function alphaPort(value: JsonObject, path: Path, connections: Connections): ConnectionMatch {
  const field = onlyField(value, path);
  onlyFields(value, ['portNumber', 'portRange', 'namedPort'], path);
  const at = [...path, field];
  if (field === 'namedPort') return { fixed: noConnections, named: [portName(value[field], at)] };
  const inner = mappingAt(value[field], at) ?? {};
  const name = textAt(inner['protocol'], [...at, 'protocol']) ?? 'TCP';
  const protocol = protocolNumber(name);
  if (protocol === undefined) throw new FieldFault([...at, 'protocol'], 'is not TCP, UDP or SCTP');
  if (field === 'portNumber') {
    onlyFields(inner, ['protocol', 'port'], at);
    const port = portAt(inner['port'], [...at, 'port']);
    return { fixed: connections.of([protocol], [[port, port]]), named: [] };
  }
  onlyFields(inner, ['protocol', 'start', 'end'], at);
  return { fixed: connections.of([protocol], [rangeAt(inner, at)]), named: [] };
}

const clusterProtocols = new Map([
  ['tcp', protocolNumbers.TCP],
  ['udp', protocolNumbers.UDP],
  ['sctp', protocolNumbers.SCTP],
]);

/** One of `tcp`, `udp`, `sctp` and `destinationNamedPort` of v1alpha2. */
function clusterProtocol(value: JsonObject, path: Path, connections: Connections): ConnectionMatch {
  const field = onlyField(value, path);
  const at = [...path, field];
  if (field === 'destinationNamedPort') return { fixed: noConnections, named: [portName(value[field], at)] };
  const protocol = clusterProtocols.get(field);
  if (protocol === undefined) throw new FieldFault(at, 'is not a protocol that is known here');
  const inner = mappingAt(value[field], at) ?? {};
  onlyFields(inner, ['destinationPort'], at);
  const portPath = [...at, 'destinationPort'];
  const port = mappingAt(inner['destinationPort'], portPath);
  if (port === undefined) return { fixed: connections.of([protocol]), named: [] };
  onlyFields(port, ['number', 'range'], portPath);
  if (onlyField(port, portPath) === 'number') {
    const number = portAt(port['number'], [...portPath, 'number']);
    return { fixed: connections.of([protocol], [[number, number]]), named: [] };
  }
  const rangePath = [...portPath, 'range'];
  const range = mappingAt(port['range'], rangePath) ?? {};
  onlyFields(range, ['start', 'end'], rangePath);
  return { fixed: connections.of([protocol], [rangeAt(range, rangePath)]), named: [] };
}

function portName(value: JsonValue | undefined, path: Path) {
  const name = textAt(value, path);
  if (name === undefined || name === '') throw new FieldFault(path, 'is missing');
  return { name, protocol: undefined };
}

function rangeAt(range: JsonObject, path: Path): readonly [number, number] {
  const start = portAt(range['start'], [...path, 'start']);
  const end = portAt(range['end'], [...path, 'end']);
  if (end < start) throw new FieldFault([...path, 'end'], 'is below the start');
  return [start, end];
}

/** The one field of a mapping that has exactly one. */
export function onlyField(value: JsonObject, path: Path): string {
  const [field, ...others] = Object.keys(value);
  if (field === undefined) throw new FieldFault(path, 'has no field');
  if (others.length > 0)
    throw new FieldFault(path, `has more than one field: ${[field, ...others].join(', ')}`);
  return field;
}
