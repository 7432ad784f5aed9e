import type { SourceLocation } from '@keelson/core';
import type { Notification, Severity } from '@keelson/evidence';
import { findingIdentities } from '../identity.ts';
import { uuidOf } from '../oscal/text.ts';
import { type PiecedFinding, piecesOf } from '../pieces.ts';
import { type Region, repositoryPath } from '../place.ts';
import type { ScanReport } from '../report.ts';
import { counted, jsonLine, tellerOf } from '../told.ts';

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
  location: { path: string; lines: { begin: number } };
}

/**
 * A GitLab Code Quality artefact. GitLab compares it with that of the target branch by fingerprint, so all findings that
 * count stand in it. It has no word for what is suppressed or could not be read: what could not be read are issues of
 * their own, and one issue of severity info says how much is suppressed.
 */
export function* gitlabCodeQualityParts(report: ScanReport): Generator<string> {
  const tell = tellerOf(report);
  const pieces = piecesOf(report);
  const identities = findingIdentities(report);
  const check = pieces.forms(
    (rule) => `{"type":"issue","check_name":${jsonLine(rule)},"categories":["Security"],"description":`,
  );
  const words = pieces.lineForms(JSON.stringify);
  const open = pieces.forms((file) => `{"path":${JSON.stringify(repositoryPath(file))},"lines":`);
  let lead = '[\n';
  let i = 0;
  for (const item of pieces.findings) {
    const { severity, rule, message, file } = item;
    const identity = identities[i++];
    if (!item.counts) continue;
    const description = words(message.text.trim() === '' ? rule : message);
    const where = file === undefined ? JSON.stringify(noPlace) : `${open(file)}${linesText(item)}}`;
    yield `${lead}${check(rule)}${description},"severity":"${severityNames[severity]}","fingerprint":"${identity}","location":${where}}`;
    lead = ',\n';
  }
  const issues = [
    ...report.notifications.map((item) => notificationIssue(item, tell(item.message))),
    ...suppressedIssues(pieces.findings.filter(({ counts }) => !counts)),
  ];
  for (const issue of issues) {
    yield lead + JSON.stringify(issue);
    lead = ',\n';
  }
  yield lead === '[\n' ? '[]\n' : '\n]\n';
}

function notificationIssue({ level, code, location, rule }: Notification, message: string): Issue {
  return {
    type: 'issue',
    check_name: code,
    description: `not judged, or not wholly: ${message}`,
    categories: ['Security'],
    severity: levelNames[level],
    fingerprint: uuidOf(
      'gitlab',
      'notification',
      code,
      rule ?? '',
      location?.file ?? '',
      `${location?.line ?? ''}`,
      message,
    ),
    location: locationOf(location),
  };
}

/** Its fingerprint tells of no number: a merge request that adds an exception gets no new issue beside it. */
function suppressedIssues(suppressed: readonly PiecedFinding[]): Issue[] {
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
      location: locationOf(first.suppressions?.[0]?.location ?? first.place),
    },
  ];
}

/** GitLab wants a path and a line always: what has no place points at the root, what has no line at the first one. */
const noPlace: Issue['location'] = { path: '.', lines: { begin: 1 } };

function locationOf(place: SourceLocation | undefined): Issue['location'] {
  if (place === undefined) return noPlace;
  return { path: repositoryPath(place.file), lines: { begin: place.line ?? 1 } };
}

function linesText({ line, endLine }: Region): string {
  return line === undefined || endLine === undefined
    ? `{"begin":${line ?? 1}}`
    : `{"begin":${line},"end":${endLine}}`;
}
