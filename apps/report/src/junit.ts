import type { ControlResult, FrameworkAssessment } from '@keelson/compliance';
import type { Finding, Notification } from '@keelson/evidence';
import { markupText } from '@keelson/pages';
import { type Piece, type PiecedFinding, type Pieces, piecesOf } from './pieces.ts';
import { lineText, placeText } from './place.ts';
import type { ScanReport } from './report.ts';
import { controlsText, counted, oneLine, plainLine, type RuleWords, ruleWordsOf, tellerOf } from './told.ts';

interface Suite {
  name: string;
  cases: readonly Case[];
  /** Name and value. */
  properties?: readonly (readonly [string, string])[];
  out?: readonly string[];
}

/** A test, its texts as XML. */
interface Case {
  /** With `file` what makes the test the same one in the next run: nothing in it may move with a line. */
  name: string;
  file: string;
  /** What tells it from others of its suite, where that is shorter than its name and file. */
  key?: string;
  /** A test without one has passed. */
  outcome?: 'failure' | 'error' | 'skipped';
  /** Made when it is written: a suite begins with the numbers of all its tests. */
  element?: () => string;
}

/** What is asked again and again, as XML. */
interface Context {
  report: ScanReport;
  pieces: Pieces;
  /** A name of the input, or a message from it. */
  text: (piece: Piece) => string;
  /** Title and help of a check. */
  help: (rule: Piece) => string;
}

/**
 * JUnit as Jenkins, GitLab and Ant read it: a suite for the input, one for each check that ran, one for each framework, and
 * two for an earlier state. Findings are failures, suppressed ones are skipped, what could not be read or judged is an error.
 * Beside an earlier state, findings that were there before are skipped too, and so are controls that fail by such only: a
 * pipeline is red for what is new.
 */
export function* junitParts(report: ScanReport): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n';
  let id = 0;
  for (const suite of suitesOf(report)) yield* suiteParts(suite, id++, report);
  yield '</testsuites>\n';
}

function* suitesOf(report: ScanReport): Generator<Suite> {
  const words = ruleWordsOf(report);
  const pieces = piecesOf(report);
  const context: Context = {
    report,
    pieces,
    text: pieces.lineForms(markupText),
    help: pieces.forms((rule) => {
      const { title, remediation, references } = words(rule);
      return markupText(labelled([title, ['help', remediation], ['see', references[0] ?? '']]));
    }),
  };
  yield inputSuite(report);
  const found = Map.groupBy(pieces.findings, ({ rule }) => rule);
  for (const [rule, items] of found)
    yield checkSuite(
      rule.text,
      items.map((item) => findingCase(item, context)),
      words(rule.text),
    );
  for (const [rule, { judged, errors }] of report.statistics) {
    if (found.has(pieces.of(rule)) || judged + errors === 0) continue;
    const name = markupText(`${plainLine(rule)}: ${words(rule).title}`);
    const unable = skipped(`could not be evaluated ${counted(errors, 'time')}: see the suite of the input`);
    yield checkSuite(
      rule,
      [{ name, file: markupText(plainLine(rule)), ...(errors === 0 ? {} : unable) }],
      words(rule),
    );
  }
  const now = pieces.findings.filter(({ counts, state }) => counts && state !== 'unchanged');
  const failing = new Set(now.map(({ rule }) => rule.text));
  for (const assessment of report.frameworks) yield frameworkSuite(assessment, report, failing);
  yield* comparisonSuites(context);
}

/** A check's suite: what is the same in all its tests stands in its properties. */
function checkSuite(rule: string, cases: readonly Case[], words: RuleWords): Suite {
  const properties = [
    ['title', words.title],
    ['why', words.why],
    ['controls', controlsText(words.controls)],
    ['references', words.references.join(' ')],
  ] as const;
  return { name: plainLine(rule), cases, properties: properties.filter(([, value]) => value !== '') };
}

/** What was read and what was not. */
function inputSuite(report: ScanReport): Suite {
  const tell = tellerOf(report);
  const { tool, input, suppressions, notifications, comparison } = report;
  const errors = notifications.filter(({ level }) => level === 'error');
  const others = notifications.filter(({ level }) => level !== 'error');
  const allRead = { name: `all input was read: ${counted(input.files, 'file')}`, file: tool.name };
  const { loaded, matched, unused, expired } = suppressions;
  const { scanned = [], folder, ...read } = input;
  const numbers = { ...read, exceptions: loaded, matched, unused, expired };
  const names = { scanned: scanned.map(plainLine).join(', '), folder: plainLine(folder ?? '') };
  return {
    name: `${tool.name}: input`,
    cases: errors.length > 0 ? errors.map((item) => errorCase(item, tell)) : [allRead],
    properties: [
      ['version', tool.version],
      ...Object.entries(names).filter(([, value]) => value !== ''),
      ...Object.entries(numbers).map(([name, value]) => [name, String(value)] as const),
      ...(comparison === undefined ? [] : [['against', plainLine(comparison.against)] as const]),
    ],
    out: others.map(({ level, code, message, location }) =>
      [`${level} ${code}:`, placeText(location), tell(message)].filter((part) => part !== '').join(' '),
    ),
  };
}

function errorCase({ code, message, location, rule }: Notification, tell: (text: string) => string): Case {
  const told = markupText(tell(message));
  const about = rule === undefined ? '' : ` ${markupText(plainLine(rule))}`;
  const place = location === undefined ? '' : `${markupText(placeText(location))}\n`;
  return {
    name: `${code}${about}: ${told}`,
    file: markupText(plainLine(location?.file ?? rule ?? code)),
    outcome: 'error',
    element: () => outcomeText('error', code, told, `${place}${told}`),
  };
}

function findingCase(item: PiecedFinding, context: Context): Case {
  const { state, severity, place } = item;
  const { text, help, report, pieces } = context;
  const { name, file, key } = placeOf(item, context);
  if (!item.counts) return { name, file, key, ...skipped(suppressionText(item.finding, tellerOf(report))) };
  if (state === 'unchanged') {
    const words = `${knownBefore(report)}; ${severity}: ${pieces.line(item.message)}`;
    return { name, file, key, ...skipped(words) };
  }
  const element = () => {
    const fix = item.fixes?.[0];
    const at = place === undefined ? '' : `${file}${lineText(item)}\n`;
    const stateText = state === undefined ? '' : `\nstate: ${state}`;
    const fixText =
      fix === undefined ? '' : `\nfix: ${text(pieces.of(fix.description))}${commandText(item, context)}`;
    const body = `${at}${help(item.rule)}${stateText}${fixText}\nfingerprint: ${item.fingerprint}`;
    return outcomeText('failure', severity, text(item.message), body);
  };
  return { name, file, key, outcome: 'failure', element };
}

/** `known before: main`. */
function knownBefore({ comparison }: ScanReport): string {
  return `known before: ${plainLine(comparison?.against ?? '')}`;
}

function commandText({ rule, fixable, fixableByName }: PiecedFinding, { text }: Context): string {
  if (fixable) return ' (keelson scan --fix)';
  return fixableByName ? ` (keelson scan --fix=${text(rule)})` : '';
}

/** Rule, object and path, and the file: what stays when lines move. */
function placeOf({ rule, object, path, file }: PiecedFinding, { text }: Context) {
  return {
    name: `${text(rule)}: ${text(object)}${path === undefined ? '' : ` ${text(path)}`}`,
    file: text(file ?? object),
    key: `${rule.number} ${object.number} ${path?.number} ${file?.number}`,
  };
}

function suppressionText({ suppressions = [], message }: Finding, tell: (text: string) => string): string {
  const reasons = suppressions.map(({ kind, reason }) => `${kind}: ${tell(reason)}`);
  return `suppressed (${reasons.join('; ')}): ${tell(message)}`;
}

/** `failing`: the checks that found what counts now. */
function frameworkSuite(
  { framework, controls }: FrameworkAssessment,
  report: ScanReport,
  failing: ReadonlySet<string>,
): Suite {
  return {
    name: plainLine(`${framework.id}: ${framework.title} ${framework.version}`),
    cases: controls.map((result) => ({
      name: markupText(plainLine(`${result.control.id} ${result.control.title}`)),
      file: markupText(plainLine(framework.id)),
      ...controlOutcome(result, report, failing),
    })),
  };
}

function controlOutcome(
  { verdict, reason, failed, findings, suppressed }: ControlResult,
  report: ScanReport,
  failing: ReadonlySet<string>,
): Pick<Case, 'outcome' | 'element'> {
  if (verdict === 'pass') return {};
  if (verdict !== 'fail') return skipped(`${verdict}: ${oneLine(reason ?? '')}`);
  const message = `${counted(findings, 'finding')}, ${suppressed} suppressed`;
  const isKnown = report.comparison !== undefined && !failed.some((rule) => failing.has(rule));
  if (isKnown) return skipped(`${knownBefore(report)}; ${message}`);
  const body = markupText(`failed: ${failed.join(', ')}`);
  return { outcome: 'failure', element: () => outcomeText('failure', 'control', message, body) };
}

/** What is gone since the earlier state, and what nobody knows of. */
function* comparisonSuites(context: Context): Generator<Suite> {
  const { report, pieces } = context;
  if (report.comparison === undefined) return;
  const tell = tellerOf(report);
  const { against, resolved, notComparable } = report.comparison;
  yield {
    name: `resolved since ${plainLine(against)}`,
    cases: resolved.map((finding) => placeOf(pieces.finding(finding), context)),
  };
  const unknown = notComparable.map(({ finding, reason }) => ({
    ...placeOf(pieces.finding(finding), context),
    ...skipped(tell(reason)),
  }));
  yield { name: `not judged again since ${plainLine(against)}`, cases: unknown };
}

function* suiteParts(suite: Suite, id: number, report: ScanReport): Generator<string> {
  const { name, cases, properties = [], out = [] } = suite;
  const numbers = { failure: 0, error: 0, skipped: 0 };
  for (const { outcome } of cases) if (outcome !== undefined) numbers[outcome]++;
  // Ant's schema wants a host, a time of each suite and no time zone: the host says nothing here, and checks run together.
  yield `<testsuite name="${markupText(name)}" package="keelson" id="${id}" timestamp="${report.time.slice(0, 19)}" hostname="localhost" tests="${cases.length}" failures="${numbers.failure}" errors="${numbers.error}" skipped="${numbers.skipped}" time="0">
<properties>${properties.map(([key, value]) => `<property name="${markupText(key)}" value="${markupText(value)}"/>`).join('')}</properties>\n`;
  const seen = new Map<string, number>();
  for (const item of cases) {
    const key = item.key ?? `${item.file}\n${item.name}`;
    const n = (seen.get(key) ?? 0) + 1;
    seen.set(key, n);
    yield caseText(n === 1 ? item : { ...item, name: `${item.name} #${n}` });
  }
  yield `<system-out>${markupText(out.join('\n'))}</system-out>\n<system-err/>\n</testsuite>\n`;
}

function caseText({ name, file, element }: Case): string {
  const open = `<testcase name="${name}" classname="${file}" time="0"`;
  return element === undefined ? `${open}/>\n` : `${open}>${element()}</testcase>\n`;
}

/** The element of an outcome; all texts are XML. */
function outcomeText(element: 'failure' | 'error', type: string, message: string, body: string): string {
  return `<${element} type="${type}" message="${message}">${body}</${element}>`;
}

function skipped(message: string): { outcome: 'skipped'; element: () => string } {
  return { outcome: 'skipped', element: () => `<skipped message="${markupText(message)}"/>` };
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
