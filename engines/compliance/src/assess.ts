import type { Verdict } from '@keelson/evidence';
import type { ControlCoverage } from './coverage.ts';
import type { Control, Framework } from './framework.ts';

/** What a run of checks came to. */
export interface RunResults {
  /** How often each check that ran was asked, and how often it could not answer. */
  statistics: ReadonlyMap<string, { judged: number; errors: number }>;
  /** Failed judgements. */
  findings: Iterable<{ rule: string; suppressed: boolean }>;
  /** Ids of the checks that the user wanted; a control one of whose checks is missing here cannot pass. */
  asked: ReadonlySet<string>;
  /** Inputs that could not be read: while there is one, no control passes. */
  unread: number;
}

/** A framework as a run found it. */
export interface FrameworkAssessment {
  framework: Framework;
  /** In the framework's order, none left out. */
  controls: readonly ControlResult[];
  counts: Readonly<Record<Verdict, number>>;
}

/** What a run says of one control. */
export interface ControlResult {
  control: Control;
  verdict: Verdict;
  /** Why it is not plainly passed or failed: what to collect, what was not judged. */
  reason?: string;
  /** Checks that judge it. */
  checks: readonly string[];
  /** Those of them that failed, suppressed findings included: a suppression never changes a verdict. */
  failed: readonly string[];
  /** Findings that count. */
  findings: number;
  suppressed: number;
}

/**
 * Judges every control of a framework by what its checks found. A control passes only when each of its checks ran on
 * input that was wholly read, at least one had something to judge, none failed, and nothing is left for a person. One
 * that met nothing to judge was not judged: `collect` of the framework says what to add to the input.
 */
export function assess(
  framework: Framework,
  coverage: readonly ControlCoverage[],
  results: RunResults,
): FrameworkAssessment {
  return assessBy(results)(framework, coverage);
}

/** `assess` for several frameworks. */
export function assessBy(
  results: RunResults,
): (framework: Framework, coverage: readonly ControlCoverage[]) => FrameworkAssessment {
  const tallies = talliesOf(results.findings);
  return (framework, coverage) => assessment(framework, coverage, results, tallies);
}

/** Findings of a check. */
interface Tally {
  findings: number;
  suppressed: number;
}

function talliesOf(findings: RunResults['findings']): ReadonlyMap<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const { rule, suppressed } of findings) {
    let tally = tallies.get(rule);
    if (tally === undefined) {
      tally = { findings: 0, suppressed: 0 };
      tallies.set(rule, tally);
    }
    if (suppressed) tally.suppressed++;
    else tally.findings++;
  }
  return tallies;
}

function assessment(
  framework: Framework,
  coverage: readonly ControlCoverage[],
  results: RunResults,
  tallies: ReadonlyMap<string, Tally>,
): FrameworkAssessment {
  const counts = { fail: 0, pass: 0, manual: 0, 'not-applicable': 0 };
  const groups = new Map(framework.groups.map((group) => [group.id, group]));
  const collectOf = ({ collect, group }: Control) => collect ?? groups.get(group ?? '')?.collect;
  const controls = coverage.map(({ control, checks }) => {
    const failed = checks.filter((id) => tallies.has(id));
    const sum = (field: keyof Tally) =>
      failed.reduce((total, id) => total + (tallies.get(id)?.[field] ?? 0), 0);
    const result = {
      control,
      ...verdictOf(control, checks, failed, results, collectOf(control)),
      checks,
      failed,
      findings: sum('findings'),
      suppressed: sum('suppressed'),
    };
    counts[result.verdict]++;
    return result;
  });
  return { framework, controls, counts };
}

function verdictOf(
  control: Control,
  checks: readonly string[],
  failed: readonly string[],
  { statistics, asked, unread }: RunResults,
  collect: string | undefined,
): { verdict: Verdict; reason?: string } {
  if (control.notApplicable !== undefined)
    return { verdict: 'not-applicable', reason: control.notApplicable };
  if (failed.length > 0) return { verdict: 'fail' };
  const unable = checks.filter((id) => (statistics.get(id)?.errors ?? 0) > 0);
  if (unable.length > 0)
    return { verdict: 'manual', reason: `could not be evaluated everywhere: ${unable.join(', ')}` };
  if (control.manual !== undefined) return { verdict: 'manual', reason: control.manual };
  if (checks.length === 0) return { verdict: 'manual', reason: 'no check judges it' };
  const left = checks.filter((id) => !asked.has(id));
  if (left.length > 0) return { verdict: 'manual', reason: `left out of this run: ${left.join(', ')}` };
  if (unread > 0) return { verdict: 'manual', reason: `${unread} of the inputs could not be read` };
  const judged = (control.decisive ?? checks).some((id) => (statistics.get(id)?.judged ?? 0) > 0);
  if (!judged && collect !== undefined) return { verdict: 'manual', reason: collect };
  // What was not among the input was not judged: it may be there in the cluster.
  if (!judged) return { verdict: 'manual', reason: 'nothing in the input shows it' };
  return { verdict: 'pass' };
}
