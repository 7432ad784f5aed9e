import { describe, expect, test } from 'vitest';
import { githubParts } from './github.ts';
import { counts, type ScanReport } from './report.ts';
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

const write = (report: ScanReport) => [...githubParts(report)].join('');

interface Command {
  name: string;
  properties: Record<string, string>;
  data: string;
}

/** A line as GitHub's runner reads it (actions/runner, ActionCommand.cs): its v2 form first, then the v1 form anywhere in it. */
function parseLine(line: string): Command | undefined {
  const trimmed = line.trim();
  const end = trimmed.indexOf('::', 2);
  if (!trimmed.startsWith('::') || end < 0) {
    const old = /##\[([^\]]+)\](.*)/.exec(line);
    return old === null ? undefined : { name: `##${old[1]}`, properties: {}, data: old[2] ?? '' };
  }
  const head = trimmed.slice(2, end);
  const space = head.indexOf(' ');
  const name = space < 0 ? head : head.slice(0, space);
  const pairs = space < 0 ? [] : head.slice(space + 1).split(',');
  const properties = pairs.map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), runnerText(pair.slice(at + 1))] as const;
  });
  return { name, properties: Object.fromEntries(properties), data: runnerText(trimmed.slice(end + 2)) };
}

function runnerText(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

/** .NET ends lines at CR, LF and CRLF. */
const linesOf = (text: string) => text.split(/\r\n|\r|\n/).slice(0, -1);

const isNews = ({ finding: item, state }: ScanReport['findings'][number]) =>
  counts(item) && state !== 'unchanged';

describe.each(reports)('%s report', (_, report) => {
  test('is one command for each thing it tells of, and a last line that is none', () => {
    const lines = linesOf(write(report));
    const commands = lines.slice(0, -1).map(parseLine);
    expect(commands.filter((command) => !/^(error|warning|notice)$/.test(command?.name ?? ''))).toEqual([]);
    const own = commands.filter((command) => command?.properties['title'] === 'keelson').length;
    const told = report.findings.filter(isNews).length + report.notifications.length;
    expect(commands.length - own).toBe(told);
    expect(parseLine(lines.at(-1) ?? '')).toBeUndefined();
  });

  test('sets no property but those of annotations', () => {
    const names = linesOf(write(report)).flatMap((line) => Object.keys(parseLine(line)?.properties ?? {}));
    const known = ['file', 'line', 'endLine', 'col', 'endColumn', 'title'];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('shows neither secrets nor control characters', () => {
    const text = write(report);
    expect(text).not.toContain(canary);
    expect(text.isWellFormed()).toBe(true);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  test('has the worst first', () => {
    const rank = ['error', 'warning', 'notice'];
    const ranks = linesOf(write(report)).flatMap((line) => {
      const name = parseLine(line)?.name;
      return name === undefined ? [] : [rank.indexOf(name)];
    });
    expect(ranks).toEqual([...ranks].sort());
  });
});

test('hostile text comes back as it was', () => {
  const data = linesOf(write(hostile)).map((line) => parseLine(line)?.data.split('\n')[0]);
  for (const text of hostileTexts.filter((item, i) => i % 2 === 0 && /^[ -~]*$/.test(item)))
    expect(data).toContain(text);
});

test('a finding points at its place and says what to do', () => {
  const [line = ''] = linesOf(write(reportOf({ findings: [finding('high')] })));
  expect(parseLine(line)).toEqual({
    name: 'error',
    properties: {
      file: 'dir with space/web.yaml',
      line: '2',
      endLine: '2',
      col: '3',
      endColumn: '9',
      title: 'high: Title of rule-high (rule-high)',
    },
    data: 'something is high – ünïcode [redacted]\nWhat to do about rule-high.',
  });
});

test('what was there before is counted only', () => {
  const text = write(compared);
  expect(text).not.toContain('unchanged)');
  expect(text).toContain('%2C new)');
  expect(linesOf(text).at(-1)).toMatch(/3 unchanged since main, 1 resolved, 1 not judged again\.$/);
});

test('the last line counts what is suppressed and unread', () => {
  expect(linesOf(write(full)).at(-1)).toBe(
    'keelson: 5 errors, 2 warnings, 3 notices, 1 suppressed, 2 could not be read or judged.',
  );
});

test('where GitHub shows a part, the first notice says so', () => {
  const findings = Array.from({ length: 11 }, () => finding('critical'));
  const commands = linesOf(write(reportOf({ findings: [...findings, finding('info')] }))).map(parseLine);
  const notice = commands.find((command) => command?.name === 'notice');
  expect(notice?.data).toMatch(
    /^11 errors, 0 warnings, 1 notice, .* GitHub shows 10 annotations of each kind/,
  );
});

test.each([
  ['./web.yaml', 'web.yaml'],
  ['/workspace/web.yaml', '/workspace/web.yaml'],
])('the file %s is named %s', (file, path) => {
  const report = reportOf({ findings: [finding('high', { locations: [{ file }] })] });
  expect(parseLine(linesOf(write(report))[0] ?? '')?.properties['file']).toBe(path);
});
