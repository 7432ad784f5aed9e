import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { writeJson, writeSarif, writeTerminal } from './index.ts';
import { canary, finding, full, reportOf, reports } from './testing/reports.ts';

const corpora =
  process.env['KEELSON_CORPORA'] ?? fileURLToPath(new URL('../../../../shared/corpora', import.meta.url));

function sarifSchema(): object | undefined {
  try {
    return JSON.parse(readFileSync(`${corpora}/report-schemas/sarif/sarif-schema-2.1.0.json`, 'utf8'));
  } catch {
    return undefined;
  }
}

const schema = sarifSchema();

describe.each(reports)('%s report', (_, value) => {
  test.runIf(schema !== undefined)('is valid SARIF 2.1.0', () => {
    const require = createRequire(import.meta.url);
    const Ajv = require('ajv-draft-04').default;
    const addFormats = require('ajv-formats').default;
    const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
    const validate = ajv.compile(schema);
    validate(JSON.parse(writeSarif(value)));
    expect(validate.errors ?? []).toEqual([]);
  });

  test('always has SARIF results, and JSON findings', () => {
    const gone = value.comparison?.resolved.length ?? 0;
    expect(JSON.parse(writeSarif(value)).runs[0].results).toHaveLength(value.findings.length + gone);
    expect(JSON.parse(writeJson(value)).findings).toHaveLength(value.findings.length);
  });

  test.each([40, 80, 200])('shows neither secrets nor control characters at %i columns', (width) => {
    const text = writeTerminal(value, { colour: false, width, show: 'info' });
    for (const output of [text, writeJson(value), writeSarif(value)]) expect(output).not.toContain(canary);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });
});

test('a narrow terminal gets no line wider than itself, tables aside', () => {
  const text = writeTerminal(full, { colour: false, width: 60, show: 'info' });
  const wide = text
    .split('\n')
    .filter((line) => line.length > 60 && !line.startsWith('Read ') && !line.includes('-->'));
  expect(
    wide.filter(
      (line) =>
        !/^(severity|critical|high|medium|low|info) /.test(line) && !/findings?[:,]|Exceptions/.test(line),
    ),
  ).toEqual([]);
});

test('findings of one rule on one object are told by each of their messages, and equal ones once', () => {
  const at = (line: number, message: string) =>
    finding('high', { message, locations: [{ file: 'a.yaml', line, column: 1, path: [] }] });
  const findings = [
    at(3, 'owner is missing'),
    at(3, 'team is missing'),
    at(3, 'tier is missing'),
    at(4, 'owner is missing'),
    at(5, 'tier is missing'),
    at(6, `${canary} is wrong`),
  ];
  const text = writeTerminal(reportOf({ findings }), { colour: false, width: 80, show: 'info' });
  expect(text.match(/owner is missing/g)).toHaveLength(1);
  expect(text).toContain('= also: line 4:1\n');
  expect(text).toContain('= also (line 3:1): team is missing\n');
  expect(text).toContain('= also (line 3:1, 5:1): tier is missing\n');
  expect(text).toContain('= also (line 6:1): [redacted] is wrong\n');
});

test('what is suppressed is counted, not listed', () => {
  const text = writeTerminal(
    reportOf({ findings: [finding('high', { suppressions: [{ kind: 'external', reason: 'x' }] })] }),
    {
      colour: false,
      width: 80,
      show: 'info',
    },
  );
  expect(text).toContain('No findings.');
  expect(text).toContain('1 finding suppressed');
});

test('a secret that is a common word takes nothing from ids and fingerprints', () => {
  const censor = (text: string) => text.replace(/rule|high|fff/g, '[redacted]');
  const common = { ...full, redact: { message: censor, source: censor } };
  const json = JSON.parse(writeJson(common));
  expect(json.findings.map((item: { rule: string }) => item.rule)).toContain('rule-high');
  expect(json.findings[0].fingerprint).toBe('critical'.padEnd(64, 'f'));
  expect(json.findings[1].message).toContain('something is [redacted]');
  const [run] = JSON.parse(writeSarif(common)).runs;
  expect(run.results[0].ruleId).toBe(run.tool.driver.rules[run.results[0].ruleIndex].id);
});

test('what a policy read is told, and redacted like any text from the input', () => {
  const explanation = {
    rule: 'data.main.deny',
    location: { file: 'policies/main.rego', line: 7 },
    reads: [
      { path: 'input.spec.key', value: canary.repeat(20) },
      { path: 'input.spec.replicas', value: 1 },
      { path: 'input.metadata.labels.team', missing: true },
      { path: 'input.spec' },
    ],
  };
  const report = reportOf({ findings: [finding('high', { explanation })] });
  const text = writeTerminal(report, { colour: false, width: 160, show: 'info' });
  for (const output of [text, writeJson(report), writeSarif(report)]) {
    expect(output).not.toContain(canary.slice(0, 8));
    expect(output).toContain('[redacted]');
  }
  expect(text).toContain('= policy: policies/main.rego:7 (data.main.deny)');
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'input.spec.replicas is 1, input.metadata.labels.team is not there and 1 more',
  );
});

test('the reason of a suppression is redacted like any text from the input', () => {
  const suppressions = [{ kind: 'in-source' as const, reason: `the key is ${canary}` }];
  const report = reportOf({ findings: [finding('high', { suppressions })] });
  for (const output of [writeJson(report), writeSarif(report)]) {
    expect(output).not.toContain(canary);
    expect(output).toContain('the key is [redacted]');
  }
});
