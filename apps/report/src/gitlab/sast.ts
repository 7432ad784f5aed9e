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
  const identify = findingIdentities();
  const context: Context = {
    // GitLab renders descriptions as Markdown, and what a message says comes from the input.
    describe: memoized((message) => escapeMarkdown(tell(message))),
    name: memoized(plainLine),
    path: memoized(repositoryPath),
    ruleFields: memoized((rule) => JSON.stringify(ruleFieldsOf(rule, words(rule))).slice(1)),
  };
  let lead = '\n';
  for (const item of report.findings) {
    if (!counts(item.finding)) continue;
    yield lead + vulnerabilityText(item, identify(item.finding), context);
    lead = ',\n';
  }
  yield '\n]}\n';
}

interface Context {
  name: (text: string) => string;
  /** A file as GitLab names it. */
  path: (file: string) => string;
  /** A message as Markdown. */
  describe: (message: string) => string;
  /** What is the same in all vulnerabilities of a check: JSON of an object without its first brace. */
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

function vulnerabilityText(item: ReportedFinding, identity: string, context: Context): string {
  const { finding } = item;
  const place = locationOf(finding, context);
  const signatures = [{ algorithm: 'hash', value: identity }];
  const own = {
    id: identityUuid(identity),
    severity: severityNames[finding.severity],
    description: context.describe(finding.message),
    location: place,
    // No moved line changes the hash; GitLab knows the algorithms hash, location and those of its own scopes.
    tracking: { type: 'source', items: [{ ...place, signatures }] },
    details: detailsOf(item, context),
  };
  return `${JSON.stringify(own).slice(0, -1)},${context.ruleFields(finding.rule)}`;
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

function locationOf({ locations: [place] }: Finding, context: Context) {
  if (place === undefined) return {};
  const { file, line, endLine } = place;
  return {
    file: context.path(file),
    ...(line === undefined ? {} : { start_line: line, end_line: endLine ?? line }),
  };
}

/** Fields that GitLab shows below the description, as plain text. */
function detailsOf({ finding, fixable, state }: ReportedFinding, { name }: Context) {
  const path = pathText(finding);
  return {
    object: textField('Object', name(finding.object ?? finding.subject)),
    ...(path === '' ? {} : { path: textField('Path', path) }),
    ...(state === undefined ? {} : { state: textField('State', state) }),
    ...(fixable ? { fix: textField('Mended by', 'keelson scan --fix') } : {}),
  };
}

function textField(name: string, value: string) {
  return { type: 'text', name, value };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3).toWellFormed()}...`;
}
