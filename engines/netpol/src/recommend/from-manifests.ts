import { podTemplate, type Resource } from '@keelson/kubernetes';
import { discoverConnections } from '../synthesis/discover.ts';
import type { SynthesisPort } from '../synthesis/services.ts';
import type { AddressSearch, SynthesisWorkload } from '../synthesis/workloads.ts';
import type { FlowEnd, ObservedFlow } from './flow.ts';
import { portNumber } from './translate.ts';

/** What manifests say that an application needs, as connections that were seen. Names of ports are looked up at the target. */
export function flowsOfManifests(resources: readonly Resource[], search: AddressSearch): ObservedFlow[] {
  return discoverConnections(resources, search).connections.flatMap(({ source, target, ports }) =>
    ports.flatMap((port): ObservedFlow[] => {
      const number = targetOf(target, port);
      if (number === undefined) return [];
      const from = typeof source === 'string' ? { type: source } : endOf(source);
      const { protocol } = port;
      return [{ source: from, destination: endOf(target), protocol, port: number, allowed: true, count: 1 }];
    }),
  );
}

function targetOf({ resource }: SynthesisWorkload, { target }: SynthesisPort): number | undefined {
  const template = podTemplate(resource);
  return typeof target === 'number' || template === undefined ? Number(target) : portNumber(template, target);
}

function endOf({ resource, namespace, name, podLabels }: SynthesisWorkload): FlowEnd {
  const { kind } = resource;
  return { type: 'workload', namespace: namespace || 'default', name, kind, labels: podLabels };
}
