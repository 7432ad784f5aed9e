import {
  applySuppressions,
  type CheckedSubject,
  type Exception,
  editsOfEach,
  isFixable,
  isOptIn,
  type JudgedViolation,
  type Judgement,
  judge,
  type SuppressionResult,
  toFinding,
} from '@keelson/checks';
import type { KeelsonError } from '@keelson/core';
import { type Notification, type Severity, severities } from '@keelson/evidence';
import { type LoadedInput, pathMatcher } from '@keelson/manifests';
import { counts, type ReportedFinding } from '@keelson/report';
import type { SelectedChecks } from './checks.ts';
import type { ScanOptions } from './options.ts';

/** A finding with the violation it was made of, where there is one. */
export interface JudgedFinding extends ReportedFinding {
  violation: JudgedViolation | undefined;
}

export interface Judged {
  loaded: LoadedInput;
  judgement: Judgement;
  findings: JudgedFinding[];
  notifications: Notification[];
  suppressions: SuppressionResult;
  /** Inputs and checks that could not be read. */
  unread: number;
  unreadable: boolean;
}

/** Settings of a run that a configuration file gives. */
export interface JudgeSettings {
  exceptions: readonly Exception[];
  aliases: ReadonlyMap<string, readonly string[]>;
}

/** Judges what was read and sorts the findings worst first. */
export function judgeInput(
  loaded: LoadedInput,
  selected: SelectedChecks,
  options: Pick<ScanOptions, 'namespace'>,
  settings: JudgeSettings = { exceptions: [], aliases: new Map() },
): Judged {
  const { resources, dockerfiles } = loaded;
  const judgement = judge({ resources, dockerfiles, defaultNamespace: options.namespace }, selected.checks);
  const findings = judgement.violations.map(
    (violation): JudgedFinding => ({
      finding: toFinding(violation, options.namespace),
      fixable: canMend(violation) && !isOptIn(violation),
      fixableByName: canMend(violation) && isOptIn(violation),
      violation,
    }),
  );
  const subjects: readonly CheckedSubject[] = [...resources, ...dockerfiles];
  const suppressions = applySuppressions({
    findings: findings.flatMap(({ finding, violation }) =>
      violation === undefined ? [] : [{ finding, subject: violation.subject }],
    ),
    subjects,
    exceptions: settings.exceptions,
    aliases: settings.aliases,
    known: selected.known,
    fileTest: (glob) => {
      const matches = pathMatcher([glob]);
      return (file) => matches(file, false);
    },
    now: new Date(),
  });
  for (const finding of suppressions.findings) {
    findings.push({ finding, fixable: false, violation: undefined });
  }
  sortFindings(findings);
  const unread = [...loaded.errors, ...selected.problems];
  const notifications = [
    ...unread.map(errorNotification),
    ...loaded.notJudged.map(noteNotification),
    ...judgement.notifications,
  ];
  return {
    loaded,
    judgement,
    findings,
    notifications,
    suppressions,
    unread: unread.length,
    unreadable: unread.length > 0 || judgement.notifications.some(({ level }) => level === 'error'),
  };
}

/** Adds the text edits of fixes, for reports that carry them. */
export function addEdits(findings: readonly JudgedFinding[]): void {
  const edits = editsOfEach(
    findings.flatMap(({ violation }) => (violation === undefined ? [] : [violation])),
  );
  for (const { finding, violation } of findings) {
    const [fix] = finding.fixes ?? [];
    const own = violation === undefined ? undefined : edits.get(violation);
    if (fix !== undefined && own !== undefined) fix.edits = own;
  }
}

/** True when a finding at or above the threshold counts; beside an earlier state only those that were not there. */
export function overThreshold(findings: readonly ReportedFinding[], failOn: Severity | 'none'): boolean {
  if (failOn === 'none') return false;
  const limit = severities.indexOf(failOn);
  return findings.some(
    ({ finding, state }) =>
      counts(finding) && state !== 'unchanged' && severities.indexOf(finding.severity) <= limit,
  );
}

/** Objects by their worst finding, then by name; in an object by severity, line and check. */
function sortFindings(findings: JudgedFinding[]): void {
  const worst = new Map<string, number>();
  for (const { finding } of findings) {
    worst.set(
      finding.subject,
      Math.min(worst.get(finding.subject) ?? severities.length, ranks[finding.severity]),
    );
  }
  const keyed = findings.map((item) => {
    const { subject, severity, locations, rule } = item.finding;
    return {
      item,
      worst: worst.get(subject) ?? 0,
      subject,
      rank: ranks[severity],
      line: locations[0]?.line ?? 0,
      rule,
    };
  });
  keyed.sort(
    (a, b) =>
      a.worst - b.worst ||
      compareTexts(a.subject, b.subject) ||
      a.rank - b.rank ||
      a.line - b.line ||
      compareTexts(a.rule, b.rule),
  );
  for (const [i, { item }] of keyed.entries()) findings[i] = item;
}

const ranks: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function errorNotification(error: KeelsonError): Notification {
  const { code, message, location } = error;
  return { level: 'error', code, message, ...(location === undefined ? {} : { location }) };
}

function noteNotification(note: { reason: string; location: { file: string } }): Notification {
  return { level: 'note', code: 'NOT_JUDGED', message: note.reason, location: note.location };
}

/** True when there is a fix and a file to write it to: what an archive holds stays as it is. */
function canMend(violation: JudgedViolation): boolean {
  const { subject } = violation;
  const file = 'object' in subject ? subject.origin.file : subject.file;
  return isFixable(violation) && !/\.(?:tar|tgz|tar\.gz)!/.test(file);
}
