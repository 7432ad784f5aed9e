import type { Resource } from '@keelson/kubernetes';
import type { Connectivity } from '../connectivity/connectivity.ts';
import { compareTexts } from '../connectivity/peers.ts';
import type { Workload } from '../connectivity/workloads.ts';
import { noConnections, type SetId } from '../sets/connections.ts';
import { Admissions } from './admissions.ts';
import type { Backend, EntryDestination, EntryNote, EntryPoint, Lead } from './entry-point.ts';
import { hostPortsOf } from './host-ports.ts';
import { routeLeads } from './route-leads.ts';
import { serviceLeads } from './service-leads.ts';
import { membersBehind, portsOf, type Service, servicesOf, targetsAt } from './services.ts';

/**
 * Where traffic comes in from outside, which workloads it comes to, and whether policies let it: Services of type LoadBalancer
 * and NodePort and with external addresses, Ingresses, Routes of OpenShift and routes of the Gateway API. `connectivity` is
 * that of the same objects. Sorted by namespace, name and kind.
 */
export function entryPointsOf(resources: readonly Resource[], connectivity: Connectivity): EntryPoint[] {
  const services = servicesOf(resources);
  const leads = [
    ...services.flatMap(serviceLeads),
    ...routeLeads(resources, connectivity.cluster.namespaces),
  ];
  const taken = connectivity.workloads.flatMap((workload) => nodeLeads(workload, connectivity));
  if (leads.length + taken.length === 0) return [];
  const resolver = new Resolver(services, connectivity, new Admissions(connectivity, leads));
  return [
    ...leads.map((lead) => resolver.entryPoint(lead)),
    ...taken.map((lead) => resolver.nodeEntryPoint(lead)),
  ].sort(
    (a, b) =>
      compareTexts(a.namespace, b.namespace) || compareTexts(a.name, b.name) || compareTexts(a.kind, b.kind),
  );
}

/** Ports of nodes that a workload takes by one of the two ways, with what they come to at its endpoints. */
interface NodeLead {
  lead: Lead;
  workload: Workload;
  asked: ReadonlyMap<number, SetId>;
}

function nodeLeads(workload: Workload, { cluster, connections }: Connectivity): NodeLead[] {
  const taken = workload.members.flatMap((member) => {
    const endpoint = cluster.endpoints[member];
    return endpoint === undefined ? [] : hostPortsOf(endpoint).map((port) => ({ ...port, member, endpoint }));
  });
  return [...Map.groupBy(taken, ({ kind }) => kind)].flatMap(([kind, ports]): NodeLead[] => {
    const resource = ports[0]?.endpoint.resource;
    if (resource === undefined) return [];
    const { namespace, name } = workload.peer;
    const asked = new Map<number, SetId>();
    for (const { member, protocol, target } of ports) {
      const one = connections.of([protocol], [[target, target]]);
      asked.set(member, connections.union(asked.get(member) ?? noConnections, one));
    }
    const own = [...new Set(ports.map(({ port }) => port))].sort((a, b) => a - b);
    const lead: Lead = {
      kind,
      namespace,
      name,
      resource,
      source: 'outside',
      ports: own,
      gateways: [],
      backends: [],
      notes: [],
    };
    return [{ lead, workload, asked }];
  });
}

/** A Service that a lead comes to, with what is asked of each endpoint behind it. */
type Asked = Map<number, SetId>;

class Resolver {
  readonly #services: ReadonlyMap<string, Service>;
  readonly #workloads: ReadonlyMap<string, readonly Workload[]>;
  readonly #connectivity: Connectivity;
  readonly #admissions: Admissions;

  constructor(services: readonly Service[], connectivity: Connectivity, admissions: Admissions) {
    this.#services = new Map(services.map((each) => [`${each.namespace}/${each.name}`, each]));
    this.#workloads = Map.groupBy(connectivity.workloads, ({ peer }) => peer.namespace);
    this.#connectivity = connectivity;
    this.#admissions = admissions;
  }

  entryPoint(lead: Lead): EntryPoint {
    const notes = [...lead.notes];
    const byService = Map.groupBy(lead.backends, ({ namespace, name }) => `${namespace}/${name}`);
    const destinations = [...byService].flatMap(([service, backends]) =>
      this.#destinations(lead, service, backends, notes),
    );
    const { kind, namespace, name, resource, source, ports, gateways } = lead;
    const own = { kind, namespace, name, resource, source, ports, gateways };
    const distinct = new Map(notes.map((note) => [`${note.code} ${note.message}`, note]));
    return { ...own, destinations, notes: [...distinct.values()] };
  }

  /** Nothing but the node stands before the Pods. */
  nodeEntryPoint({ lead, workload, asked }: NodeLead): EntryPoint {
    const { backends: _, ...own } = lead;
    const notes: EntryNote[] = [];
    return { ...own, destinations: [{ workload, service: '', ...this.#judged(lead, asked, notes) }], notes };
  }

  #destinations(
    lead: Lead,
    name: string,
    backends: readonly Backend[],
    notes: EntryNote[],
  ): EntryDestination[] {
    const service = this.#services.get(name);
    if (service === undefined) {
      notes.push({ code: 'no-service', message: `the input does not have the Service ${name}` });
      return [];
    }
    if (service.selector === undefined && service.backing === undefined) {
      const message = `the Service ${name} has no selector: what stands behind it the input does not tell`;
      notes.push({ code: 'no-selector', message });
      return [];
    }
    const ports = backends.flatMap((backend) => {
      const meant = portsOf(service, backend, lead.protocols);
      if (meant.length === 0) notes.push(noPort(name, backend));
      return meant;
    });
    const { cluster, connections } = this.#connectivity;
    const workloads = this.#workloads.get(service.namespace) ?? [];
    const found = workloads.flatMap((workload): EntryDestination[] => {
      const asked: Asked = new Map();
      for (const member of membersBehind(service, workload, cluster)) {
        const { targets, missing } = targetsAt(member, ports, cluster, connections);
        notes.push(...missing.map((port) => noNamedPort(workload.text, port)));
        asked.set(member, targets);
      }
      return asked.size === 0 ? [] : [{ workload, service: name, ...this.#judged(lead, asked, notes) }];
    });
    if (found.length === 0)
      notes.push({ code: 'no-pods', message: `no Pods stand behind the Service ${name}` });
    return found.filter(({ targets }) => targets !== noConnections);
  }

  #judged(
    lead: Lead,
    asked: ReadonlyMap<number, SetId>,
    notes: EntryNote[],
  ): Pick<EntryDestination, 'targets' | 'admitted' | 'admissions'> {
    const { connections } = this.#connectivity;
    const union = (sets: Iterable<SetId>) => {
      let all: SetId = noConnections;
      for (const set of sets) all = connections.union(all, set);
      return all;
    };
    const targets = union(asked.values());
    const admissions = this.#admissions.of(lead, asked);
    const admitted = union(admissions.map((each) => each.connections));
    const isRefused = admitted !== targets && lead.source === 'ingress-controller';
    if (isRefused && this.#admissions.letsSomePodsIn(asked)) notes.push(somePods);
    return { targets, admitted, admissions };
  }
}

const somePods: EntryNote = {
  code: 'some-pods',
  message:
    'policies let in some Pods only; whether what serves the object is one of them the input does not tell, and it is taken not to be',
};

function noPort(service: string, { port }: Backend): EntryNote {
  const which = port === undefined ? 'no port' : `no port ${port}`;
  return { code: 'no-port', message: `the Service ${service} has ${which} that the object can lead to` };
}

function noNamedPort(workload: string, port: string): EntryNote {
  return { code: 'no-named-port', message: `${workload} has no port ${port}` };
}
