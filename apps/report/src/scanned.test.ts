import { describe, expect, test } from 'vitest';
import { openReportParts } from './cluster/openreports.ts';
import { htmlParts } from './html.ts';
import { writeJson } from './json.ts';
import { junitParts } from './junit.ts';
import { markdownParts } from './markdown/markdown.ts';
import { oscalPoamParts } from './oscal/poam.ts';
import { oscalResultsParts } from './oscal/results.ts';
import type { InputSummary, ScanReport } from './report.ts';
import { scannedNames } from './scanned.ts';
import { finding, framework, hostileTexts, reportOf } from './testing/reports.ts';

const plain = reportOf({ findings: [finding('high')], frameworks: [framework] });

function scanOf(scanned: readonly string[], folder?: string): ScanReport {
  const input: InputSummary = { ...plain.input, scanned, ...(folder === undefined ? {} : { folder }) };
  return { ...plain, input };
}

const text = (parts: Iterable<string>) => [...parts].join('');

test.each<[string[], string | undefined, string]>([
  [['deploy', 'Dockerfile'], 'shop', 'deploy, Dockerfile'],
  [['.'], 'shop', 'shop'],
  [['./'], undefined, '.'],
  [['./deploy/', '/srv/manifests/'], 'shop', 'deploy, /srv/manifests'],
  [['-'], undefined, 'standard input'],
  [['a', 'b', 'c', 'd', 'e'], 'shop', 'a, b, c, 2 more'],
  [[`${'x'.repeat(100)}/web.yaml`], 'shop', `...${'x'.repeat(68)}/web.yaml`],
  [['\u001b[2J'], 'shop', '\\x1b[2J'],
  [[], undefined, ''],
])('%j in %s is called %s', (scanned, folder, name) => {
  expect(scannedNames(scanOf(scanned, folder).input, 3).join(', ')).toBe(name);
});

describe('documents say what was scanned', () => {
  const report = scanOf(['deploy', 'Dockerfile'], 'shop');
  test.each<[string, string, string]>([
    ['html', text(htmlParts(report)), '<title>keelson report: deploy, Dockerfile</title>'],
    ['html, for its script', text(htmlParts(report)), '"title":"keelson report: deploy, Dockerfile"'],
    ['markdown', text(markdownParts(report)), '## keelson: 1 finding (`deploy`, `Dockerfile`)\n'],
    ['json', writeJson(report), '"scanned":["deploy","Dockerfile"],"folder":"shop"'],
    ['junit', text(junitParts(report)), '<property name="scanned" value="deploy, Dockerfile"/>'],
    [
      'oscal-results',
      text(oscalResultsParts(report)),
      'Assessment of Kubernetes configuration: deploy, Dockerfile',
    ],
    [
      'oscal-poam',
      text(oscalPoamParts(report)),
      'Plan of action for Kubernetes configuration: deploy, Dockerfile',
    ],
  ])('%s', (_, written, words) => {
    expect(written).toContain(words);
  });
});

describe('reports in a cluster', () => {
  const namesOf = (report: ScanReport): string[] =>
    JSON.parse(text(openReportParts(report))).items.map(
      ({ metadata }: { metadata: { name: string } }) => metadata.name,
    );

  test('have the same names in the next scan of the same paths, whatever it finds', () => {
    const first = namesOf(scanOf(['deploy', 'Dockerfile'], 'shop'));
    expect(first[0]).toMatch(/^keelson-scan-[a-z]+-[0-9a-f]{8}$/);
    const next = {
      ...scanOf(['./Dockerfile', 'deploy/'], 'shop'),
      findings: [],
      time: '2027-01-01T00:00:00Z',
    };
    expect(first).toContain(namesOf(next)[0]);
    expect(first).toContain(namesOf(next)[1]);
  });

  test.each([
    ['other paths', scanOf(['base'], 'shop')],
    ['the same paths of another folder', scanOf(['deploy'], 'bank')],
    ['nobody knows what', plain],
  ])('share no name with those of %s', (_, other) => {
    const names = new Set(namesOf(scanOf(['deploy'], 'shop')));
    expect(namesOf(other).filter((name) => names.has(name))).toEqual([]);
  });

  test('carry the name of the scan as a label', () => {
    const { items } = JSON.parse(text(openReportParts(scanOf(['.'], 'shop'))));
    const [{ metadata }] = items;
    expect(metadata.name).toBe(`keelson-scan-${metadata.labels['app.kubernetes.io/instance']}`);
    expect(metadata.name).toMatch(/^keelson-scan-shop-/);
  });

  test.each(hostileTexts)('%j makes valid names', (path) => {
    for (const name of namesOf(scanOf([path], path)))
      expect(name).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
  });
});
