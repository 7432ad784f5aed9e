import { Inventory } from '@keelson/checks';
import { SourceText } from '@keelson/core';
import { readManifestText } from '@keelson/manifests';
import { expect, test } from 'vitest';
import { policyCoverage } from './policy-coverage.ts';

const pod = `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { containers: [{ name: web, image: "example.com/web:1" }] }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { stage: prod } }
---
`;

const kubernetes = (spec: string, namespace = 'shop') =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: p, namespace: ${namespace} }, spec: { ${spec} } }`;
const cilium = (spec: string, kind = 'CiliumNetworkPolicy') =>
  `{ apiVersion: cilium.io/v2, kind: ${kind}, metadata: { name: p, namespace: shop }, ${spec} }`;
const calico = (spec: string, kind = 'GlobalNetworkPolicy') =>
  `{ apiVersion: projectcalico.org/v3, kind: ${kind}, metadata: { name: p }, spec: { ${spec} } }`;
const admin = (spec: string) =>
  `{ apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: { name: p }, spec: { ${spec} } }`;

test.each([
  ['no policyTypes: ingress', kubernetes('podSelector: {}'), 'ingress'],
  ['no policyTypes but egress rules: both', kubernetes('podSelector: {}, egress: [{}]'), 'egress ingress'],
  [
    'empty policyTypes are defaulted like missing ones',
    kubernetes('podSelector: {}, policyTypes: []'),
    'ingress',
  ],
  ['policyTypes decide', kubernetes('podSelector: {}, policyTypes: [Egress], ingress: [{}]'), 'egress'],
  ['another namespace', kubernetes('podSelector: {}', 'other'), ''],
  ['other labels', kubernetes('podSelector: { matchLabels: { app: db } }'), ''],
  [
    'Cilium spec',
    cilium('spec: { endpointSelector: {}, ingress: [{}], egressDeny: [{}] }'),
    'egress ingress',
  ],
  [
    'Cilium specs',
    cilium('specs: [{ endpointSelector: { matchLabels: { "k8s:app": web } }, ingress: [] }]'),
    'ingress',
  ],
  [
    'Cilium, a rule that is null',
    cilium('spec: { endpointSelector: {}, ingress: null, egress: [] }'),
    'egress',
  ],
  [
    'Cilium, default deny switched off',
    cilium('spec: { endpointSelector: {}, enableDefaultDeny: { ingress: false }, ingress: [{}] }'),
    '',
  ],
  [
    'Cilium clusterwide by namespace',
    cilium(
      'spec: { endpointSelector: { matchLabels: { "k8s:io.kubernetes.pod.namespace": shop } }, egress: [{}] }',
      'CiliumClusterwideNetworkPolicy',
    ),
    'egress',
  ],
  [
    'Cilium for nodes',
    cilium('spec: { nodeSelector: {}, ingress: [{}] }', 'CiliumClusterwideNetworkPolicy'),
    '',
  ],
  ['Calico for all', calico('types: [Ingress, Egress]'), 'egress ingress'],
  ['Calico by label', calico('selector: "app == \'db\'", ingress: []'), ''],
  ['Calico by namespace label', calico('namespaceSelector: "stage == \'prod\'", egress: []'), 'egress'],
  [
    'AdminNetworkPolicy for namespaces',
    admin('subject: { namespaces: { matchLabels: { stage: prod } } }, ingress: [{ action: Deny }]'),
    'ingress',
  ],
  [
    'AdminNetworkPolicy for Pods elsewhere',
    admin(
      'subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: db } } } }, egress: [{}]',
    ),
    '',
  ],
])('%s', (_, policy, expected) => {
  const { resources, errors } = readManifestText(new SourceText('a.yaml', pod + policy));
  expect(errors).toEqual([]);
  const inventory = new Inventory(resources);
  const web = inventory.workloads[0];
  const directions = policyCoverage(inventory).flatMap((coverage) =>
    web !== undefined && coverage.selected.includes(web) ? [...coverage.directions] : [],
  );
  expect(directions.sort().join(' ')).toBe(expected);
});
