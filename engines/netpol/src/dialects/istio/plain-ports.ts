import { isObject, type JsonObject } from '@keelson/core';
import type { EndpointMatcher } from '../../model/matcher.ts';
import type { PeerMatch, Rule } from '../../model/policy.ts';
import type { Objects } from '../objects.ts';
import type { IstioContext } from './context.ts';
import { portTargets, servicesOf } from './services.ts';

/** Protocols of ports whose requests no proxy sees (Istio, "Protocol Selection"). Where nothing is said, proxies find out. */
const plainProtocols: ReadonlySet<string> = new Set(['tcp', 'tls', 'https', 'mongo', 'mysql', 'redis']);

/** Ports of a Service that carry no requests which a proxy could see. */
interface PlainPorts {
  namespace: string;
  workloads: EndpointMatcher;
  ports: readonly JsonObject[];
}

const known = new WeakMap<Objects, readonly PlainPorts[]>();

function plainPorts(objects: Objects): readonly PlainPorts[] {
  let plain = known.get(objects);
  if (plain === undefined) {
    plain = servicesOf(objects)
      .map(({ spec, workloads, namespace }) => {
        const ports = (Array.isArray(spec['ports']) ? spec['ports'] : []).filter((port) => isObject(port));
        return {
          namespace,
          workloads,
          ports: ports.filter((port) => (port['protocol'] ?? 'TCP') === 'TCP' && isPlain(port)),
        };
      })
      .filter(({ ports }) => ports.length > 0);
    known.set(objects, plain);
  }
  return plain;
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
  { objects, connections, namespace, isRoot }: IstioContext,
): { rules: readonly Rule[]; implied: Rule[] } {
  const plain = plainPorts(objects).filter((each) => isRoot || each.namespace === namespace);
  const [first] = rules;
  if (plain.length === 0 || first === undefined) return { rules, implied: [] };
  const implied = plain.flatMap(({ workloads, ports }): Rule[] => {
    const subject: PeerMatch = { type: 'endpoints', matcher: workloads };
    const match = portTargets(ports, connections);
    if (first.verdict !== 'deny') {
      const peers: PeerMatch[] = [{ type: 'any' }];
      return [{ ...first, verdict: 'deny', precedence: beforeRequests, peers, subject, connections: match }];
    }
    return rules.map((rule) => {
      const within = connections.anyRequest(rule.connections.fixed);
      return { ...rule, subject, connections: { ...match, within } };
    });
  });
  if (first.verdict === 'deny') return { rules, implied };
  return { rules: rules.map((rule) => ({ ...rule, precedence: requestsLast })), implied };
}
