import type { Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { allOf, type EndpointMatcher } from '../../model/matcher.ts';
import { FieldFault, mappingAt, mappingsAt, portAt, textAt } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import { matchLabels } from '../label-selector.ts';
import type { Objects } from '../objects.ts';
import { IstioContext } from './context.ts';
import { hostAt } from './hosts.ts';
import { textsAt } from './values.ts';

/** A host that a gateway serves, and for objects of which namespaces. */
interface ServedHost {
  /** A name, `.` for the gateway's own namespace or `*` for any. */
  namespace: string;
  name: string;
}

/** A Gateway of `networking.istio.io`. */
export interface ReadGateway {
  namespace: string;
  name: string;
  workloads: EndpointMatcher;
  hosts: readonly ServedHost[];
  /** True for the gateway that a mesh's own connections leave by. */
  isEgress: boolean;
  context: IstioContext;
}

/**
 * Reads a Gateway. Its Pods may stand in any namespace.
 * @throws FieldFault
 */
export function readGateway(resource: Resource, read: ReadContext, objects: Objects): ReadGateway {
  const path: Path = ['spec'];
  const context = new IstioContext(resource, read, objects);
  const spec = mappingAt(resource.object['spec'], path) ?? {};
  const selectorPath = [...path, 'selector'];
  const selector = mappingAt(spec['selector'], selectorPath);
  if (selector === undefined) throw new FieldFault(selectorPath, 'is missing');
  const labels = matchLabels('pod', selector, selectorPath);
  const serversPath = [...path, 'servers'];
  const servers = mappingsAt(spec['servers'], serversPath);
  if (servers === undefined || servers.length === 0) throw new FieldFault(serversPath, 'are missing');
  const hosts = servers.flatMap((server) => {
    const hostsPath = [...server.path, 'hosts'];
    const texts = textsAt(server.value['hosts'], hostsPath);
    if (texts === undefined) throw new FieldFault(hostsPath, 'are missing');
    portOf(server.value['port'], [...server.path, 'port']);
    return texts.map((text, i) => servedHost(text, [...hostsPath, i]));
  });
  return {
    namespace: context.namespace,
    name: resource.name,
    workloads: context.chosen(selectorPath, 'pod', allOf(...labels), labels.length === 0),
    hosts,
    isEgress: selector['istio'] === 'egressgateway',
    context,
  };
}

function portOf(value: Parameters<typeof mappingAt>[0], path: Path): void {
  const port = mappingAt(value, path);
  if (port === undefined) throw new FieldFault(path, 'is missing');
  portAt(port['number'], [...path, 'number']);
  for (const field of ['protocol', 'name']) {
    if ((textAt(port[field], [...path, field]) ?? '') === '')
      throw new FieldFault([...path, field], 'is missing');
  }
}

function servedHost(text: string, path: Path): ServedHost {
  const slash = text.indexOf('/');
  if (slash < 0) return { namespace: '*', name: hostAt(text, path) };
  return { namespace: text.slice(0, slash), name: hostAt(text.slice(slash + 1), path) };
}

/** The hosts that a gateway serves for objects of a namespace. */
export function hostsFor({ namespace: own, hosts }: ReadGateway, namespace: string): string[] {
  return hosts
    .filter((host) => host.namespace === '*' || (host.namespace === '.' ? own : host.namespace) === namespace)
    .map(({ name }) => name);
}
