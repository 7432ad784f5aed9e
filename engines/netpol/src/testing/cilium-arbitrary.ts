import type { JsonObject } from '@keelson/core';
import fc from 'fast-check';
import { ciliumPolicy } from './resources.ts';

const selector = fc.constantFrom(
  {},
  { matchLabels: { 'k8s:app': 'a' } },
  { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] },
  { matchExpressions: [{ key: 'any:tier', operator: 'NotIn', values: ['x'] }] },
  { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'one' } },
  { matchLabels: { 'io.cilium.k8s.namespace.labels.env': 'prod' } },
);
const entity = fc.constantFrom('all', 'world', 'cluster', 'host', 'world-ipv6');
const cidr = fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '192.0.2.16/28', '2001:db8::/32');

const peers = (side: string) =>
  fc.oneof(
    fc.array(selector, { maxLength: 2 }).map((each) => ({ [`${side}Endpoints`]: each })),
    fc.array(entity, { maxLength: 2 }).map((each) => ({ [`${side}Entities`]: each })),
    fc.array(cidr, { maxLength: 2 }).map((each) => ({ [`${side}CIDR`]: each })),
    fc.constant({}),
  );
const ports = fc
  .constantFrom('0', '53', '80', 'http', 'none')
  .map((port) => ({ toPorts: [{ ports: [{ port }] }] }));
const requests = fc.constantFrom('80', 'http').map((port) => ({
  toPorts: [{ ports: [{ port, protocol: 'TCP' }], rules: { http: [{ method: 'GET' }] } }],
}));
const messages = fc.constant({ icmps: [{ fields: [{ type: 'EchoRequest' }] }] });

const rules = (side: string, parts: readonly fc.Arbitrary<object>[]) =>
  fc.array(
    fc.tuple(peers(side), fc.oneof(fc.constant({}), ...parts)).map(([who, what]) => ({ ...who, ...what })),
    { maxLength: 2 },
  );

/** Policies of Cilium over the labels `app`, `tier` and the namespaces `one`, `two` and `env`. */
export const ciliumPolicies: fc.Arbitrary<JsonObject[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'),
      spec: fc.record(
        {
          endpointSelector: selector,
          ingress: rules('from', [ports, requests, messages]),
          ingressDeny: rules('from', [ports]),
          egress: rules('to', [ports, requests, messages]),
          egressDeny: rules('to', [ports]),
          enableDefaultDeny: fc.record({ ingress: fc.boolean() }),
        },
        { requiredKeys: ['endpointSelector'] },
      ),
    }),
    { maxLength: 3 },
  )
  .map((written) =>
    written.map(({ kind, spec }, i) => ciliumPolicy(kind, `l${i}`, JSON.parse(JSON.stringify(spec)))),
  );
