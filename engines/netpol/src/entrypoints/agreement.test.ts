import type { JsonObject } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Connectivity } from '../connectivity/connectivity.ts';
import { isAllowed } from '../connectivity/evaluate.ts';
import { parseAddress } from '../sets/addresses.ts';
import { noConnections, protocolNumbers } from '../sets/connections.ts';
import { ciliumPolicies } from '../testing/cilium-arbitrary.ts';
import { clusterObjects } from '../testing/cluster-arbitrary.ts';
import { istioObjects } from '../testing/istio-arbitrary.ts';
import { resources } from '../testing/resources.ts';
import type { Admission } from './entry-point.ts';
import { entryPointsOf } from './entry-points.ts';

const metadata = { name: 'a', namespace: 'one' };
const port = { number: 80 };
const exposing: readonly JsonObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      type: 'LoadBalancer',
      loadBalancerSourceRanges: ['10.0.0.0/7'],
      selector: { app: 'a' },
      ports: [{ port: 80, targetPort: 'http' }],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata,
    spec: { defaultBackend: { service: { name: 'a', port } } },
  },
];

const dialects: Readonly<Record<string, fc.Arbitrary<JsonObject[]>>> = {
  Kubernetes: fc.constant([]),
  Cilium: ciliumPolicies,
  Istio: istioObjects,
};
/** Addresses, and whether the load balancer's ranges have them. */
const addresses = [
  ['10.1.2.3', true],
  ['10.200.0.1', true],
  ['11.0.0.1', true],
  ['12.0.0.1', false],
] as const;

test.each(Object.entries(dialects))(
  'whom an entry point lets in is whom the list and evaluations let in: %s',
  (_, more) => {
    fc.assert(
      fc.property(clusterObjects, more, (own, others) => {
        const read = resources(...own, ...others, ...exposing);
        const connectivity = new Connectivity(read, { families: [4] });
        const [ingress, balancer] = entryPointsOf(read, connectivity);
        expect([ingress?.kind, balancer?.kind]).toEqual(['Ingress', 'LoadBalancer']);
        const listed = [...connectivity.pairs()].find(
          ({ source, destination }) =>
            source.type === 'ingress-controller' &&
            destination.type === 'workload' &&
            destination.namespace === 'one' &&
            destination.name === 'a',
        );
        expect(ingress?.destinations[0]?.admitted).toBe(listed?.connections ?? noConnections);
        const admissions = balancer?.destinations[0]?.admissions ?? [];
        for (const [source, isInRange] of addresses) {
          const flow = { source, destination: 'one/a', protocol: protocolNumbers.TCP, port: 8080 };
          expect(admissions.some((each) => isOf(each, source))).toBe(
            isInRange && isAllowed(connectivity, flow),
          );
        }
      }),
      { numRuns: 60 },
    );
  },
);

function isOf({ peer }: Admission, address: string): boolean {
  const { family, value } = parseAddress(address);
  if (peer.type !== 'addresses') return false;
  return peer.range.family === family && peer.range.low <= value && value <= peer.range.high;
}
