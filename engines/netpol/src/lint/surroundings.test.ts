import type { JsonObject } from '@keelson/core';
import { networkPolicy, pod } from '../testing/resources.ts';
import { block, calico, custom, lintTable, namespacesOf, podsOf, ports } from './testing/table.ts';

const web = pod('web', { app: 'web' }, { ip: '10.0.0.1' });
const api = pod('api', { app: 'api' }, { ip: '10.0.0.2' });
const egress = (...rules: readonly JsonObject[]): JsonObject => ({
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [...rules],
});
const service = (spec: JsonObject) =>
  custom('v1', 'Service', 'bad', {
    selector: { app: 'web' },
    ports: [{ port: 80, targetPort: 8080 }],
    ...spec,
  });
const ingress = custom('networking.k8s.io/v1', 'Ingress', 'entry', {
  defaultBackend: { service: { name: 'bad', port: { number: 80 } } },
});
const closed = networkPolicy('deny', { podSelector: {} });

lintTable(
  'exposed-service-blocked',
  [
    ['an Ingress', [web, service({}), ingress, closed]],
    [
      'a load balancer',
      [
        web,
        api,
        service({ type: 'LoadBalancer' }),
        networkPolicy('p', { podSelector: {}, ingress: [{ from: [podsOf('app=api')] }] }),
      ],
    ],
  ],
  [
    ['Pods that are open', [web, service({}), ingress]],
    [
      'a namespace that is not there',
      [
        web,
        service({}),
        ingress,
        networkPolicy('p', {
          podSelector: {},
          ingress: [{ from: [namespacesOf('name=ingress')], ...ports(8080) }],
        }),
      ],
    ],
    ['a Service that nothing exposes', [web, service({}), closed]],
  ],
);

const etcd = (labels: JsonObject) =>
  pod('bad', { ...labels }, { namespace: 'kube-system', spec: { hostNetwork: true } });
const plane = etcd({ tier: 'control-plane', component: 'etcd' });

lintTable(
  'control-plane-reachable',
  [
    ['a Pod without policies', [web, plane]],
    ['a port of etcd', [web, plane, networkPolicy('p', egress(ports(2379)))]],
  ],
  [
    ['egress without that port', [web, plane, networkPolicy('p', egress(ports(443)))]],
    ['no control plane', [web, etcd({ tier: 'node' })]],
  ],
);

const daemon = (name: string) =>
  custom('apps/v1', 'DaemonSet', name, {
    template: { spec: { containers: [{ name: 'c', image: 'i' }], hostNetwork: true } },
  });
const some = networkPolicy('bad', { podSelector: {} });

lintTable(
  'network-policy-not-enforced',
  [
    ['flannel', [daemon('kube-flannel-ds'), some]],
    ['a policy of Calico under Cilium', [daemon('cilium'), calico('bad', { types: ['Ingress'] })]],
    ['a plugin by option', [some], { plugin: 'flannel' }],
  ],
  [
    ['flannel with Calico', [daemon('kube-flannel-ds'), daemon('calico-node'), some]],
    ['a plugin that is not known', [some]],
    ['a plugin that enforces', [some], { plugin: 'cilium' }],
  ],
);

/** Pods whose addresses are not known before they run. */
const unborn = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'unborn', namespace: 'default' },
  spec: {
    template: { metadata: { labels: { app: 'u' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
  },
};
const another = { ...unborn, metadata: { name: 'another', namespace: 'default' } };

lintTable(
  'network-policy-depends-on-plugin',
  [
    [
      'addresses of Pods',
      [web, api, networkPolicy('bad', { podSelector: {}, ingress: [{ from: [block('10.0.0.0/24')] }] })],
    ],
    [
      'an address of a Pod among them',
      [web, api, networkPolicy('bad', { podSelector: {}, ingress: [{ from: [block('10.0.0.2/32')] }] })],
    ],
    [
      'all addresses, which Pods without known ones have too',
      [unborn, another, networkPolicy('bad', { podSelector: {}, ingress: [{ from: [block('0.0.0.0/0')] }] })],
    ],
    [
      'a range that Pods may get their addresses from',
      [
        unborn,
        another,
        networkPolicy('bad', { podSelector: {}, ingress: [{ from: [block('10.0.0.0/8')] }] }),
      ],
    ],
    [
      'a denied range that Pods may get their addresses from',
      [
        unborn,
        another,
        calico('bad', {
          types: ['Egress'],
          egress: [{ action: 'Deny', destination: { nets: ['192.168.0.0/16'] } }, { action: 'Allow' }],
        }),
      ],
    ],
  ],
  [
    [
      'a range outside of those that clusters use',
      [
        unborn,
        another,
        networkPolicy('good', { podSelector: {}, ingress: [{ from: [block('203.0.113.0/24')] }] }),
      ],
    ],
    [
      'all addresses but those that clusters use',
      [
        unborn,
        another,
        networkPolicy('good', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [
            {
              to: [block('0.0.0.0/0', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16')],
            },
          ],
        }),
      ],
    ],
    [
      'addresses of nobody',
      [web, api, networkPolicy('good', { podSelector: {}, ingress: [{ from: [block('192.0.2.0/24')] }] })],
    ],
    [
      'Pods that are allowed anyway',
      [
        web,
        api,
        networkPolicy('good', { podSelector: {}, ingress: [{ from: [block('10.0.0.0/24'), podsOf()] }] }),
      ],
    ],
  ],
);

const host = pod('h', { app: 'h' }, { spec: { hostNetwork: true } });

lintTable(
  'network-policy-selects-host-network',
  [
    ['all Pods', [host, networkPolicy('bad', { podSelector: {} })]],
    ['that Pod', [host, web, networkPolicy('bad', podsOf('app=h'))]],
  ],
  [
    ['other Pods', [host, web, networkPolicy('good', podsOf('app=web'))]],
    ['no Pod of the host', [web, networkPolicy('good', { podSelector: {} })]],
  ],
);
