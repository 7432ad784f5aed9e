import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { junitParts } from './junit.ts';
import { countsNow } from './report.ts';
import { schemaText } from './testing/corpora.ts';
import { canary, compared, finding, full, hostile, reportOf, reports } from './testing/reports.ts';

const schemas = ['junit/junit-10.xsd', 'junit/JUnit.xsd'].map(
  (path) => [path, schemaText(path) ?? ''] as const,
);
const haveSchemas = schemas.every(([, schema]) => schema !== '');

const write = (report: typeof full) => [...junitParts(report)].join('');

/** The document as a parser understood it, written canonically: attributes in quotes, every reference resolved. */
async function canonical(xml: string): Promise<string> {
  const result = await validateXML({ xml, schema: anySchema, normalization: 'c14n' });
  return result.normalized;
}

const anySchema =
  '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="testsuites"/></xs:schema>';

const elements = (xml: string, name: string) => [...xml.matchAll(new RegExp(`<${name}[ >]`, 'g'))].length;

describe.each(reports)('%s report', (_, report) => {
  test.runIf(haveSchemas).each(schemas)('is valid by %s', async (_path, schema) => {
    const result = await validateXML({ xml: write(report), schema });
    expect(result.errors).toEqual([]);
  });

  test('has a test for each finding, suppressed and old ones skipped, and an error for each error', async () => {
    const xml = await canonical(write(report));
    const controls = report.frameworks.flatMap((item) => item.controls);
    const fresh = report.findings.filter(countsNow);
    const rules = new Set(fresh.map((item) => item.finding.rule));
    const passed = controls.filter(({ verdict }) => verdict === 'pass').length;
    const failed = controls.filter(({ verdict, failed: by }) => {
      return verdict === 'fail' && (report.comparison === undefined || by.some((rule) => rules.has(rule)));
    }).length;
    expect(elements(xml, 'failure')).toBe(fresh.length + failed);
    expect(elements(xml, 'error')).toBe(report.notifications.filter(({ level }) => level === 'error').length);
    const silent = report.findings.length - fresh.length;
    const open = controls.length - passed - failed;
    expect(elements(xml, 'skipped')).toBe(silent + open + (report.comparison?.notComparable.length ?? 0));
  });

  test('shows neither secrets nor control characters', async () => {
    const xml = write(report);
    expect(xml).not.toContain(canary);
    expect(xml.isWellFormed()).toBe(true);
    expect(xml).not.toMatch(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/,
    );
  });

  test('counts what each suite holds, and names no test twice in it', () => {
    for (const [suite] of write(report).matchAll(/<testsuite .*?<\/testsuite>/gs)) {
      const number = (name: string) =>
        Number(new RegExp(`^<testsuite [^>]*\\b${name}="(\\d+)"`).exec(suite)?.[1]);
      expect(number('tests')).toBe(elements(suite, 'testcase'));
      expect(number('failures')).toBe(elements(suite, 'failure'));
      expect(number('errors')).toBe(elements(suite, 'error'));
      expect(number('skipped')).toBe(elements(suite, 'skipped'));
      const names = [...suite.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"/g)].map((match) =>
        match.slice(1).join('\n'),
      );
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

test.runIf(haveSchemas).each(schemas)('%s refuses what is not JUnit', async (_path, schema) => {
  const result = await validateXML({ xml: write(full).replaceAll(' hostname=', ' host='), schema });
  expect(result.valid).toBe(false);
});

test('hostile text is text and nothing else', async () => {
  const xml = await canonical(write(hostile));
  const names = new Set([...xml.matchAll(/<\/?([A-Za-z-]+)/g)].map(([, name]) => name));
  const ours = [
    'testsuites',
    'testsuite',
    'properties',
    'property',
    'testcase',
    'failure',
    'error',
    'skipped',
  ];
  expect([...names].filter((name) => !ours.includes(name ?? ''))).toEqual(['system-out', 'system-err']);
  expect(xml).toContain('&lt;script&gt;');
  expect(xml).toContain(']]&gt;&lt;!ENTITY x SYSTEM');
});

test('says what to do, where, and what a run beside an earlier state knows', () => {
  const xml = write(compared);
  expect(xml).toContain('dir with space/web.yaml:2:3');
  expect(xml).toContain('help: What to do about rule-high.');
  expect(xml).toContain('state: new');
  expect(xml).toContain('<testsuite name="resolved since main"');
  expect(xml).toContain('<skipped message="x.yaml could not be read"/>');
});

test('beside an earlier state only what is new fails: findings, and controls', () => {
  const [first, ...others] = compared.findings.map((item) => ({ ...item, state: 'unchanged' as const }));
  const old = write({ ...compared, findings: [first, ...others].flatMap((item) => item ?? []) });
  expect(elements(old, 'failure')).toBe(0);
  expect(old).toContain('<skipped message="known before: main; critical: something is critical');
  expect(old).toContain('<skipped message="known before: main; 2 findings, 1 suppressed"/>');
  const highs = compared.findings.map((item) =>
    item.finding.rule === 'rule-high'
      ? { ...item, state: 'new' as const }
      : { ...item, state: 'unchanged' as const },
  );
  const fresh = write({ ...compared, findings: highs });
  expect(elements(fresh, 'failure')).toBe(3);
  expect(fresh).toContain('<failure type="control"');
});

test('a check that found nothing has passed, one that could not be evaluated has not', () => {
  const report = reportOf({ findings: [finding('high')] });
  const statistics = new Map([...report.statistics, ['rule-broken', { judged: 1, failed: 0, errors: 1 }]]);
  const xml = write({ ...report, statistics });
  expect(xml).toContain('<testcase name="rule-passed: rule-passed" classname="rule-passed" time="0"/>');
  expect(xml).toMatch(/classname="rule-broken" time="0"><skipped message="could not be evaluated 1 time:/);
});
