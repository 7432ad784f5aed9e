import type { CheckText } from '@keelson/checks';
import type { Path } from '@keelson/core';
import type { Finding } from '@keelson/evidence';
import type { ReportedFinding } from './report.ts';

/** Findings that stand, and the checks that each of them speaks for at its element. */
export interface Folded {
  standing: ReportedFinding[];
  folded: Map<ReportedFinding, string[]>;
}

/**
 * Folds findings that a graver one at the same element covers (`covers` of a check): what a privileged container
 * may do beside, each right that an all-powerful rule holds. Only reports for people fold; nothing is lost.
 */
export function foldCovered(
  findings: readonly ReportedFinding[],
  texts: ReadonlyMap<string, CheckText>,
): Folded {
  const covering = new Map<string, ReportedFinding[]>();
  for (const item of findings) {
    if ((texts.get(item.finding.rule)?.covers.length ?? 0) === 0) continue;
    const key = elementKey(item.finding);
    const list = covering.get(key);
    if (list === undefined) covering.set(key, [item]);
    else list.push(item);
  }
  const folded = new Map<ReportedFinding, string[]>();
  const standing = findings.filter((item) => {
    const { rule } = item.finding;
    const cover = covering.get(elementKey(item.finding))?.find((other) => covers(other, rule, texts));
    if (cover === undefined) return true;
    const rules = folded.get(cover);
    if (rules === undefined) folded.set(cover, [rule]);
    else if (!rules.includes(rule)) rules.push(rule);
    return false;
  });
  return { standing, folded };
}

function covers(other: ReportedFinding, rule: string, texts: ReadonlyMap<string, CheckText>): boolean {
  if (other.finding.rule === rule) return false;
  const patterns = texts.get(other.finding.rule)?.covers ?? [];
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? rule.startsWith(pattern.slice(0, -1)) : rule === pattern,
  );
}

/** The object and, in it, the innermost list item: container, rule, volume. */
function elementKey(finding: Finding): string {
  const path: Path = finding.locations[0]?.path ?? [];
  const last = path.findLastIndex((step) => typeof step === 'number');
  return `${finding.subject} ${JSON.stringify(path.slice(0, last + 1))}`;
}
