import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { allOf, anyOf, type EndpointMatcher, noneOf } from '../../model/matcher.ts';
import type { PeerMatch, Policy } from '../../model/policy.ts';
import { type Interval, noConnections, protocolNumbers, type SetId } from '../../sets/connections.ts';
import { FieldFault, mappingAt, onlyFields, textAt } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import { IstioContext } from './context.ts';
import { meshTier } from './mesh.ts';
import { workloadsOf } from './workloads.ts';

/** A PeerAuthentication, with how special it is: for workloads before for a namespace before for the mesh. */
export interface ReadAuthentication {
  rank: 0 | 1 | 2;
  matcher: EndpointMatcher;
  /** Connections that need an identity; undefined where the object leaves that to a more general one. */
  needIdentity: SetId | undefined;
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
): ReadAuthentication {
  const path: Path = ['spec'];
  const context = new IstioContext(resource, read, objects);
  const spec = mappingAt(resource.object['spec'], path) ?? {};
  onlyFields(spec, ['selector', 'mtls', 'portLevelMtls'], path);
  const { matcher, isAll } = workloadsOf(spec, path, context);
  const rank = isAll ? (context.isRoot ? 2 : 1) : 0;
  const mode = modeAt(spec['mtls'], [...path, 'mtls']);
  const ports = portModes(spec['portLevelMtls'], [...path, 'portLevelMtls']);
  return { rank, matcher, needIdentity: strictConnections(mode, ports, context), context };
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

function strictConnections(
  mode: string,
  ports: ReadonlyMap<number, string>,
  { connections }: IstioContext,
): SetId | undefined {
  const { TCP } = protocolNumbers;
  const ofMode = (isStrict: boolean): Interval[] =>
    [...ports].flatMap(([port, each]): Interval[] =>
      each !== 'UNSET' && (each === 'STRICT') === isStrict ? [[port, port]] : [],
    );
  if (mode === 'UNSET' && ports.size === 0) return undefined;
  const all = mode === 'STRICT' ? connections.of([TCP]) : noConnections;
  const open = connections.difference(all, connections.of([TCP], ofMode(false)));
  return connections.union(open, connections.of([TCP], ofMode(true)));
}

/** The policies of PeerAuthentications: those without an identity are denied where the most special one needs it. */
export function authenticationPolicies(all: readonly ReadAuthentication[]): Policy[] {
  const decisive = all.filter(({ needIdentity }) => needIdentity !== undefined);
  const sorted = decisive.toSorted((a, b) => a.rank - b.rank);
  return sorted.flatMap(({ rank, matcher, needIdentity = noConnections, context }) => {
    if (needIdentity === noConnections) return [];
    const before = sorted.filter((each) => each.rank < rank).map((each) => each.matcher);
    const { resource, namespace, connections, inMesh } = context;
    const withoutIdentity: PeerMatch = { type: 'not', peer: { type: 'endpoints', matcher: inMesh } };
    return {
      kind: resource.kind,
      namespace,
      name: resource.name,
      tier: meshTier('authentication', connections),
      order: 0,
      sortName: `${namespace}/${resource.name}`,
      subject: before.length === 0 ? matcher : allOf(matcher, noneOf(anyOf(...before))),
      isolates: { ingress: false, egress: false },
      rules: [
        {
          direction: 'ingress' as const,
          verdict: 'deny' as const,
          peers: [withoutIdentity],
          connections: { fixed: needIdentity, named: [] },
          path: ['spec'],
        },
      ],
      selectors: context.selectors,
      resource,
    };
  });
}
