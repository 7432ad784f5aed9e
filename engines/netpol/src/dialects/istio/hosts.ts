import { isObject, type Path } from '@keelson/core';
import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import type { Endpoint } from '../../model/cluster.ts';
import { anyOf, type EndpointMatcher, labelWhere } from '../../model/matcher.ts';
import { FieldFault } from '../fields.ts';
import { hostLabel } from '../outside-hosts.ts';

const hostForm = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\.?$/i;
const maxHost = 255;

/**
 * A host that may begin with a wildcard, in small letters and without the dot of the root.
 * @throws FieldFault
 */
export function hostAt(text: string, path: Path): string {
  const rest = text === '*' ? 'any' : text.replace(/^\*\./, '');
  if (text.length >= maxHost || !hostForm.test(rest)) throw new FieldFault(path, 'is not a host');
  return text.toLowerCase().replace(/\.$/, '');
}

/** Whether a host is one of those that a pattern, which may begin with a wildcard, stands for. */
export function isHostLike(pattern: string, host: string): boolean {
  return pattern === '*' || pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
}

/** Whether two patterns have a host in common. */
export function doHostsMeet(a: string, b: string): boolean {
  return isHostLike(a, b) || isHostLike(b, a);
}

/** The narrower of two patterns that have a host in common. */
export function narrowerHost(a: string, b: string): string {
  return isHostLike(a, b) ? b : a;
}

/** Hosts outside the cluster that ServiceEntries name, as endpoints, which no Pod stands behind. */
export function outsideEndpoints(resources: readonly Resource[]): Endpoint[] {
  const hosts = resources
    .filter(({ group, kind }) => group === 'networking.istio.io' && kind === 'ServiceEntry')
    .flatMap((resource) => hostsOfEntry(resource).map((host) => ({ host, resource })));
  const byHost = new Map(hosts.map((each) => [each.host, each]));
  return [...byHost.values()].map(({ host, resource }) => ({
    namespace: '',
    name: host,
    kind: 'ServiceEntry',
    labels: new Map([
      [hostLabel, host],
      [hostNamespaceLabel, effectiveNamespace(resource) ?? 'default'],
      // To Cilium they are what it calls the world.
      ['reserved:world', ''],
    ]),
    ports: [],
    addresses: [],
    hostNetwork: false,
    serviceAccount: '',
    resource,
  }));
}

/** Key of the label that tells which namespace a host outside is entered in. */
export const hostNamespaceLabel = 'istio:namespace';

/** Hosts of a ServiceEntry as they are written, without faults. */
export function hostsOfEntry({ object }: Resource): string[] {
  const { spec } = object;
  const hosts = isObject(spec) ? spec['hosts'] : undefined;
  const texts = Array.isArray(hosts) ? hosts.filter((host) => typeof host === 'string') : [];
  return texts.map((host) => host.toLowerCase().replace(/\.$/, ''));
}

/** Endpoints of hosts outside that any of some patterns stands for. */
export function outsideLike(...patterns: readonly string[]): EndpointMatcher {
  return anyOf(
    ...patterns.map((pattern) =>
      labelWhere('pod', hostLabel, `like ${pattern}`, (host) => doHostsMeet(pattern, host)),
    ),
  );
}
