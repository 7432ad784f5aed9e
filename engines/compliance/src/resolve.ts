import type { KeelsonError, Path } from '@keelson/core';
import { type FrameworkDefinition, faultAt, readDefinitions, type Suggest } from './definition.ts';
import type { ComplianceError } from './errors.ts';
import { type Control, type Framework, takingOver } from './framework.ts';

export interface ReadFrameworks {
  frameworks: Framework[];
  problems: KeelsonError[];
}

/** What the files of a user may speak of beside each other. */
export interface KnownFrameworks {
  frameworks: readonly Framework[];
  /** Ids of the checks that there are; left out where the reader cannot know them. */
  checks?: ReadonlySet<string>;
  /** What to add to the fault of a name that there is not; nothing when left out. */
  suggest?: Suggest;
}

/**
 * Reads framework files (docs/frameworks-format.md) and joins what one takes from another. A framework with a fault is a
 * problem naming file, line and reason; the others are kept.
 */
export function readFrameworks(
  files: readonly { file: string; text: string }[],
  known: KnownFrameworks = { frameworks: [] },
): ReadFrameworks {
  const { definitions, problems } = readDefinitions(files, known.suggest);
  const ready = new Map(known.frameworks.map((framework) => [framework.id, framework]));
  const taken = new Set(known.frameworks.flatMap(namesOf));
  const frameworks: Framework[] = [];
  for (const definition of inOrder(definitions)) {
    const framework = extended(definition, ready);
    const faults = [...faultsOf(definition, framework, ready, known), ...nameFaults(definition, taken)];
    problems.push(...faults);
    if (faults.length > 0 || !definition.sound) continue;
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
  const { extends: baseId, locate: _, sound: __, ...own } = definition;
  const base = baseId === undefined ? undefined : ready.get(baseId);
  if (base === undefined) return own;
  const controls = new Map(base.controls.map((control) => [control.id, takingOver(control, base.id)]));
  for (const control of own.controls) controls.set(control.id, control);
  const groups = new Map([...base.groups, ...own.groups].map((group) => [group.id, group]));
  return { ...own, groups: [...groups.values()], controls: [...controls.values()] };
}

/** What a framework names that there is not. Text that is empty was told when it was read. */
function faultsOf(
  definition: FrameworkDefinition,
  framework: Framework,
  ready: ReadonlyMap<string, Framework>,
  { checks, suggest = () => '' }: KnownFrameworks,
): ComplianceError[] {
  const faults: ComplianceError[] = [];
  const fault: Fault = (path, message) =>
    faults.push(faultAt(definition.locate, path, 'FRAMEWORK_REFERENCE', message));
  const missing: Missing = (path, kind, id, known) => {
    if (id !== '') fault(path, `${kind} "${id}"${suggest(id, known)}`);
  };
  const base = definition.extends;
  if (base !== undefined && !ready.has(base))
    missing(['extends'], 'there is no framework', base, ready.keys());
  twice(definition, fault);
  // Without its base nothing is known of what it takes over.
  const whole = base === undefined || ready.has(base);
  const groups = new Set(framework.groups.map(({ id }) => id));
  const ids = new Set(framework.controls.map(({ id }) => id));
  for (const [i, control] of definition.controls.entries()) {
    const at: Path = ['controls', i];
    if (whole && control.group !== undefined && !groups.has(control.group))
      missing([...at, 'group'], 'there is no group', control.group, groups);
    for (const field of ['checks', 'decisive'] as const) {
      for (const [j, check] of (control[field] ?? []).entries()) {
        if (checks?.has(check) === false) missing([...at, field, j], 'there is no check', check, checks);
      }
    }
    // A control may take from another of its own framework: a technique from its sub-techniques.
    sourceFaults(control, [...at, 'from'], new Map([...ready, [framework.id, framework]]), missing);
  }
  for (const [i, profile] of definition.profiles.entries()) {
    for (const [j, id] of profile.controls.entries()) {
      if (whole && !ids.has(id)) missing(['profiles', i, 'controls', j], 'there is no control', id, ids);
    }
  }
  return faults;
}

type Fault = (path: Path, message: string) => void;
type Missing = (path: Path, kind: string, id: string, known: Iterable<string>) => void;

/** Groups and controls of an id that one before them has. */
function twice(definition: FrameworkDefinition, fault: Fault): void {
  for (const [field, kind] of [
    ['groups', 'group'],
    ['controls', 'control'],
  ] as const) {
    const seen = new Set<string>();
    for (const [i, { id }] of definition[field].entries()) {
      if (id !== '' && seen.has(id)) fault([field, i, 'id'], `there is already a ${kind} "${id}"`);
      seen.add(id);
    }
  }
}

/** What a control takes from that there is not. */
function sourceFaults(
  { from }: Control,
  path: Path,
  frameworks: ReadonlyMap<string, Framework>,
  missing: Missing,
): void {
  for (const [other, list] of Object.entries(from)) {
    const framework = frameworks.get(other);
    if (framework === undefined) {
      missing([...path, other], 'there is no framework', other, frameworks.keys());
      continue;
    }
    const known = new Set(framework.controls.map(({ id }) => id));
    for (const [j, id] of list.entries()) {
      if (!known.has(id)) missing([...path, other, j], `${other} has no control`, id, known);
    }
  }
}

function nameFaults(definition: FrameworkDefinition, taken: ReadonlySet<string>): ComplianceError[] {
  const names = namesOf(definition);
  return names
    .filter((name, i) => name !== '' && (taken.has(name) || names.indexOf(name) < i))
    .map((name) =>
      faultAt(
        definition.locate,
        ['id'],
        'FRAMEWORK_REFERENCE',
        `there is already a framework or profile called "${name}"`,
      ),
    );
}
