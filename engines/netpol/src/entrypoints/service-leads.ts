import { isKeelsonError, type JsonObject } from '@keelson/core';
import { mapping, text } from '../connectivity/fields.ts';
import { type AddressRange, parseCidr } from '../sets/addresses.ts';
import type { EntryNote, Lead } from './entry-point.ts';
import type { Service } from './services.ts';

const nodeAddress: EntryNote = {
  code: 'node-address',
  message:
    'externalTrafficPolicy is Cluster: Pods may see the address of a node and not of the caller, so that ranges of addresses in policies may let in nobody, or everybody',
};

const nodePortsOpen: EntryNote = {
  code: 'node-ports-open',
  message: 'loadBalancerSourceRanges do not hold at the ports of the nodes, which the Service opens too',
};

/** The ways into a cluster that a Service opens by itself (Kubernetes, "Service": publishing, external IPs). */
export function serviceLeads(service: Service): Lead[] {
  const { resource, namespace, name, ports } = service;
  const spec = mapping(resource.object['spec']);
  const type = text(spec['type']);
  if (type === 'ExternalName') return [];
  const notes = text(spec['externalTrafficPolicy']) === 'Local' ? [] : [nodeAddress];
  const lead = { namespace, name, resource, gateways: [], notes, backends: [{ namespace, name }] };
  const own = ports.map(({ port }) => port);
  const leads: Lead[] = [];
  const add = (kind: Lead['kind'], more: Pick<Lead, 'ports'> & Partial<Lead>) =>
    leads.push({ ...lead, kind, source: 'outside', ...more });
  if (type === 'LoadBalancer') {
    const sources = sourceRanges(spec);
    const isPast = sources !== undefined && spec['allocateLoadBalancerNodePorts'] !== false;
    add('LoadBalancer', {
      ports: own,
      ...(sources === undefined ? {} : { sources }),
      notes: isPast ? [...notes, nodePortsOpen] : notes,
    });
  }
  if (type === 'NodePort') add('NodePort', { ports: ports.flatMap(({ nodePort }) => nodePort ?? []) });
  if (hasExternalIps(spec)) add('ExternalIP', { ports: own });
  return leads;
}

/** Undefined where none is written. A range that cannot be read narrows nothing: too much told is better than too little. */
function sourceRanges({ loadBalancerSourceRanges: written }: JsonObject): AddressRange[] | undefined {
  const texts = Array.isArray(written) ? written : [];
  if (texts.length === 0) return undefined;
  const ranges: AddressRange[] = [];
  for (const each of texts) {
    const range = rangeOf(typeof each === 'string' ? each.trim() : '');
    if (range === undefined) return undefined;
    ranges.push(range);
  }
  return ranges;
}

function rangeOf(cidr: string): AddressRange | undefined {
  try {
    return parseCidr(cidr);
  } catch (error) {
    if (isKeelsonError(error)) return undefined;
    throw error;
  }
}

function hasExternalIps({ externalIPs }: JsonObject): boolean {
  return Array.isArray(externalIPs) && externalIPs.some((each) => typeof each === 'string' && each !== '');
}
