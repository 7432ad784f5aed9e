import type { JsonObject } from '@keelson/core';
import { networkPolicy, pod } from '../testing/resources.ts';
import { block, cilium, lintTable, namespacesOf, podsOf, ports } from './testing/table.ts';

const web = pod('web', { app: 'web' }, { ip: '10.0.0.1' });
const api = pod('api', { app: 'api' }, { ip: '10.0.0.2' });
const egress = (...rules: readonly JsonObject[]): JsonObject => ({
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [...rules],
});
const dns = { ports: [{ protocol: 'UDP', port: 53 }] };

lintTable(
  'network-policy-without-dns',
  [
    [
      'a peer by selector',
      [web, api, networkPolicy('bad', egress({ to: [podsOf('app=api')], ...ports(80) }))],
    ],
    [
      'DNS over TCP alone',
      [web, api, networkPolicy('bad', egress({ to: [podsOf('app=api')], ...ports(80) }, ports(53)))],
    ],
  ],
  [
    [
      'a rule for DNS',
      [web, api, networkPolicy('good', egress({ to: [podsOf('app=api')], ...ports(80) }, dns))],
    ],
    [
      'DNS in a namespace that is not there',
      [
        web,
        api,
        networkPolicy(
          'good',
          egress(
            { to: [podsOf('app=api')], ...ports(80) },
            { to: [namespacesOf('kubernetes.io/metadata.name=kube-system')], ...dns },
          ),
        ),
      ],
    ],
    ['no egress at all', [web, networkPolicy('good', egress())]],
    ['addresses', [web, networkPolicy('good', egress({ to: [block('192.0.2.1/32')] }))]],
    [
      'DNS in another policy',
      [
        web,
        api,
        networkPolicy('good', egress({ to: [podsOf('app=api')], ...ports(80) })),
        networkPolicy('dns', egress(dns)),
      ],
    ],
  ],
);

const names = { toFQDNs: [{ matchName: 'example.com' }] };
const dnsRule = {
  toEntities: ['all'],
  toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: [{ matchPattern: '*' }] } }],
};

lintTable(
  'cilium-policy-names-without-dns',
  [
    ['names alone', [web, cilium('bad', { endpointSelector: {}, egress: [names] })]],
    [
      'DNS of other Pods',
      [
        web,
        api,
        cilium('bad', { endpointSelector: { matchLabels: { app: 'web' } }, egress: [names] }),
        cilium('dns', { endpointSelector: { matchLabels: { app: 'api' } }, egress: [dnsRule] }),
      ],
    ],
  ],
  [
    ['DNS in the policy', [web, cilium('good', { endpointSelector: {}, egress: [names, dnsRule] })]],
    [
      'DNS in another policy',
      [
        web,
        cilium('good', { endpointSelector: { matchLabels: { app: 'web' } }, egress: [names] }),
        cilium('dns', { endpointSelector: {}, egress: [dnsRule] }),
      ],
    ],
  ],
);

lintTable(
  'cilium-policy-empty-rule',
  [
    [
      'beside other rules',
      [cilium('bad', { endpointSelector: {}, ingress: [{}, { fromEntities: ['cluster'] }] })],
    ],
    [
      'beside an empty rule of a NetworkPolicy',
      [
        networkPolicy('allow', { podSelector: {}, egress: [{}] }),
        cilium('bad', { endpointSelector: {}, egress: [{}] }),
      ],
    ],
  ],
  [
    ['a default deny', [cilium('good', { endpointSelector: {}, ingress: [{}] })]],
    [
      'rules that name peers',
      [cilium('good', { endpointSelector: {}, ingress: [{ fromEntities: ['all'] }] })],
    ],
  ],
);

const port80 = [{ port: '80', protocol: 'TCP' }];
const get = { fromEndpoints: [{}], toPorts: [{ ports: port80, rules: { http: [{ method: 'GET' }] } }] };

lintTable(
  'network-policy-requests-open',
  [
    [
      'a rule for the port',
      [
        web,
        api,
        cilium('bad', {
          endpointSelector: {},
          ingress: [get, { fromEndpoints: [{}], toPorts: [{ ports: port80 }] }],
        }),
      ],
    ],
    [
      'a NetworkPolicy',
      [
        web,
        api,
        networkPolicy('k', { podSelector: {}, ingress: [{}] }),
        cilium('bad', { endpointSelector: {}, ingress: [get] }),
      ],
    ],
  ],
  [
    [
      'a rule for another port',
      [
        web,
        api,
        cilium('good', {
          endpointSelector: {},
          ingress: [get, { fromEndpoints: [{}], toPorts: [{ ports: [{ port: '81', protocol: 'TCP' }] }] }],
        }),
      ],
    ],
    ['a rule alone', [web, api, cilium('good', { endpointSelector: {}, ingress: [get] })]],
  ],
);
