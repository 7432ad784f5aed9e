import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import type { EndpointMatcher } from '../../model/matcher.ts';
import type { ConnectionMatch } from '../../model/policy.ts';
import { protocolNumbers } from '../../sets/connections.ts';
import { FieldFault, integerAt, mappingAt, onlyFields, textAt } from '../fields.ts';
import type { IstioContext } from './context.ts';
import { hostsOfEntry, isHostLike, outsideLike } from './hosts.ts';
import { clusterDomain, tcp } from './mesh.ts';
import { portTargets, type ServiceTarget, servicesOf } from './services.ts';

/** Where a route leads: workloads behind a Service, or a host outside. */
export interface Destination {
  workloads: EndpointMatcher;
  isOutside: boolean;
  /** Connections to the port that the workloads have. */
  connections: ConnectionMatch;
}

/**
 * The destination of a route; undefined, with a warning, where the input does not have it.
 * @throws FieldFault
 */
export function destinationOf(
  value: JsonValue | undefined,
  path: Path,
  context: IstioContext,
): Destination | undefined {
  const destination = mappingAt(value, path);
  if (destination === undefined) throw new FieldFault(path, 'is missing');
  onlyFields(destination, ['host', 'subset', 'port'], path);
  const host = (textAt(destination['host'], [...path, 'host']) ?? '').toLowerCase();
  if (host === '' || host.includes('*')) throw new FieldFault([...path, 'host'], 'is not a host');
  const portPath = [...path, 'port', 'number'];
  const port = integerAt(mappingAt(destination['port'], [...path, 'port'])?.['number'], portPath);
  const full = host.includes('.') ? host : `${host}.${context.namespace}.svc.${clusterDomain}`;
  const service = servicesOf(context.objects).find((each) => each.host === full);
  if (service !== undefined) {
    const connections = targetConnections(service, port, portPath, context);
    return { workloads: service.workloads, isOutside: false, connections };
  }
  const entries = context.objects.of('networking.istio.io', 'ServiceEntry').flatMap(hostsOfEntry);
  if (entries.some((entry) => isHostLike(entry, full))) {
    const connections: ConnectionMatch = { fixed: outsidePort(port, context), named: [] };
    return { workloads: outsideLike(full), isOutside: true, connections };
  }
  context.warn(
    [...path, 'host'],
    `names ${full}, which the input does not have: the route leads nowhere here`,
  );
  return undefined;
}

function outsidePort(port: number | undefined, { connections }: IstioContext) {
  return port === undefined ? tcp(connections) : connections.of([protocolNumbers.TCP], [[port, port]]);
}

/** The ports of workloads that a port of a Service leads to; all of them where none is named. */
export function targetConnections(
  { spec, host }: ServiceTarget,
  port: number | undefined,
  path: Path,
  { connections }: IstioContext,
): ConnectionMatch {
  const all = (Array.isArray(spec['ports']) ? spec['ports'] : []).filter(
    (each): each is JsonObject => isObject(each) && (each['protocol'] ?? 'TCP') === 'TCP',
  );
  const named = port === undefined ? all : all.filter((each) => each['port'] === port);
  if (named.length === 0 && port !== undefined) throw new FieldFault(path, `is no port of ${host}`);
  return portTargets(named, connections);
}
