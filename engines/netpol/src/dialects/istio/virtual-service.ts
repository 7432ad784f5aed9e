import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { allConnections, noConnections, type SetId, type TextPattern } from '../../sets/connections.ts';
import { FieldFault, mappingAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import { regularPattern } from '../text-patterns.ts';
import { IstioContext } from './context.ts';
import { type Destination, destinationOf } from './destinations.ts';
import { doHostsMeet, hostAt } from './hosts.ts';
import { textsAt } from './values.ts';

/** One route of a VirtualService: what it matches and where it leads. */
export interface Route {
  /** `namespace/name` of gateways, and `mesh` for the proxies of workloads. */
  gateways: readonly string[];
  /** Hosts that it is about, where it tells them apart from those of the VirtualService. */
  hosts: readonly string[] | undefined;
  /** Requests by method and path. */
  requests: SetId;
  destinations: readonly Destination[];
  path: Path;
}

/** A VirtualService of `networking.istio.io`. */
export interface ReadVirtualService {
  hosts: readonly string[];
  routes: readonly Route[];
  context: IstioContext;
}

/**
 * Reads a VirtualService. Where it names no gateway, it is about the proxies of workloads.
 * @throws FieldFault
 */
export function readVirtualService(
  resource: Resource,
  read: ReadContext,
  objects: Objects,
): ReadVirtualService {
  const path: Path = ['spec'];
  const context = new IstioContext(resource, read, objects);
  const spec = mappingAt(resource.object['spec'], path);
  if (spec === undefined) throw new FieldFault(path, 'is missing');
  onlyFields(spec, ['hosts', 'gateways', 'http', 'tls', 'tcp', 'exportTo'], path);
  const hosts = (textsAt(spec['hosts'], [...path, 'hosts']) ?? []).map((text, i) =>
    hostAt(text, [...path, 'hosts', i]),
  );
  const gateways = gatewayNames(spec['gateways'], [...path, 'gateways'], context) ?? ['mesh'];
  const routes = (['http', 'tls', 'tcp'] as const).flatMap((type) =>
    (mappingsAt(spec[type], [...path, type]) ?? []).flatMap(
      (item) => readRoute(type, item.value, item.path, { hosts, gateways, context }) ?? [],
    ),
  );
  return { hosts, routes, context };
}

/** What a route takes from its VirtualService. */
interface Around {
  hosts: readonly string[];
  gateways: readonly string[];
  context: IstioContext;
}

function readRoute(
  type: 'http' | 'tls' | 'tcp',
  route: JsonObject,
  path: Path,
  around: Around,
): Route | undefined {
  const { context, gateways } = around;
  const matches = mappingsAt(route['match'], [...path, 'match']) ?? [];
  const own = matches.flatMap(
    (match) => gatewayNames(match.value['gateways'], [...match.path, 'gateways'], context) ?? [],
  );
  const sni = matches.flatMap((match) => {
    const at = [...match.path, 'sniHosts'];
    const texts = textsAt(match.value['sniHosts'], at);
    if (type === 'tls' && texts === undefined) throw new FieldFault(at, 'are missing');
    return (texts ?? []).map((text, i) => hostAt(text, [...at, i]));
  });
  if (type === 'tls' && !sni.every((host) => around.hosts.some((each) => doHostsMeet(each, host)))) {
    context.warn([...path, 'match'], 'names sniHosts that are none of its hosts: the route matches nothing');
    return undefined;
  }
  for (const match of matches) warnOfMatch(match.value, match.path, context);
  const destinations = (mappingsAt(route['route'], [...path, 'route']) ?? []).flatMap(
    (item) => destinationOf(item.value['destination'], [...item.path, 'destination'], context) ?? [],
  );
  return {
    gateways: own.length > 0 ? own : gateways,
    hosts: sni.length > 0 ? sni : undefined,
    requests: type === 'http' ? requestsOf(matches, context) : allConnections,
    destinations,
    path,
  };
}

/** Fields of a match that this judgement does not take into account: it holds as if they all matched. */
const ignored = [
  'scheme',
  'authority',
  'headers',
  'withoutHeaders',
  'queryParams',
  'port',
  'sourceLabels',
  'sourceNamespace',
  'destinationSubnets',
];

function warnOfMatch(match: JsonObject, path: Path, context: IstioContext): void {
  for (const field of ignored) {
    if (match[field] !== undefined)
      context.warn([...path, field], 'is not judged: the route is taken to match whatever it says');
  }
}

function gatewayNames(
  value: JsonValue | undefined,
  path: Path,
  { namespace }: IstioContext,
): string[] | undefined {
  return textsAt(value, path)?.map((text) =>
    text === 'mesh' || text.includes('/') ? text : `${namespace}/${text}`,
  );
}

/** Any of the matches, each with all that it says; all requests where there is none. */
function requestsOf(matches: readonly { value: JsonObject; path: Path }[], context: IstioContext): SetId {
  const { connections } = context;
  if (matches.length === 0) return allConnections;
  return matches.reduce<SetId>((all, { value, path }) => {
    const paths = stringMatch(value['uri'], [...path, 'uri'], context.prefixesByElement);
    const methods = stringMatch(value['method'], [...path, 'method'], false);
    const one = connections.ofRequests({
      ...(paths === undefined ? {} : { paths }),
      ...(methods === undefined ? {} : { methods }),
    });
    return connections.union(all, one);
  }, noConnections);
}

/** A `StringMatch`. A prefix may be taken by elements of a path, as Kubernetes' Ingress takes it. */
function stringMatch(
  value: JsonValue | undefined,
  path: Path,
  byElement: boolean,
): TextPattern[] | undefined {
  const match = mappingAt(value, path);
  if (match === undefined) return undefined;
  const [type, ...others] = Object.keys(match);
  if (type === undefined || others.length > 0)
    throw new FieldFault(path, 'needs exactly one of exact, prefix, regex');
  const text = textAt(match[type], [...path, type]) ?? '';
  if (type === 'exact') return [{ type, text }];
  if (type === 'regex') return [regularPattern(text)];
  if (type !== 'prefix') throw new FieldFault([...path, type], 'is not exact, prefix or regex');
  return byElement ? elementPrefix(text) : [{ type, text }];
}

/** A path and all below it. */
export function elementPrefix(text: string): TextPattern[] {
  const base = text.replace(/\/$/, '');
  if (base === '') return [{ type: 'prefix', text: '' }];
  return [
    { type: 'exact', text: base },
    { type: 'prefix', text: `${base}/` },
  ];
}
