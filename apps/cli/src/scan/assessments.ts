import { assessBy, type FrameworkAssessment } from '@keelson/compliance';
import { allFrameworks } from '../frameworks.ts';
import { checkMappings, type SelectedChecks } from './checks.ts';
import type { Judged } from './judge.ts';

/** What a run says of the controls of the frameworks that the user named, or else of all that keelson brings. */
export async function assessFrameworks(
  judged: Judged,
  selected: SelectedChecks,
): Promise<FrameworkAssessment[]> {
  const frameworks =
    selected.frameworks.length > 0
      ? selected.frameworks
      : await allFrameworks(await checkMappings(selected.own));
  const assess = assessBy({
    statistics: judged.judgement.statistics,
    findings: judged.findings.map(({ finding }) => ({
      rule: finding.rule,
      suppressed: (finding.suppressions ?? []).length > 0,
    })),
    asked: selected.asked,
    unread: judged.unread,
  });
  return frameworks.map(({ framework, coverage }) => assess(framework, coverage));
}
