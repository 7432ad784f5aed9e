import type { CheckText, SensitiveText } from '@keelson/checks';
import type { SourceLocation } from '@keelson/core';
import type { Fix, Notification, Severity, Suppression, TextEdit } from '@keelson/evidence';
import { redactedExplanation } from './explanation.ts';
import { type Piece, type PiecedFinding, type Pieces, piecesOf } from './pieces.ts';
import type { Region } from './place.ts';
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
  const pieces = piecesOf(report);
  const results = resultsOf(report, pieces);
  const severities = new Map(results.map(({ item: { finding } }) => [finding.rule, finding.severity]));
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
      },
    ],
  };
  // The results come last in the last object, so their text goes before what closes it.
  const closing = '}]}';
  yield `${JSON.stringify(log).slice(0, -closing.length)},\n"invocations":[`;
  const context = contextOf(report, pieces, index);
  const isWhole = !report.notifications.some(({ level }) => level === 'error');
  const told = report.notifications.map((item) => notificationText(item, context));
  yield `{"executionSuccessful":${isWhole},"toolExecutionNotifications":[${told.join(',')}]}],\n"results":`;
  let lead = '[\n';
  for (const item of results) {
    yield lead + resultText(item, context);
    lead = ',\n';
  }
  yield results.length === 0 ? `[]${closing}\n` : `\n]${closing}\n`;
}

interface StatedFinding {
  item: PiecedFinding;
  /** SARIF 2.1.0, 3.27.24; a finding that cannot be compared has none. */
  baselineState?: 'new' | 'unchanged' | 'absent';
}

/** The findings of the run and, where it is compared, those of the earlier state that are gone. */
function resultsOf({ comparison }: ScanReport, pieces: Pieces): readonly StatedFinding[] {
  const present = pieces.findings.map((item): StatedFinding => {
    const { state } = item;
    return state === 'new' || state === 'unchanged' ? { item, baselineState: state } : { item };
  });
  if (comparison === undefined) return present;
  const gone = comparison.resolved.map(
    (finding): StatedFinding => ({ item: pieces.finding(finding), baselineState: 'absent' }),
  );
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

/** What results are made of, as JSON. */
interface Context {
  redact: SensitiveText;
  json: (piece: Piece) => string;
  /** Id and index of a check, of an object that is open. */
  rule: (rule: Piece) => string;
  /** Where a file is. */
  artifact: (file: Piece) => string;
  /** What stands behind the file of a location: the object, as far as its path. */
  logical: (object: Piece) => string;
  /** An identity and the mark before a path, in a string that is open. */
  identity: (subject: Piece) => string;
  /** A path, and the end of a string that is open. */
  pathEnd: (path: Piece) => string;
  of: (text: string) => Piece;
}

function contextOf({ redact }: ScanReport, pieces: Pieces, index: ReadonlyMap<string, number>): Context {
  return {
    redact,
    of: (text) => pieces.of(text),
    json: pieces.forms((text) => JSON.stringify(text)),
    rule: pieces.forms((rule) => `"ruleId":${JSON.stringify(rule)},"ruleIndex":${index.get(rule) ?? -1}`),
    artifact: pieces.forms((file) => JSON.stringify(artifactOf(file))),
    logical: pieces.forms(
      (object) =>
        `"logicalLocations":[{"name":${JSON.stringify(object)},"kind":"resource","fullyQualifiedName":`,
    ),
    identity: pieces.forms((subject) => JSON.stringify(subject).slice(0, -1)),
    pathEnd: pieces.forms((path) => `#${JSON.stringify(path).slice(1)}`),
  };
}

function resultText({ item, baselineState }: StatedFinding, context: Context): string {
  const { others, fingerprint, fixes, suppressions, explanation, severity } = item;
  const place = locationText(item, context);
  const beside = others.length === 0 ? '' : relatedText(others, context);
  const mend = fixes === undefined ? '' : fixesText(fixes, context);
  const passed =
    suppressions === undefined
      ? ''
      : suppressions.map((item) => JSON.stringify(suppressionOf(item, context))).join(',');
  const why =
    explanation === undefined
      ? ''
      : `,"explanation":${JSON.stringify(redactedExplanation(explanation, context.redact))}`;
  const state = baselineState === undefined ? '' : `,"baselineState":"${baselineState}"`;
  const head = `{${context.rule(item.rule)},"level":"${levels[severity]}","message":{"text":${context.json(item.message)}}`;
  const where = `"locations":[${place}]${beside},"partialFingerprints":{"keelson/v1":"${fingerprint}"}`;
  return `${head},${where}${mend},"suppressions":[${passed}],"properties":{"severity":"${severity}"${why}}${state}}`;
}

/** Reasons come from comments and annotations of the input. */
function suppressionOf({ kind, reason }: Suppression, { redact }: Context) {
  return {
    kind: kind === 'in-source' ? 'inSource' : 'external',
    status: 'accepted',
    justification: redact.message(reason),
  };
}

/** The first location. Its full name is the object's identity, and the path in it. */
function locationText(item: PiecedFinding, context: Context): string {
  const { file, subject, object, path } = item;
  if (file === undefined) return '';
  const identity = context.identity(subject);
  const end = path === undefined ? (item.place?.path === undefined ? '"' : '#"') : context.pathEnd(path);
  const physical = `"physicalLocation":${physicalText(item, context.artifact(file))}`;
  return `{${physical},${context.logical(object)}${identity}${end}}]}`;
}

function relatedText(places: readonly SourceLocation[], { artifact, of }: Context): string {
  const others = places.map(
    (place, i) => `{"id":${i},"physicalLocation":${physicalText(place, artifact(of(place.file)))}}`,
  );
  return `,"relatedLocations":[${others.join(',')}]`;
}

function physicalText({ line, column, endLine, endColumn }: Region, artifact: string): string {
  if (line === undefined) return `{"artifactLocation":${artifact}}`;
  const from = column === undefined ? '' : `,"startColumn":${column}`;
  const to = endLine === undefined ? '' : `,"endLine":${endLine}`;
  const end = endColumn === undefined ? '' : `,"endColumn":${endColumn}`;
  return `{"artifactLocation":${artifact},"region":{"startLine":${line}${from}${to}${end}}}`;
}

/** Relative files hang on %SRCROOT% as forges expect; stdin and absolute paths stand alone. */
function artifactOf(file: string) {
  // A name that no UTF-8 can hold would be refused: lone surrogates become U+FFFD.
  const uri = file.toWellFormed().split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: '%SRCROOT%' };
}

function fixesText(fixes: readonly Fix[], context: Context): string {
  const texts = fixes.flatMap((fix) => fixText(fix, context));
  return texts.length === 0 ? '' : `,"fixes":[${texts.join(',')}]`;
}

function fixText({ description, edits = [] }: Fix, context: Context): string[] {
  if (edits.length === 0) return [];
  const changes = [...Map.groupBy(edits, ({ file }) => file)].map(([file, list]) => {
    const replacements = list.map((edit) => replacementText(edit, context));
    return `{"artifactLocation":${context.artifact(context.of(file))},"replacements":[${replacements.join(',')}]}`;
  });
  return [
    `{"description":{"text":${context.json(context.of(description))}},"artifactChanges":[${changes.join(',')}]}`,
  ];
}

function replacementText({ start, end, text }: TextEdit, { redact }: Context): string {
  const region = `{"charOffset":${start},"charLength":${end - start}}`;
  return `{"deletedRegion":${region},"insertedContent":{"text":${JSON.stringify(redact.source(text))}}}`;
}

function notificationText(notification: Notification, { redact, artifact, of }: Context): string {
  const { level, code, message, location, rule } = notification;
  const head = JSON.stringify({
    level,
    message: { text: redact.message(message) },
    descriptor: { id: code },
    ...(rule === undefined ? {} : { associatedRule: { id: rule } }),
  });
  if (location === undefined) return head;
  const place = physicalText(location, artifact(of(location.file)));
  return `${head.slice(0, -1)},"locations":[{"physicalLocation":${place}}]}`;
}
