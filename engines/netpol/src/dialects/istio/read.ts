import type { Resource } from '@keelson/kubernetes';
import type { Policy } from '../../model/policy.ts';
import { readOrRefuse } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import { readAuthorizationPolicy } from './authorization-policy.ts';
import { membersOf } from './context.ts';
import { readGateway } from './gateway.ts';
import { authenticationPolicies, oldestFirst, readPeerAuthentication } from './peer-authentication.ts';
import { routePolicies } from './routes.ts';
import { readServiceEntry } from './service-entry.ts';
import { readSidecar, sidecarPolicies } from './sidecar.ts';
import { viewsBehindWaypoints, viewsWithoutTls } from './views.ts';
import { readVirtualService } from './virtual-service.ts';
import { capturedBy } from './waypoints.ts';

/** Kinds of objects that show that proxies decide. */
const meshKinds: readonly (readonly [group: string, kind: string])[] = [
  ['security', 'AuthorizationPolicy'],
  ['security', 'PeerAuthentication'],
  ['networking', 'Sidecar'],
  ['networking', 'VirtualService'],
  ['networking', 'Gateway'],
];

type ObjectReader<T> = (resource: Resource, context: ReadContext, objects: Objects) => T | T[];

/** The policies of Istio among objects. */
export function readIstioPolicies(objects: Objects, context: ReadContext): Policy[] {
  const each = <T>(group: string, kind: string, read: ObjectReader<T>): T[] =>
    objects
      .of(`${group}.istio.io`, kind)
      .flatMap(
        (resource) => readOrRefuse(resource, context.problems, () => read(resource, context, objects)) ?? [],
      );
  const hasMesh = meshKinds.some(([group, kind]) => objects.of(`${group}.istio.io`, kind).length > 0);
  const authentications = oldestFirst(each('security', 'PeerAuthentication', readPeerAuthentication));
  const views = [
    ...viewsWithoutTls(authentications, context.connections),
    ...viewsBehindWaypoints(capturedBy(objects), membersOf(context)),
  ];
  return [
    ...each('security', 'AuthorizationPolicy', (resource) =>
      readAuthorizationPolicy(resource, context, objects, views),
    ),
    ...authenticationPolicies(authentications),
    ...sidecarPolicies(each('networking', 'Sidecar', readSidecar), context),
    ...routePolicies(
      each('networking', 'VirtualService', readVirtualService),
      each('networking', 'Gateway', readGateway),
    ),
    ...each('networking', 'ServiceEntry', (resource) =>
      readServiceEntry(resource, context, objects, hasMesh),
    ),
  ];
}
