import { describe, expect, test } from 'vitest';
import { prometheusParts } from './prometheus.ts';
import { counts, type ScanReport } from './report.ts';
import { canary, compared, finding, full, hostileTexts, reportOf, reports } from './testing/reports.ts';

const write = (report: ScanReport) => [...prometheusParts(report)].join('');

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/**
 * Text exposition format 0.0.4, read strictly: lines end with LF, HELP and TYPE stand once and before the samples of their
 * metric, which stand together; no two samples have the same name and labels.
 */
function parse(text: string): Sample[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line does not end');
  const samples: Sample[] = [];
  const seen = new Set<string>();
  let [help, type] = ['', ''];
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment;
      if (seen.has(`${kind} ${name}`)) throw new Error(`twice: ${line}`);
      seen.add(`${kind} ${name}`);
      if (kind === 'HELP') help = name;
      else if (rest === 'gauge') type = name;
      else throw new Error(`unknown type: ${line}`);
      continue;
    }
    const sample = parseSample(line);
    if (sample.name !== help || sample.name !== type) throw new Error(`out of place: ${line}`);
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    samples.push(sample);
  }
  return samples;
}

function parseSample(line: string): Sample {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const [, name = '', inner = '', value] = match;
  const labels: Record<string, string> = {};
  let rest = inner;
  while (rest !== '') {
    const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?=.)|$)/.exec(rest);
    if (label === null) throw new Error(`no label: ${rest}`);
    labels[label[1] ?? ''] = (label[2] ?? '').replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
    rest = rest.slice(label[0].length);
  }
  return { name, labels, value: Number(value) };
}

const sum = (samples: readonly Sample[], name: string) =>
  samples.filter((sample) => sample.name === name).reduce((total, { value }) => total + value, 0);

describe.each(reports)('%s report', (_, report) => {
  test('is of the format, and counts as the report does', () => {
    const samples = parse(write(report));
    const counting = report.findings.filter((item) => counts(item.finding)).length;
    expect(sum(samples, 'keelson_findings')).toBe(counting);
    expect(sum(samples, 'keelson_findings_by_severity')).toBe(counting);
    expect(sum(samples, 'keelson_suppressed')).toBe(report.findings.length - counting);
    expect(sum(samples, 'keelson_suppressed_findings')).toBe(report.findings.length - counting);
    expect(sum(samples, 'keelson_unreadable')).toBe(
      report.notifications.filter(({ level }) => level === 'error').length,
    );
    expect(sum(samples, 'keelson_notifications')).toBe(report.notifications.length);
    const controls = report.frameworks.flatMap((item) => item.controls);
    expect(sum(samples, 'keelson_controls')).toBe(controls.length);
    expect(samples.filter(({ name }) => name === 'keelson_control_findings')).toHaveLength(controls.length);
  });

  test('shows neither secrets nor control characters', () => {
    const text = write(report);
    expect(text).not.toContain(canary);
    expect(text.isWellFormed()).toBe(true);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  test('names no object and no file', () => {
    const labels = new Set(parse(write(report)).flatMap((sample) => Object.keys(sample.labels)));
    const known = [
      'version',
      'kind',
      'level',
      'state',
      'rule',
      'severity',
      'framework',
      'verdict',
      'control',
    ];
    expect([...labels].filter((label) => !known.includes(label))).toEqual([]);
  });
});

test('a hostile name of a check is a label and nothing else', () => {
  const findings = hostileTexts.map((rule) => finding('low', { rule }));
  const rules = parse(write(reportOf({ findings })))
    .filter(({ name }) => name === 'keelson_findings')
    .map(({ labels }) => labels['rule']);
  expect(rules).toHaveLength(hostileTexts.length);
  expect(rules).toContain('"><svg onload=alert(1)>');
});

test('says when the scan began, and how findings stand beside an earlier state', () => {
  const samples = parse(write(compared));
  expect(sum(samples, 'keelson_scan_timestamp_seconds')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000);
  const states = samples.filter(({ name }) => name === 'keelson_compared_findings');
  expect(Object.fromEntries(states.map(({ labels, value }) => [labels['state'], value]))).toEqual({
    new: 2,
    unchanged: 3,
    'not-comparable': 2,
    resolved: 1,
    'not-judged-again': 1,
  });
  expect(write(full)).not.toContain('keelson_compared_findings');
});
