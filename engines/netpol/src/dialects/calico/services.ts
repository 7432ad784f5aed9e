import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { allOf, inNamespace, noEndpoints } from '../../model/matcher.ts';
import type { ConnectionMatch, PeerMatch, PortName } from '../../model/policy.ts';
import { noConnections, type SetId } from '../../sets/connections.ts';
import { protocolNumber } from '../../sets/protocols.ts';
import { FieldFault, mappingAt, onlyFields, textAt } from '../fields.ts';
import { matchLabels } from '../label-selector.ts';
import type { CalicoContext } from './context.ts';

/** The policy that names a Service. */
interface Asking {
  resource: Resource;
  namespace: string | undefined;
  context: CalicoContext;
}

/**
 * The Pods behind a Service and the ports that it leads to; undefined where none is named.
 * @throws FieldFault
 */
export function serviceMatch(
  value: JsonValue | undefined,
  path: Path,
  { resource, namespace, context }: Asking,
): { peer: PeerMatch; connections: ConnectionMatch } | undefined {
  const match = mappingAt(value, path);
  if (match === undefined) return undefined;
  onlyFields(match, ['name', 'namespace'], path);
  const name = textAt(match['name'], [...path, 'name']);
  const where = textAt(match['namespace'], [...path, 'namespace']) ?? namespace;
  if (name === undefined || where === undefined)
    throw new FieldFault(path, 'needs a name, and a namespace where the policy has none');
  const spec = context.services.get(`${where}/${name}`)?.object['spec'];
  const selector = isObject(spec) ? spec['selector'] : undefined;
  if (!isObject(spec) || !isObject(selector)) {
    const message = `names a Service ${where}/${name} whose Pods the input does not tell: it matches nothing here`;
    context.problems.push({ level: 'warning', resource, path, message });
    return { peer: { type: 'endpoints', matcher: noEndpoints }, connections: noMatch };
  }
  const matcher = allOf(inNamespace(where), ...matchLabels('pod', selector, path));
  return { peer: { type: 'endpoints', matcher }, connections: targetPorts(spec, context) };
}

const noMatch: ConnectionMatch = { fixed: noConnections, named: [] };

function targetPorts(spec: JsonObject, { connections }: CalicoContext): ConnectionMatch {
  const named: PortName[] = [];
  let fixed: SetId = noConnections;
  for (const port of Array.isArray(spec['ports']) ? spec['ports'] : []) {
    if (!isObject(port)) continue;
    const protocol = protocolNumber(String(port['protocol'] ?? 'TCP'));
    const target = port['targetPort'] ?? port['port'];
    if (protocol === undefined) continue;
    if (typeof target === 'string') named.push({ name: target, protocol });
    else if (typeof target === 'number')
      fixed = connections.union(fixed, connections.of([protocol], [[target, target]]));
  }
  return { fixed, named };
}
