import type { CheckText, SensitiveText } from '@keelson/checks';
import { formatPath, type SourceLocation } from '@keelson/core';
import type {
  Finding,
  FindingLocation,
  Fix,
  Notification,
  Severity,
  Suppression,
  TextEdit,
} from '@keelson/evidence';
import { redactedExplanation } from './explanation.ts';
import { redactedNotification } from './redacted.ts';
import type { ScanReport } from './report.ts';
import { memoized } from './told.ts';

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
  const context = contextOf(report, index);
  let lead = '[\n';
  for (const item of results) {
    yield lead + resultText(item, context);
    lead = ',\n';
  }
  yield results.length === 0 ? `[]${closing}\n` : `\n]${closing}\n`;
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

/** What is asked again and again, as JSON: thousands of results have few names. */
interface Context {
  redact: SensitiveText;
  /** Any text. */
  json: (text: string) => string;
  /** A message from the input. */
  message: (message: string) => string;
  /** Id and index of a check, of an object that is open. */
  rule: (rule: string) => string;
  artifact: (file: string) => ReturnType<typeof artifactOf>;
}

function contextOf({ redact }: ScanReport, index: ReadonlyMap<string, number>): Context {
  return {
    redact,
    json: memoized((text) => JSON.stringify(text)),
    message: memoized((message) => JSON.stringify(redact.message(message))),
    rule: memoized((rule) => `"ruleId":${JSON.stringify(rule)},"ruleIndex":${index.get(rule) ?? -1}`),
    artifact: memoized(artifactOf),
  };
}

function resultText({ finding, baselineState }: StatedFinding, context: Context): string {
  const { rule, severity, message, locations, fingerprint, subject } = finding;
  const [first, ...related] = locations;
  const place = first === undefined ? '' : locationText(first, finding, context);
  const others = related.map((other, i) => `{"id":${i},"physicalLocation":${physicalText(other, context)}}`);
  const beside = others.length === 0 ? '' : `,"relatedLocations":[${others.join(',')}]`;
  const fixes = (finding.fixes ?? []).flatMap((fix) => fixText(fix, context));
  const mends = fixes.length === 0 ? '' : `,"fixes":[${fixes.join(',')}]`;
  const suppressions = (finding.suppressions ?? []).map((item) =>
    JSON.stringify(suppressionOf(item, context)),
  );
  const state = baselineState === undefined ? '' : `,"baselineState":"${baselineState}"`;
  const head = `{${context.rule(rule)},"kind":"fail","level":"${levels[severity]}","message":{"text":${context.message(message)}}`;
  const where = `"locations":[${place}]${beside},"partialFingerprints":{"keelson/v1":${JSON.stringify(fingerprint)}}`;
  const why =
    finding.explanation === undefined
      ? ''
      : `,"explanation":${JSON.stringify(redactedExplanation(finding.explanation, context.redact))}`;
  const what = `"properties":{"severity":"${severity}","subject":${context.json(subject)}${why}}`;
  return `${head},${where}${mends},"suppressions":[${suppressions.join(',')}],${what}${state}}`;
}

/** Reasons come from comments and annotations of the input. */
function suppressionOf({ kind, reason }: Suppression, { redact }: Context) {
  return {
    kind: kind === 'in-source' ? 'inSource' : 'external',
    status: 'accepted',
    justification: redact.message(reason),
  };
}

function locationText(place: FindingLocation, { subject, object }: Finding, context: Context): string {
  const { path } = place;
  const identity = context.json(subject);
  const name =
    path === undefined ? identity : `${identity.slice(0, -1)}#${JSON.stringify(formatPath(path)).slice(1)}`;
  const logical = `{"name":${context.json(object ?? subject)},"fullyQualifiedName":${name},"kind":"resource"}`;
  return `{"physicalLocation":${physicalText(place, context)},"logicalLocations":[${logical}]}`;
}

function physicalOf(place: SourceLocation, artifact: Context['artifact']) {
  const artifactLocation = artifact(place.file);
  if (place.line === undefined) return { artifactLocation };
  const region = {
    startLine: place.line,
    ...(place.column === undefined ? {} : { startColumn: place.column }),
    ...(place.endLine === undefined ? {} : { endLine: place.endLine }),
    ...(place.endColumn === undefined ? {} : { endColumn: place.endColumn }),
  };
  return { artifactLocation, region };
}

function physicalText(place: SourceLocation, { artifact }: Context): string {
  return JSON.stringify(physicalOf(place, artifact));
}

/** Relative files hang on %SRCROOT% as forges expect; stdin and absolute paths stand alone. */
function artifactOf(file: string) {
  // A name that no UTF-8 can hold would be refused: lone surrogates become U+FFFD.
  const uri = file.toWellFormed().split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: '%SRCROOT%' };
}

function fixText({ description, edits = [] }: Fix, context: Context): string[] {
  if (edits.length === 0) return [];
  const changes = [...Map.groupBy(edits, ({ file }) => file)].map(([file, list]) => {
    const replacements = list.map((edit) => replacementText(edit, context));
    return `{"artifactLocation":${JSON.stringify(context.artifact(file))},"replacements":[${replacements.join(',')}]}`;
  });
  return [`{"description":{"text":${context.json(description)}},"artifactChanges":[${changes.join(',')}]}`];
}

function replacementText({ start, end, text }: TextEdit, { redact, json }: Context): string {
  const region = `{"charOffset":${start},"charLength":${end - start}}`;
  return `{"deletedRegion":${region},"insertedContent":{"text":${json(redact.source(text))}}}`;
}

function notificationOf(notification: Notification) {
  const { level, code, message, location, rule } = notification;
  return {
    level,
    message: { text: message },
    descriptor: { id: code },
    ...(rule === undefined ? {} : { associatedRule: { id: rule } }),
    ...(location === undefined
      ? {}
      : { locations: [{ physicalLocation: physicalOf(location, artifactOf) }] }),
  };
}
