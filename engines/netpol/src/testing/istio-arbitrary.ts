import type { JsonObject } from '@keelson/core';
import fc from 'fast-check';
import { istioObject } from './resources.ts';

const some = (...values: readonly string[]) => fc.subarray([...values], { minLength: 1 });
const source = fc.oneof(
  fc.record({ namespaces: some('one', 't*') }),
  fc.record({ notNamespaces: some('one', '*') }),
  fc.record({
    ipBlocks: some('10.0.0.0/8', '192.0.2.0/24'),
    notIpBlocks: some('192.0.2.20', '2001:db8::/32'),
  }),
  fc.record({ remoteIpBlocks: some('10.0.0.0/8', '192.0.2.1'), notRemoteIpBlocks: some('192.0.2.20') }),
  fc.record({ principals: some('*/sa/gate', '*/sa/default') }),
  fc.record({ principals: some('*/sa/default', 'cluster.local/ns/two/*'), notNamespaces: some('two') }),
);
const operation = fc.oneof(
  fc.record({ ports: some('80', '8080') }),
  fc.record({ notPorts: some('80'), methods: some('GET', 'P*') }),
  fc.record({ paths: some('/a/*', '/b'), notPaths: some('*.key') }),
);
const condition = fc.constantFrom(
  { key: 'destination.port', values: ['80'] },
  { key: 'source.namespace', notValues: ['one'] },
  { key: 'remote.ip', values: ['192.0.2.0/24'] },
  { key: 'request.headers[x]', values: ['y'] },
);
const rule = fc.record(
  {
    from: fc.array(
      source.map((each) => ({ source: each })),
      { minLength: 1, maxLength: 2 },
    ),
    to: fc.array(
      operation.map((each) => ({ operation: each })),
      { minLength: 1, maxLength: 2 },
    ),
    when: fc.array(condition, { maxLength: 1 }),
  },
  { requiredKeys: [] },
);

const namespaceName = fc.constantFrom('one', 'two', 'istio-system');
const selector = fc.constantFrom({ matchLabels: { app: 'a' } }, { matchLabels: {} });
const written = fc.oneof(
  fc.record({
    kind: fc.constant('AuthorizationPolicy'),
    namespace: namespaceName,
    spec: fc.record(
      {
        action: fc.constantFrom('ALLOW', 'DENY', 'AUDIT'),
        selector,
        rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: ['rules'] },
    ),
  }),
  fc.record({
    kind: fc.constant('PeerAuthentication'),
    namespace: namespaceName,
    spec: fc.record({
      selector,
      mtls: fc.constantFrom({ mode: 'STRICT' }, { mode: 'PERMISSIVE' }, { mode: 'DISABLE' }),
    }),
  }),
  fc.record({
    kind: fc.constant('Sidecar'),
    namespace: fc.constantFrom('one', 'two'),
    spec: fc.constant({ workloadSelector: { labels: { app: 'a' } }, egress: [{ hosts: ['./*'] }] }),
  }),
);

/** Objects of Istio over the label `app` and the namespaces `one` and `two`. */
export const istioObjects: fc.Arbitrary<JsonObject[]> = fc
  .array(written, { maxLength: 3 })
  .map((objects) =>
    objects.map(({ kind, namespace, spec }, i) =>
      istioObject(kind, `i${i}`, JSON.parse(JSON.stringify(spec)), namespace),
    ),
  );
