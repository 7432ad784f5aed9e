import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, test } from 'vitest';
import type { ScanReport } from '../report.ts';
import {
  canary,
  compared,
  finding,
  framework,
  full,
  hostileTexts,
  reportOf,
  reports,
} from '../testing/reports.ts';
import { markdownParts, maxMarkdownBytes } from './markdown.ts';
import { codeSpan, escapeMarkdown, htmlCode, idText } from './text.ts';

const write = (report: ScanReport) => [...markdownParts(report)].join('');

interface Node {
  type: string;
  value?: string;
  url?: string;
  depth?: number;
  children?: Node[];
}

/** GitHub's Markdown as a tree, with the links that GitHub makes of what looks like one. */
function parse(markdown: string): Node {
  return fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children ?? []) yield* nodesOf(child);
}

const all = (markdown: string) => [...nodesOf(parse(markdown))];

/** HTML that we write; names of files in it are code. */
const ownHtml =
  /^(?:<details(?: open)?>|<\/details>|<summary>(?:[\w ]+: \d+ \w+|<code>[^<>&"']*(?:&#\d+;[^<>&"']*)*<\/code>: \d+ findings?)<\/summary>|<br>|\s)*$/;

/** What GitHub and GitLab look for in rendered text outside of code. */
const references = [
  /(?<![\w`])@[\w-]/,
  /(?<!\w)[#!$~%&][\w"]/,
  /GH-\d/i,
  /:\/\//,
  /\bwww\./i,
  /\b[0-9a-f]{7,40}\b/i,
  /:[\w+-]+:/,
];

describe.each(reports)('%s report', (_, report) => {
  test('is made of our own markup only', () => {
    const nodes = all(write(report));
    const kinds = new Set(nodes.map(({ type }) => type));
    for (const kind of [
      'link',
      'image',
      'linkReference',
      'definition',
      'code',
      'footnoteReference',
      'delete',
    ])
      expect(kinds).not.toContain(kind);
    for (const node of nodes) if (node.type === 'html') expect(node.value).toMatch(ownHtml);
  });

  test('holds nothing that a forge makes a reference of', () => {
    const texts = all(write(report)).flatMap(({ type, value = '' }) => (type === 'text' ? [value] : []));
    for (const text of texts) for (const pattern of references) expect(text).not.toMatch(pattern);
  });

  test('shows neither secrets nor control characters', () => {
    const text = write(report);
    expect(text).not.toContain(canary);
    expect(text.isWellFormed()).toBe(true);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  test('opens and closes what it folds', () => {
    const text = write(report);
    expect(text.match(/<details/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
  });

  test('has tables whose rows are as long as their heads', () => {
    for (const node of all(write(report))) {
      if (node.type !== 'table') continue;
      const widths = new Set(node.children?.map((row) => row.children?.length));
      expect(widths.size).toBe(1);
    }
  });
});

test.each(hostileTexts)('%j comes out as it is written', (text) => {
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').toWellFormed();
  for (const frame of [(x: string) => `- ${x}`, (x: string) => `| a |\n|---|\n| ${x} |`]) {
    const nodes = all(frame(escapeMarkdown(plain)));
    const shown = nodes.flatMap(({ type, value = '' }) => (type === 'text' ? [value] : [])).join('\n');
    expect(shown.replaceAll('\u200b', '')).toContain(plain.trim().replaceAll('\u200b', ''));
    for (const pattern of references) expect(shown).not.toMatch(pattern);
  }
});

/** Letters that mean something to Markdown, and forges' words. */
const markup = fc
  .array(
    fc.constantFrom(
      ...'\\`*_{}[]()<>#+-.!|~^$&@:/=\'"%1a '.split(''),
      '@team',
      '#1',
      'GH-1',
      'http://a.b',
      'www.a.b',
      'a@b.co',
      '&amp;',
      '&#64;',
      '<b>',
      '1. ',
      'deadbeef0',
      '[x](y)',
      '```',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

test('no text makes markup or a reference: in a list, in a table, after words', () => {
  const frames = [
    (x: string) => `- ${x}`,
    (x: string) => `- line 1: ${x} (end)`,
    (x: string) => `| a | b |\n|---|---|\n| ${x} | b |`,
  ];
  fc.assert(
    fc.property(markup, fc.constantFrom(...frames), (text, frame) => {
      const nodes = all(frame(escapeMarkdown(text)));
      const kinds = ['root', 'list', 'listItem', 'paragraph', 'text', 'table', 'tableRow', 'tableCell'];
      expect(nodes.map(({ type }) => type).filter((kind) => !kinds.includes(kind))).toEqual([]);
      const shown = nodes.flatMap(({ type, value = '' }) => (type === 'text' ? [value] : [])).join('\n');
      expect(shown.replaceAll('\u200b', '')).toContain(text.trim());
      for (const pattern of references) expect(shown).not.toMatch(pattern);
    }),
    { numRuns: 2000, seed: 65536 },
  );
});

test('code is code, whatever ticks are in it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        markup,
        fc.array(fc.constantFrom('`', ' ', 'a')).map((x) => x.join('')),
      ),
      (text) => {
        fc.pre(text.trim() !== '');
        const nodes = all(`- line 1 ${codeSpan(text)} (end)`);
        expect(nodes.filter(({ type }) => type === 'inlineCode').map(({ value }) => value)).toEqual([text]);
      },
    ),
    { numRuns: 1000, seed: 65536 },
  );
});

test('code in HTML and ids in tables break out of neither', () => {
  fc.assert(
    fc.property(markup, (text) => {
      expect(htmlCode(text).replace(/^<code>|<\/code>$/g, '')).not.toMatch(/[<>"']/);
      const rows = all(`| a | b |\n|---|---|\n| ${idText(text)} | b |`).filter(
        ({ type }) => type === 'tableRow',
      );
      expect(rows.map((row) => row.children?.length)).toEqual([2, 2]);
    }),
    { numRuns: 500, seed: 65536 },
  );
});

test('is never longer than a comment may be, and says what is left out', () => {
  const long = 'x'.repeat(300);
  const findings = Array.from({ length: 3000 }, (_, i) =>
    finding(i < 10 ? 'critical' : 'low', {
      message: `ü ${i} ${long}`,
      locations: [{ file: `${i % 50}-${long}.yaml`, line: i + 1 }],
    }),
  );
  const notifications = findings.map(({ message }) => ({
    level: 'error' as const,
    code: 'YAML_SYNTAX',
    message,
  }));
  const many = reportOf({ findings, notifications, frameworks: Array.from({ length: 30 }, () => framework) });
  const states = ['new', 'unchanged', 'not-comparable'] as const;
  const beside: ScanReport = {
    ...many,
    findings: many.findings.map((item, i) => ({ ...item, state: states[i % 3] ?? 'new' })),
    comparison: {
      against: long.repeat(1000),
      resolved: findings,
      notComparable: findings.map((item) => ({ finding: item, reason: long })),
    },
  };
  for (const report of [many, beside]) {
    const text = write(report);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxMarkdownBytes);
    expect(text.length).toBeGreaterThan(maxMarkdownBytes / 2);
    expect(text).toMatch(/And \d+ more places, which do not fit in a comment/);
    expect(text).toMatch(/- and \d+ more\n/);
    expect(text).toContain('#### Critical');
    expect(text.match(/<details/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect(text).toMatch(/judged by 5 checks\. Exceptions: /);
  }
});

test('one endless text does not push the others out', () => {
  const endless = '@'.repeat(100_000);
  const findings = [
    finding('critical', { message: endless, object: endless, locations: [{ file: endless, line: 1 }] }),
    finding('low', { message: 'the last one' }),
  ];
  const notifications = [
    { level: 'error' as const, code: 'YAML_SYNTAX', message: endless, location: { file: endless } },
  ];
  expect(write(reportOf({ findings, notifications }))).toContain('the last one');
});

test('beside an earlier state it tells what changed, and of the rest the number', () => {
  const text = write(compared);
  expect(text).toMatch(/^## keelson: 2 new findings, 1 resolved, 2 not comparable\n/);
  const sections = [...text.matchAll(/^### (.*)$/gm)].map(([, title]) => title);
  expect(sections).toEqual([
    'Compared with `main`',
    'Frameworks, old findings included',
    'New: 2',
    'Resolved: 1',
    'Not comparable: 2',
    'Found before, not judged again: 1',
    'Not judged, or not wholly: 3',
  ]);
  expect(text).toContain('| 2 | 1 | 3 | 2 | 1 |');
  expect(text).toContain('| critical | 1 | 0 |\n| low | 1 | 0 |\n');
  expect(text).toContain('3 findings were there before and are not listed');
  expect(text).toContain('x.yaml could not be read');
  expect(text).toContain('1 finding suppressed.');
});

test('the size of what was there before is not that of the comment', () => {
  const old = Array.from({ length: 2000 }, (_, i) => finding('high', { rule: `old-${i}` }));
  const items = [...old, finding('high', { rule: 'fresh' })].map((item, i) => ({
    finding: item,
    fixable: false,
    state: i < old.length ? ('unchanged' as const) : ('new' as const),
  }));
  const comparison = { against: 'main', resolved: [], notComparable: [] };
  const text = write({ ...reportOf({ frameworks: [framework] }), findings: items, comparison });
  expect(text).toContain('`fresh`');
  expect(text).not.toContain('old-');
  expect(text.length).toBeLessThan(1_500);
});

test('a finding says where, what and how to mend it', () => {
  const report = {
    ...full,
    findings: full.findings.map((item) => ({ ...item, fixable: item.finding.fixes !== undefined })),
  };
  const text = write(report);
  expect(text).toContain(
    '- line 2, `Pod web`: something is critical – ünïcode &#91;&#8203;redacted&#93; (`rule-critical`)<br>Help: What to do about rule-critical.\n',
  );
  expect(text).toContain('(`rule-high`)<br>Fix: mend it (`--fix`)\n');
  expect(text).toContain('| high | 2 | 1 | 0 |');
  expect(text).toContain('| low | 1 | 0 | 1 |');
});

test.each([
  ['## keelson: no findings', reportOf({})],
  [
    'Nothing was judged',
    { ...reportOf({}), input: { files: 0, documents: 0, objects: 0, dockerfiles: 0, checks: 5 } },
  ],
  ['**Not all could be read or judged**', full],
  [
    '2 of them of severity high or worse',
    reportOf({ findings: [finding('critical'), finding('high'), finding('low')] }),
  ],
])('says %s where it is so', (words, report) => {
  expect(write(report)).toContain(words);
});
