import { SourceText } from '@keelson/core';
import { type Finding, type Severity, severities } from '@keelson/evidence';
import type { Comparison, FindingState, ReportedFinding, ScanReport } from '../report.ts';

/** A secret that stands in the input of every report here; no format may show it. */
export const canary = 'canary-5e1f0c77-secret';

const escapeCharacter = String.fromCharCode(27);

/** The text that the findings below point into. */
export const source = new SourceText(
  'dir with space/web.yaml',
  `a: 1\n  key: ${canary}${escapeCharacter}[31m\nb: 2\n`,
);

/** A finding of a severity, about one Pod, whose message holds the canary and letters beyond ASCII. */
export function finding(severity: Severity, extra: Partial<Finding> = {}): Finding {
  return {
    rule: `rule-${severity}`,
    subject: 'k8s:source:/web.yaml//Pod/default/web',
    object: 'Pod web',
    verdict: 'fail',
    severity,
    message: `something is ${severity} – ünïcode ${canary}`,
    locations: [
      { file: source.file, line: 2, column: 3, endLine: 2, endColumn: 9, path: ['spec', 'containers', 0] },
    ],
    controls: { 'cis-1.12': ['5.2.2'], mitre: ['T1611'] },
    fingerprint: severity.padEnd(64, 'f'),
    ...extra,
  };
}

interface ReportParts {
  findings?: readonly Finding[];
  notifications?: ScanReport['notifications'];
  frameworks?: ScanReport['frameworks'];
}

/** A report of these findings, with a clock that stands still and a redactor that knows the canary. */
export function reportOf({ findings = [], notifications = [], frameworks = [] }: ReportParts): ScanReport {
  const redact = (text: string) => text.replaceAll(canary, '[redacted]');
  return {
    tool: { name: 'keelson', version: '0.1.0' },
    time: '2026-01-02T03:04:05Z',
    findings: findings.map((item) => ({ finding: item, fixable: false })),
    notifications,
    texts: new Map(findings.map(({ rule, severity }) => [rule, checkText(rule, severity)])),
    statistics: new Map([
      ['rule-high', { judged: 3, failed: 1, errors: 0 }],
      ['rule-passed', { judged: 2, failed: 0, errors: 0 }],
    ]),
    sources: new Map([[source.file, source]]),
    input: { files: 1, documents: 1, objects: 1, dockerfiles: 0, checks: 5 },
    failOn: 'high',
    suppressions: { loaded: 1, matched: 1, unused: 0, expired: 0 },
    frameworks,
    redact: { message: redact, source: redact },
  };
}

function checkText(id: string, severity: Severity) {
  return {
    id,
    title: `Title of ${id}`,
    severity,
    target: 'kubernetes' as const,
    category: 'isolation',
    why: `Why ${id} matters.`,
    remediation: `What to do about ${id}.`,
    controls: { 'cis-1.12': ['5.2.2'] },
    aliases: {},
    references: ['https://kubernetes.io/docs/concepts/security/'],
    covers: [],
  };
}

const control = { id: '5.2.2', title: 'No privileged containers', group: '5.2', from: {}, checks: [] };
const manual = { ...control, id: '5.2.1', title: 'A policy mechanism', manual: 'Ask the operators.' };
const result = { checks: ['rule-high'], failed: [], findings: 0, suppressed: 0 };

/** A framework with a control of each verdict. */
export const framework: ScanReport['frameworks'][number] = {
  framework: {
    id: 'cis-1.12',
    title: 'CIS Kubernetes Benchmark',
    version: '1.12',
    publisher: 'Center for Internet Security',
    reference: 'https://www.cisecurity.org/benchmark/kubernetes',
    aliases: ['cis'],
    groups: [{ id: '5.2', title: 'Pod security' }],
    profiles: [],
    controls: [control, manual],
  },
  controls: [
    { ...result, control, verdict: 'fail', failed: ['rule-high'], findings: 2, suppressed: 1 },
    { ...result, control: manual, verdict: 'manual', reason: 'Ask the operators.', checks: [] },
    { ...result, control: { ...control, id: '5.2.3' }, verdict: 'pass' },
    {
      ...result,
      control: { ...control, id: '5.2.4' },
      verdict: 'not-applicable',
      reason: 'the platform does it',
    },
  ],
  counts: { fail: 1, pass: 1, manual: 1, 'not-applicable': 1 },
};

/** All severities, fixes, suppressions, Unicode, several files, no place at all, and things that could not be read. */
export const full = reportOf({
  findings: [
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
    finding('medium', { locations: [], subject: 'file:Dockerfile', object: 'Dockerfile' }),
  ],
  notifications: [
    {
      level: 'error',
      code: 'YAML_SYNTAX',
      message: `bad ${canary}`,
      location: { file: 'x.yaml', line: 3, column: 1 },
    },
    { level: 'note', code: 'NOT_JUDGED', message: 'helm is not on PATH' },
    { level: 'error', code: 'CHECK_FAILED', message: 'no such key', rule: 'rule-high' },
  ],
  frameworks: [framework],
});

const states: readonly FindingState[] = ['new', 'unchanged', 'not-comparable'];

/** The full report beside an earlier state. */
export const compared: ScanReport = {
  ...full,
  findings: full.findings.map(
    (item, i): ReportedFinding => ({ ...item, state: states[i % states.length] ?? 'new' }),
  ),
  comparison: {
    against: 'main',
    resolved: [finding('critical', { rule: 'rule-resolved', fingerprint: 'a'.repeat(64) })],
    notComparable: [
      { finding: finding('low', { rule: 'rule-unknown' }), reason: 'x.yaml could not be read' },
    ],
  } satisfies Comparison,
};

/** What an attacker writes into names, messages, files and values, one danger each. */
export const hostileTexts: readonly string[] = [
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '</script><!--<script>',
  '"><svg onload=alert(1)>',
  "'; DROP TABLE findings; --",
  '=HYPERLINK("http://example.com","x")',
  '+1+1',
  '-1+1',
  '@SUM(1)',
  '\t=1+1',
  '::error file=x::injected',
  'line\n::set-output name=x::y\r\n##[error]x',
  '%0A::warning::x',
  '| a | b |\n|---|---|',
  '[x](javascript:alert(1)) ![i](http://example.com/x.png) <https://example.com>',
  '```\n# heading\n```',
  `${escapeCharacter}]8;;http://example.com${String.fromCharCode(7)}link${escapeCharacter}[2J`,
  ']]><!ENTITY x SYSTEM "file:///etc/passwd">&x;',
  '\u202egnp.exe\u2066 \u0000 \ud800 lone',
  'metric{label="x"} 1\n# HELP y',
  '__proto__',
];

/** A report all of whose texts from the input are hostile. */
export const hostile: ScanReport = {
  ...reportOf({
    findings: hostileTexts.map((text, i) =>
      finding('high', {
        subject: `k8s:source:/${text}//Pod/default/${text}`,
        object: `Pod ${text}`,
        message: text,
        locations: [{ file: `${text}.yaml`, line: 1, column: 1, path: ['metadata', text] }],
        suppressions: i % 2 === 0 ? [] : [{ kind: 'external', reason: text, owner: text }],
        fingerprint: String(i).padStart(64, '0'),
      }),
    ),
    notifications: hostileTexts.map((text) => ({
      level: 'error' as const,
      code: 'YAML_SYNTAX',
      message: text,
      location: { file: text, line: 1, column: 1 },
    })),
    frameworks: [framework],
  }),
  input: {
    files: 1,
    documents: 1,
    objects: 1,
    dockerfiles: 0,
    checks: 5,
    scanned: hostileTexts,
    folder: hostileTexts[0] ?? '',
  },
};

/** Reports that every format must write validly. */
export const reports: readonly (readonly [name: string, report: ScanReport])[] = [
  ['empty', reportOf({})],
  ['small', reportOf({ findings: [finding('high')] })],
  ['full', full],
  ['compared', compared],
  ['hostile', hostile],
];
