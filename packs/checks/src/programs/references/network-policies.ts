import type { ProgramContext, Violation } from '@keelson/checks';
import type { Resource } from '@keelson/kubernetes';
import { defaultDeny } from '@keelson/netpol';
import { titleOf } from '../fields.ts';
import type { Program } from '../program.ts';

// For inputs without network policies: what the programs of the engine say then, without loading it.

export const podWithoutIngressPolicy: Program = (context) => everyPod(context, 'ingress');
export const podWithoutEgressPolicy: Program = (context) => everyPod(context, 'egress');

function* everyPod({ inventory }: ProgramContext, direction: 'ingress' | 'egress'): Iterable<Violation> {
  const said = new Set<Resource>();
  for (const { resource } of inventory.workloads) {
    if (said.has(resource)) continue;
    said.add(resource);
    const message = `${titleOf(resource)}: no network policy restricts its ${direction}`;
    yield { subject: resource, path: ['metadata', 'name'], message };
  }
}

export const namespaceWithoutNetworkPolicy: Program = function* ({ resources }) {
  for (const namespace of resources) {
    const message = `${titleOf(namespace)}: no network policy is in namespace ${namespace.name}`;
    const fix = defaultDeny(namespace.name, ['ingress', 'egress']);
    yield { subject: namespace, path: ['metadata', 'name'], message, fix };
  }
};
