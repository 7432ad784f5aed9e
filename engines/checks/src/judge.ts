import type { Path } from '@keelson/core';
import { isKeelsonError } from '@keelson/core';
import type { Notification, Severity } from '@keelson/evidence';
import { podTemplate, type Resource } from '@keelson/kubernetes';
import type { Check, CheckFix, ElementJudge, ProgramJudge } from './check.ts';
import { judgeDockerfile, judgeResource } from './elements.ts';
import type { DockerfileInput, JudgeInput } from './input.ts';
import { Inventory } from './inventory.ts';

/** A failed judgement, before it is dressed as a Finding. Paths start at the root of the subject's value. */
export interface JudgedViolation {
  readonly check: Check;
  readonly subject: Resource | DockerfileInput;
  readonly path: Path;
  readonly message: string;
  readonly severity: Severity;
  readonly fix?: CheckFix;
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

/**
 * Judges all objects and Dockerfiles by all checks. Pure: no file, clock or network. One check that
 * throws never loses another's result.
 */
export function judge(input: JudgeInput, checks: readonly Check[]): Judgement {
  const collector = new Collector();
  const inventory = new Inventory(input.resources, input.defaultNamespace);
  const elements = checks.filter((check): check is ElementCheck => check.judge.type === 'element');
  const kubernetes = elements.filter((check) => check.target === 'kubernetes');
  const forKind = new Map<string, readonly ElementCheck[]>();
  for (const resource of input.resources) {
    const key = `${resource.group}/${resource.kind}`;
    let fitting = forKind.get(key);
    if (fitting === undefined) {
      fitting = kubernetes.filter((check) => fitsKind(check, resource));
      forKind.set(key, fitting);
    }
    judgeResource(resource, fitting, collector);
  }
  const docker = elements.filter((check) => check.target === 'dockerfile');
  for (const dockerfile of input.dockerfiles) judgeDockerfile(dockerfile, docker, collector);
  for (const check of checks) {
    if (check.judge.type === 'program')
      runProgram(check, check.judge, inventory, input.dockerfiles, collector);
  }
  return collector;
}

function fitsKind(check: Check, resource: Resource): boolean {
  if (check.kinds.length === 0) return true;
  return check.kinds.some((kind) => {
    const slash = kind.lastIndexOf('/');
    if (slash < 0) return kind === resource.kind && isBuiltInGroup(resource.group);
    return kind.slice(slash + 1) === resource.kind && kind.slice(0, slash) === resource.group;
  });
}

/** Groups that Kubernetes itself serves; a kind of another group is written `group/Kind`. */
function isBuiltInGroup(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

function runProgram(
  check: Check,
  program: ProgramJudge,
  inventory: Inventory,
  dockerfiles: readonly DockerfileInput[],
  collector: Collector,
): void {
  const resources =
    check.kinds.length === 0
      ? inventory.resources
      : inventory.resources.filter((item) => fitsKind(check, item));
  const subjects: readonly unknown[] = check.target === 'kubernetes' ? resources : dockerfiles;
  if (subjects.length === 0) return;
  collector.statisticsOf(check).judged += subjects.length;
  try {
    const context = { inventory, resources, dockerfiles, podTemplate, params: program.params ?? {} };
    for (const violation of program.run(context)) {
      collector.fail({ ...violation, check, severity: violation.severity ?? check.severity });
    }
  } catch (error) {
    collector.error(check, undefined, [], error);
  }
}
