import { podTemplate, type Resource } from '@keelson/kubernetes';
import type { Check, ProgramJudge } from './check.ts';
import { Collector, type ElementCheck, type Judgement } from './collector.ts';
import { judgeDockerfile, judgeResource } from './elements.ts';
import type { DockerfileInput, JudgeInput } from './input.ts';
import { Inventory } from './inventory.ts';

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

/** What a program looks at: `workload` in its kinds stands for everything that makes Pods. */
function resourcesFor(check: Check, inventory: Inventory): readonly Resource[] {
  if (check.kinds.length === 0) return inventory.resources;
  if (check.kinds.includes('workload'))
    return [...new Set(inventory.workloads.map(({ resource }) => resource))];
  return inventory.resources.filter((item) => fitsKind(check, item));
}

function runProgram(
  check: Check,
  program: ProgramJudge,
  inventory: Inventory,
  dockerfiles: readonly DockerfileInput[],
  collector: Collector,
): void {
  const resources = resourcesFor(check, inventory);
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
