import type { KeelsonError, Path } from '@keelson/core';
import { type FrameworkDefinition, faultAt, readDefinitions } from './definition.ts';
import type { ComplianceError } from './errors.ts';
import { type Framework, takingOver } from './framework.ts';

export interface ReadFrameworks {
  frameworks: Framework[];
  problems: KeelsonError[];
}

/** What the files of a user may speak of beside each other. */
export interface KnownFrameworks {
  frameworks: readonly Framework[];
  /** Ids of the checks that there are; left out where the reader cannot know them. */
  checks?: ReadonlySet<string>;
}

/**
 * Reads framework files (docs/frameworks-format.md) and joins what one takes from another. A framework with a fault is a
 * problem naming file, line and reason; the others are kept.
 */
export function readFrameworks(
  files: readonly { file: string; text: string }[],
  known: KnownFrameworks = { frameworks: [] },
): ReadFrameworks {
  const { definitions, problems } = readDefinitions(files);
  const ready = new Map(known.frameworks.map((framework) => [framework.id, framework]));
  const taken = new Set(known.frameworks.flatMap(namesOf));
  const frameworks: Framework[] = [];
  for (const definition of inOrder(definitions)) {
    const framework = extended(definition, ready);
    const faults = [
      ...faultsOf(definition, framework, ready, known.checks),
      ...nameFaults(definition, taken),
    ];
    problems.push(...faults);
    if (faults.length > 0) continue;
    for (const name of namesOf(framework)) taken.add(name);
    ready.set(framework.id, framework);
    frameworks.push(framework);
  }
  return { frameworks, problems };
}

/** Names that a user may call a framework or a profile of it by. */
function namesOf({ id, aliases, profiles }: Framework): string[] {
  return [id, ...aliases, ...profiles.map((profile) => profile.id)];
}

/** Those that another takes from come first; a circle is left as it is, and its references lead nowhere. */
function inOrder(definitions: readonly FrameworkDefinition[]): FrameworkDefinition[] {
  const byId = new Map(definitions.map((definition) => [definition.id, definition]));
  const ordered = new Set<FrameworkDefinition>();
  const visiting = new Set<FrameworkDefinition>();
  const visit = (definition: FrameworkDefinition) => {
    if (ordered.has(definition) || visiting.has(definition)) return;
    visiting.add(definition);
    const others = [definition.extends, ...definition.controls.flatMap(({ from }) => Object.keys(from))];
    for (const id of new Set(others)) {
      const other = id === undefined ? undefined : byId.get(id);
      if (other !== undefined) visit(other);
    }
    ordered.add(definition);
  };
  for (const definition of definitions) visit(definition);
  return [...ordered];
}

/** The framework with what it takes over; a control that it writes itself replaces the one of that id. */
function extended(definition: FrameworkDefinition, ready: ReadonlyMap<string, Framework>): Framework {
  const { extends: baseId, locate: _, ...own } = definition;
  const base = baseId === undefined ? undefined : ready.get(baseId);
  if (base === undefined) return own;
  const controls = new Map(base.controls.map((control) => [control.id, takingOver(control, base.id)]));
  for (const control of own.controls) controls.set(control.id, control);
  const groups = new Map([...base.groups, ...own.groups].map((group) => [group.id, group]));
  return { ...own, groups: [...groups.values()], controls: [...controls.values()] };
}

function faultsOf(
  definition: FrameworkDefinition,
  framework: Framework,
  ready: ReadonlyMap<string, Framework>,
  checks: ReadonlySet<string> | undefined,
): ComplianceError[] {
  const faults: ComplianceError[] = [];
  const fault = (path: Path, message: string) =>
    faults.push(faultAt(definition.locate, path, 'FRAMEWORK_REFERENCE', message));
  if (definition.extends !== undefined && !ready.has(definition.extends))
    fault(['extends'], `there is no framework "${definition.extends}"`);
  const groups = new Set(framework.groups.map(({ id }) => id));
  for (const [i, { id }] of definition.groups.entries()) {
    if (definition.groups.findIndex((group) => group.id === id) < i)
      fault(['groups', i, 'id'], `there is already a group "${id}"`);
  }
  const ids = new Set(framework.controls.map(({ id }) => id));
  const seen = new Set<string>();
  for (const [i, control] of definition.controls.entries()) {
    const at: Path = ['controls', i];
    if (seen.has(control.id)) fault([...at, 'id'], `there is already a control "${control.id}"`);
    seen.add(control.id);
    if (control.group !== undefined && !groups.has(control.group))
      fault([...at, 'group'], `there is no group "${control.group}"`);
    for (const field of ['checks', 'decisive'] as const) {
      for (const [j, check] of (control[field] ?? []).entries()) {
        if (checks?.has(check) === false) fault([...at, field, j], `there is no check "${check}"`);
      }
    }
    for (const [other, list] of Object.entries(control.from)) {
      // A control may take from another of its own framework: a technique from its sub-techniques.
      const known = other === framework.id ? framework.controls : ready.get(other)?.controls;
      if (known === undefined) fault([...at, 'from', other], `there is no framework "${other}"`);
      for (const [j, id] of known === undefined ? [] : list.entries()) {
        if (!known?.some((each) => each.id === id))
          fault([...at, 'from', other, j], `${other} has no control "${id}"`);
      }
    }
  }
  for (const [i, profile] of definition.profiles.entries()) {
    for (const [j, id] of profile.controls.entries()) {
      if (!ids.has(id)) fault(['profiles', i, 'controls', j], `there is no control "${id}"`);
    }
  }
  return faults;
}

function nameFaults(definition: FrameworkDefinition, taken: ReadonlySet<string>): ComplianceError[] {
  const names = namesOf(definition);
  return names
    .filter((name, i) => taken.has(name) || names.indexOf(name) < i)
    .map((name) =>
      faultAt(
        definition.locate,
        ['id'],
        'FRAMEWORK_REFERENCE',
        `there is already a framework or profile called "${name}"`,
      ),
    );
}
