import type { Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { allEndpoints, anyOf, hasLabel, inNamespace } from '../../model/matcher.ts';
import type { Policy } from '../../model/policy.ts';
import { allConnections } from '../../sets/connections.ts';
import { FieldFault, mappingAt } from '../fields.ts';
import type { ReadContext } from '../kubernetes/network-policy.ts';
import type { Objects } from '../objects.ts';
import { hostLabel } from '../outside-hosts.ts';
import { IstioContext } from './context.ts';
import { hostsOfEntry } from './hosts.ts';
import { tcp } from './mesh.ts';
import { textsAt } from './values.ts';

/**
 * A ServiceEntry: its hosts reach nobody, and where proxies decide they are reached by TCP from the namespaces that it is
 * exported to.
 * @throws FieldFault
 */
export function readServiceEntry(
  resource: Resource,
  read: ReadContext,
  objects: Objects,
  hasMesh: boolean,
): Policy[] {
  const path: Path = ['spec'];
  const context = new IstioContext(resource, read, objects);
  const spec = mappingAt(resource.object['spec'], path) ?? {};
  if (textsAt(spec['hosts'], [...path, 'hosts']) === undefined)
    throw new FieldFault([...path, 'hosts'], 'are missing');
  const exportTo = textsAt(spec['exportTo'], [...path, 'exportTo']) ?? ['*'];
  const from =
    !hasMesh || exportTo.includes('*')
      ? allEndpoints
      : anyOf(...exportTo.map((name) => inNamespace(name === '.' ? context.namespace : name)));
  return [
    {
      kind: resource.kind,
      namespace: context.namespace,
      name: resource.name,
      tier: { plane: 'mesh', order: 4, name: 'istio outside' },
      order: 0,
      sortName: `${context.namespace}/${resource.name}`,
      subject: anyOf(...hostsOfEntry(resource).map((host) => hasLabel('pod', hostLabel, host))),
      isolates: { ingress: true, egress: true },
      rules: [
        {
          direction: 'ingress',
          verdict: 'allow',
          peers: [{ type: 'endpoints', matcher: from }],
          connections: { fixed: hasMesh ? tcp(context.connections) : allConnections, named: [] },
          path,
        },
      ],
      isImplied: true,
      resource,
    },
  ];
}
