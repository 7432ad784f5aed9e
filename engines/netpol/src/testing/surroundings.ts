import type { JsonObject } from '@keelson/core';

const calico = (kind: string, name: string, spec: JsonObject, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name, labels },
  spec,
});

/** What is there beside Pods: service accounts, interfaces of nodes with and without a profile, sets of addresses, a host outside. */
export const surroundings: readonly JsonObject[] = [
  ...['one', 'two'].map(
    (namespace): JsonObject => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: namespace === 'one' ? 'default' : 'robot', namespace, labels: { role: 'x' } },
    }),
  ),
  calico('Profile', 'open', { egress: [{ action: 'Allow' }], labelsToApply: { tier: 'x' } }),
  calico(
    'HostEndpoint',
    'node',
    { node: 'n', profiles: ['open'], expectedIPs: ['192.0.2.30'] },
    { app: 'a' },
  ),
  calico('HostEndpoint', 'bare', { node: 'm', expectedIPs: ['10.0.0.9'] }),
  calico('GlobalNetworkSet', 'office', { nets: ['192.0.2.16/28'] }, { app: 'b' }),
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'api', namespace: 'one' },
    spec: { hosts: ['api.example.com'] },
  },
];
