import type { CheckText } from '@keelson/checks';
import { type Notification, type Severity, severities } from '@keelson/evidence';
import { type PiecedFinding, piecesOf } from '../pieces.ts';
import type { ScanReport } from '../report.ts';
import { shared } from '../told.ts';

/** What a check found in a run, in three piles. */
export interface Weakness {
  rule: string;
  text: CheckText | undefined;
  title: string;
  /** The worst severity among the findings. */
  severity: Severity;
  /** All findings, suppressed ones included. */
  findings: readonly PiecedFinding[];
  /** Those that nobody accepted: what counts, and what a baseline only sets aside for later. */
  open: readonly PiecedFinding[];
  /** Those that somebody accepted, with a reason. */
  accepted: readonly PiecedFinding[];
}

/** Findings by check, the worst check first. */
export const weaknessesOf = shared(
  ({ findings, texts, redact }) => [findings, texts, redact],
  makeWeaknesses,
);

function makeWeaknesses(report: ScanReport): readonly Weakness[] {
  const { texts } = report;
  const byRule = Map.groupBy(piecesOf(report).findings, ({ rule }) => rule);
  const weaknesses = [...byRule].map(([{ text: rule }, items]) => {
    const text = texts.get(rule);
    const accepted = items.filter(isAccepted);
    return {
      rule,
      text,
      title: text?.title ?? rule,
      severity: worstOf(items),
      findings: items,
      open: accepted.length === 0 ? items : items.filter((item) => !isAccepted(item)),
      accepted,
    };
  });
  return weaknesses.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

function worstOf(items: readonly PiecedFinding[]): Severity {
  const found = new Set(items.map(({ severity }) => severity));
  return severities.find((severity) => found.has(severity)) ?? 'info';
}

/** A baseline says that a finding is known, not that anybody accepts it. */
function isAccepted({ suppressions }: PiecedFinding): boolean {
  return suppressions?.some(({ kind }) => kind !== 'baseline') === true;
}

/** `1 finding`, `3 findings`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Notifications of one code and rule belong together: a folder of broken files is one thing to mend. */
export function gapsOf(notifications: readonly Notification[]): Notification[][] {
  return [
    ...Map.groupBy(notifications, ({ level, code, rule }) => JSON.stringify([level, code, rule])).values(),
  ];
}
