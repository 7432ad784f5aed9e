import { isObject, type JsonObject } from '@keelson/core';
import type { EndpointMatcher } from '../../model/matcher.ts';
import type { ConnectionMatch, Rule } from '../../model/policy.ts';
import type { Connections } from '../../sets/connections.ts';
import type { Objects } from '../objects.ts';
import { portTargets, servicesOf } from './services.ts';

/** Protocols of ports whose requests no proxy sees (Istio, "Protocol Selection"). Where nothing is said, proxies find out. */
const plainProtocols: ReadonlySet<string> = new Set(['tcp', 'tls', 'https', 'mongo', 'mysql', 'redis']);

/** Ports of workloads that carry no requests which a proxy could see. */
interface PlainPorts {
  workloads: EndpointMatcher;
  connections: ConnectionMatch;
}

function plainPorts(objects: Objects, connections: Connections): PlainPorts[] {
  return servicesOf(objects).flatMap(({ spec, workloads }) => {
    const ports = (Array.isArray(spec['ports']) ? spec['ports'] : []).filter((port) => isObject(port));
    const plain = ports.filter((port) => (port['protocol'] ?? 'TCP') === 'TCP' && isPlain(port));
    return plain.length === 0 ? [] : [{ workloads, connections: portTargets(plain, connections) }];
  });
}

function isPlain({ appProtocol, name }: JsonObject): boolean {
  const protocol = typeof appProtocol === 'string' ? appProtocol : String(name ?? '').split('-')[0];
  return plainProtocols.has(protocol?.toLowerCase() ?? '');
}

const beforeRequests = 1;
const requestsLast = 2;

/**
 * What rules on requests are where proxies see none: an ALLOW matches nothing, and a DENY matches whatever it says of requests.
 * Gives the rules as they are to be asked, and those that follow from them.
 */
export function onPlainPorts(
  rules: readonly Rule[],
  objects: Objects,
  connections: Connections,
): { rules: readonly Rule[]; implied: Rule[] } {
  const plain = plainPorts(objects, connections);
  const [first] = rules;
  if (plain.length === 0 || first === undefined) return { rules, implied: [] };
  const about = ({ workloads }: PlainPorts) => ({ type: 'endpoints' as const, matcher: workloads });
  if (first.verdict === 'deny') {
    const implied = rules.flatMap((rule) =>
      plain.map((each): Rule => {
        const within = connections.anyRequest(rule.connections.fixed);
        return { ...rule, subject: about(each), connections: { ...each.connections, within } };
      }),
    );
    return { rules, implied };
  }
  const implied = plain.map((each): Rule => {
    const { connections: match } = each;
    const peers = [{ type: 'any' as const }];
    return {
      ...first,
      verdict: 'deny',
      precedence: beforeRequests,
      peers,
      subject: about(each),
      connections: match,
    };
  });
  return { rules: rules.map((rule) => ({ ...rule, precedence: requestsLast })), implied };
}
