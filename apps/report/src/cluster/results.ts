import type { CheckText } from '@keelson/checks';
import type { ControlResult, FrameworkAssessment } from '@keelson/compliance';
import type { Finding, FindingLocation, Notification } from '@keelson/evidence';
import type { ReportedFinding, ScanReport } from '../report.ts';
import { type JudgedResource, judgedResource } from './resources.ts';
import { plainText } from './text.ts';

/** One entry of `results`, the same in both APIs. */
export interface PolicyResult {
  source: string;
  policy: string;
  rule: string;
  category?: string;
  severity?: string;
  result: ResultState;
  scored: boolean;
  timestamp: { seconds: number; nanos: number };
  message: string;
  resources?: readonly object[];
  properties?: Readonly<Record<string, string>>;
}

export const resultStates = ['pass', 'fail', 'warn', 'error', 'skip'] as const;
export type ResultState = (typeof resultStates)[number];

/** Makes results of what a report holds; what is the same for all findings of a check is made once. */
export class PolicyResults {
  readonly #report: ScanReport;
  readonly #timestamp: PolicyResult['timestamp'];
  readonly #checks = new Map<string, CheckFields>();
  readonly #resources = new Map<string, JudgedResource>();
  readonly #seen = new Map<string, number>();

  constructor(report: ScanReport) {
    this.#report = report;
    this.#timestamp = { seconds: Math.floor(Date.parse(report.time) / 1000), nanos: 0 };
  }

  /** The object that a finding judges. */
  resource({ subject }: Finding): JudgedResource {
    const known = this.#resources.get(subject);
    if (known !== undefined) return known;
    const resource = judgedResource(subject);
    this.#resources.set(subject, resource);
    return resource;
  }

  /** What a check found; suppressed it is `skip`, and advice (`info`), which nobody is scored by, is `warn`. */
  finding({ finding, state }: ReportedFinding): PolicyResult {
    const suppression = finding.suppressions?.[0];
    const isAdvice = finding.severity === 'info';
    const result = suppression !== undefined ? 'skip' : isAdvice ? 'warn' : 'fail';
    const properties = this.#findingProperties(finding, state);
    if (suppression !== undefined) {
      properties['suppression'] = suppression.kind;
      properties['reason'] = this.#message(suppression.reason);
    }
    return this.#judged(finding, result, finding.message, properties);
  }

  /** What an earlier state had and this one has not. */
  resolved(finding: Finding): PolicyResult {
    return this.#judged(
      finding,
      'pass',
      `resolved: ${finding.message}`,
      this.#findingProperties(finding, 'resolved'),
    );
  }

  /** What an earlier state had and this run could not judge again. */
  notComparable(finding: Finding, reason: string): PolicyResult {
    const properties = this.#findingProperties(finding, 'not-comparable');
    return this.#judged(
      finding,
      'error',
      `could not be judged again (${reason}): ${finding.message}`,
      properties,
    );
  }

  /** A check that judged something and found nothing. */
  passed(rule: string, judged: number): PolicyResult {
    return {
      ...this.#check(rule).result,
      result: 'pass',
      scored: true,
      timestamp: this.#timestamp,
      message: `${judged} judged, nothing found`,
      properties: this.#check(rule).properties,
    };
  }

  /** What could not be read or judged. Notes are no failure of a policy: they are `skip`. */
  notification({ level, code, message, location, rule }: Notification): PolicyResult {
    return {
      source: this.#report.tool.name,
      policy: plainText(rule ?? code),
      rule: plainText(rule ?? code),
      category: 'not judged',
      result: level === 'note' ? 'skip' : 'error',
      scored: false,
      timestamp: this.#timestamp,
      message: this.#message(message),
      properties: { code, level, ...placeOf(location) },
    };
  }

  /** A control of a framework: `manual` and `not-applicable` ones were not evaluated, so they are `skip`. */
  control({ framework }: FrameworkAssessment, result: ControlResult): PolicyResult {
    const { control, verdict, reason } = result;
    const words = [control.title, reason === undefined ? verdict : `${verdict}: ${reason}`];
    if (result.findings > 0) words.push(`findings: ${result.findings}`);
    if (result.suppressed > 0) words.push(`suppressed: ${result.suppressed}`);
    return {
      source: this.#report.tool.name,
      policy: plainText(framework.id),
      rule: plainText(control.id),
      category: plainText(framework.title),
      result: verdict === 'fail' || verdict === 'pass' ? verdict : 'skip',
      scored: verdict === 'fail' || verdict === 'pass',
      timestamp: this.#timestamp,
      message: plainText(words.join('; ')),
      properties: {
        verdict,
        ...(result.checks.length > 0 ? { checks: plainText(result.checks.join(', ')) } : {}),
      },
    };
  }

  #judged(
    finding: Finding,
    result: ResultState,
    message: string,
    properties: Record<string, string>,
  ): PolicyResult {
    const { reference } = this.resource(finding);
    return {
      ...this.#check(finding.rule).result,
      severity: finding.severity,
      result,
      scored: result === 'fail' || result === 'pass',
      timestamp: this.#timestamp,
      message: this.#message(message),
      ...(reference === undefined ? {} : { resources: [reference] }),
      properties,
    };
  }

  #findingProperties(finding: Finding, state: string | undefined): Record<string, string> {
    const { group } = this.resource(finding);
    const count = (this.#seen.get(finding.fingerprint) ?? 0) + 1;
    this.#seen.set(finding.fingerprint, count);
    return {
      ...this.#check(finding.rule).properties,
      ...placeOf(finding.locations[0]),
      ...(group === undefined ? {} : { group }),
      ...(state === undefined ? {} : { state }),
      fingerprint: finding.fingerprint,
      // By this policy-reporter tells results apart; the same object in two files has one fingerprint.
      resultID: `${finding.fingerprint}-${count}`,
    };
  }

  #message(text: string): string {
    return plainText(this.#report.redact.message(text));
  }

  #check(rule: string): CheckFields {
    const known = this.#checks.get(rule);
    if (known !== undefined) return known;
    const fields = checkFields(rule, this.#report.texts.get(rule), this.#report.tool.name);
    this.#checks.set(rule, fields);
    return fields;
  }
}

/** What all results of a check share. */
interface CheckFields {
  result: Pick<PolicyResult, 'source' | 'policy' | 'rule' | 'category' | 'severity'>;
  properties: Readonly<Record<string, string>>;
}

function checkFields(rule: string, text: CheckText | undefined, source: string): CheckFields {
  const id = plainText(rule);
  const result = { source, policy: id, rule: id };
  if (text === undefined) return { result, properties: {} };
  const controls = Object.entries(text.controls).map(([framework, ids]) => `${framework}: ${ids.join(', ')}`);
  const properties = {
    title: text.title,
    remediation: text.remediation,
    reference: text.references[0] ?? '',
    controls: controls.join('; '),
  };
  return {
    result: { ...result, category: plainText(text.category), severity: text.severity },
    properties: Object.fromEntries(
      Object.entries(properties).flatMap(([key, value]) => (value === '' ? [] : [[key, plainText(value)]])),
    ),
  };
}

function placeOf(place: FindingLocation | undefined): Record<string, string> {
  if (place === undefined) return {};
  return {
    file: plainText(place.file),
    ...(place.line === undefined ? {} : { line: String(place.line) }),
  };
}
