import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import type { Backend, Lead } from '../entrypoints/entry-point.ts';
import { routeLeads } from '../entrypoints/route-leads.ts';
import { serviceLeads } from '../entrypoints/service-leads.ts';
import { portsOf, type Service } from '../entrypoints/services.ts';
import { podsOf } from '../model/read-cluster.ts';
import { formatAddress, isAddress } from '../sets/addresses.ts';
import { protocolName } from '../sets/protocols.ts';
import { discoverConnections, hostsOf } from '../synthesis/discover.ts';
import { scrapedPort } from '../synthesis/entry-points.ts';
import type { AddressSearch, SynthesisWorkload } from '../synthesis/workloads.ts';
import type { FlowEnd, ObservedFlow } from './flow.ts';
import { type HostAddress, hostAddresses } from './outside-address.ts';
import { ManifestKnowledge } from './translate.ts';

/** What manifests say that an application needs. */
export interface ManifestNeeds {
  /** As connections that were seen. Names of ports are looked up at the target. */
  flows: readonly ObservedFlow[];
  /** What of it is not let in or not known, as `object: message`. */
  notes: readonly string[];
}

/** What manifests say that an application needs: who names whom, and where traffic comes in from outside. */
export function flowsOfManifests(written: readonly Resource[], search: AddressSearch): ManifestNeeds {
  const resources = written.map((each) => ({ ...each, namespace: effectiveNamespace(each) }));
  const knowledge = new ManifestKnowledge(resources);
  const { connections, workloads } = discoverConnections(resources, search);
  const byName = new Map(knowledge.services.map((each) => [`${each.namespace}/${each.name}`, each]));
  const named = connections.flatMap(({ source, service, ports }) => {
    const target = byName.get(`${service.namespace}/${service.name}`);
    if (typeof source === 'string' || target === undefined) return [];
    const wanted = new Set(ports.map(({ port }) => port));
    const own = target.ports.filter(({ port }) => wanted.has(port));
    return flowsTo(endOf(source), target, own, knowledge);
  });
  const leads = [
    ...knowledge.services.flatMap(serviceLeads),
    ...routeLeads(resources, podsOf(resources).namespaces),
  ];
  const entries = leads.flatMap((lead) =>
    lead.backends.flatMap((backend) => entriesOf(lead, backend, byName, knowledge)),
  );
  const scraped = knowledge.services.flatMap((service) => {
    const port = scrapedPort(service.resource.object['metadata']);
    const ports = service.ports.filter((each) =>
      [each.port, each.target, each.name].some((own) => own === port),
    );
    return port === undefined ? [] : flowsTo({ type: 'cluster' }, service, ports, knowledge);
  });
  const inside = new Set(
    knowledge.services.filter(({ selector }) => selector !== undefined).flatMap(hostsOf),
  );
  const elsewhere = workloads.flatMap((workload) => {
    const hosts = workload.texts.flatMap(hostAddresses).filter(({ host }) => !inside.has(host));
    return hosts.map((address) => flowElsewhere(workload, address));
  });
  const notes = [
    ...leads.flatMap((lead) => notesOf(lead, byName)),
    ...elsewhere.filter((each) => typeof each === 'string'),
  ];
  const outside = elsewhere.filter((each) => typeof each !== 'string');
  return {
    flows: distinct([...named, ...entries, ...scraped, ...outside]),
    notes: [...new Set(notes)].sort(),
  };
}

function endOf({ resource, namespace, name, labels }: SynthesisWorkload): FlowEnd {
  return { type: 'workload', namespace: namespace || 'default', name, kind: resource.kind, labels };
}

function flowsTo(
  source: FlowEnd,
  service: Service,
  ports: Service['ports'],
  knowledge: ManifestKnowledge,
): ObservedFlow[] {
  return ports.flatMap((port) =>
    knowledge.behind(service, port).flatMap(({ destination, port: number }): ObservedFlow[] => {
      if (isSame(source, destination)) return [];
      const protocol = protocolName(port.protocol);
      return [{ source, destination, protocol, port: number, allowed: true, count: 1 }];
    }),
  );
}

function isSame(a: FlowEnd, b: FlowEnd): boolean {
  return a.type === 'workload' && b.type === 'workload' && a.namespace === b.namespace && a.name === b.name;
}

/** Who serves routes is a Pod of the cluster that is not known; to Services hosts outside connect, all or those of ranges. */
function entriesOf(
  { source, sources, protocols }: Lead,
  backend: Backend,
  services: ReadonlyMap<string, Service>,
  knowledge: ManifestKnowledge,
): ObservedFlow[] {
  const service = services.get(`${backend.namespace}/${backend.name}`);
  if (service === undefined) return [];
  const ports = portsOf(service, backend, protocols);
  const ends: FlowEnd[] =
    source === 'ingress-controller'
      ? [{ type: 'cluster' }]
      : (sources?.map(({ family, low, high }): FlowEnd => {
          const bits = (family === 4 ? 32 : 128) - (high - low).toString(2).replace(/^0$/, '').length;
          return { type: 'range', cidr: `${formatAddress(family, low)}/${bits}` };
        }) ?? [{ type: 'anyone' }]);
  return ends.flatMap((end) => flowsTo(end, service, ports, knowledge));
}

/** Each connection once, however many texts and routes tell of it. */
function distinct(flows: readonly ObservedFlow[]): ObservedFlow[] {
  const endKey = (end: FlowEnd) => ('labels' in end ? { ...end, labels: undefined } : end);
  const key = ({ source, destination, ...rest }: ObservedFlow) =>
    JSON.stringify([endKey(source), endKey(destination), rest.protocol, rest.port]);
  return [...new Map(flows.map((flow) => [key(flow), flow])).values()];
}

/** Notes that change what is let in, or make it less than is needed. */
const told: ReadonlySet<string> = new Set(['node-ports-open', 'no-gateway', 'not-attached', 'not-granted']);

function notesOf(
  { kind, namespace, name, notes, sources, backends }: Lead,
  services: ReadonlyMap<string, Service>,
): string[] {
  const messages = notes
    .filter(({ code }) => told.has(code) || (code === 'node-address' && sources !== undefined))
    .map(({ message }) => message);
  const missing = backends
    .map((backend) => `${backend.namespace}/${backend.name}`)
    .filter((service) => !services.has(service))
    .map((service) => `the input does not have the Service ${service}`);
  return [...messages, ...missing].map((message) => `${kind} ${namespace}/${name}: ${message}`);
}

/** A flow to a host that is behind no Service of the input; a text where there is none to write. */
function flowElsewhere(workload: SynthesisWorkload, { host, port }: HostAddress): ObservedFlow | string {
  const source = endOf(workload);
  const by = `${workload.resource.kind} ${workload.namespace}/${workload.name}`;
  // Names without a dot, and those of the cluster's own domain, are of Services.
  if (!isAddress(host) && (!host.includes('.') || /\.svc(?:\.|$)/.test(host)))
    return `${by}: names ${host}, and the input does not tell what stands behind it: no policy lets it pass`;
  if (port === undefined) return `${by}: names ${host} without a port that is known: no policy lets it pass`;
  const destination: FlowEnd = isAddress(host)
    ? { type: 'address', address: host, names: [] }
    : { type: 'name', name: host };
  return { source, destination, protocol: 'TCP', port, allowed: true, count: 1 };
}
