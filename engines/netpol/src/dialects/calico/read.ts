import type { Resource } from '@keelson/kubernetes';
import type { Policy } from '../../model/policy.ts';
import { FieldFault, readOrRefuse } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import { type CalicoContext, calicoContext, isCalico } from './context.ts';
import { failsafePolicies } from './failsafe.ts';
import { profilePolicy, profilesByName } from './host-endpoints.ts';
import { readCalicoPolicy, readStagedPolicy } from './policy.ts';

type Reader = (resource: Resource, context: CalicoContext) => Policy | undefined;

/** By kind, what reads a policy of Calico. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['NetworkPolicy', readCalicoPolicy],
  ['GlobalNetworkPolicy', readCalicoPolicy],
  ['StagedNetworkPolicy', readStagedPolicy],
  ['StagedGlobalNetworkPolicy', readStagedPolicy],
  ['StagedKubernetesNetworkPolicy', readStagedPolicy],
]);

const endpointKinds: ReadonlySet<string> = new Set(['HostEndpoint', 'WorkloadEndpoint']);

/** Calico's policies among all objects of the input, and what holds for the endpoints that it describes. */
export function readCalicoPolicies(resources: readonly Resource[], general: ReadContext): Policy[] {
  const own = resources.filter((resource) => isCalico(resource));
  if (own.length === 0) return [];
  const context = calicoContext(resources, general);
  const profiles = profilesByName(own);
  const written = own.flatMap((resource) => {
    const reader: Reader | undefined = endpointKinds.has(resource.kind)
      ? () => profilePolicy(resource, profiles, context)
      : readers.get(resource.kind);
    if (reader === undefined) return [];
    return (
      readOrRefuse(resource, context.problems, () => {
        checkServed(resource);
        return reader(resource, context);
      }) ?? []
    );
  });
  return context.failsafePorts === false ? written : [...written, ...failsafePolicies(own, context)];
}

const versions: Readonly<Record<string, string>> = {
  'projectcalico.org': 'v3',
  'crd.projectcalico.org': 'v1',
};

function checkServed(resource: Resource): void {
  const { group, version } = resource;
  const served = versions[group];
  if (version !== served)
    throw new FieldFault(
      ['apiVersion'],
      `is ${group}/${version}, which is not known: it may be ${group}/${served}`,
    );
}
