import type { JsonObject, JsonValue } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Analysis } from '../engine/analysis.ts';
import { Connections } from '../sets/connections.ts';
import { ciliumPolicies } from '../testing/cilium-arbitrary.ts';
import { istioObjects } from '../testing/istio-arbitrary.ts';
import { istioObject, namespace, pod, resources } from '../testing/resources.ts';
import { clusterOf } from './read-cluster.ts';
import { readPolicies } from './read-policies.ts';

const world = [namespace('one'), pod('a', { app: 'a' }, { namespace: 'one' }), pod('b', {})];
const routes = fc.constantFrom<JsonObject[]>([
  istioObject('Gateway', 'g', {
    selector: { app: 'a' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  }),
  istioObject('VirtualService', 'v', {
    hosts: ['x.example.com'],
    gateways: ['g'],
    http: [
      { match: [{ uri: { prefix: '/' } }], route: [{ destination: { host: 'a', port: { number: 80 } } }] },
    ],
  }),
  istioObject('Sidecar', 's', { egress: [{ hosts: ['./*'] }] }),
  istioObject('ServiceEntry', 'e', { hosts: ['x.example.net'] }),
  istioObject('PeerAuthentication', 'p', {
    mtls: { mode: 'STRICT' },
    portLevelMtls: { '80': { mode: 'DISABLE' } },
  }),
]);

/** A value with one of its parts replaced: the part is the one that the number comes to, depth first. */
function withPart(value: JsonValue, at: { left: number }, part: JsonValue): JsonValue {
  if (at.left-- === 0) return part;
  if (Array.isArray(value)) return value.map((item) => withPart(item, at, part));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPart(item, at, part)]));
}

const odd: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue>(
  null,
  true,
  0,
  -1,
  99999,
  '',
  '*',
  'a*b',
  '__proto__',
  '10.0.0.0/8',
  '::/0',
  [],
  {},
  [null],
  [{}],
  [[]],
  { a: 1 },
  ['*', '*'],
);

test('objects with odd parts are read or refused with a message, and never break the rest', () => {
  fc.assert(
    fc.property(
      fc.oneof(ciliumPolicies, istioObjects, routes),
      fc.array(fc.tuple(fc.nat(60), odd), { minLength: 1, maxLength: 3 }),
      (objects, changes) => {
        const changed = objects.map((object) => {
          const { spec = {}, ...others } = object;
          const made = changes.reduce<JsonValue>(
            (value, [at, part]) => withPart(value, { left: at }, part),
            spec,
          );
          return { ...others, spec: made };
        });
        const connections = new Connections();
        const { policies, problems } = readPolicies(resources(...world, ...changed), connections);
        const analysis = new Analysis(clusterOf(resources(...world)), policies, connections);
        analysis.between(0, 1);
        expect(problems.every(({ message }) => message.length > 0)).toBe(true);
      },
    ),
    { numRuns: 1500, seed: 17 },
  );
});

test('patterns too deep within each other refuse their policy, and the rest is judged', () => {
  const deep = Array.from({ length: 30 }, (_, i) => `${'/a'.repeat(i + 1)}*`);
  const policy = (name: string, paths: readonly string[]) =>
    istioObject('AuthorizationPolicy', name, { rules: [{ to: [{ operation: { paths: [...paths] } }] }] });
  const { policies, problems } = readPolicies(
    resources(...world, policy('deep', deep), policy('flat', ['/b*'])),
    new Connections(),
  );
  expect(problems).toMatchObject([{ level: 'error', message: expect.stringContaining('too many patterns') }]);
  expect(policies.filter(({ isImplied }) => isImplied !== true).map(({ name }) => name)).toEqual(['flat']);
});
