import type { CheckText } from '@keelson/checks';
import type { ControlResult, FrameworkAssessment } from '@keelson/compliance';
import type { Notification } from '@keelson/evidence';
import { type Piece, type PiecedFinding, type Pieces, piecesOf } from '../pieces.ts';
import type { Region } from '../place.ts';
import type { ScanReport } from '../report.ts';
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
interface JudgedObject {
  namespace: string | undefined;
  json: string;
  group: string;
}

/**
 * Makes results of what a report holds. What is the same for all findings of a check, of an object or of a file is
 * turned into JSON once: a large scan has ten thousands of findings, and a few hundred of those.
 */
export class PolicyResults {
  readonly #report: ScanReport;
  readonly #pieces: Pieces;
  readonly #timestamp: string;
  readonly #check: (rule: Piece) => CheckFragments;
  readonly #resource: (subject: Piece) => JudgedObject;
  readonly #file: (file: Piece) => string;
  readonly #words: (message: Piece) => string;
  readonly #seen = new Map<string, number>();

  constructor(report: ScanReport) {
    this.#report = report;
    this.#pieces = piecesOf(report);
    const words = ruleWordsOf(report);
    const seconds = Math.floor(Date.parse(report.time) / 1000);
    this.#timestamp = `"timestamp":{"seconds":${seconds},"nanos":0}`;
    this.#check = this.#pieces.forms((rule) => this.#fragments(rule, words(rule)));
    this.#resource = this.#pieces.forms(judgedObject);
    this.#file = this.#pieces.forms((file) => pair('file', plainText(file)));
    this.#words = this.#pieces.forms((message) => JSON.stringify(plainText(message)));
  }

  /** What a finding judges: its namespace says in whose report it stands. */
  resource({ subject }: PiecedFinding): JudgedObject {
    return this.#resource(subject);
  }

  /** What a check found; suppressed it is `skip`, and advice (`info`), which nobody is scored by, is `warn`. */
  finding(item: PiecedFinding): PolicyResult {
    const suppression = item.suppressions?.[0];
    const state = item.state === undefined ? '' : pair('state', item.state);
    if (suppression === undefined)
      return this.#judged(item, item.severity === 'info' ? 'warn' : 'fail', item.message, state);
    const reason = pair('reason', plainText(this.#report.redact.message(suppression.reason)));
    const details = `${state}${pair('suppression', suppression.kind)}${reason}`;
    return this.#judged(item, 'skip', item.message, details);
  }

  /** What an earlier state had and this one has not. */
  resolved(item: PiecedFinding): PolicyResult {
    const message = this.#pieces.message(`resolved: ${item.finding.message}`);
    return this.#judged(item, 'pass', message, pair('state', 'resolved'));
  }

  /** What an earlier state had and this run could not judge again. */
  notComparable(item: PiecedFinding, reason: string): PolicyResult {
    const message = this.#pieces.message(`could not be judged again (${reason}): ${item.finding.message}`);
    return this.#judged(item, 'error', message, pair('state', 'not-comparable'));
  }

  /** A check that judged something and found nothing. */
  passed(rule: string, judged: number): PolicyResult {
    const severity = this.#report.texts.get(rule)?.severity;
    const { head, properties } = this.#check(this.#pieces.of(rule));
    const grade = severity === undefined ? '' : pair('severity', severity);
    const words = JSON.stringify(`${judged} judged, nothing found`);
    return this.#result('pass', `${head}${grade}`, '', words, properties);
  }

  /** What could not be read or judged. A note is no failure of a policy: it is `skip`. */
  notification({ level, code, message, location, rule }: Notification): PolicyResult {
    const id = plainText(rule ?? code);
    const file = location === undefined ? undefined : this.#pieces.of(location.file);
    const head = this.#head(id, id, 'not judged');
    const properties = `${pair('code', code)}${pair('level', level)}${this.#place(location ?? {}, file)}`;
    const words = this.#words(this.#pieces.message(message));
    return this.#result(level === 'note' ? 'skip' : 'error', head, '', words, properties);
  }

  /** A control of a framework: `manual` and `not-applicable` ones were not evaluated, so they are `skip`. */
  control({ framework }: FrameworkAssessment, control: ControlResult): PolicyResult {
    const { verdict, reason, checks, findings, suppressed } = control;
    const sentences = [
      control.control.title,
      reason === undefined ? verdict : `${verdict}: ${oneLine(reason)}`,
    ];
    if (findings > 0) sentences.push(`findings: ${findings}`);
    if (suppressed > 0) sentences.push(`suppressed: ${suppressed}`);
    const head = this.#head(
      plainText(framework.id),
      plainText(control.control.id),
      plainText(framework.title),
    );
    const properties = `${pair('verdict', verdict)}${checks.length === 0 ? '' : pair('checks', plainText(checks.join(', ')))}`;
    const result = verdict === 'fail' || verdict === 'pass' ? verdict : 'skip';
    const words = this.#words(this.#pieces.message(sentences.join('; ')));
    return this.#result(result, head, '', words, properties);
  }

  #judged(item: PiecedFinding, result: ResultState, message: Piece, details: string): PolicyResult {
    const { fingerprint } = item;
    const count = (this.#seen.get(fingerprint) ?? 0) + 1;
    this.#seen.set(fingerprint, count);
    const { head, properties } = this.#check(item.rule);
    const { json, group } = this.#resource(item.subject);
    // By this policy-reporter tells results apart; the same object in two files has one fingerprint.
    const id = `"resultID":"${fingerprint}${count === 1 ? '' : `-${count}`}",`;
    const about = `${properties}${this.#place(item, item.file)}${group}${details}${id}`;
    return this.#result(result, `${head}"severity":"${item.severity}",`, json, this.#words(message), about);
  }

  /** Puts fragments together: all but `words` end in a comma where they are not empty. */
  #result(
    result: ResultState,
    head: string,
    resources: string,
    words: string,
    properties: string,
  ): PolicyResult {
    const scored = result === 'fail' || result === 'pass';
    const rest = properties === '' ? '' : `,"properties":{${properties.slice(0, -1)}}`;
    const text = `{${head}"result":"${result}","scored":${scored},${resources}${this.#timestamp},"message":${words}${rest}}`;
    return { result, text, size: encodedBytes(text) };
  }

  #head(policy: string, rule: string, category: string | undefined): string {
    const source = pair('source', this.#report.tool.name);
    const group = category === undefined ? '' : pair('category', category);
    return `${source}${pair('policy', policy)}${pair('rule', rule)}${group}`;
  }

  #place({ line }: Region, file: Piece | undefined): string {
    if (file === undefined) return '';
    const name = this.#file(file);
    return line === undefined ? name : `${name}"line":"${line}",`;
  }

  #fragments(rule: string, words: RuleWords): CheckFragments {
    const text = this.#report.texts.get(rule);
    const id = plainText(rule);
    const category = text === undefined ? undefined : plainText(text.category);
    return { head: this.#head(id, id, category), properties: checkProperties(text, words) };
  }
}

function judgedObject(subject: string): JudgedObject {
  const { namespace, reference, group } = judgedResource(subject);
  const json = reference === undefined ? '' : `"resources":[${JSON.stringify(reference)}],`;
  return { namespace, json, group: group === undefined ? '' : pair('group', group) };
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
