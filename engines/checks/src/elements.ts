import { isObject, type JsonValue, type Path, valueAt } from '@keelson/core';
import { type PodTemplate, podTemplates, type Resource } from '@keelson/kubernetes';
import { withoutNulls } from './absent.ts';
import type { CheckFix, CheckVariables } from './check.ts';
import type { Collector, ElementCheck } from './collector.ts';
import { type Component, componentsOf, patchOfComponent } from './components.ts';
import type { DockerfileInput } from './input.ts';
import { walkPattern } from './path-pattern.ts';

/** What is judged now: the subject, where the variables stand in it, and the variables themselves. */
interface Frame {
  readonly subject: Resource | DockerfileInput;
  readonly root: JsonValue;
  readonly variables: CheckVariables;
  readonly bases: Map<string, Path>;
  /** What is judged now when it is a component: its paths are not paths of the object. */
  readonly component?: Component;
}

function emptyVariables(): CheckVariables {
  return {
    object: null,
    pod: null,
    podMetadata: null,
    container: null,
    containerType: '',
    component: null,
    dockerfile: null,
    stage: null,
    instruction: null,
    item: null,
    index: 0,
    key: '',
    params: null,
  };
}

/** Judges one object, its Pod template and each of its containers. */
export function judgeResource(
  resource: Resource,
  checks: readonly ElementCheck[],
  collector: Collector,
): void {
  const variables = emptyVariables();
  // Expressions see what the API server would: `securityContext:` with nothing behind it is not there.
  const object = withoutNulls(resource.object);
  const read = object === resource.object ? resource : { ...resource, object };
  variables.object = object;
  const frame: Frame = {
    subject: resource,
    root: resource.object,
    variables,
    bases: new Map([['object', []]]),
  };
  judgeScope('object', object, [], frame, checks, collector);
  for (const template of podTemplates(read)) judgeTemplate(template, frame, checks, collector);
  if (!checks.some((check) => check.judge.scope === 'component')) return;
  for (const component of componentsOf(read)) judgeComponent(component, frame, checks, collector);
}

function judgeComponent(
  component: Component,
  { subject, root, variables: { object } }: Frame,
  checks: readonly ElementCheck[],
  collector: Collector,
): void {
  const variables = { ...emptyVariables(), object, component: component.value };
  const frame: Frame = { subject, root, variables, bases: new Map([['object', []]]), component };
  const name = String(component.value['name']);
  const fitting = checks.filter(
    ({ judge: { components = [] } }) => components.length === 0 || components.includes(name),
  );
  judgeScope('component', component.value, [], frame, fitting, collector);
}

function judgeTemplate(
  template: PodTemplate,
  frame: Frame,
  checks: readonly ElementCheck[],
  collector: Collector,
): void {
  const { variables, bases } = frame;
  variables.pod = template.spec;
  variables.podMetadata = template.metadata;
  bases.set('pod', template.specPath);
  bases.set('podMetadata', [...template.path, 'metadata']);
  judgeScope('pod', template.spec, template.specPath, frame, checks, collector);
  for (const reference of template.containers) {
    variables.container = reference.container;
    variables.containerType = reference.type;
    bases.set('container', reference.path);
    judgeScope('container', reference.container, reference.path, frame, checks, collector);
  }
}

/** Judges a Dockerfile, each stage and each instruction. */
export function judgeDockerfile(
  input: DockerfileInput,
  checks: readonly ElementCheck[],
  collector: Collector,
): void {
  const variables = emptyVariables();
  variables.dockerfile = input.value;
  const frame: Frame = { subject: input, root: input.value, variables, bases: new Map([['dockerfile', []]]) };
  judgeScope('dockerfile', input.value, [], frame, checks, collector);
  for (const [i, stage] of listAt(input.value, 'stages').entries()) {
    variables.stage = stage;
    frame.bases.set('stage', ['stages', i]);
    judgeScope('stage', stage, ['stages', i], frame, checks, collector);
    for (const [j, instruction] of listAt(stage, 'instructions').entries()) {
      variables.instruction = instruction;
      const path: Path = ['stages', i, 'instructions', j];
      frame.bases.set('instruction', path);
      judgeScope('instruction', instruction, path, frame, checks, collector);
    }
  }
}

function listAt(value: JsonValue, key: string): readonly JsonValue[] {
  const list = isObject(value) ? value[key] : undefined;
  return Array.isArray(list) ? list : [];
}

function judgeScope(
  scope: string,
  element: JsonValue,
  base: Path,
  frame: Frame,
  checks: readonly ElementCheck[],
  collector: Collector,
): void {
  const { variables } = frame;
  for (const check of checks) {
    const rule = check.judge;
    if (rule.scope !== scope) continue;
    if (
      scope === 'container' &&
      rule.containers.length > 0 &&
      !rule.containers.includes(variables.containerType)
    ) {
      continue;
    }
    variables.params = rule.params ?? null;
    if (rule.each === undefined) {
      judgeItem(check, base, [], frame, collector);
      continue;
    }
    let items = 0;
    walkPattern(element, rule.each, (item, path) => {
      if (item === null) return;
      items++;
      const last = path.at(-1);
      variables.item = item;
      variables.index = typeof last === 'number' ? last : 0;
      variables.key = typeof last === 'string' ? last : '';
      judgeItem(check, base, path, frame, collector);
    });
    // A container without ports takes no port of the host: it was asked, and it passed.
    if (items === 0) collector.statisticsOf(check).judged++;
  }
}

/** Judges what stands at `path` below `above`. */
function judgeItem(check: ElementCheck, above: Path, path: Path, frame: Frame, collector: Collector): void {
  const { judge: rule } = check;
  const { variables } = frame;
  try {
    if (rule.when !== undefined && !rule.when(variables)) return;
    collector.statisticsOf(check).judged++;
    if (!rule.expression(variables)) failItem(check, [...above, ...path], frame, collector);
  } catch (error) {
    collector.error(check, frame.subject, [...above, ...path], error);
  }
}

function failItem(check: ElementCheck, base: Path, frame: Frame, collector: Collector): void {
  const { judge: rule } = check;
  const { variables, subject } = frame;
  const message = messageOf(check, variables);
  const fix =
    rule.fix !== undefined && offersFix(check, variables) ? absoluteFix(rule.fix, base, frame) : undefined;
  const { path, related } = choosePoint(rule.point, base, frame);
  collector.fail({
    check,
    subject,
    path,
    message,
    severity: check.severity,
    ...(related === undefined ? {} : { related: [{ subject, path: related }] }),
    ...(fix === undefined ? {} : { fix }),
  });
}

/** A fix whose condition cannot be evaluated might do harm: it is not offered. */
function offersFix({ judge: { fixWhen } }: ElementCheck, variables: CheckVariables): boolean {
  try {
    return fixWhen === undefined || fixWhen(variables);
  } catch {
    return false;
  }
}

/** What the finding says. A message that cannot be made, for a name that is no text, does not cost the verdict. */
function messageOf({ id, judge: { message } }: ElementCheck, variables: CheckVariables): string {
  if (typeof message === 'string') return message;
  try {
    return message(variables);
  } catch {
    return `fails check ${id}`;
  }
}

/** The first point that exists, else the last one written. */
function choosePoint(points: readonly Path[], base: Path, frame: Frame): { path: Path; related?: Path } {
  const { component, root } = frame;
  let chosen = base;
  for (const point of points) {
    chosen = absolute(point, base, frame.bases);
    if (valueAt(component?.value ?? root, chosen) !== undefined) break;
  }
  return component?.place(chosen) ?? { path: chosen };
}

function absoluteFix(fix: CheckFix, base: Path, frame: Frame): CheckFix | undefined {
  const { component } = frame;
  if (component !== undefined) {
    const written = patchOfComponent(component, fix.patch);
    return written === undefined || written.length === 0 ? undefined : { ...fix, patch: written };
  }
  const patch = fix.patch.map((operation) => ({
    ...operation,
    path: absolute(operation.path, base, frame.bases),
  }));
  return { ...fix, patch };
}

function absolute(path: Path, base: Path, bases: ReadonlyMap<string, Path>): Path {
  const [first, ...rest] = path;
  const named = typeof first === 'string' ? bases.get(first) : undefined;
  return named === undefined ? [...base, ...path] : [...named, ...rest];
}
