import { isObject, type JsonObject } from '@keelson/core';
import { anyOf, type EndpointMatcher, noneOf } from '../../model/matcher.ts';
import type { ConnectionMatch, PeerMatch, Rule, Verdict } from '../../model/policy.ts';
import type { Connections } from '../../sets/connections.ts';
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

/** Rules of one verdict. */
export interface OnRequests {
  verdict: Verdict;
  rules: readonly Rule[];
  /** The rules without what tells requests alone. */
  plain: readonly Rule[];
  /** True where those are about other peers. */
  hasOtherPeers: boolean;
}

/**
 * What rules on requests are where proxies see none: an ALLOW matches by what it says of no requests, if it says nothing else, and
 * a DENY matches whatever it says of requests. Gives the rules as they are to be asked, and those that follow from them.
 */
export function onPlainPorts(
  { verdict, rules, plain, hasOtherPeers }: OnRequests,
  { objects, connections, namespace, isRoot }: IstioContext,
): { rules: readonly Rule[]; implied: Rule[] } {
  const near = plainPorts(objects)
    .filter((each) => isRoot || each.namespace === namespace)
    .map(({ workloads, ports }) => ({ workloads, match: portTargets(ports, connections) }));
  const [first] = rules;
  if (near.length === 0 || first === undefined) return { rules, implied: [] };
  const implied = near.flatMap(({ workloads, match }): Rule[] => {
    const subject: PeerMatch = { type: 'endpoints', matcher: workloads };
    const matched = plain.map((rule): Rule => {
      const within = connections.anyRequest(rule.connections.fixed);
      return { ...rule, subject, connections: { ...match, within } };
    });
    if (verdict === 'deny') return matched;
    const peers: PeerMatch[] = [{ type: 'any' }];
    const rest = { ...first, peers, subject, connections: match };
    return [...matched, { ...rest, verdict: 'deny', precedence: beforeRequests }];
  });
  if (verdict !== 'deny')
    return { rules: rules.map((rule) => ({ ...rule, precedence: requestsLast })), implied };
  return { rules: hasOtherPeers ? besidePlainPorts(rules, near, connections) : rules, implied };
}

/** Rules that are not about some ports of some workloads. */
function besidePlainPorts(
  rules: readonly Rule[],
  near: readonly { workloads: EndpointMatcher; match: ConnectionMatch }[],
  connections: Connections,
): Rule[] {
  const others = noneOf(anyOf(...near.map(({ workloads }) => workloads)));
  return rules.flatMap((rule): Rule[] => [
    { ...rule, subject: { type: 'endpoints', matcher: others } },
    ...near.map(({ workloads, match }): Rule => {
      const fixed = connections.difference(rule.connections.fixed, match.fixed);
      const subject: PeerMatch = { type: 'endpoints', matcher: workloads };
      return { ...rule, subject, connections: { fixed, named: [], except: match.named } };
    }),
  ]);
}
