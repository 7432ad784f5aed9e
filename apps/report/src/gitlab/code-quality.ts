import type { SourceLocation } from '@keelson/core';
import type { Finding, Notification, Severity } from '@keelson/evidence';
import { findingIdentities } from '../identity.ts';
import { uuidOf } from '../oscal/text.ts';
import { repositoryPath } from '../place.ts';
import { arrayParts } from '../redacted.ts';
import { counts, type ScanReport } from '../report.ts';
import { counted, memoized, plainLine, tellerOf } from '../told.ts';

const severityNames: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
};

const levelNames: Readonly<Record<Notification['level'], string>> = {
  error: 'critical',
  warning: 'major',
  note: 'info',
};

/** An issue as GitLab reads it: fields of the Code Climate form that it documents. */
interface Issue {
  type: 'issue';
  check_name: string;
  description: string;
  categories: readonly string[];
  severity: string;
  fingerprint: string;
  location: { path: string; lines: { begin: number; end?: number } };
}

/**
 * A GitLab Code Quality artefact. GitLab compares it with that of the target branch by fingerprint, so all findings that
 * count stand in it. It has no word for what is suppressed or could not be read: what could not be read are issues of
 * their own, and one issue of severity info says how much is suppressed.
 */
export function* gitlabCodeQualityParts(report: ScanReport): Generator<string> {
  const tell = tellerOf(report);
  const findings = report.findings.map(({ finding }) => finding);
  const context = { tell, identify: findingIdentities(), path: memoized(repositoryPath) };
  yield* arrayParts(
    [
      ...findings.filter(counts),
      ...report.notifications.map((item) => notificationIssue(item, tell(item.message))),
      ...suppressedIssues(findings.filter((finding) => !counts(finding))),
    ],
    (item) => ('verdict' in item ? findingIssue(item, context) : item),
  );
  yield '\n';
}

interface Context {
  tell: (text: string) => string;
  identify: (finding: Finding) => string;
  /** A file as GitLab names it. */
  path: (file: string) => string;
}

function findingIssue(finding: Finding, { tell, identify, path }: Context): Issue {
  return {
    type: 'issue',
    check_name: plainLine(finding.rule),
    description: tell(finding.message) || plainLine(finding.rule),
    categories: ['Security'],
    severity: severityNames[finding.severity],
    fingerprint: identify(finding),
    location: locationOf(finding.locations[0], path),
  };
}

function notificationIssue({ level, code, location, rule }: Notification, message: string): Issue {
  return {
    type: 'issue',
    check_name: code,
    description: `not judged, or not wholly: ${message}`,
    categories: ['Security'],
    severity: levelNames[level],
    fingerprint: uuidOf('gitlab', 'notification', code, rule ?? '', location?.file ?? '', message),
    location: locationOf(location),
  };
}

/** Its fingerprint tells of no number: a merge request that adds an exception gets no new issue beside it. */
function suppressedIssues(suppressed: readonly Finding[]): Issue[] {
  const [first] = suppressed;
  if (first === undefined) return [];
  return [
    {
      type: 'issue',
      check_name: 'suppressed',
      description: `${counted(suppressed.length, 'finding')} suppressed by exceptions`,
      categories: ['Security'],
      severity: 'info',
      fingerprint: uuidOf('gitlab', 'suppressed'),
      location: locationOf(first.suppressions?.[0]?.location ?? first.locations[0]),
    },
  ];
}

/** GitLab wants a path and a line always: what has no place points at the root, what has no line at the first one. */
function locationOf(place: SourceLocation | undefined, path = repositoryPath): Issue['location'] {
  if (place === undefined) return { path: '.', lines: { begin: 1 } };
  const { line, endLine } = place;
  const lines = {
    begin: line ?? 1,
    ...(line === undefined || endLine === undefined ? {} : { end: endLine }),
  };
  return { path: path(place.file), lines };
}
