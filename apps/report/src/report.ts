import type { CheckStatistics, CheckText, SensitiveText } from '@keelson/checks';
import type { SourceText } from '@keelson/core';
import type { Finding, Notification, Severity } from '@keelson/evidence';

/** Everything that a report may tell. Writers are pure: a report in, text out. */
export interface ScanReport {
  tool: { name: string; version: string };
  /** Failed judgements, suppressed ones included, worst first. */
  findings: readonly ReportedFinding[];
  notifications: readonly Notification[];
  /** Texts of the checks that ran, by id. */
  texts: ReadonlyMap<string, CheckText>;
  statistics: ReadonlyMap<string, CheckStatistics>;
  /** Texts that were read, by file name as shown. */
  sources: ReadonlyMap<string, SourceText>;
  input: InputSummary;
  failOn: Severity | 'none';
  suppressions: SuppressionSummary;
  /** Takes sensitive values out of any text before it is shown. */
  redact: SensitiveText;
}

/** A finding and what the command can do about it. */
export interface ReportedFinding {
  finding: Finding;
  /** True when `--fix` mends it without a choice. */
  fixable: boolean;
  /** True when `--fix` mends it only if its check is named. */
  fixableByName?: boolean;
}

export interface InputSummary {
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
  return finding.verdict === 'fail' && (finding.suppressions ?? []).length === 0;
}
