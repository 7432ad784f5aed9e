import type { CheckStatistics, CheckText, SensitiveText } from '@keelson/checks';
import type { FrameworkAssessment } from '@keelson/compliance';
import type { SourceText } from '@keelson/core';
import type { Claim, Coverage, Finding, Notification, Relation, Severity } from '@keelson/evidence';

/** Everything that a report may tell. Writers are pure: a report in, text out. */
export interface ScanReport {
  tool: { name: string; version: string };
  /** When the run began: RFC 3339 in UTC, to the second. */
  time: string;
  /** Failed judgements, suppressed ones included, worst first. */
  findings: readonly ReportedFinding[];
  notifications: readonly Notification[];
  /** Texts of checks by id: of all that found something, and of all that ran where a format needs them. */
  texts: ReadonlyMap<string, CheckText>;
  statistics: ReadonlyMap<string, CheckStatistics>;
  /** Texts that were read, by file name as shown. */
  sources: ReadonlyMap<string, SourceText>;
  input: InputSummary;
  failOn: Severity | 'none';
  suppressions: SuppressionSummary;
  /** The frameworks that the user asked for, or all where a format needs them; what the run says of each control. */
  frameworks: readonly FrameworkAssessment[];
  /** How this run differs from an earlier state, where the user named one. */
  comparison?: Comparison;
  /** Who reaches whom, for formats that tell it. */
  network?: NetworkEvidence;
  /** Takes sensitive values out of any text before it is shown. */
  redact: SensitiveText;
}

/** What is known of a network: a part of a body of evidence. All empty where there is no workload. */
export interface NetworkEvidence {
  claims: readonly Claim[];
  relations: readonly Relation[];
  coverage: readonly Coverage[];
}

/** A finding and what the command can do about it. */
export interface ReportedFinding {
  finding: Finding;
  /** True when `--fix` mends it without a choice. */
  fixable: boolean;
  /** True when `--fix` mends it only if its check is named. */
  fixableByName?: boolean;
  /** Where runs are compared: whether it was there before. */
  state?: FindingState;
}

/** `not-comparable`: the other side could not judge it, so nobody knows whether it was there. */
export type FindingState = 'new' | 'unchanged' | 'not-comparable';

/** What was there in an earlier state and is no longer found. */
export interface Comparison {
  /** The earlier state as the user named it: a revision or a folder. */
  against: string;
  /** Findings of the earlier state that are gone. */
  resolved: readonly Finding[];
  /** Findings of the earlier state that this run could not judge again, and why. */
  notComparable: readonly { finding: Finding; reason: string }[];
}

export interface InputSummary {
  /** The paths as the user gave them; `-` is standard input. */
  scanned?: readonly string[];
  /** Name of the folder on which the paths hang, where one is relative: `.` alone tells nobody what was scanned. */
  folder?: string;
  files: number;
  documents: number;
  objects: number;
  dockerfiles: number;
  checks: number;
  /** Wall time in seconds; left out where output must not change between runs. */
  seconds?: number;
}

/** What the exceptions did in this run. */
export interface SuppressionSummary {
  loaded: number;
  matched: number;
  unused: number;
  expired: number;
}

/** True when the finding counts: failed and not suppressed. */
export function counts(finding: Finding): boolean {
  const { verdict, suppressions } = finding;
  return verdict === 'fail' && (suppressions === undefined || suppressions.length === 0);
}

/** True when the finding counts in this run: beside an earlier state, what was there before does not. */
export function countsNow({ finding, state }: ReportedFinding): boolean {
  return state !== 'unchanged' && counts(finding);
}
