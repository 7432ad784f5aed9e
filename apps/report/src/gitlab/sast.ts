import type { Notification, Severity } from '@keelson/evidence';
import { findingIdentities, identityUuid } from '../identity.ts';
import { escapeMarkdown } from '../markdown/text.ts';
import { type Piece, type PiecedFinding, type Pieces, piecesOf } from '../pieces.ts';
import { placeText, repositoryPath } from '../place.ts';
import type { ScanReport } from '../report.ts';
import { counted, plainLine, type RuleWords, ruleWordsOf, tellerOf } from '../told.ts';

/** The newest version of GitLab's report format whose fields all releases since 15.0 read. */
const formatVersion = '15.0.7';

const severityNames: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
};

const messageLevels: Readonly<Record<Notification['level'], string>> = {
  error: 'fatal',
  warning: 'warn',
  note: 'info',
};

/** Characters that GitLab takes at most of a name and of a solution. */
const maxName = 255;
const maxSolution = 7000;

/**
 * A GitLab security report of type SAST (https://docs.gitlab.com/development/integrations/secure/). Findings that count are
 * vulnerabilities, tracked by fingerprint through moved lines. What could not be read or judged, what is suppressed and what an
 * earlier state says stand in the messages of the scan.
 */
export function* gitlabSastParts(report: ScanReport): Generator<string> {
  const pieces = piecesOf(report);
  const scan = scanOf(report, pieces);
  yield `${JSON.stringify({ version: formatVersion, scan }).slice(0, -1)},\n"vulnerabilities":[`;
  const words = ruleWordsOf(report);
  const identities = findingIdentities(report);
  const context: Context = {
    // GitLab renders descriptions as Markdown, and what a message says comes from the input.
    message: pieces.lineForms((message) => JSON.stringify(escapeMarkdown(message)).slice(0, -1)),
    object: pieces.lineForms((name) => fieldText('object', 'Object', JSON.stringify(name))),
    path: pieces.lineForms((path) => `,${fieldText('path', 'Path', JSON.stringify(path))}`),
    file: pieces.forms((file) => `{"file":${JSON.stringify(repositoryPath(file))}`),
    check: pieces.forms((rule) => checkText(rule, words(rule))),
  };
  let lead = '\n';
  let i = 0;
  for (const item of pieces.findings) {
    const identity = identities[i++] ?? '';
    if (!item.counts) continue;
    yield lead + vulnerabilityText(item, identity, context);
    lead = ',\n';
  }
  yield '\n]}\n';
}

/** What vulnerabilities are made of, as JSON. */
interface Context {
  /** A string that is open. */
  message: (message: Piece) => string;
  object: (name: Piece) => string;
  path: (path: Piece) => string;
  /** A file as GitLab names it, of an object that is open. */
  file: (file: Piece) => string;
  check: (rule: Piece) => CheckPieces;
}

function scanOf(report: ScanReport, pieces: Pieces) {
  const { tool, time, input } = report;
  const scanner = { id: tool.name, name: tool.name, version: tool.version, vendor: { name: tool.name } };
  const end = new Date(Date.parse(time) + Math.ceil(input.seconds ?? 0) * 1000).toISOString();
  return {
    type: 'sast',
    analyzer: scanner,
    scanner,
    start_time: time.slice(0, 19),
    end_time: end.slice(0, 19),
    status: report.notifications.some(({ level }) => level === 'error') ? 'failure' : 'success',
    messages: messagesOf(report, pieces),
  };
}

function messagesOf(report: ScanReport, pieces: Pieces) {
  const tell = tellerOf(report);
  const { comparison } = report;
  const suppressed = pieces.findings.filter(({ counts }) => !counts);
  const rules = new Set(suppressed.map(({ rule }) => pieces.line(rule)));
  return [
    ...report.notifications.map(({ level, code, message, location }) => {
      const value = [placeText(location), tell(message), `[${code}]`].filter((part) => part !== '').join(' ');
      return { level: messageLevels[level], value };
    }),
    ...(suppressed.length === 0
      ? []
      : [
          {
            level: 'info',
            value: `${counted(suppressed.length, 'finding')} suppressed: ${[...rules].join(', ')}`,
          },
        ]),
    ...(comparison === undefined
      ? []
      : [
          {
            level: 'info',
            value: `beside ${plainLine(comparison.against)}: ${comparison.resolved.length} resolved, ${comparison.notComparable.length} not judged again`,
          },
        ]),
  ];
}

function vulnerabilityText(item: PiecedFinding, identity: string, context: Context): string {
  const { why, fields } = context.check(item.rule);
  const head = `{"id":"${identityUuid(identity)}","severity":"${severityNames[item.severity]}","description":${context.message(item.message)}${why}`;
  // No moved line changes the hash; GitLab knows the algorithms hash, location and those of its own scopes.
  const tracking = `"tracking":{"type":"source","items":[{"signatures":[{"algorithm":"hash","value":"${identity}"}]}]}`;
  return `${head},"location":${locationText(item, context)},${tracking},"details":${detailsText(item, context)},${fields}`;
}

/** What is the same in all vulnerabilities of a check. */
interface CheckPieces {
  /** The reason as a paragraph behind another, up to the end of the string. */
  why: string;
  /** Members of an object, and its end. */
  fields: string;
}

function checkText(rule: string, words: RuleWords): CheckPieces {
  return {
    why: JSON.stringify(`\n\n${escapeMarkdown(words.why)}`.trimEnd()).slice(1),
    fields: JSON.stringify(ruleFieldsOf(rule, words)).slice(1),
  };
}

/** The first identifier is what GitLab tells findings apart by; the others are controls. */
function ruleFieldsOf(rule: string, { title, remediation, references, controls }: RuleWords) {
  const id = plainLine(rule);
  const identifiers = controls.flatMap(([framework, ids]) =>
    ids.map((value) => ({ type: framework, name: `${framework} ${value}`, value })),
  );
  return {
    name: cut(title, maxName),
    ...(remediation === '' ? {} : { solution: cut(remediation, maxSolution) }),
    identifiers: [{ type: 'keelson_check', name: `keelson ${id}`, value: id }, ...identifiers],
    links: references.map((url) => ({ url })),
  };
}

function locationText({ line, endLine, file }: PiecedFinding, context: Context): string {
  if (file === undefined) return '{}';
  const lines = line === undefined ? '' : `,"start_line":${line},"end_line":${endLine ?? line}`;
  return `${context.file(file)}${lines}}`;
}

/** Fields that GitLab shows below the description, as plain text. */
function detailsText({ object, path, state, fixable }: PiecedFinding, context: Context): string {
  const where = `${context.object(object)}${path === undefined ? '' : context.path(path)}`;
  const stateText = state === undefined ? '' : `,${fieldText('state', 'State', `"${state}"`)}`;
  return `{${where}${stateText}${fixable ? mendField : ''}}`;
}

const mendField = `,${fieldText('fix', 'Mended by', '"keelson scan --fix"')}`;

function fieldText(key: string, name: string, json: string): string {
  return `"${key}":{"type":"text","name":"${name}","value":${json}}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3).toWellFormed()}...`;
}
