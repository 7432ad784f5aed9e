import { isKeelsonError, type Path } from '@keelson/core';
import type { FindingExplanation, Notification, Severity } from '@keelson/evidence';
import type { Resource } from '@keelson/kubernetes';
import type { Check, CheckFix, ElementJudge } from './check.ts';
import type { DockerfileInput } from './input.ts';

/** A failed judgement, before it is dressed as a Finding. Paths start at the root of the subject's value. */
export interface JudgedViolation {
  readonly check: Check;
  readonly subject: Resource | DockerfileInput;
  readonly path: Path;
  readonly message: string;
  readonly severity: Severity;
  readonly fix?: CheckFix;
  readonly explanation?: FindingExplanation;
  readonly related?: readonly { subject: Resource | DockerfileInput; path: Path }[];
}

/** How often a check was asked and what it answered: the ground for "passed" in reports. */
export interface CheckStatistics {
  judged: number;
  failed: number;
  errors: number;
}

export interface Judgement {
  readonly violations: readonly JudgedViolation[];
  /** Checks that could not be evaluated on an element: never counted as passed. */
  readonly notifications: readonly Notification[];
  readonly statistics: ReadonlyMap<string, CheckStatistics>;
}

export type ElementCheck = Check & { readonly judge: ElementJudge };

/** Gathers what the judges say; one per run. */
export class Collector {
  readonly violations: JudgedViolation[] = [];
  readonly notifications: Notification[] = [];
  readonly statistics = new Map<string, CheckStatistics>();
  readonly #failedOn = new Set<string>();

  statisticsOf(check: Check): CheckStatistics {
    let found = this.statistics.get(check.id);
    if (found === undefined) {
      found = { judged: 0, failed: 0, errors: 0 };
      this.statistics.set(check.id, found);
    }
    return found;
  }

  fail(violation: JudgedViolation): void {
    this.violations.push(violation);
    this.statisticsOf(violation.check).failed++;
  }

  /** Records a check that could not be evaluated, once for each object. */
  error(check: Check, subject: Resource | DockerfileInput | undefined, path: Path, error: unknown): void {
    this.statisticsOf(check).errors++;
    const location = subject === undefined ? undefined : locateSubject(subject, path);
    const once = `${check.id}\n${location?.file}\n${location?.line}`;
    if (this.#failedOn.has(once)) return;
    this.#failedOn.add(once);
    const reason = isKeelsonError(error) || error instanceof Error ? error.message : String(error);
    this.notifications.push({
      level: 'error',
      code: 'CHECK_FAILED',
      message: `check ${check.id} could not be evaluated: ${reason}`,
      rule: check.id,
      ...(location === undefined ? {} : { location }),
    });
  }
}

/** Where a path of a subject stands. */
export function locateSubject(subject: Resource | DockerfileInput, path: Path) {
  if ('object' in subject) return subject.origin.locate(path);
  return subject.dockerfile.source.location(subject.locate(path));
}
