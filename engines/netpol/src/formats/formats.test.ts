import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import { Connectivity, type ConnectivityOptions } from '../connectivity/connectivity.ts';
import { diffOf } from '../connectivity/diff.ts';
import { exposuresOf } from '../connectivity/exposure.ts';
import { Connections } from '../sets/connections.ts';
import { clusterPolicy, networkPolicy, pod, resources } from '../testing/resources.ts';
import { csvText, reportCsv } from './csv.ts';
import { diffCsv, diffDot, diffMd, diffTxt } from './diff.ts';
import { reportDot } from './dot.ts';
import { quoted } from './dot-lines.ts';
import { explanationTxt } from './explain-txt.ts';
import { reportJson } from './json.ts';
import { reportMd } from './md.ts';
import { reportOf } from './report.ts';
import { reportTxt } from './txt.ts';

function connectivityOf(objects: readonly JsonObject[], options: ConnectivityOptions = {}): Connectivity {
  return new Connectivity(resources(...objects), { families: [4], ...options });
}

const only = networkPolicy('only', {
  podSelector: { matchLabels: { app: 'a' } },
  policyTypes: ['Ingress', 'Egress'],
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'b' } } }], ports: [{ port: 80 }, { port: 443 }] }],
});
const two = [pod('a', { app: 'a' }), pod('b', { app: 'b' })];
const list = reportOf(connectivityOf([...two, only]));

test.each<[string, string, string[]]>([
  [
    'csv',
    reportCsv(list),
    [
      'src,dst,conn',
      '0.0.0.0-255.255.255.255[External],default/b[Pod],All Connections',
      'default/b[Pod],0.0.0.0-255.255.255.255[External],All Connections',
      'default/b[Pod],default/a[Pod],"TCP 80,443"',
    ],
  ],
  [
    'md',
    reportMd(list),
    [
      '| src | dst | conn |',
      '|-----|-----|------|',
      '| 0.0.0.0-255.255.255.255[External] | default/b[Pod] | All Connections |',
      '| default/b[Pod] | 0.0.0.0-255.255.255.255[External] | All Connections |',
      '| default/b[Pod] | default/a[Pod] | TCP 80,443 |',
    ],
  ],
])('%s', (_, text, expected) => {
  expect(text).toBe(`${expected.join('\n')}\n`);
});

test('json', () => {
  expect(JSON.parse(reportJson(list))[2]).toEqual({
    src: 'default/b[Pod]',
    dst: 'default/a[Pod]',
    conn: 'TCP 80,443',
  });
});

test('a graph has each peer once, grouped by namespace', () => {
  const lines = reportDot(list).split('\n');
  expect(lines.filter((line) => line.includes('[label="a[Pod]"'))).toHaveLength(1);
  expect(lines).toContain('\tsubgraph "cluster_default[namespace]" {');
  expect(lines).toContain(
    '\t"default/b[Pod]" -> "default/a[Pod]" [label="TCP 80,443" color="gold2" fontcolor="darkgreen" weight=1]',
  );
});

test.each([
  ['plain', 'plain'],
  ['a "name"', '"a ""name"""'],
  ['a,b', '"a,b"'],
  [' lead', '" lead"'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  [' @x', "' @x"],
  ['', ''],
])('the field %j of a table', (field, text) => {
  expect(csvText([[field]])).toBe(`${text}\n`);
});

test('a name cannot steer a terminal, nor end a cell', () => {
  const odd = reportOf(connectivityOf([pod('a\u001b[2J|b'), pod('c')]));
  expect(reportTxt(odd)).toContain('default/a\\x1b[2J|b[Pod] => default/c[Pod]');
  expect(reportMd(odd)).toContain('| default/a\\\\x1b[2J\\|b[Pod] | default/c[Pod] |');
});

test('a text in a graph cannot leave its quotes', () => {
  expect(quoted('a" -> "b\\')).toBe('"a\\" -> \\"b\\\\"');
});

const rule = (peer: JsonObject, ports?: JsonObject[]) => ({
  from: [peer],
  ...(ports === undefined ? {} : { ports }),
});
const ingress = (...rules: readonly JsonObject[]) =>
  networkPolicy('p', { podSelector: {}, policyTypes: ['Ingress'], ingress: [...rules] });
const anything = { podSelector: { matchLabels: { app: 'new' } } };

test.each<[string, JsonObject[], string[]]>([
  ['without policies', [], ['entire-cluster : All Connections']],
  ['closed', [ingress()], []],
  [
    'to new Pods of its namespace',
    [ingress(rule(anything))],
    ['default/[pod with {app=new}] : All Connections'],
  ],
  [
    'to new Pods anywhere',
    [ingress(rule({ ...anything, namespaceSelector: {} }, [{ port: 80 }]))],
    ['[all namespaces]/[pod with {app=new}] : TCP 80'],
  ],
  [
    'to namespaces',
    [ingress(rule({ namespaceSelector: { matchExpressions: [{ key: 'env', operator: 'Exists' }] } }))],
    ['[namespace with {{Key:env,Operator:Exists,Values:[],}}]/[all pods] : All Connections'],
  ],
  [
    'to all on a port, and to some on another',
    [ingress(rule({ namespaceSelector: {} }, [{ port: 80 }]), rule(anything, [{ port: 443 }]))],
    ['default/[pod with {app=new}] : TCP 80,443', 'entire-cluster : TCP 80'],
  ],
  ['to Pods that are there', [ingress(rule({ podSelector: { matchLabels: { app: 'b' } } }))], []],
  [
    'by a name that the Pod lacks',
    [ingress(rule({ namespaceSelector: {} }, [{ port: 'http' }, { port: 80 }]))],
    ['entire-cluster : TCP 80,http'],
  ],
  [
    'with an exception for administrators',
    [
      clusterPolicy('ClusterNetworkPolicy', 'c', {
        tier: 'Admin',
        priority: 1,
        subject: { namespaces: {} },
        ingress: [{ action: 'Deny', from: [{ namespaces: { matchLabels: { env: 'x' } } }] }],
      }),
    ],
    ['[namespace with {env=x}]/[all pods] : No Connections', 'entire-cluster : All Connections'],
  ],
])('exposure %s', (_, policies, expected) => {
  const connectivity = connectivityOf([...two, ...policies]);
  const { exposure } = reportOf(connectivity, exposuresOf(connectivity));
  const found = exposure?.ingress.filter(({ workload }) => workload === 'default/a[Pod]') ?? [];
  const inside = found.filter(({ peer }) => !peer.endsWith('[External]'));
  expect(inside.map(({ peer, connections }) => `${peer} : ${connections}`)).toEqual(expected);
});

test('exposure as text', () => {
  const connectivity = connectivityOf([pod('a'), ingress(rule(anything))]);
  expect(reportTxt(reportOf(connectivity, exposuresOf(connectivity))).split('\n')).toEqual([
    'default/a[Pod] => 0.0.0.0-255.255.255.255[External] : All Connections',
    '',
    'Exposure Analysis Result:',
    'Egress Exposure:',
    'default/a[Pod] \t=> \t0.0.0.0-255.255.255.255[External] : All Connections',
    'default/a[Pod] \t=> \tentire-cluster : All Connections',
    '',
    'Ingress Exposure:',
    'default/a[Pod] \t<= \tdefault/[pod with {app=new}] : All Connections',
    '',
    'Workloads not protected by network policies:',
    'default/a[Pod] is not protected on Egress',
    '',
  ]);
});

test('an explanation names each rule that allows and each policy that does not', () => {
  const closed = networkPolicy('closed', { podSelector: { matchLabels: { app: 'a' } }, ingress: [] });
  const focus = { workloads: ['a'], peers: ['b'], direction: 'ingress' } as const;
  expect(
    explanationTxt(connectivityOf([...two, only, closed], { focus }))
      .split('\n')
      .slice(5),
  ).toEqual([
    'Connections between default/b[Pod] => default/a[Pod]:',
    '',
    'Allowed connections:',
    '\tAllowed TCP:[80,443] due to the following policies and rules:',
    '\t\tEgress (Allowed) due to the system default (Allow all)',
    '\t\tIngress (Allowed)',
    "\t\t\tNetworkPolicy 'default/only' allows connections by Ingress rule #1",
    '',
    'Denied connections:',
    '\tDenied TCP:[1-79,81-442,444-65535], UDP, SCTP due to the following policies and rules:',
    '\t\tEgress (Allowed) due to the system default (Allow all)',
    '\t\tIngress (Denied)',
    '\t\t\tNetworkPolicy list:',
    "\t\t\t\t- NetworkPolicy 'default/closed' selects default/a[Pod], but default/b[Pod] is not allowed by any Ingress rule (no rules defined)",
    "\t\t\t\t- NetworkPolicy 'default/only' selects default/a[Pod], and Ingress rule #1 selects default/b[Pod], but the protocols and ports do not match",
    '',
    '',
    '',
  ]);
});

test('a rule that passes connections on stands before what decides them', () => {
  const pass = clusterPolicy('ClusterNetworkPolicy', 'c', {
    tier: 'Admin',
    priority: 1,
    subject: { namespaces: {} },
    ingress: [{ name: 'on', action: 'Pass', from: [{ namespaces: {} }] }],
  });
  const focus = { workloads: ['a'], peers: ['b'], direction: 'ingress' } as const;
  const text = explanationTxt(connectivityOf([...two, only, pass], { focus }));
  expect(text).toContain(
    "\t\t\tClusterNetworkPolicy 'c' passes connections by Ingress rule on\n\t\t\tNetworkPolicy 'default/only' allows",
  );
});

const connections = new Connections();
const diffs = diffOf(
  connectivityOf([...two, only], { connections }),
  connectivityOf([...two, pod('c', { app: 'b' }), only], { connections }),
);
const diffReport = { diffs, connections, names: ['before', 'after'] as const };

test('a difference as text', () => {
  expect(diffTxt(diffReport).split('\n')[2]).toBe(
    'diff-type: added, source: default/b[Pod], destination: default/c[Pod], before: No Connections, after: All Connections, workloads-diff-info: workload default/c[Pod] added',
  );
  expect(diffCsv(diffReport).split('\n')[0]).toBe(
    'diff-type,source,destination,before,after,workloads-diff-info',
  );
  expect(diffMd(diffReport)).toContain(
    '| added | default/c[Pod] | default/a[Pod] | No Connections | TCP 80,443 |',
  );
  expect(diffDot(diffReport)).toContain(
    '"default/c[Pod]" [label="c[Pod]" color="#008000" fontcolor="#008000"]',
  );
});

test('no difference is no text', () => {
  const same = { ...diffReport, diffs: diffs.filter(({ type }) => type === 'unchanged') };
  expect([diffTxt(same), diffCsv(same), diffMd(same), diffDot(same)]).toEqual(['', '', '', '']);
});
