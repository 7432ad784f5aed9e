import type { CheckText } from '@keelson/checks';
import type { ControlResult, FrameworkAssessment } from '@keelson/compliance';
import type { Finding, FindingLocation, Notification, Severity } from '@keelson/evidence';
import type { ReportedFinding, ScanReport } from '../report.ts';
import { oneLine, type RuleWords, ruleWordsOf } from '../told.ts';
import { judgedResource } from './resources.ts';
import { plainText } from './text.ts';

export const resultStates = ['pass', 'fail', 'warn', 'error', 'skip'] as const;
export type ResultState = (typeof resultStates)[number];

/** One entry of `results`, the same in both APIs, and its JSON. */
export interface PolicyResult {
  result: ResultState;
  text: string;
  /** Bytes of it in the annotation that `kubectl apply` writes. */
  size: number;
}

/** What a finding judges, as fragments of JSON. */
export interface JudgedObject {
  namespace: string | undefined;
  json: string;
  group: string;
}

/** What differs between the results of a check. */
interface Judged {
  severity?: Severity;
  result: ResultState;
  message: string;
}

/**
 * Makes results of what a report holds. What is the same for all findings of a check, of an object or of a file is
 * turned into JSON once: a large scan has ten thousands of findings, and a few hundred of those.
 */
export class PolicyResults {
  readonly #report: ScanReport;
  readonly #words: (rule: string) => RuleWords;
  readonly #timestamp: string;
  readonly #checks = new Map<string, CheckFragments>();
  readonly #resources = new Map<string, JudgedObject>();
  readonly #files = new Map<string, string>();
  readonly #seen = new Map<string, number>();

  constructor(report: ScanReport) {
    this.#report = report;
    this.#words = ruleWordsOf(report);
    const seconds = Math.floor(Date.parse(report.time) / 1000);
    this.#timestamp = `"timestamp":{"seconds":${seconds},"nanos":0}`;
  }

  /** What a finding judges: its namespace says in whose report it stands. */
  resource({ subject }: Finding): JudgedObject {
    const known = this.#resources.get(subject);
    if (known !== undefined) return known;
    const { namespace, reference, group } = judgedResource(subject);
    const json = reference === undefined ? '' : `"resources":[${JSON.stringify(reference)}],`;
    const made = { namespace, json, group: group === undefined ? '' : pair('group', group) };
    this.#resources.set(subject, made);
    return made;
  }

  /** What a check found; suppressed it is `skip`, and advice (`info`), which nobody is scored by, is `warn`. */
  finding({ finding, state }: ReportedFinding, object: JudgedObject): PolicyResult {
    const { message, severity, suppressions } = finding;
    const suppression = suppressions?.[0];
    if (suppression === undefined) {
      const result = severity === 'info' ? 'warn' : 'fail';
      return this.#judged(
        finding,
        object,
        { severity, result, message },
        state === undefined ? '' : pair('state', state),
      );
    }
    const reason = pair('reason', this.#message(suppression.reason));
    const details = `${state === undefined ? '' : pair('state', state)}${pair('suppression', suppression.kind)}${reason}`;
    return this.#judged(finding, object, { severity, result: 'skip', message }, details);
  }

  /** What an earlier state had and this one has not. */
  resolved(finding: Finding, object: JudgedObject): PolicyResult {
    const { severity, message } = finding;
    const judged: Judged = { severity, result: 'pass', message: `resolved: ${message}` };
    return this.#judged(finding, object, judged, pair('state', 'resolved'));
  }

  /** What an earlier state had and this run could not judge again. */
  notComparable(finding: Finding, object: JudgedObject, reason: string): PolicyResult {
    const { severity } = finding;
    const message = `could not be judged again (${reason}): ${finding.message}`;
    return this.#judged(
      finding,
      object,
      { severity, result: 'error', message },
      pair('state', 'not-comparable'),
    );
  }

  /** A check that judged something and found nothing. */
  passed(rule: string, judged: number): PolicyResult {
    const severity = this.#report.texts.get(rule)?.severity;
    const { head, properties } = this.#check(rule);
    const message = `${judged} judged, nothing found`;
    return this.#result(
      head,
      { result: 'pass', message, ...(severity === undefined ? {} : { severity }) },
      '',
      properties,
    );
  }

  /** What could not be read or judged. A note is no failure of a policy: it is `skip`. */
  notification({ level, code, message, location, rule }: Notification): PolicyResult {
    const id = plainText(rule ?? code);
    const head = this.#head(id, id, 'not judged');
    const properties = `${pair('code', code)}${pair('level', level)}${this.#place(location)}`;
    return this.#result(head, { result: level === 'note' ? 'skip' : 'error', message }, '', properties);
  }

  /** A control of a framework: `manual` and `not-applicable` ones were not evaluated, so they are `skip`. */
  control({ framework }: FrameworkAssessment, control: ControlResult): PolicyResult {
    const { verdict, reason, checks, findings, suppressed } = control;
    const words = [control.control.title, reason === undefined ? verdict : `${verdict}: ${oneLine(reason)}`];
    if (findings > 0) words.push(`findings: ${findings}`);
    if (suppressed > 0) words.push(`suppressed: ${suppressed}`);
    const head = this.#head(
      plainText(framework.id),
      plainText(control.control.id),
      plainText(framework.title),
    );
    const properties = `${pair('verdict', verdict)}${checks.length === 0 ? '' : pair('checks', plainText(checks.join(', ')))}`;
    const result = verdict === 'fail' || verdict === 'pass' ? verdict : 'skip';
    return this.#result(head, { result, message: words.join('; ') }, '', properties);
  }

  #judged(finding: Finding, { json, group }: JudgedObject, judged: Judged, details: string): PolicyResult {
    const { head, properties } = this.#check(finding.rule);
    const count = (this.#seen.get(finding.fingerprint) ?? 0) + 1;
    this.#seen.set(finding.fingerprint, count);
    // By this policy-reporter tells results apart; the same object in two files has one fingerprint.
    const id = pair('resultID', count === 1 ? finding.fingerprint : `${finding.fingerprint}-${count}`);
    const place = this.#place(finding.locations[0]);
    return this.#result(head, judged, json, `${properties}${place}${group}${details}${id}`);
  }

  /** Puts fragments together: `resources` and `properties` end in a comma where they are not empty. */
  #result(
    head: string,
    { severity, result, message }: Judged,
    resources: string,
    properties: string,
  ): PolicyResult {
    const scored = result === 'fail' || result === 'pass';
    const grade = severity === undefined ? '' : `"severity":"${severity}",`;
    const words = JSON.stringify(this.#message(message));
    const rest = properties === '' ? '' : `,"properties":{${properties.slice(0, -1)}}`;
    const text = `{${head}${grade}"result":"${result}","scored":${scored},${resources}${this.#timestamp},"message":${words}${rest}}`;
    return { result, text, size: encodedBytes(text) };
  }

  #head(policy: string, rule: string, category: string | undefined): string {
    const source = pair('source', this.#report.tool.name);
    const group = category === undefined ? '' : pair('category', category);
    return `${source}${pair('policy', policy)}${pair('rule', rule)}${group}`;
  }

  #message(text: string): string {
    return plainText(this.#report.redact.message(text));
  }

  #place(place: FindingLocation | undefined): string {
    if (place === undefined) return '';
    let file = this.#files.get(place.file);
    if (file === undefined) {
      file = pair('file', plainText(place.file));
      this.#files.set(place.file, file);
    }
    return place.line === undefined ? file : `${file}"line":"${place.line}",`;
  }

  #check(rule: string): CheckFragments {
    const known = this.#checks.get(rule);
    if (known !== undefined) return known;
    const text = this.#report.texts.get(rule);
    const id = plainText(rule);
    const category = text === undefined ? undefined : plainText(text.category);
    const fragments = {
      head: this.#head(id, id, category),
      properties: checkProperties(text, this.#words(rule)),
    };
    this.#checks.set(rule, fragments);
    return fragments;
  }
}

/** JSON that all results of a check share. */
interface CheckFragments {
  head: string;
  properties: string;
}

function checkProperties(text: CheckText | undefined, { title, remediation, references }: RuleWords): string {
  if (text === undefined) return '';
  const controls = Object.entries(text.controls).map(([framework, ids]) => `${framework}: ${ids.join(', ')}`);
  const properties = { title, remediation, reference: references[0] ?? '', controls: controls.join('; ') };
  return Object.entries(properties)
    .map(([key, value]) => (value === '' ? '' : pair(key, plainText(value))))
    .join('');
}

/** A member of an object and the comma behind it. */
function pair(key: string, value: string): string {
  return `"${key}":${JSON.stringify(value)},`;
}

const escapedInGo = /[<>&]/g;

/** `kubectl apply` is written in Go, which writes `<`, `>` and `&` as six characters. */
function encodedBytes(text: string): number {
  const isPlain = !text.includes('<') && !text.includes('>') && !text.includes('&');
  return Buffer.byteLength(text) + (isPlain ? 0 : 5 * (text.match(escapedInGo)?.length ?? 0));
}
