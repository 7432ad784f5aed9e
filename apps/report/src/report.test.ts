import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { SourceText } from '@keelson/core';
import type { Finding, Severity } from '@keelson/evidence';
import { severities } from '@keelson/evidence';
import { describe, expect, test } from 'vitest';
import { type ScanReport, writeJson, writeSarif, writeTerminal } from './index.ts';

const canary = 'canary-5e1f0c77-secret';
const escapeCharacter = String.fromCharCode(27);

function finding(severity: Severity, extra: Partial<Finding> = {}): Finding {
  return {
    rule: `rule-${severity}`,
    subject: 'k8s:source:/web.yaml//Pod/default/web',
    verdict: 'fail',
    severity,
    message: `something is ${severity} – ünïcode ${canary}`,
    locations: [
      {
        file: 'dir with space/web.yaml',
        line: 2,
        column: 3,
        endLine: 2,
        endColumn: 9,
        path: ['spec', 'containers', 0],
      },
    ],
    fingerprint: 'f'.repeat(64),
    ...extra,
  };
}

const source = new SourceText(
  'dir with space/web.yaml',
  `a: 1\n  key: ${canary}${escapeCharacter}[31m\nb: 2\n`,
);

const both = (redact: (text: string) => string) => ({ message: redact, source: redact });

function report(findings: Finding[], notifications: ScanReport['notifications'] = []): ScanReport {
  return {
    tool: { name: 'keelson', version: '0.1.0' },
    time: '2026-01-02T03:04:05Z',
    frameworks: [],
    findings: findings.map((item) => ({ finding: item, fixable: false })),
    notifications,
    texts: new Map(),
    statistics: new Map([['rule-high', { judged: 3, failed: 1, errors: 0 }]]),
    sources: new Map([[source.file, source]]),
    input: { files: 1, documents: 1, objects: 1, dockerfiles: 0, checks: 5 },
    failOn: 'high',
    suppressions: { loaded: 1, matched: 1, unused: 0, expired: 0 },
    redact: both((text) => text.replaceAll(canary, '[redacted]')),
  };
}

const full = report(
  [
    ...severities.map((severity) => finding(severity)),
    finding('high', {
      fixes: [
        { description: 'mend it', edits: [{ file: source.file, start: 1, end: 2, text: 'x' }], patch: [] },
        { description: 'choose a user', choice: 'uid' },
      ],
    }),
    finding('low', {
      suppressions: [{ kind: 'in-source', reason: 'known' }],
      locations: [{ file: '/abs/x.yaml' }],
    }),
    finding('medium', { locations: [] }),
  ],
  [
    {
      level: 'error',
      code: 'YAML_SYNTAX',
      message: `bad ${canary}`,
      location: { file: 'x.yaml', line: 3, column: 1 },
    },
    { level: 'note', code: 'NOT_JUDGED', message: 'helm is not on PATH' },
    { level: 'error', code: 'CHECK_FAILED', message: 'no such key', rule: 'rule-high' },
  ],
);
const reports: [string, ScanReport][] = [
  ['empty', report([])],
  ['small', report([finding('high')])],
  ['full', full],
];

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
    expect(JSON.parse(writeSarif(value)).runs[0].results).toHaveLength(value.findings.length);
    expect(JSON.parse(writeJson(value)).findings).toHaveLength(value.findings.length);
  });

  test.each([40, 80, 200])('shows neither secrets nor control characters at %i columns', (width) => {
    const text = writeTerminal(value, { colour: false, width, show: 'info' });
    for (const output of [text, writeJson(value), writeSarif(value)]) expect(output).not.toContain(canary);
    expect(text).not.toContain(escapeCharacter);
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

test('what is suppressed is counted, not listed', () => {
  const text = writeTerminal(
    report([finding('high', { suppressions: [{ kind: 'external', reason: 'x' }] })]),
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
  const common = { ...full, redact: both((text) => text.replace(/rule|high|fff/g, '[redacted]')) };
  const json = JSON.parse(writeJson(common));
  expect(json.findings.map((item: Finding) => item.rule)).toContain('rule-high');
  expect(json.findings[0].fingerprint).toBe('f'.repeat(64));
  expect(json.findings[1].message).toContain('something is [redacted]');
  const [run] = JSON.parse(writeSarif(common)).runs;
  expect(run.results[0].ruleId).toBe(run.tool.driver.rules[run.results[0].ruleIndex].id);
});
