import { clusterPolicy, namespace, networkPolicy, pod } from '../testing/resources.ts';
import { block, calico, cilium, lintTable, podsOf, ports } from './testing/table.ts';

const web = pod('web', { app: 'web' }, { ports: [{ name: 'http', containerPort: 8080 }] });
const api = pod('api', { app: 'api' }, { ports: [{ name: 'grpc', containerPort: 9000 }] });

lintTable(
  'network-policy-rules-without-effect',
  [
    ['egress rules', [networkPolicy('bad', { podSelector: {}, policyTypes: ['Ingress'], egress: [{}] })]],
    ['ingress rules', [networkPolicy('bad', { podSelector: {}, policyTypes: ['Egress'], ingress: [{}] })]],
  ],
  [
    [
      'rules of the types',
      [networkPolicy('good', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] })],
    ],
    ['no types', [networkPolicy('good', { podSelector: {}, egress: [{}] })]],
    ['an empty list', [networkPolicy('good', { podSelector: {}, policyTypes: ['Ingress'], egress: [] })]],
  ],
);

lintTable(
  'calico-policy-rules-without-effect',
  [
    ['egress rules', [calico('bad', { types: ['Ingress'], egress: [{ action: 'Allow' }] })]],
    [
      'ingress rules',
      [calico('bad', { types: ['Egress'], ingress: [{ action: 'Allow' }] }, 'GlobalNetworkPolicy')],
    ],
  ],
  [
    ['rules of the types', [calico('good', { types: ['Egress'], egress: [{ action: 'Allow' }] })]],
    ['no types', [calico('good', { egress: [{ action: 'Allow' }] })]],
  ],
);

lintTable(
  'calico-policy-without-types',
  [
    ['a policy', [calico('bad', { ingress: [{ action: 'Allow' }] })]],
    ['a global policy', [calico('bad', { egress: [{ action: 'Deny' }] }, 'GlobalNetworkPolicy')]],
  ],
  [
    ['types', [calico('good', { types: ['Ingress'] })]],
    ['a NetworkPolicy of Kubernetes', [networkPolicy('good', { podSelector: {} })]],
  ],
);

lintTable(
  'network-policy-port-name-unknown',
  [
    ['ingress', [web, networkPolicy('bad', { podSelector: {}, ingress: [ports('metrics')] })]],
    [
      'egress',
      [
        web,
        api,
        networkPolicy('bad', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [podsOf('app=api')], ...ports('http') }],
        }),
      ],
    ],
    [
      'another protocol',
      [
        web,
        networkPolicy('bad', { podSelector: {}, ingress: [{ ports: [{ port: 'http', protocol: 'UDP' }] }] }),
      ],
    ],
  ],
  [
    ['a name that the Pod has', [web, networkPolicy('good', { podSelector: {}, ingress: [ports('http')] })]],
    [
      'a name that the destination has',
      [
        web,
        api,
        networkPolicy('good', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [podsOf('app=api')], ...ports('grpc') }],
        }),
      ],
    ],
    [
      'a policy about nobody',
      [web, networkPolicy('good', { ...podsOf('app=gone'), ingress: [ports('metrics')] })],
    ],
  ],
);

lintTable(
  'network-policy-invalid',
  [
    ['a port out of range', [networkPolicy('bad', { podSelector: {}, ingress: [ports(70_000)] })]],
    ['an unknown field', [networkPolicy('bad', { podSelector: {}, ingres: [] })]],
    [
      'a peer that nobody knows',
      [
        clusterPolicy('ClusterNetworkPolicy', 'bad', {
          tier: 'Admin',
          priority: 1,
          subject: { namespaces: {} },
          ingress: [{ action: 'Accept', from: [{ planets: {} }] }],
        }),
      ],
    ],
  ],
  [
    ['a policy', [networkPolicy('good', { podSelector: {}, ingress: [ports(80)] })]],
    ['a policy of Cilium', [cilium('good', { endpointSelector: {}, ingress: [{}] })]],
  ],
);

const admin = (name: string, priority: number, subject = { namespaces: {} }) =>
  clusterPolicy('AdminNetworkPolicy', name, {
    priority,
    subject,
    ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
  });
const tiered = (name: string, tier: string) =>
  clusterPolicy('ClusterNetworkPolicy', name, {
    tier,
    priority: 5,
    subject: { namespaces: {} },
    ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
  });

lintTable(
  'network-policy-equal-priority',
  [
    ['two policies', [web, admin('first', 5), admin('bad', 5)]],
    ['two of one tier', [web, tiered('first', 'Admin'), tiered('bad', 'Admin')]],
  ],
  [
    ['other priorities', [web, admin('first', 5), admin('good', 6)]],
    ['other tiers', [web, tiered('first', 'Admin'), tiered('good', 'Baseline')]],
  ],
);

const to = (...peers: ReturnType<typeof block>[]) => ({
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [{ to: peers }],
});

lintTable(
  'network-policy-host-bits',
  [
    ['a cidr', [networkPolicy('bad', to(block('10.0.0.1/8')))]],
    ['an exception', [networkPolicy('bad', to(block('10.0.0.0/8', '10.1.1.1/16')))]],
    [
      'nets of Calico',
      [
        calico('bad', {
          types: ['Egress'],
          egress: [{ action: 'Allow', destination: { nets: ['2001:db8::1/32'] } }],
        }),
      ],
    ],
    ['toCIDR', [cilium('bad', { endpointSelector: {}, egress: [{ toCIDR: ['10.0.0.1/8'] }] })]],
  ],
  [
    ['a cidr without', [networkPolicy('good', to(block('10.0.0.0/8')))]],
    ['one address', [networkPolicy('good', to(block('10.0.0.1/32')))]],
  ],
);

lintTable(
  'network-policy-allows-metadata',
  [
    ['everything', [web, networkPolicy('bad', to(block('0.0.0.0/0')))]],
    ['link-local addresses', [web, networkPolicy('bad', to(block('169.254.0.0/16')))]],
    ['everything of IPv6', [web, networkPolicy('bad', to(block('::/0')))]],
  ],
  [
    ['an exception', [web, networkPolicy('good', to(block('0.0.0.0/0', '169.254.169.254/32')))]],
    ['the address itself', [web, networkPolicy('good', to(block('169.254.169.254/32')))]],
    [
      'another port',
      [
        web,
        networkPolicy('good', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [block('0.0.0.0/0')], ...ports(443) }],
        }),
      ],
    ],
    [
      'a denial before it',
      [
        web,
        networkPolicy('good', to(block('0.0.0.0/0'))),
        clusterPolicy('AdminNetworkPolicy', 'deny', {
          priority: 1,
          subject: { namespaces: {} },
          egress: [{ action: 'Deny', to: [{ networks: ['169.254.169.254/32'] }] }],
        }),
      ],
    ],
  ],
);

lintTable(
  'network-policy-wide-range',
  [
    ['a wide range of egress', [networkPolicy('bad', to(block('128.0.0.0/3')))]],
    [
      'half of everything',
      [networkPolicy('bad', { podSelector: {}, ingress: [{ from: [block('128.0.0.0/1')] }] })],
    ],
  ],
  [
    ['a private range', [networkPolicy('good', to(block('10.0.0.0/8')))]],
    ['a metadata service in it, which is told', [networkPolicy('good', to(block('0.0.0.0/0')))]],
    [
      'ports',
      [networkPolicy('good', { podSelector: {}, ingress: [{ from: [block('0.0.0.0/0')], ...ports(443) }] })],
    ],
    ['no policy', [namespace('n')]],
  ],
);
