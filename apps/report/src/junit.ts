import type { ControlResult, FrameworkAssessment } from '@keelson/compliance';
import type { Finding, Notification } from '@keelson/evidence';
import { objectText, pathText, placeText } from './place.ts';
import { counts, type ReportedFinding, type ScanReport } from './report.ts';
import { controlsText, counted, memoized, plainLine, ruleWordsOf, tellerOf } from './told.ts';

interface Suite {
  name: string;
  cases: readonly Case[];
  /** Name and value. */
  properties?: readonly (readonly [string, string])[];
  out?: readonly string[];
}

interface Case {
  /** With `file` what makes the test the same one in the next run: nothing in it may move with a line. */
  name: string;
  file: string;
  /** A test without one has passed. */
  outcome?: 'failure' | 'error' | 'skipped';
  /** The element of the outcome, as XML. */
  element?: string;
}

interface Context {
  report: ScanReport;
  tell: (text: string) => string;
  title: (rule: string) => string;
  /** Title and help of a check, as XML. */
  help: (rule: string) => string;
}

/**
 * JUnit as Jenkins, GitLab and Ant read it: a suite for the input, one for each check that ran, one for each framework, and
 * two for an earlier state. Findings are failures, suppressed ones are skipped, what could not be read or judged is an error.
 */
export function* junitParts(report: ScanReport): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n';
  let id = 0;
  for (const suite of suitesOf(report)) yield* suiteParts(suite, id++, report);
  yield '</testsuites>\n';
}

function* suitesOf(report: ScanReport): Generator<Suite> {
  const words = ruleWordsOf(report);
  const help = memoized((rule: string) => {
    const { title, why, remediation, controls, references } = words(rule);
    const seeAlso = references.join(' ');
    return xml(
      labelled([
        title,
        ['why', why],
        ['help', remediation],
        ['controls', controlsText(controls)],
        ['see', seeAlso],
      ]),
    );
  });
  const context: Context = { report, tell: tellerOf(report), title: (rule) => words(rule).title, help };
  yield inputSuite(context);
  const found = Map.groupBy(report.findings, ({ finding }) => finding.rule);
  for (const [rule, items] of found)
    yield { name: plainLine(rule), cases: items.map((item) => findingCase(item, context)) };
  for (const [rule, { judged, errors }] of report.statistics) {
    if (found.has(rule) || judged + errors === 0) continue;
    const name = `${rule}: ${context.title(rule)}`;
    const unable = skipped(`could not be evaluated ${counted(errors, 'time')}: see the suite of the input`);
    yield { name: rule, cases: [{ name, file: rule, ...(errors === 0 ? {} : unable) }] };
  }
  for (const assessment of report.frameworks) yield frameworkSuite(assessment);
  yield* comparisonSuites(context);
}

/** What was read and what was not. */
function inputSuite({ report, tell }: Context): Suite {
  const { tool, input, suppressions, notifications, comparison } = report;
  const errors = notifications.filter(({ level }) => level === 'error');
  const others = notifications.filter(({ level }) => level !== 'error');
  const allRead = { name: `all input was read: ${counted(input.files, 'file')}`, file: tool.name };
  const { loaded, matched, unused, expired } = suppressions;
  const numbers = { ...input, exceptions: loaded, matched, unused, expired };
  return {
    name: `${tool.name}: input`,
    cases: errors.length > 0 ? errors.map((item) => errorCase(item, tell)) : [allRead],
    properties: [
      ['version', tool.version],
      ...Object.entries(numbers).map(([name, value]) => [name, String(value)] as const),
      ...(comparison === undefined ? [] : [['against', plainLine(comparison.against)] as const]),
    ],
    out: others.map(({ level, code, message, location }) =>
      [`${level} ${code}:`, placeText(location), tell(message)].filter((part) => part !== '').join(' '),
    ),
  };
}

function errorCase({ code, message, location, rule }: Notification, tell: Context['tell']): Case {
  const told = tell(message);
  const about = rule === undefined ? '' : ` ${plainLine(rule)}`;
  return {
    name: `${code}${about}: ${told}`,
    file: location === undefined ? plainLine(rule ?? code) : plainLine(location.file),
    outcome: 'error',
    element: outcomeText('error', code, told, xml(labelled([placeText(location), told]))),
  };
}

function findingCase(item: ReportedFinding, { tell, help }: Context): Case {
  const { finding, fixable, state } = item;
  const place = placeOf(finding);
  if (!counts(finding)) return { ...place, ...skipped(suppressionText(finding, tell)) };
  const [fix] = finding.fixes ?? [];
  const mend =
    fix === undefined ? '' : `${plainLine(fix.description)}${fixable ? ' (keelson scan --fix)' : ''}`;
  const own = labelled([
    ['state', state ?? ''],
    ['fix', mend],
    ['fingerprint', finding.fingerprint],
  ]);
  const body = `${xml(placeText(finding.locations[0]))}\n${help(finding.rule)}\n${xml(own)}`;
  const element = outcomeText('failure', finding.severity, tell(finding.message), body);
  return { ...place, outcome: 'failure', element };
}

/** Rule, object and path, and the file: what stays when lines move. */
function placeOf(finding: Finding): { name: string; file: string } {
  const path = pathText(finding);
  const object = objectText(finding);
  const [place] = finding.locations;
  return {
    name: `${plainLine(finding.rule)}: ${object}${path === '' ? '' : ` ${path}`}`,
    file: place === undefined ? object : plainLine(place.file),
  };
}

function suppressionText({ suppressions = [], message }: Finding, tell: Context['tell']): string {
  const reasons = suppressions.map(({ kind, reason }) => `${kind}: ${tell(reason)}`);
  return `suppressed (${reasons.join('; ')}): ${tell(message)}`;
}

function frameworkSuite({ framework, controls }: FrameworkAssessment): Suite {
  return {
    name: plainLine(`${framework.id}: ${framework.title} ${framework.version}`),
    cases: controls.map((result) => ({
      name: plainLine(`${result.control.id} ${result.control.title}`),
      file: framework.id,
      ...controlOutcome(result),
    })),
  };
}

function controlOutcome(result: ControlResult): Pick<Case, 'outcome' | 'element'> {
  const { verdict, reason, failed, findings, suppressed } = result;
  if (verdict === 'pass') return {};
  if (verdict !== 'fail') return skipped(`${verdict}: ${plainLine(reason ?? '')}`);
  const message = `${counted(findings, 'finding')}, ${suppressed} suppressed`;
  const body = xml(`failed: ${failed.join(', ')}`);
  return { outcome: 'failure', element: outcomeText('failure', 'control', message, body) };
}

/** What is gone since the earlier state, and what nobody knows of. */
function* comparisonSuites({ report, tell }: Context): Generator<Suite> {
  if (report.comparison === undefined) return;
  const { against, resolved, notComparable } = report.comparison;
  yield { name: `resolved since ${plainLine(against)}`, cases: resolved.map(placeOf) };
  const unknown = notComparable.map(({ finding, reason }) => ({
    ...placeOf(finding),
    ...skipped(tell(reason)),
  }));
  yield { name: `not judged again since ${plainLine(against)}`, cases: unknown };
}

function* suiteParts(suite: Suite, id: number, report: ScanReport): Generator<string> {
  const { name, cases, properties = [], out = [] } = suite;
  const numbers = { failure: 0, error: 0, skipped: 0 };
  for (const { outcome } of cases) if (outcome !== undefined) numbers[outcome]++;
  // Ant's schema wants a host, a time of each suite and no time zone: the host says nothing here, and checks run together.
  yield `<testsuite name="${xml(name)}" package="keelson" id="${id}" timestamp="${report.time.slice(0, 19)}" hostname="localhost" tests="${cases.length}" failures="${numbers.failure}" errors="${numbers.error}" skipped="${numbers.skipped}" time="0">
<properties>${properties.map(([key, value]) => `<property name="${xml(key)}" value="${xml(value)}"/>`).join('')}</properties>\n`;
  const seen = new Map<string, number>();
  for (const item of cases) {
    const key = `${item.file}\n${item.name}`;
    const n = (seen.get(key) ?? 0) + 1;
    seen.set(key, n);
    yield caseText(n === 1 ? item : { ...item, name: `${item.name} #${n}` });
  }
  yield `<system-out>${xml(out.join('\n'))}</system-out>\n<system-err/>\n</testsuite>\n`;
}

function caseText({ name, file, element }: Case): string {
  const open = `<testcase name="${xml(name)}" classname="${xml(file)}" time="0"`;
  return element === undefined ? `${open}/>\n` : `${open}>${element}</testcase>\n`;
}

function outcomeText(element: 'failure' | 'error', type: string, message: string, body: string): string {
  return `<${element} type="${xml(type)}" message="${xml(message)}">${body}</${element}>`;
}

function skipped(message: string): { outcome: 'skipped'; element: string } {
  return { outcome: 'skipped', element: `<skipped message="${xml(message)}"/>` };
}

/** Lines, some with a word in front; those that say nothing are left out. */
function labelled(lines: readonly (string | readonly [label: string, text: string])[]): string {
  let out = '';
  for (const line of lines) {
    const [label, text] = typeof line === 'string' ? ['', line] : [`${line[0]}: `, line[1]];
    if (text !== '') out += `${out === '' ? '' : '\n'}${label}${text}`;
  }
  return out;
}

/** Text for XML 1.0 content and attributes; the few characters that section 2.2 forbids beside the controls become U+FFFD. */
function xml(text: string): string {
  return special.test(text)
    ? text.replace(everySpecial, (character) => entities[character] ?? '\ufffd')
    : text;
}

const special = /[&<>"\ufffe\uffff]/;
const everySpecial = /[&<>"\ufffe\uffff]/g;
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
