import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import { clusterPolicy, networkPolicy, pod, resources } from '../testing/resources.ts';
import { lint, lintRules } from './lint.ts';
import { block, calico, cilium, lintTable, namespacesOf, podsOf, ports } from './testing/table.ts';

const web = pod('web', { app: 'web' }, { ip: '10.0.0.1' });
const api = pod('api', { app: 'api' }, { ip: '10.0.0.2' });
const everybody = { namespaces: {} };

const admin = (name: string, priority: number, ...ingress: readonly JsonObject[]) =>
  clusterPolicy('AdminNetworkPolicy', name, { priority, subject: everybody, ingress: [...ingress] });
const rule = (action: string, port?: number) => ({
  action,
  from: [everybody],
  ...(port === undefined ? {} : { ports: [{ portNumber: { protocol: 'TCP', port } }] }),
});
const denyAll = { ingressDeny: [{ fromEntities: ['all'] }], endpointSelector: {} };

lintTable(
  'network-policy-rule-shadowed',
  [
    [
      'a policy behind one that allows',
      [web, api, admin('first', 1, rule('Allow')), admin('bad', 2, rule('Deny', 80))],
    ],
    [
      'a rule behind one of the same policy',
      [web, api, admin('bad', 1, rule('Deny', 80), rule('Allow', 80))],
    ],
  ],
  [
    ['other ports', [web, api, admin('good', 1, rule('Deny', 80), rule('Allow', 81))]],
    ['a part of the ports', [web, api, admin('first', 1, rule('Allow', 80)), admin('good', 2, rule('Deny'))]],
    ['rules that add up', [web, api, networkPolicy('good', { podSelector: {}, ingress: [{}, ports(80)] })]],
  ],
);

lintTable(
  'network-policy-allow-after-deny',
  [
    [
      'Calico',
      [
        web,
        api,
        calico('bad', {
          types: ['Ingress'],
          ingress: [{ action: 'Deny' }, { action: 'Allow', protocol: 'TCP' }],
        }),
      ],
    ],
    [
      'Cilium, whose denials go first',
      [
        web,
        api,
        cilium('deny', denyAll),
        cilium('bad', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] }),
      ],
    ],
  ],
  [
    [
      'the right order',
      [
        web,
        api,
        calico('good', {
          types: ['Ingress'],
          ingress: [{ action: 'Allow', protocol: 'TCP' }, { action: 'Deny' }],
        }),
      ],
    ],
    [
      'a denial of others',
      [
        web,
        api,
        calico('good', {
          types: ['Ingress'],
          ingress: [
            { action: 'Deny', protocol: 'UDP' },
            { action: 'Allow', protocol: 'TCP' },
          ],
        }),
      ],
    ],
  ],
);

const fromWeb = { from: [podsOf('app=web')] };

lintTable(
  'network-policy-rule-redundant',
  [
    ['a rule twice', [web, api, networkPolicy('bad', { ...podsOf('app=api'), ingress: [fromWeb, fromWeb] })]],
    [
      'a rule within another',
      [
        web,
        api,
        networkPolicy('bad', { ...podsOf('app=api'), ingress: [fromWeb, { ...fromWeb, ...ports(80) }] }),
      ],
    ],
    [
      'a rule within that of another policy',
      [
        web,
        api,
        networkPolicy('first', { ...podsOf('app=api'), ingress: [{ from: [podsOf()] }] }),
        networkPolicy('bad', { ...podsOf('app=api'), ingress: [fromWeb] }),
      ],
    ],
    [
      'ranges within others',
      [
        web,
        networkPolicy('bad', {
          podSelector: {},
          ingress: [{ from: [block('192.0.0.0/8')] }, { from: [block('192.1.0.0/16')] }],
        }),
      ],
    ],
  ],
  [
    [
      'rules of other ports',
      [
        web,
        api,
        networkPolicy('good', {
          ...podsOf('app=api'),
          ingress: [
            { ...fromWeb, ...ports(80) },
            { ...fromWeb, ...ports(81) },
          ],
        }),
      ],
    ],
    [
      'a default deny beside others',
      [
        web,
        api,
        networkPolicy('good', { podSelector: {} }),
        networkPolicy('more', { ...podsOf('app=api'), ingress: [fromWeb] }),
      ],
    ],
    [
      'a rule of an earlier tier',
      [
        web,
        api,
        admin('good', 1, rule('Allow', 80)),
        networkPolicy('more', { podSelector: {}, ingress: [{ from: [namespacesOf()] }] }),
      ],
    ],
  ],
);

lintTable(
  'network-policy-redundant',
  [
    [
      'a policy twice',
      [web, networkPolicy('a', { podSelector: {} }), networkPolicy('bad', { podSelector: {} })],
    ],
    [
      'a policy within another',
      [
        web,
        api,
        networkPolicy('first', { ...podsOf('app=api'), ingress: [fromWeb] }),
        networkPolicy('bad', { ...podsOf('app=api'), ingress: [{ ...fromWeb, ...ports(80) }] }),
      ],
    ],
    [
      'a policy that another one forestalls',
      [
        web,
        calico('bad', {
          order: 30,
          selector: "app == 'web'",
          types: ['Ingress'],
          ingress: [{ action: 'Deny' }],
        }),
        calico('between', {
          order: 20,
          selector: "app == 'web'",
          types: ['Ingress'],
          ingress: [{ action: 'Allow' }],
        }),
        calico('first', {
          order: 10,
          selector: "app == 'web'",
          types: ['Ingress'],
          ingress: [{ action: 'Deny' }],
        }),
      ],
    ],
  ],
  [
    [
      'a policy that forestalls what stands before a later one',
      [
        web,
        calico('good', {
          order: 10,
          selector: "app == 'web'",
          types: ['Ingress'],
          ingress: [{ action: 'Deny', protocol: 'TCP' }],
        }),
        calico('between', {
          order: 20,
          selector: "app == 'web'",
          types: ['Ingress'],
          ingress: [{ action: 'Allow' }],
        }),
        calico('late', {
          order: 30,
          selector: "app == 'web'",
          types: ['Ingress'],
          ingress: [{ action: 'Deny' }],
        }),
      ],
    ],
    [
      'another direction',
      [
        web,
        networkPolicy('first', { podSelector: {} }),
        networkPolicy('good', { podSelector: {}, policyTypes: ['Egress'] }),
      ],
    ],
    [
      'other Pods',
      [web, api, networkPolicy('first', podsOf('app=web')), networkPolicy('good', podsOf('app=api'))],
    ],
    [
      'a default deny',
      [
        web,
        api,
        networkPolicy('first', { podSelector: {} }),
        networkPolicy('good', { ...podsOf('app=api'), ingress: [fromWeb] }),
      ],
    ],
    [
      'a default deny beside rules for the same Pods',
      [
        web,
        api,
        networkPolicy('first', { podSelector: {} }),
        networkPolicy('good', { podSelector: {}, ingress: [fromWeb] }),
      ],
    ],
  ],
);

test('rules that need more looks than allowed are left out and named', () => {
  const result = lint(resources(web, api, admin('a', 1, rule('Allow'), rule('Deny'))), { maxWork: 1 });
  expect(result.left.map(({ rule: id }) => id)).toContain('network-policy-rule-shadowed');
});

test('ids are told apart, and there are at least 22', () => {
  expect(new Set(lintRules.map(({ id }) => id)).size).toBe(lintRules.length);
  expect(lintRules.length).toBeGreaterThanOrEqual(22);
});
