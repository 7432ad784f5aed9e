import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { allOf, anyOf, type EndpointMatcher, noneOf } from '../../model/matcher.ts';
import type { PeerMatch, Policy, Rule } from '../../model/policy.ts';
import { noConnections, protocolNumbers, type SetId } from '../../sets/connections.ts';
import { FieldFault, mappingAt, onlyFields, textAt } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import { IstioContext } from './context.ts';
import { ambient, meshTier } from './mesh.ts';
import { workloadsOf } from './workloads.ts';

/** A PeerAuthentication, with how special it is: for workloads before for a namespace before for the mesh. */
export interface ReadAuthentication {
  rank: 0 | 1 | 2;
  matcher: EndpointMatcher;
  /** Connections that need an identity. */
  strict: SetId;
  /** Connections that need none, whatever a more general object says; what is in neither is left to it. */
  open: SetId;
  /** Connections without TLS, whose proxies are told no identity. */
  plain: SetId;
  context: IstioContext;
}

const modes: ReadonlySet<string> = new Set(['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT']);

/**
 * A PeerAuthentication of `security.istio.io`: who has no identity of the mesh may speak to a workload unless it says STRICT.
 * @throws FieldFault
 */
export function readPeerAuthentication(
  resource: Resource,
  read: ReadContext,
  objects: Objects,
): ReadAuthentication[] {
  const path: Path = ['spec'];
  const context = new IstioContext(resource, read, objects);
  const spec = mappingAt(resource.object['spec'], path) ?? {};
  onlyFields(spec, ['selector', 'mtls', 'portLevelMtls'], path);
  const { matcher, isAll } = workloadsOf(spec, path, context);
  const rank = isAll ? (context.isRoot ? 2 : 1) : 0;
  const mode = modeAt(spec['mtls'], [...path, 'mtls']);
  const portsPath = [...path, 'portLevelMtls'];
  const ports = portModes(spec['portLevelMtls'], portsPath);
  if (isAll && ports.size > 0)
    throw new FieldFault(portsPath, 'may stand beside a selector of workloads only');
  if (rank === 0 && context.isRoot) {
    context.warn(
      [...path, 'selector'],
      "stands in the namespace of the whole mesh, where Istio looks at no PeerAuthentication of some workloads' own",
    );
    return [];
  }
  // What the node's proxy carries is always TLS, so that Istio leaves such an object out for it ("ambient").
  const about = mode === 'DISABLE' ? allOf(matcher, noneOf(ambient)) : matcher;
  return [{ rank, matcher: about, ...connectionsByMode(mode, ports, context), context }];
}

function modeAt(value: JsonValue | undefined, path: Path): string {
  const mtls = mappingAt(value, path) ?? {};
  onlyFields(mtls, ['mode'], path);
  const mode = textAt(mtls['mode'], [...path, 'mode']) ?? 'UNSET';
  if (!modes.has(mode)) throw new FieldFault([...path, 'mode'], `is not ${[...modes].join(', ')}`);
  return mode;
}

function portModes(value: JsonValue | undefined, path: Path): Map<number, string> {
  const ports: JsonObject = mappingAt(value, path) ?? {};
  return new Map(
    Object.entries(ports).map(([text, mtls]) => {
      const port = Number(text);
      if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535)
        throw new FieldFault([...path, text], 'is not a port');
      return [port, modeAt(mtls, [...path, text])];
    }),
  );
}

/** Ports without a mode of their own have that of the whole; without one either, that of a more general object. */
function connectionsByMode(
  mode: string,
  ports: ReadonlyMap<number, string>,
  { connections }: IstioContext,
): { strict: SetId; open: SetId; plain: SetId } {
  const { TCP } = protocolNumbers;
  const told = [...ports].filter(([, each]) => each !== 'UNSET');
  const ofPorts = (some: typeof told) =>
    connections.of(
      [TCP],
      some.map(([port]) => [port, port]),
    );
  const others = connections.difference(connections.of([TCP]), ofPorts(told));
  const all = (...some: readonly string[]) =>
    connections.union(
      some.includes(mode) ? others : noConnections,
      ofPorts(told.filter(([, each]) => some.includes(each))),
    );
  return { strict: all('STRICT'), open: all('DISABLE', 'PERMISSIVE'), plain: all('DISABLE') };
}

/**
 * What counts of PeerAuthentications, from special to general: of one rank, each is about the workloads that no older one is
 * about (Istio, "Peer authentication").
 */
export function oldestFirst(all: readonly ReadAuthentication[]): ReadAuthentication[] {
  const groups = Map.groupBy(
    all.toSorted((a, b) => a.rank - b.rank || compareAge(a.context.resource, b.context.resource)),
    ({ rank, context }) => `${rank} ${context.namespace}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [oldest] = group;
    return group.flatMap((each, i) => {
      if (i === 0 || oldest === undefined) return each;
      if (each.rank > 0) {
        const { name } = oldest.context.resource;
        each.context.warn([], `counts for nothing, as ${name} is as general and older or first by name`);
        return [];
      }
      const older = anyOf(...group.slice(0, i).map(({ matcher }) => matcher));
      return { ...each, matcher: allOf(each.matcher, noneOf(older)) };
    });
  });
}

/** Objects that are not made yet have no time, and will be younger than those that have. */
function compareAge(a: Resource, b: Resource): number {
  const [left, right] = [createdAt(a), createdAt(b)];
  if (left !== right) return left < right ? -1 : 1;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

function createdAt({ object }: Resource): number {
  const metadata = object['metadata'];
  const written = isObject(metadata) ? metadata['creationTimestamp'] : undefined;
  const time = typeof written === 'string' ? Date.parse(written) : Number.NaN;
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}

/** The policies of PeerAuthentications that count: those without an identity are denied where the most special one needs it. */
export function authenticationPolicies(all: readonly ReadAuthentication[]): Policy[] {
  const mostGeneral = Math.max(...all.flatMap(({ rank, strict }) => (strict === noConnections ? [] : rank)));
  return all.flatMap(({ rank, matcher, strict, open, context }) => {
    const { resource, namespace, connections, inMesh } = context;
    const withoutIdentity: PeerMatch = { type: 'not', peer: { type: 'endpoints', matcher: inMesh } };
    const rule = { direction: 'ingress' as const, peers: [withoutIdentity], path: ['spec'] };
    const rules = [
      { ...rule, verdict: 'deny' as const, precedence: 2 * rank, fixed: strict },
      // Nothing more general is asked; authorization still is.
      {
        ...rule,
        verdict: 'pass' as const,
        precedence: 2 * rank + 1,
        fixed: rank < mostGeneral ? open : noConnections,
      },
    ].flatMap(({ fixed, ...each }): Rule[] =>
      fixed === noConnections ? [] : [{ ...each, connections: { fixed, named: [] } }],
    );
    if (rules.length === 0) return [];
    return {
      kind: resource.kind,
      namespace,
      name: resource.name,
      tier: meshTier('authentication', connections),
      order: 0,
      sortName: `${namespace}/${resource.name}`,
      subject: matcher,
      isolates: { ingress: false, egress: false },
      rules,
      selectors: context.selectors,
      resource,
    };
  });
}
