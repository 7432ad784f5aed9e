import type { JsonObject } from '@keelson/core';
import { Connectivity, type ConnectivityOptions } from '../connectivity/connectivity.ts';
import { diffOf } from '../connectivity/diff.ts';
import { exposuresOf } from '../connectivity/exposure.ts';
import { entryPointsOf } from '../entrypoints/entry-points.ts';
import type { DiffReport } from '../formats/diff.ts';
import { type Report, reportOf } from '../formats/report.ts';
import { Connections } from '../sets/connections.ts';
import { networkPolicy, pod, resources } from './resources.ts';

const ports = [{ port: 8080 }, { port: 9090, protocol: 'UDP' }];
const closed = (namespace: string) => networkPolicy('deny', { podSelector: {} }, namespace);
const allow = (name: string, app: string, peer: object, namespace: string) =>
  networkPolicy(
    name,
    { podSelector: { matchLabels: { app } }, ingress: [{ from: [{ ...peer }], ports }] },
    namespace,
  );

/** Two namespaces, of which one opens to the other, to Pods to come and to addresses. */
export function shopReport(options: ConnectivityOptions = {}): Report {
  const objects = [
    ...['web', 'cart', 'db'].map((name) => pod(name, { app: name }, { namespace: 'shop' })),
    ...['api', 'agent'].map((name) => pod(name, { app: name }, { namespace: 'ops' })),
    closed('shop'),
    allow('db', 'db', { podSelector: { matchLabels: { app: 'cart' } } }, 'shop'),
    allow('cart', 'cart', { namespaceSelector: { matchLabels: { team: 'later' } } }, 'shop'),
    allow('web', 'web', { ipBlock: { cidr: '192.0.2.0/24' } }, 'shop'),
  ];
  const connectivity = new Connectivity(resources(...objects), { families: [4], ...options });
  return reportOf(connectivity, exposuresOf(connectivity));
}

/** Objects that let traffic in: to a workload that takes it, to one that takes a part, and to one that takes nothing. */
export function enteredReport(options: ConnectivityOptions = {}): Report {
  const service = (name: string, type: string, ...targets: number[]) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: {
      type,
      selector: { app: name },
      ports: targets.map((targetPort, i) => ({ name: `p${i}`, port: 80 + i, targetPort })),
    },
  });
  const ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { defaultBackend: { service: { name: 'db', port: { number: 80 } } } },
  };
  const read = resources(
    ...['web', 'cart', 'db'].map((name) => pod(name, { app: name }, { namespace: 'shop' })),
    service('web', 'LoadBalancer', 8080),
    service('cart', 'NodePort', 8080, 9000),
    service('db', 'ClusterIP', 5432),
    ingress,
    allow('cart', 'cart', { ipBlock: { cidr: '0.0.0.0/0' } }, 'shop'),
    allow('db', 'db', { podSelector: { matchLabels: { app: 'cart' } } }, 'shop'),
  );
  const connectivity = new Connectivity(read, { families: [4], ...options });
  return reportOf(connectivity, undefined, entryPointsOf(read, connectivity));
}

/** A policy that comes, one that goes, and a Pod that is new. */
export function changeReport(): DiffReport {
  const connections = new Connections();
  const pods = ['web', 'cart', 'db'].map((name) => pod(name, { app: name }, { namespace: 'shop' }));
  const state = (...objects: JsonObject[]) =>
    new Connectivity(resources(...pods, closed('shop'), ...objects), { families: [4], connections });
  const from = (app: string) => ({ podSelector: { matchLabels: { app } } });
  const before = state(allow('db', 'db', from('cart'), 'shop'), allow('web', 'web', from('db'), 'shop'));
  const after = state(
    pod('api', { app: 'api' }, { namespace: 'shop' }),
    allow('db', 'db', from('cart'), 'shop'),
    networkPolicy(
      'web',
      { podSelector: { matchLabels: { app: 'web' } }, ingress: [{ ports: [{ port: 8080 }] }] },
      'shop',
    ),
  );
  return { diffs: diffOf(before, after), connections, names: ['before', 'after'] };
}

/** As many Pods as are said, of which all reach all. */
export function openReport(pods: number): Report {
  const objects = Array.from({ length: pods }, (_, i) => pod(`pod-${i}`, {}, { namespace: `ns-${i % 5}` }));
  return reportOf(new Connectivity(resources(...objects), { families: [4] }));
}

/** Two Pods that are closed in both directions. */
export function closedReport(): Report {
  const none = networkPolicy('none', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  return reportOf(new Connectivity(resources(pod('a'), pod('b'), none), { families: [4] }));
}

export const hostileTexts = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "'&amp;<!--",
  ']]>\u2028{{x}}',
] as const;

export function hostileReport(): Report {
  const objects = hostileTexts.map((text) => pod(text, { [text]: text }, { namespace: text }));
  const asked = { podSelector: { matchLabels: { '<b>key': '</text><a href="x">' } } };
  const policy = networkPolicy('p', { podSelector: {}, ingress: [{ from: [asked] }] }, hostileTexts[0]);
  const connectivity = new Connectivity(resources(...objects, policy), { families: [4] });
  return reportOf(connectivity, exposuresOf(connectivity));
}
