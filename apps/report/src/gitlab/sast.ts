import type { Finding, Notification, Severity } from '@keelson/evidence';
import { findingIdentities, identityUuid } from '../identity.ts';
import { escapeMarkdown } from '../markdown/text.ts';
import { pathText, placeText, repositoryPath } from '../place.ts';
import { counts, type ReportedFinding, type ScanReport } from '../report.ts';
import { counted, memoized, plainLine, type RuleWords, ruleWordsOf, tellerOf } from '../told.ts';

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
  yield `${JSON.stringify({ version: formatVersion, scan: scanOf(report) }).slice(0, -1)},\n"vulnerabilities":[`;
  const tell = tellerOf(report);
  const words = ruleWordsOf(report);
  const context: Context = {
    identify: findingIdentities(),
    // GitLab renders descriptions as Markdown, and what a message says comes from the input.
    message: memoized((message) => JSON.stringify(escapeMarkdown(tell(message)))),
    name: memoized((text) => JSON.stringify(plainLine(text))),
    path: memoized((file) => JSON.stringify(repositoryPath(file))),
    why: memoized((rule) => JSON.stringify(`\n\n${escapeMarkdown(words(rule).why)}`.trimEnd())),
    ruleFields: memoized((rule) => JSON.stringify(ruleFieldsOf(rule, words(rule))).slice(1)),
  };
  let lead = '\n';
  for (const item of report.findings) {
    if (!counts(item.finding)) continue;
    yield lead + vulnerabilityText(item, context);
    lead = ',\n';
  }
  yield '\n]}\n';
}

/** What is asked again and again, as JSON: thousands of vulnerabilities have few names. */
interface Context {
  identify: (finding: Finding) => string;
  message: (message: string) => string;
  name: (text: string) => string;
  /** A file as GitLab names it. */
  path: (file: string) => string;
  /** A check's reason, as a paragraph that follows another. */
  why: (rule: string) => string;
  /** What is the same in all vulnerabilities of a check: an object without its first brace. */
  ruleFields: (rule: string) => string;
}

function scanOf(report: ScanReport) {
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
    messages: messagesOf(report),
  };
}

function messagesOf(report: ScanReport) {
  const tell = tellerOf(report);
  const { comparison, findings } = report;
  const suppressed = findings.filter(({ finding }) => !counts(finding));
  const rules = new Set(suppressed.map(({ finding }) => plainLine(finding.rule)));
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

function vulnerabilityText(item: ReportedFinding, context: Context): string {
  const { finding } = item;
  const identity = context.identify(finding);
  const description = context.message(finding.message).slice(0, -1) + context.why(finding.rule).slice(1);
  const head = `{"id":"${identityUuid(identity)}","severity":"${severityNames[finding.severity]}","description":${description}`;
  // No moved line changes the hash; GitLab knows the algorithms hash, location and those of its own scopes.
  const tracking = `{"type":"source","items":[{"signatures":[{"algorithm":"hash","value":${JSON.stringify(identity)}}]}]}`;
  const where = `"location":${locationText(finding, context)},"tracking":${tracking},"details":${detailsText(item, context)}`;
  return `${head},${where},${context.ruleFields(finding.rule)}`;
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

function locationText({ locations: [place] }: Finding, { path }: Context): string {
  if (place === undefined) return '{}';
  const { file, line, endLine } = place;
  const lines = line === undefined ? '' : `,"start_line":${line},"end_line":${endLine ?? line}`;
  return `{"file":${path(file)}${lines}}`;
}

/** Fields that GitLab shows below the description, as plain text. */
function detailsText({ finding, fixable, state }: ReportedFinding, { name }: Context): string {
  const path = pathText(finding);
  const fields = [fieldText('object', 'Object', name(finding.object ?? finding.subject))];
  if (path !== '') fields.push(fieldText('path', 'Path', JSON.stringify(path)));
  if (state !== undefined) fields.push(fieldText('state', 'State', `"${state}"`));
  if (fixable) fields.push(fieldText('fix', 'Mended by', '"keelson scan --fix"'));
  return `{${fields.join(',')}}`;
}

function fieldText(key: string, name: string, json: string): string {
  return `"${key}":{"type":"text","name":"${name}","value":${json}}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3).toWellFormed()}...`;
}
