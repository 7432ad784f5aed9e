import type { CheckText } from '@keelson/checks';
import { formatPath, type SourceLocation } from '@keelson/core';
import type { Finding, Fix, Notification, Severity, TextEdit } from '@keelson/evidence';
import { arrayParts, redactedFinding, redactedNotification } from './redacted.ts';
import type { ScanReport } from './report.ts';

const levels: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** Scores by which forges rank: GitHub reads `security-severity` as a CVSS-like number. */
const scores: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '0.0',
};

/** SARIF 2.1.0 with rules, fingerprints, fixes, suppressions and notifications; `results` is always there. */
export function writeSarif(report: ScanReport): string {
  return [...sarifParts(report)].join('');
}

/** `writeSarif` part by part, for reports too large to hold as one text. */
export function* sarifParts(report: ScanReport): Generator<string> {
  const results = resultsOf(report);
  const severities = new Map(results.map(({ finding }) => [finding.rule, finding.severity]));
  const ids = [...severities.keys()].sort();
  const rules = ids.map((id) => ruleOf(id, report.texts.get(id), severities.get(id) ?? 'info'));
  const index = new Map(ids.map((id, i) => [id, i]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: report.tool.name,
            semanticVersion: report.tool.version,
            rules,
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: !report.notifications.some(({ level }) => level === 'error'),
            toolExecutionNotifications: report.notifications.map((item) =>
              notificationOf(redactedNotification(item, report.redact)),
            ),
          },
        ],
      },
    ],
  };
  // The results come last in the last object, so their text goes before what closes it.
  const closing = '}]}';
  yield `${JSON.stringify(log).slice(0, -closing.length)},\n"results":`;
  yield* arrayParts(results, (item) => ({
    ...resultOf(redactedFinding(item.finding, report.redact), index.get(item.finding.rule) ?? -1),
    ...(item.baselineState === undefined ? {} : { baselineState: item.baselineState }),
  }));
  yield `${closing}\n`;
}

interface StatedFinding {
  finding: Finding;
  /** SARIF 2.1.0, 3.27.24; a finding that cannot be compared has none. */
  baselineState?: 'new' | 'unchanged' | 'absent';
}

/** The findings of the run and, where it is compared, those of the earlier state that are gone. */
function resultsOf({ findings, comparison }: ScanReport): readonly StatedFinding[] {
  if (comparison === undefined) return findings.map(({ finding }) => ({ finding }));
  const present = findings.map(
    ({ finding, state }): StatedFinding =>
      state === 'new' || state === 'unchanged' ? { finding, baselineState: state } : { finding },
  );
  const gone = comparison.resolved.map((finding): StatedFinding => ({ finding, baselineState: 'absent' }));
  return [...present, ...gone];
}

function ruleOf(id: string, text: CheckText | undefined, found: Severity) {
  const severity = text?.severity ?? found;
  const title = text?.title ?? id;
  const controls = Object.entries(text?.controls ?? {}).map(
    ([framework, list]) => `${framework}: ${list.join(', ')}`,
  );
  const markdown = [
    text?.why,
    text?.remediation,
    controls.length === 0 ? '' : `Controls: ${controls.join('; ')}`,
  ];
  const help = markdown.filter((part) => part !== undefined && part !== '').join('\n\n');
  return {
    id,
    name: id,
    shortDescription: { text: title },
    fullDescription: { text: text?.why === undefined || text.why === '' ? title : text.why },
    help: { text: help === '' ? title : help, markdown: help === '' ? title : help },
    defaultConfiguration: { level: levels[severity] },
    properties: {
      'security-severity': scores[severity],
      precision: 'high',
      tags: ['security', ...(text === undefined ? [] : [text.category])],
    },
  };
}

function resultOf(finding: Finding, ruleIndex: number) {
  const [first, ...related] = finding.locations;
  const fixes = (finding.fixes ?? []).flatMap(fixOf);
  return {
    ruleId: finding.rule,
    ruleIndex,
    kind: 'fail',
    level: levels[finding.severity],
    message: { text: finding.message },
    locations: first === undefined ? [] : [locationOf(first, finding)],
    ...(related.length === 0
      ? {}
      : { relatedLocations: related.map((place, i) => ({ id: i, physicalLocation: physicalOf(place) })) }),
    partialFingerprints: { 'keelson/v1': finding.fingerprint },
    ...(fixes.length === 0 ? {} : { fixes }),
    suppressions: (finding.suppressions ?? []).map((suppression) => ({
      kind: suppression.kind === 'in-source' ? 'inSource' : 'external',
      status: 'accepted',
      justification: suppression.reason,
    })),
    properties: { severity: finding.severity, subject: finding.subject },
  };
}

function locationOf(place: Finding['locations'][number], finding: Finding) {
  return {
    physicalLocation: physicalOf(place),
    logicalLocations: [
      {
        name: finding.object ?? finding.subject,
        fullyQualifiedName: `${finding.subject}${place.path === undefined ? '' : `#${formatPath(place.path)}`}`,
        kind: 'resource',
      },
    ],
  };
}

function physicalOf(place: SourceLocation) {
  const artifactLocation = artifactOf(place.file);
  if (place.line === undefined) return { artifactLocation };
  const region = {
    startLine: place.line,
    ...(place.column === undefined ? {} : { startColumn: place.column }),
    ...(place.endLine === undefined ? {} : { endLine: place.endLine }),
    ...(place.endColumn === undefined ? {} : { endColumn: place.endColumn }),
  };
  return { artifactLocation, region };
}

/** Relative files hang on %SRCROOT% as forges expect; stdin and absolute paths stand alone. */
function artifactOf(file: string) {
  // A name that no UTF-8 can hold would be refused: lone surrogates become U+FFFD.
  const uri = file.toWellFormed().split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: '%SRCROOT%' };
}

function fixOf(fix: Fix) {
  if (fix.edits === undefined || fix.edits.length === 0) return [];
  const byFile = Map.groupBy(fix.edits, (edit) => edit.file);
  return [
    {
      description: { text: fix.description },
      artifactChanges: [...byFile].map(([file, edits]) => ({
        artifactLocation: artifactOf(file),
        replacements: edits.map(replacementOf),
      })),
    },
  ];
}

function replacementOf(edit: TextEdit) {
  return {
    deletedRegion: { charOffset: edit.start, charLength: edit.end - edit.start },
    insertedContent: { text: edit.text },
  };
}

function notificationOf(notification: Notification) {
  const { level, code, message, location, rule } = notification;
  return {
    level,
    message: { text: message },
    descriptor: { id: code },
    ...(rule === undefined ? {} : { associatedRule: { id: rule } }),
    ...(location === undefined ? {} : { locations: [{ physicalLocation: physicalOf(location) }] }),
  };
}
