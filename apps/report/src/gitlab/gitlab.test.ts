import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { counts, type ScanReport } from '../report.ts';
import { schemaText } from '../testing/corpora.ts';
import { canary, compared, finding, full, hostile, reportOf, reports } from '../testing/reports.ts';
import { gitlabCodeQualityParts } from './code-quality.ts';
import { gitlabSastParts } from './sast.ts';

const quality = (report: ScanReport) => [...gitlabCodeQualityParts(report)].join('');
const sast = (report: ScanReport) => [...gitlabSastParts(report)].join('');
const counting = (report: ScanReport) => report.findings.filter((item) => counts(item.finding));

const Ajv = createRequire(import.meta.url)('ajv').default;

const qualitySchema = schemaText('gitlab/code-quality.schema.json');

const text = { type: 'string', minLength: 1 };
const object = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});
const listOf = (items: object, minItems = 0) => ({ type: 'array', items, minItems });
const time = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d$' };
const url = { type: 'string', pattern: '^https?://.+' };
const scanner = object({ id: text, name: text, version: text, vendor: object({ name: text }) });
const line = { type: 'integer', minimum: 1 };

/** What GitLab's documentation of its report format 15 asks for, made from its description. */
const sastSchema = object({
  version: { type: 'string', pattern: '^15\\.\\d+\\.\\d+$' },
  scan: object({
    type: { const: 'sast' },
    analyzer: scanner,
    scanner,
    start_time: time,
    end_time: time,
    status: { enum: ['success', 'failure'] },
    messages: listOf(object({ level: { enum: ['info', 'warn', 'fatal'] }, value: text })),
  }),
  vulnerabilities: listOf(
    object(
      {
        id: {
          type: 'string',
          pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
        },
        name: { ...text, maxLength: 255 },
        description: { ...text, maxLength: 1_048_576 },
        severity: { enum: ['Info', 'Unknown', 'Low', 'Medium', 'High', 'Critical'] },
        solution: { type: 'string', maxLength: 7000 },
        identifiers: listOf(object({ type: text, name: text, value: text }), 1),
        links: listOf(object({ url })),
        location: object(
          { file: { type: 'string', pattern: '^(?!\\.?/)' }, start_line: line, end_line: line },
          [],
        ),
        tracking: object({
          type: { const: 'source' },
          items: listOf(object({ signatures: listOf(object({ algorithm: text, value: text }), 1) }), 1),
        }),
        details: {
          type: 'object',
          additionalProperties: object({ type: { const: 'text' }, name: text, value: { type: 'string' } }),
        },
      },
      ['id', 'name', 'severity', 'identifiers', 'location'],
    ),
  ),
});

function errorsOf(schema: object, value: unknown): unknown {
  const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
  validate(value);
  return validate.errors ?? [];
}

describe.each(reports)('%s report', (_, report) => {
  test.runIf(qualitySchema !== undefined)('is a valid Code Quality artefact', () => {
    expect(errorsOf(JSON.parse(qualitySchema ?? ''), JSON.parse(quality(report)))).toEqual([]);
  });

  test('is a valid SAST report', () => {
    expect(errorsOf(sastSchema, JSON.parse(sast(report)))).toEqual([]);
  });

  test('has an issue for each finding that counts and each notification, and one for all that is suppressed', () => {
    const suppressed = report.findings.length > counting(report).length ? 1 : 0;
    const issues = JSON.parse(quality(report));
    expect(issues).toHaveLength(counting(report).length + report.notifications.length + suppressed);
    expect(JSON.parse(sast(report)).vulnerabilities).toHaveLength(counting(report).length);
  });

  test('tells all its findings apart', () => {
    const prints = JSON.parse(quality(report)).map((issue: { fingerprint: string }) => issue.fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
    const ids = JSON.parse(sast(report)).vulnerabilities.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each([
    ['Code Quality', quality],
    ['SAST', sast],
  ])('shows neither secrets nor control characters: %s', (_name, write) => {
    const output = write(report);
    expect(output).not.toContain(canary);
    expect(output).not.toMatch(/\\u00[01]|\\u[dD][89a-fA-F]|[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(output.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f]/);
  });
});

test.each(['version', 'scan', 'vulnerabilities'])('the schema of the test asks for %s', (field) => {
  const { [field]: _left, ...rest } = JSON.parse(sast(full));
  expect(errorsOf(sastSchema, rest)).not.toEqual([]);
});

test('an object that stands in two files is two findings, the first under its own fingerprint', () => {
  const one = finding('high', { fingerprint: '0123456789abcdef'.repeat(4) });
  const elsewhere = { ...one, locations: [{ file: 'other.yaml', line: 1 }] };
  const prints = (findings: ScanReport['findings'][number]['finding'][]) =>
    JSON.parse(quality(reportOf({ findings }))).map((issue: { fingerprint: string }) => issue.fingerprint);
  const [first, second] = prints([one, elsewhere]);
  expect(first).toBe(one.fingerprint);
  expect(second).toMatch(/^[0-9a-f]{64}$/);
  expect(prints([one, elsewhere, elsewhere])[1]).toBe(second);
});

test.each([
  ['/abs/web.yaml', 'abs/web.yaml'],
  ['./web.yaml', 'web.yaml'],
  ['deploy/./web.yaml', 'deploy/./web.yaml'],
  ['.', '.'],
  ['/', '.'],
])('the file %s is named %s', (file, path) => {
  const report = reportOf({ findings: [finding('high', { locations: [{ file, line: 3 }] })] });
  expect(JSON.parse(quality(report))[0].location).toEqual({ path, lines: { begin: 3 } });
  expect(JSON.parse(sast(report)).vulnerabilities[0].location).toEqual({
    file: path,
    start_line: 3,
    end_line: 3,
  });
});

test('what could not be read makes the scan a failure; what is suppressed or gone is said', () => {
  const { scan } = JSON.parse(sast(compared));
  expect(scan.status).toBe('failure');
  expect(scan.messages.map(({ level }: { level: string }) => level)).toEqual([
    'fatal',
    'info',
    'fatal',
    'info',
    'info',
  ]);
  expect(scan.messages[3].value).toBe('1 finding suppressed: rule-low');
  expect(scan.messages[4].value).toBe('beside main: 1 resolved, 1 not judged again');
  expect(JSON.parse(sast(reportOf({}))).scan.status).toBe('success');
});

test('descriptions, which GitLab renders as Markdown, hold no markup from the input', () => {
  const all = JSON.parse(sast(hostile)).vulnerabilities.map(
    (item: { description: string }) => item.description,
  );
  for (const description of all) expect(description).not.toMatch(/[<>[\]`*|]|:\/\/|@\w/);
});
