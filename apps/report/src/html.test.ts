import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { htmlParts } from './html.ts';
import { shownText } from './html-places.ts';
import type { PageData } from './page-data.ts';
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
  source,
} from './testing/reports.ts';

function write(report: ScanReport): string {
  return [...htmlParts(report)].join('');
}

/** What stands between a tag that is there once and its end. */
function contentOf(html: string, open: string, close: string): string {
  const from = html.indexOf(open) + open.length;
  return html.slice(from, html.indexOf(close, from));
}

const islandTag = '<script id="data" type="application/json">';

function dataOf(report: ScanReport): PageData {
  return JSON.parse(contentOf(write(report), islandTag, '</script>'));
}

function digest(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

describe.each(reports)('%s report', (_, value) => {
  const html = write(value);

  test('holds no secret, no control character and nothing that is not Unicode', () => {
    expect(html).not.toContain(canary);
    expect(html).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]*$/);
    expect(html.isWellFormed()).toBe(true);
  });

  test('runs only the script and the style that its policy names', () => {
    const policy = contentOf(html, 'http-equiv="Content-Security-Policy" content="', '"');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain(`style-src ${digest(contentOf(html, '<style>', '</style>'))}`);
    expect(policy).toContain(`script-src ${digest(contentOf(html, '<script>', '</script>'))}`);
  });

  test('loads nothing', () => {
    const style = contentOf(html, '<style>', '</style>');
    expect(style).not.toMatch(/url\(|@import/);
    const script = contentOf(html, '<script>', '</script>');
    const island = contentOf(html, islandTag, '</script>');
    const rest = html.replace(style, '').replace(script, '').replace(island, '');
    // Text may say anything: in it no `<` is left that would open a tag.
    const tags = rest.match(/<[^>]*>/g)?.join('\n');
    expect(tags).not.toMatch(/\s(?:src|href|action|data)=|<(?:link|img|iframe|object|base|form)/i);
  });

  test('carries its data where no text can end it', () => {
    const island = contentOf(html, islandTag, '</script>');
    expect(island).not.toContain('<');
    expect(html.match(/<script/g)).toHaveLength(2);
    const data: PageData = JSON.parse(island);
    const { findings } = data;
    for (const column of [
      findings.rule,
      findings.object,
      findings.severity,
      findings.message,
      findings.place,
      findings.path,
      findings.fix,
      findings.mend,
      ...(findings.state === undefined ? [] : [findings.state]),
    ])
      expect(column).toHaveLength(value.findings.length);
    expect(data.notices).toHaveLength(value.notifications.length);
    expect(data.places.length % 7).toBe(0);
  });
});

test('hostile text comes back as it was, with what a screen cannot show written out', () => {
  const data = dataOf(hostile);
  expect(data.messages).toEqual(hostileTexts.map(shownText));
  expect(data.notices.map(({ message }) => message)).toEqual(hostileTexts.map(shownText));
  expect(data.files).toEqual(hostileTexts.map((text) => shownText(`${text}.yaml`)));
  expect(data.exceptions.map(({ reason }) => reason)).toEqual(
    hostileTexts.filter((_, i) => i % 2 === 1).map(shownText),
  );
});

test('every suppression, state, related place and control is there', () => {
  const data = dataOf(compared);
  expect(data.findings.suppressed).toEqual([[6, 0]]);
  expect(data.exceptions).toEqual([{ kind: 'in-source', reason: 'known' }]);
  expect(data.findings.state).toBe('nucnucnu');
  expect(data.comparison?.resolved.map(({ rule }) => rule)).toEqual(['rule-resolved']);
  expect(data.comparison?.notComparable.map(({ reason }) => reason)).toEqual(['x.yaml could not be read']);
  const [framework] = data.frameworks;
  expect(framework?.controls.map(({ id, verdict }) => [id, verdict])).toEqual([
    ['5.2.2', 'fail'],
    ['5.2.1', 'manual'],
    ['5.2.3', 'pass'],
    ['5.2.4', 'not-applicable'],
  ]);
  const [control] = framework?.controls ?? [];
  expect(control?.checks.map((index) => data.rules[index]?.id)).toEqual(['rule-high']);
});

test('texts that stand often stand once', () => {
  const many = reportOf({ findings: Array.from({ length: 1000 }, () => finding('high')) });
  const data = dataOf(many);
  expect(
    [data.messages, data.objects, data.files, data.paths, data.excerpts].map(({ length }) => length),
  ).toEqual([1, 1, 1, 1, 1]);
  expect(data.places).toHaveLength(7);
});

describe('fixes', () => {
  const text = source.text;
  const fixesOf = (fixes: NonNullable<Parameters<typeof finding>[1]>['fixes']) =>
    dataOf(reportOf({ findings: [finding('high', fixes === undefined ? {} : { fixes })] })).fixes;

  test('a change in a line shows the line before and after', () => {
    const edits = [{ file: source.file, start: text.indexOf('1'), end: text.indexOf('1') + 1, text: '2' }];
    expect(fixesOf([{ description: 'mend it', edits }])).toEqual([
      [
        {
          description: 'mend it',
          diff: [
            { file: 0, line: 1, removed: ['a: 1'], added: ['a: 2'], after: '  key: [redacted]\\x1b[31m' },
          ],
        },
      ],
    ]);
  });

  test('new lines show no line that stays', () => {
    const end = text.indexOf('\n') + 1;
    const edits = [{ file: source.file, start: end, end, text: 'x: 1\ny: 2\n' }];
    expect(fixesOf([{ description: 'mend it', edits }])[0]?.[0]?.diff).toEqual([
      {
        file: 0,
        line: 2,
        before: 'a: 1',
        removed: [],
        added: ['x: 1', 'y: 2'],
        after: '  key: [redacted]\\x1b[31m',
      },
    ]);
  });

  test('edits of one line are one change, and a secret beside them is redacted', () => {
    const line = text.indexOf('  key');
    const edits = [
      { file: source.file, start: line, end: line + 2, text: '' },
      { file: source.file, start: line + 2, end: line + 5, text: 'name' },
    ];
    expect(fixesOf([{ description: 'mend it', edits }])[0]?.[0]?.diff).toEqual([
      {
        file: 0,
        line: 2,
        before: 'a: 1',
        removed: ['  key: [redacted]\\x1b[31m'],
        added: ['name: [redacted]\\x1b[31m'],
        after: 'b: 2',
      },
    ]);
  });

  test('without edits the patch is told in words, with its secrets redacted', () => {
    const patch = [
      { op: 'add' as const, path: ['spec', 'hostPID'], value: false },
      { op: 'replace' as const, path: ['spec', 'token'], value: canary },
      { op: 'remove' as const, path: ['spec', 'containers', 0] },
    ];
    expect(fixesOf([{ description: 'mend it', choice: 'which', patch }])).toEqual([
      [
        {
          description: 'mend it',
          choice: 'which',
          patch: ['set spec.hostPID to false', 'set spec.token to [redacted]', 'remove spec.containers[0]'],
        },
      ],
    ]);
  });
});

test('a reader without scripts is told the figures', () => {
  expect(write(full)).toContain(
    '<p>7 findings in 1 object and 0 Dockerfiles; 2 errors. 2026-01-02T03:04:05Z</p>',
  );
});
