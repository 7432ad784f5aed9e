import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { Endpoint, EndpointAddress, Labels, NamedPort } from '../../model/cluster.ts';
import { labelsOf, ownLabels } from '../../model/read-cluster.ts';
import { isAddress, parseAddress, parseCidr } from '../../sets/addresses.ts';
import { protocolNumber } from '../../sets/protocols.ts';
import { isCalico } from './context.ts';

/**
 * The endpoints that Calico's own objects describe: interfaces of nodes (HostEndpoint), which stand in no namespace, and
 * of Pods (WorkloadEndpoint). They take over the labels that their profiles hand on, below their own.
 */
export function calicoEndpoints(resources: readonly Resource[]): Endpoint[] {
  const handedOn = new Map(
    resources
      .filter((resource) => isCalico(resource, 'Profile'))
      .map(({ name, object }) => [name, labelsOf(specOf(object)['labelsToApply'])] as const),
  );
  return resources.flatMap((resource) => {
    if (isCalico(resource, 'HostEndpoint')) return endpointOf(resource, '', resource.name, handedOn);
    if (!isCalico(resource, 'WorkloadEndpoint')) return [];
    const pod = specOf(resource.object)['pod'];
    const name = typeof pod === 'string' && pod !== '' ? pod : resource.name;
    return endpointOf(resource, resource.namespace ?? 'default', name, handedOn);
  });
}

function endpointOf(
  resource: Resource,
  namespace: string,
  name: string,
  handedOn: ReadonlyMap<string, Labels>,
): Endpoint {
  const { object, kind } = resource;
  const spec = specOf(object);
  const profiles = textsOf(spec['profiles']);
  const account = spec['serviceAccountName'];
  return {
    namespace,
    name,
    kind,
    labels: new Map([
      ...profiles.flatMap((profile) => [...(handedOn.get(profile) ?? [])]),
      ...ownLabels(resource),
    ]),
    ports: portsOf(spec['ports']),
    addresses: [...textsOf(spec['expectedIPs']), ...textsOf(spec['ipNetworks'])].flatMap(addressOf),
    hostNetwork: kind === 'HostEndpoint',
    serviceAccount: typeof account === 'string' ? account : '',
    resource,
  };
}

function specOf(object: JsonObject): JsonObject {
  const spec = object['spec'];
  return isObject(spec) ? spec : {};
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** An address, or the CIDR of a single one. */
function addressOf(text: string): EndpointAddress[] {
  const [address = ''] = text.split('/');
  if (!isAddress(address)) return [];
  if (text.includes('/')) {
    const { low, high } = parseCidr(text);
    if (low !== high) return [];
  }
  return [parseAddress(address)];
}

function portsOf(value: JsonValue | undefined): NamedPort[] {
  return (Array.isArray(value) ? value : []).flatMap((each) => {
    if (!isObject(each)) return [];
    const { name, port, protocol = 'TCP' } = each;
    const number = typeof protocol === 'string' ? protocolNumber(protocol) : undefined;
    if (typeof name !== 'string' || typeof port !== 'number' || number === undefined) return [];
    return { name, protocol: number, port };
  });
}
