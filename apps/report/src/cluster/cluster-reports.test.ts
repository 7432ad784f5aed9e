import { describe, expect, test } from 'vitest';
import { counts, type ScanReport } from '../report.ts';
import { crdValidator } from '../testing/cluster-reports.ts';
import {
  canary,
  finding,
  framework,
  full,
  hostile,
  hostileTexts,
  reportOf,
  reports,
} from '../testing/reports.ts';
import { openReportParts } from './openreports.ts';
import { policyReportParts } from './policyreport.ts';
import { maxResultBytes, maxResults } from './reports.ts';
import { labelValue, maxTextLength } from './text.ts';

interface Result {
  policy: string;
  rule: string;
  result: string;
  message: string;
  severity?: string;
  scored: boolean;
  resources?: { apiVersion?: string; kind: string; namespace?: string; name: string }[];
  properties?: Record<string, string>;
}

interface ReportObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels: Record<string, string> };
  results: Result[];
  summary: Record<string, number>;
}

const apis = [
  {
    name: 'openreports',
    write: openReportParts,
    namespaced: crdValidator('openreports/openreports.io_reports.yaml', 'v1alpha1'),
    cluster: crdValidator('openreports/openreports.io_clusterreports.yaml', 'v1alpha1'),
  },
  ...['v1alpha2', 'v1beta1'].map((folder) => ({
    name: `policyreport, CRD of ${folder}`,
    write: policyReportParts,
    namespaced: crdValidator(`wgpolicyk8s/${folder}/wgpolicyk8s.io_policyreports.yaml`, 'v1alpha2'),
    cluster: crdValidator(`wgpolicyk8s/${folder}/wgpolicyk8s.io_clusterpolicyreports.yaml`, 'v1alpha2'),
  })),
];

function itemsOf(report: ScanReport, write = openReportParts): ReportObject[] {
  return JSON.parse([...write(report)].join('')).items;
}

function resultsOf(report: ScanReport): Result[] {
  return itemsOf(report).flatMap(({ results }) => results);
}

const subdomain = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const labelGrammar = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

describe.each(reports)('%s report', (_, report) => {
  for (const { name, write, namespaced, cluster } of apis) {
    test.runIf(namespaced !== undefined && cluster !== undefined)(
      `holds only what the CRD knows: ${name}`,
      () => {
        for (const item of itemsOf(report, write)) {
          const validate = item.metadata.namespace === undefined ? cluster : namespaced;
          validate?.(item);
          expect(validate?.errors ?? []).toEqual([]);
        }
      },
    );
  }

  test('has valid names, each once, and sums that are true', () => {
    const items = itemsOf(report);
    const keys = items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { kind, metadata, results, summary } of items) {
      expect(metadata.name).toMatch(subdomain);
      expect(kind).toBe(metadata.namespace === undefined ? 'ClusterReport' : 'Report');
      for (const value of Object.values(metadata.labels)) expect(value).toMatch(labelGrammar);
      expect(Object.values(summary).reduce((sum, count) => sum + count, 0)).toBe(results.length);
    }
  });

  test('loses nothing', () => {
    const own = itemsOf(report).filter(({ metadata }) => !metadata.name.startsWith('keelson-framework'));
    const results = own.flatMap((item) => item.results);
    const failed = report.findings.filter(({ finding: item }) => counts(item));
    expect(results.filter(({ result }) => result === 'fail' || result === 'warn')).toHaveLength(
      failed.length,
    );
    expect(results.filter(({ properties }) => properties?.['suppression'] !== undefined)).toHaveLength(
      report.findings.length - failed.length,
    );
    expect(results.filter(({ properties }) => properties?.['level'] !== undefined)).toHaveLength(
      report.notifications.length,
    );
    const ids = results.flatMap(({ properties }) => properties?.['resultID'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('shows no secret, no control character, no lone surrogate, and is the same twice', () => {
    const text = [...openReportParts(report)].join('');
    expect(text).not.toContain(canary);
    expect(JSON.stringify(JSON.parse(text), (_, value) => check(value))).toBeDefined();
    expect([...openReportParts(report)].join('')).toBe(text);
  });
});

/** Fails on a text that a terminal or a database would stumble over. */
function check(value: unknown): unknown {
  if (typeof value === 'string') {
    expect(value.isWellFormed()).toBe(true);
    expect(value).not.toMatch(/[\p{Cc}\u202e\u2066]/u);
  }
  return value;
}

test('each finding has the result that the API means', () => {
  const results = resultsOf(full);
  const of = (rule: string, result: string) =>
    results.filter((item) => item.rule === rule && item.result === result);
  expect(of('rule-high', 'fail')).toHaveLength(2);
  expect(of('rule-info', 'warn')).toMatchObject([{ scored: false, severity: 'info' }]);
  expect(of('rule-low', 'skip')).toMatchObject([
    { scored: false, properties: { suppression: 'in-source', reason: 'known' } },
  ]);
  expect(of('rule-passed', 'pass')).toMatchObject([{ scored: true, message: '2 judged, nothing found' }]);
  expect(of('YAML_SYNTAX', 'error')).toMatchObject([{ properties: { file: 'x.yaml', line: '3' } }]);
  expect(of('NOT_JUDGED', 'skip')).toHaveLength(1);
  expect(of('rule-high', 'fail')[0]).toMatchObject({
    policy: 'rule-high',
    resources: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web' }],
    properties: { file: 'dir with space/web.yaml', line: '2', title: 'Title of rule-high' },
  });
});

test.each([
  ['k8s:source:/x.yaml/apps/Deployment/shop/web', 'shop', 'apps/v1'],
  ['k8s:0f0e/rbac.authorization.k8s.io/ClusterRole//admin', undefined, 'rbac.authorization.k8s.io/v1'],
  ['k8s:source:/x.yaml/example.com/Widget/shop/web', 'shop', undefined],
  ['k8s:source:/x.yaml//Pod/%7B%7B%20.Release.Namespace%20%7D%7D/web', undefined, 'v1'],
])('%s stands in the report of namespace %s', (subject, namespace, apiVersion) => {
  const items = itemsOf(reportOf({ findings: [finding('high', { subject })] }));
  const holder = items.find(({ results }) => results.some(({ result }) => result === 'fail'));
  expect(holder?.metadata.namespace).toBe(namespace);
  const result = holder?.results.find((item) => item.result === 'fail');
  expect(result?.resources?.[0]?.apiVersion).toBe(apiVersion);
  expect(result?.properties?.['group']).toBe(apiVersion === undefined ? 'example.com' : undefined);
});

test('a Dockerfile is no object: its findings stand in the cluster report with their place', () => {
  const [item] = itemsOf(
    reportOf({
      findings: [
        finding('high', { subject: 'file:Dockerfile', locations: [{ file: 'Dockerfile', line: 3 }] }),
      ],
    }),
  );
  expect(item?.metadata.namespace).toBeUndefined();
  expect(item?.results[0]).toMatchObject({ result: 'fail', properties: { file: 'Dockerfile', line: '3' } });
  expect(item?.results[0]?.resources).toBeUndefined();
});

test('no object passes what kubectl apply takes', () => {
  const long = '<'.repeat(5_000);
  const findings = Array.from({ length: 2_000 }, (_, i) =>
    finding('high', { fingerprint: String(i).padStart(64, '0'), message: i % 2 === 0 ? long : 'short' }),
  );
  const items = itemsOf(reportOf({ findings }));
  expect(items.length).toBeGreaterThan(10);
  expect(items.map(({ metadata }) => metadata.name)).toContain('keelson-scan-3');
  for (const item of items) {
    expect(item.results.length).toBeLessThanOrEqual(maxResults);
    const annotation = JSON.stringify(item).replace(/[<>&]/g, '\\u0000');
    expect(Buffer.byteLength(annotation)).toBeLessThan(maxResultBytes + 2_000);
    for (const { message } of item.results) expect(message.length).toBeLessThanOrEqual(maxTextLength);
  }
});

test('controls of a framework stand in a report of their own', () => {
  const other = { ...framework, framework: { ...framework.framework, id: 'cis-1_12' } };
  const items = itemsOf(reportOf({ frameworks: [framework, other] }));
  expect(items.map(({ metadata }) => metadata.name)).toEqual([
    'keelson-scan',
    'keelson-framework-cis-1-12',
    'keelson-framework-cis-1-12.2',
  ]);
  expect(items[1]?.results.map(({ rule, result }) => [rule, result])).toEqual([
    ['5.2.2', 'fail'],
    ['5.2.1', 'skip'],
    ['5.2.3', 'pass'],
    ['5.2.4', 'skip'],
  ]);
});

test('what an earlier state had is told: gone is pass, not judged again is error', () => {
  const compared = reports.find(([name]) => name === 'compared')?.[1];
  const results = compared === undefined ? [] : resultsOf(compared);
  expect(results.filter(({ properties }) => properties?.['state'] === 'resolved')).toMatchObject([
    { rule: 'rule-resolved', result: 'pass' },
  ]);
  expect(results.filter(({ result, rule }) => result === 'error' && rule === 'rule-unknown')).toHaveLength(1);
  expect(results.filter(({ properties }) => properties?.['state'] === 'new').length).toBeGreaterThan(0);
});

test('texts that are broken into lines in their files are one line here', () => {
  const report = reportOf({ findings: [finding('high')], frameworks: [framework] });
  const text = report.texts.get('rule-high');
  const texts = new Map(
    text === undefined
      ? []
      : [['rule-high', { ...text, title: 'A\ntitle', remediation: 'Do this\n  and that.\n' }]],
  );
  const [control] = framework.controls.filter(({ verdict }) => verdict === 'manual');
  const controls = control === undefined ? [] : [{ ...control, reason: 'Ask the\n  operators.\n' }];
  const results = resultsOf({ ...report, texts, frameworks: [{ ...framework, controls }] });
  expect(results.find(({ result }) => result === 'fail')?.properties).toMatchObject({
    title: 'A title',
    remediation: 'Do this and that.',
  });
  expect(results.find(({ policy }) => policy === 'cis-1.12')?.message).toContain(
    'manual: Ask the operators.',
  );
});

test('hostile texts come back as data, and none of them makes a namespace or a label', () => {
  const items = itemsOf(hostile);
  expect(new Set(items.map(({ metadata }) => metadata.namespace))).toEqual(new Set([undefined, 'default']));
  const messages = items.flatMap(({ results }) => results.map(({ message }) => message));
  expect(messages.filter((message) => message === hostileTexts[0])).toHaveLength(2);
  for (const text of hostileTexts) expect(labelValue(text)).toMatch(labelGrammar);
});
