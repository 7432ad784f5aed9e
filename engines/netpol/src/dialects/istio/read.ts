import type { Resource } from '@keelson/kubernetes';
import type { Policy } from '../../model/policy.ts';
import { readOrRefuse } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import { readAuthorizationPolicy } from './authorization-policy.ts';

/** The policies of Istio among objects. */
export function readIstioPolicies(objects: Objects, context: ReadContext): Policy[] {
  const each = <T>(group: string, kind: string, read: (resource: Resource) => T[]): T[] =>
    objects
      .of(group, kind)
      .flatMap((resource) => readOrRefuse(resource, context.problems, () => read(resource)) ?? []);
  return each('security.istio.io', 'AuthorizationPolicy', (resource) =>
    readAuthorizationPolicy(resource, context, objects),
  );
}
