import { namespace, networkPolicy, pod } from '../testing/resources.ts';
import { block, calico, cilium, custom, lintTable, namespacesOf, podsOf } from './testing/table.ts';

const web = pod('web', { app: 'web' });
const api = pod('api', { app: 'api' });
const db = pod('db', { app: 'db' }, { namespace: 'data' });
const data = namespace('data', { team: 'data' });

lintTable(
  'network-policy-selects-nothing',
  [
    ['a label that no Pod has', [web, networkPolicy('bad', podsOf('app=gone'))]],
    ['a namespace without Pods', [web, networkPolicy('bad', podsOf('app=web'), 'empty')]],
    ['policies without any workload', [networkPolicy('bad', podsOf('app=gone'))]],
    ['a selector of Calico', [web, calico('bad', { selector: "app == 'gone'", types: ['Ingress'] })]],
  ],
  [
    ['a label that a Pod has', [web, networkPolicy('good', podsOf('app=web'))]],
    ['all Pods', [web, networkPolicy('good', { podSelector: {} })]],
    ['a policy for all Pods to come', [web, networkPolicy('good', { podSelector: {} }, 'empty')]],
  ],
);

lintTable(
  'network-policy-peer-selects-nothing',
  [
    [
      'labels that no Pod has',
      [web, networkPolicy('bad', { podSelector: {}, ingress: [{ from: [podsOf('app=gone')] }] })],
    ],
    [
      'labels that no Pod of a namespace has',
      [
        web,
        db,
        data,
        networkPolicy('bad', {
          podSelector: {},
          ingress: [{ from: [{ ...namespacesOf('team=data'), ...podsOf('app=gone') }] }],
        }),
      ],
    ],
    [
      'a peer of egress',
      [
        web,
        networkPolicy('bad', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [podsOf('app=gone')] }],
        }),
      ],
    ],
  ],
  [
    [
      'a namespace that the input does not have',
      [web, networkPolicy('good', { podSelector: {}, ingress: [{ from: [namespacesOf('team=gone')] }] })],
    ],
    [
      'a peer that is there',
      [web, api, networkPolicy('good', { podSelector: {}, ingress: [{ from: [podsOf('app=api')] }] })],
    ],
    [
      'addresses',
      [web, networkPolicy('good', { podSelector: {}, ingress: [{ from: [block('10.0.0.0/8')] }] })],
    ],
    [
      'a policy about nobody',
      [web, networkPolicy('good', { ...podsOf('app=gone'), ingress: [{ from: [podsOf('app=gone')] }] })],
    ],
  ],
);

lintTable(
  'network-policy-peer-elsewhere',
  [
    [
      'a Pod of another namespace',
      [web, db, data, networkPolicy('bad', { podSelector: {}, ingress: [{ from: [podsOf('app=db')] }] })],
    ],
    [
      'a destination in another namespace',
      [
        web,
        db,
        data,
        networkPolicy('bad', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [podsOf('app=db')] }],
        }),
      ],
    ],
  ],
  [
    [
      'a Pod of its own namespace',
      [web, api, networkPolicy('good', { podSelector: {}, ingress: [{ from: [podsOf('app=api')] }] })],
    ],
    [
      'both selectors',
      [
        web,
        db,
        data,
        networkPolicy('good', {
          podSelector: {},
          ingress: [{ from: [{ ...namespacesOf('team=data'), ...podsOf('app=db') }] }],
        }),
      ],
    ],
    [
      'a Pod that is nowhere',
      [web, networkPolicy('good', { podSelector: {}, ingress: [{ from: [podsOf('app=gone')] }] })],
    ],
  ],
);

lintTable(
  'network-policy-selectors-apart',
  [
    [
      'two peers',
      [
        web,
        db,
        data,
        networkPolicy('bad', {
          podSelector: {},
          ingress: [{ from: [namespacesOf('team=data'), podsOf('app=db')] }],
        }),
      ],
    ],
    [
      'two peers of egress',
      [
        web,
        db,
        data,
        networkPolicy('bad', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [namespacesOf('team=data'), podsOf('app=db')] }],
        }),
      ],
    ],
  ],
  [
    [
      'one peer',
      [
        web,
        db,
        data,
        networkPolicy('good', {
          podSelector: {},
          ingress: [{ from: [{ ...namespacesOf('team=data'), ...podsOf('app=db') }] }],
        }),
      ],
    ],
    [
      'two peers that are both there',
      [
        web,
        api,
        db,
        data,
        networkPolicy('good', {
          podSelector: {},
          ingress: [{ from: [namespacesOf('team=data'), podsOf('app=api')] }],
        }),
      ],
    ],
  ],
);

lintTable(
  'namespace-without-default-deny',
  [
    [
      'a policy for one application',
      [
        namespace('bad'),
        pod('web', { app: 'web' }, { namespace: 'bad' }),
        networkPolicy('p', { ...podsOf('app=web'), policyTypes: ['Ingress', 'Egress'] }, 'bad'),
      ],
    ],
    [
      'a default deny of one direction',
      [
        namespace('bad'),
        pod('web', {}, { namespace: 'bad' }),
        networkPolicy('p', { podSelector: {} }, 'bad'),
      ],
    ],
  ],
  [
    [
      'a default deny of both',
      [
        namespace('n'),
        pod('web', {}, { namespace: 'n' }),
        networkPolicy('p', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, 'n'),
      ],
    ],
    [
      'two default denies',
      [
        namespace('n'),
        pod('web', {}, { namespace: 'n' }),
        networkPolicy('p', { podSelector: {} }, 'n'),
        networkPolicy('q', { podSelector: {}, policyTypes: ['Egress'] }, 'n'),
      ],
    ],
    ['Cilium', [web, cilium('c', { endpointSelector: {}, ingress: [{}], egress: [{}] })]],
    ['a namespace without policies, which is told so', [namespace('n'), pod('web', {}, { namespace: 'n' })]],
    [
      'a namespace of host networked Pods',
      [namespace('n'), pod('web', {}, { namespace: 'n', spec: { hostNetwork: true } })],
    ],
  ],
);

const pods = namespace('bad');
const mesh = custom('security.istio.io/v1', 'AuthorizationPolicy', 'mesh', { rules: [{}] });

lintTable(
  'namespace-without-network-policy',
  [
    ['a namespace without policies', [pods, pod('web', {}, { namespace: 'bad' })]],
    ['a namespace without Pods', [pods, networkPolicy('p', { podSelector: {} }, 'other')]],
    ['a namespace that only its Pods name', [pod('bad')]],
    ['a policy of a mesh', [pod('bad'), mesh]],
  ],
  [
    ['a policy for some Pods', [web, networkPolicy('p', podsOf('app=gone'))]],
    ['a policy of the cluster', [namespace('n'), calico('c', { types: ['Ingress'] }, 'GlobalNetworkPolicy')]],
  ],
);

lintTable(
  'pod-without-ingress-policy',
  [
    ['a Pod without policies', [pod('bad')]],
    ['a host networked Pod without policies', [pod('bad', {}, { spec: { hostNetwork: true } })]],
    ['a policy of egress', [pod('bad'), networkPolicy('p', { podSelector: {}, policyTypes: ['Egress'] })]],
    ['a policy of other Pods', [web, pod('bad'), networkPolicy('p', podsOf('app=web'))]],
    [
      'a policy of Cilium that allows, and denies nothing besides',
      [
        pod('bad'),
        cilium('c', { endpointSelector: {}, enableDefaultDeny: { ingress: false }, ingress: [{}] }),
      ],
    ],
  ],
  [
    ['a Pod with a policy', [web, networkPolicy('p', { podSelector: {} })]],
    [
      'a host networked Pod among policies',
      [
        pod('host', {}, { spec: { hostNetwork: true } }),
        networkPolicy('p', { ...podsOf('app=x'), policyTypes: ['Ingress', 'Egress'] }),
      ],
    ],
    ['a policy that denies by rules', [web, cilium('c', { endpointSelector: {}, ingressDeny: [{}] })]],
  ],
);

lintTable(
  'pod-without-egress-policy',
  [
    ['a Pod without policies', [pod('bad')]],
    ['a policy of ingress', [pod('bad', { app: 'web' }), networkPolicy('p', podsOf('app=web'))]],
  ],
  [
    ['a default deny', [web, networkPolicy('p', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })]],
    ['a policy of another dialect', [web, cilium('c', { endpointSelector: {}, egress: [{}] })]],
  ],
);
