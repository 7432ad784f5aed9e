import type { Path } from '@keelson/core';
import { allEndpoints, allOf, anyOf, type EndpointMatcher, noneOf } from '../../model/matcher.ts';
import type { ConnectionMatch, Direction, Policy, Rule, Verdict } from '../../model/policy.ts';
import { allConnections, type SetId, type TextPattern } from '../../sets/connections.ts';
import { outsideHosts } from '../outside-hosts.ts';
import type { IstioContext } from './context.ts';
import type { Destination } from './destinations.ts';
import { hostsFor, type ReadGateway } from './gateway.ts';
import { doHostsMeet, narrowerHost } from './hosts.ts';
import { gatewayTier } from './mesh.ts';
import type { ReadVirtualService, Route } from './virtual-service.ts';

/** What one VirtualService makes of its routes. */
interface RouteRules {
  context: IstioContext;
  /** From gateways to workloads. */
  inward: Rule[];
  /** From workloads to the gateway that connections leave by, and from it to hosts outside, which others then do not reach. */
  toGateway: Rule[];
  outward: Rule[];
}

/**
 * What routes of gateways allow, beside what the policies of the network and of the mesh do: a gateway opens no other
 * connections than its routes lead to, and a host that routes lead to by way of a gateway is reached from it alone.
 */
export function routePolicies(
  services: readonly ReadVirtualService[],
  gateways: readonly ReadGateway[],
): Policy[] {
  const byName = new Map(gateways.map((gateway) => [`${gateway.namespace}/${gateway.name}`, gateway]));
  const read = services.map((service) => rulesOf(service, byName));
  const used = new Set(services.flatMap(({ routes }) => routes.flatMap((route) => route.gateways)));
  for (const [name, { context }] of byName)
    if (!used.has(name)) context.warn(['spec'], 'has no VirtualService: it leads nowhere');
  // Half a way out leads nowhere, and closes nothing.
  const isWhole = (side: 'toGateway' | 'outward') => read.some((rules) => rules[side].length > 0);
  const hasWayOut = isWhole('toGateway') && isWhole('outward');
  if (!hasWayOut) {
    for (const { context, toGateway, outward } of read)
      if (toGateway.length + outward.length > 0)
        context.warn(['spec'], 'is half a way out by a gateway, and is not judged without the other half');
  }
  return read.flatMap(({ context, inward, toGateway, outward }) => [
    ...policyOf(context, 'egress', inward),
    ...(hasWayOut
      ? [...policyOf(context, 'ingress', toGateway), ...policyOf(context, 'egress', outward)]
      : []),
  ]);
}

function rulesOf(
  { hosts, routes, context }: ReadVirtualService,
  byName: ReadonlyMap<string, ReadGateway>,
): RouteRules {
  const rules: RouteRules = { context, inward: [], toGateway: [], outward: [] };
  for (const route of routes) {
    for (const name of route.gateways.filter((each) => each !== 'mesh')) {
      const gateway = byName.get(name);
      if (gateway === undefined) {
        context.warn(route.path, `names a Gateway ${name} that the input does not have`);
        continue;
      }
      const shared = sharedHosts(route.hosts ?? hosts, hostsFor(gateway, context.namespace));
      if (shared.length === 0) context.warn(route.path, `has no host that the Gateway ${name} serves`);
      else addGatewayRules(rules, route, shared, gateway);
    }
    if (route.gateways.includes('mesh')) addMeshRules(rules, route, byName);
  }
  if (rules.inward.length + rules.toGateway.length + rules.outward.length === 0)
    context.warn(['spec'], 'leads to nothing by way of a gateway');
  return rules;
}

function sharedHosts(left: readonly string[], right: readonly string[]): string[] {
  const pairs = left.flatMap((a) => right.filter((b) => doHostsMeet(a, b)).map((b) => narrowerHost(a, b)));
  return [...new Set(pairs)];
}

function addGatewayRules(
  rules: RouteRules,
  route: Route,
  hosts: readonly string[],
  gateway: ReadGateway,
): void {
  const asked = requestsTo(hosts, route, rules.context);
  for (const destination of route.destinations) {
    const rule = ruleOf('egress', 'allow', gateway.workloads, destination.workloads, route.path);
    const connections = within(destination, asked, rules.context);
    if (!gateway.isEgress) rules.inward.push({ ...rule, connections });
    else if (destination.isOutside) {
      const others = allOf(noneOf(gateway.workloads), noneOf(outsideHosts));
      const all: ConnectionMatch = { fixed: allConnections, named: [] };
      rules.outward.push(
        { ...rule, connections },
        { ...ruleOf('egress', 'deny', others, destination.workloads, route.path), connections: all },
      );
    }
  }
}

/** Routes of workloads' own proxies count where they lead to a gateway that connections leave by. */
function addMeshRules(rules: RouteRules, route: Route, byName: ReadonlyMap<string, ReadGateway>): void {
  const egress = [...byName.values()].filter(({ isEgress }) => isEgress);
  if (egress.length === 0) return;
  const gateways = anyOf(...egress.map(({ workloads }) => workloads));
  const asked = requestsTo(route.hosts, route, rules.context);
  for (const destination of route.destinations.filter(({ isOutside }) => !isOutside)) {
    const subject = allOf(gateways, destination.workloads);
    const rule = ruleOf('ingress', 'allow', subject, noneOf(outsideHosts), route.path);
    rules.toGateway.push({ ...rule, connections: within(destination, asked, rules.context) });
  }
}

type PlainRule = Omit<Rule, 'connections'>;

function ruleOf(
  direction: Direction,
  verdict: Verdict,
  subject: EndpointMatcher,
  peers: EndpointMatcher,
  path: Path,
): PlainRule {
  return {
    direction,
    verdict,
    ...(verdict === 'deny' ? { precedence: -1 } : {}),
    subject: { type: 'endpoints', matcher: subject },
    peers: [{ type: 'endpoints', matcher: peers }],
    path,
  };
}

function requestsTo(
  hosts: readonly string[] | undefined,
  route: Route,
  { connections }: IstioContext,
): SetId {
  if (hosts === undefined || hosts.includes('*')) return route.requests;
  const patterns = hosts.map(
    (host): TextPattern =>
      host.startsWith('*') ? { type: 'suffix', text: host.slice(1) } : { type: 'exact', text: host },
  );
  return connections.intersection(route.requests, connections.ofRequests({ hosts: patterns }));
}

function within(destination: Destination, asked: SetId, { connections }: IstioContext): ConnectionMatch {
  const { fixed, named } = destination.connections;
  if (named.length === 0) return { fixed: connections.intersection(fixed, asked), named };
  return { fixed, named, within: asked };
}

/** A policy about the gateways of its rules, which isolates them; rules that deny are about all others. */
function policyOf(context: IstioContext, direction: Direction, rules: readonly Rule[]): Policy[] {
  const policy = (verdict: Verdict): Policy[] => {
    const own = rules.filter((rule) => rule.verdict === verdict);
    if (own.length === 0) return [];
    const subjects = own.flatMap(({ subject }) => (subject?.type === 'endpoints' ? subject.matcher : []));
    const isolates = { ingress: false, egress: false, [direction]: verdict === 'allow' };
    const { resource, namespace } = context;
    return [
      {
        kind: resource.kind,
        namespace,
        name: resource.name,
        tier: gatewayTier(context.connections),
        order: 0,
        sortName: `${namespace}/${resource.name}`,
        subject: subjects.length === 0 ? allEndpoints : anyOf(...uniqueByKey(subjects)),
        isolates,
        rules: own,
        resource,
      },
    ];
  };
  return [...policy('allow'), ...policy('deny')];
}

function uniqueByKey(matchers: readonly EndpointMatcher[]): EndpointMatcher[] {
  return [...new Map(matchers.map((matcher) => [matcher.key, matcher])).values()];
}
