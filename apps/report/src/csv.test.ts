import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvParts } from './csv.ts';
import type { ScanReport } from './report.ts';
import {
  canary,
  compared,
  finding,
  full,
  hostile,
  hostileTexts,
  reportOf,
  reports,
} from './testing/reports.ts';

const write = (report: ScanReport) => [...csvParts(report)].join('');

/** RFC 4180, section 2, read strictly: CRLF ends every record, a quote stands in quoted fields only, doubled. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const field = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
    field.lastIndex = at;
    const match = field.exec(text);
    if (match === null) throw new Error(`no field at ${at}`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    at = field.lastIndex;
    if (text[at] === ',') {
      at++;
    } else {
      if (text.slice(at, at + 2) !== '\r\n') throw new Error(`a field ends badly at ${at}`);
      rows.push(row);
      row = [];
      at += 2;
    }
  }
  return rows;
}

/** Rows as objects by the names of the header. */
function records(report: ScanReport): Record<string, string>[] {
  const [header = [], ...rows] = parseCsv(write(report));
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] ?? ''])));
}

/** What a spreadsheet would run, by the list of OWASP and what programs are known to skip before it. */
const formula = /^[\s"'\ufeff\u200b]*[=+\-@\t\r]/;

describe.each(reports)('%s report', (_, report) => {
  test('has a header, and a row as long for each thing it tells of', () => {
    const rows = parseCsv(write(report));
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([19]));
    const { resolved = [], notComparable = [] } = report.comparison ?? {};
    const controls = report.frameworks.reduce((sum, item) => sum + item.controls.length, 0);
    expect(rows).toHaveLength(
      1 +
        report.findings.length +
        report.notifications.length +
        resolved.length +
        notComparable.length +
        controls,
    );
  });

  test('shows neither secrets nor control characters', () => {
    const text = write(report);
    expect(text).not.toContain(canary);
    expect(text.isWellFormed()).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  test('holds no formula', () => {
    const cells = parseCsv(write(report)).flat();
    expect(cells.filter((cell) => formula.test(cell) && !cell.startsWith("'"))).toEqual([]);
  });
});

test('hostile text comes back as it was, an apostrophe before formulas', () => {
  const messages = records(hostile)
    .filter(({ kind }) => kind === 'finding')
    .map(({ message }) => message);
  expect(messages).toHaveLength(hostileTexts.length);
  expect(messages).toContain(`'=HYPERLINK("http://example.com","x")`);
  expect(messages).toContain("'    =1+1");
  expect(messages).toContain("'@SUM(1)");
  expect(messages).toContain('| a | b |\\x0a|---|---|'.replace(/^/, "'"));
  expect(messages).toContain('"><svg onload=alert(1)>');
});

test('no text makes a formula or another cell', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('=', '+', '-', '@', '"', "'", ',', ';', '\t', '\r', '\n', ' ', 'a'))
      .map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, text, (message, object) => {
      const [row] = records(reportOf({ findings: [finding('high', { message, object })] }));
      expect(row?.['fingerprint']).toBe('high'.padEnd(64, 'f'));
      for (const cell of [row?.['message'] ?? '', row?.['object'] ?? ''])
        expect(formula.test(cell) && !cell.startsWith("'")).toBe(false);
    }),
    { numRuns: 300, seed: 4180 },
  );
});

test('tells of suppressions, errors, controls and states', () => {
  const rows = records(compared);
  const of = (field: string, value: string) => rows.filter((row) => row[field] === value);
  expect(of('reason', 'known')[0]).toMatchObject({
    suppressed: 'in-source',
    kind: 'finding',
    severity: 'low',
  });
  expect(of('kind', 'error').map(({ title }) => title)).toEqual(['YAML_SYNTAX', 'CHECK_FAILED']);
  expect(of('kind', 'control').map(({ state }) => state)).toEqual([
    'fail',
    'manual',
    'pass',
    'not-applicable',
  ]);
  expect(of('state', 'resolved')).toHaveLength(1);
  expect(of('state', 'not-judged-again')[0]?.['reason']).toBe('x.yaml could not be read');
  expect(of('state', 'new').length).toBeGreaterThan(1);
  expect(records(full)[0]).toMatchObject({
    line: '2',
    column: '3',
    remediation: 'What to do about rule-critical.',
  });
});

test('reasons of suppressions are redacted', () => {
  const suppressions = [{ kind: 'in-source' as const, reason: `because ${canary}` }];
  const [row] = records(reportOf({ findings: [finding('high', { suppressions })] }));
  expect(row?.['reason']).toBe('because [redacted]');
});
