import { Connectivity, type ConnectivityOptions } from '../connectivity/connectivity.ts';
import { exposuresOf } from '../connectivity/exposure.ts';
import { type Report, reportOf } from '../formats/report.ts';
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
