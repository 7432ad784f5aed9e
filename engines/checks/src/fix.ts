import { equalJson, type JsonObject, type SourceText, valueAt } from '@keelson/core';
import type { PatchOperation, TextEdit } from '@keelson/evidence';
import type { Resource } from '@keelson/kubernetes';
import type { CheckFix } from './check.ts';
import type { JudgedViolation } from './collector.ts';
import { isResource } from './findings.ts';
import { type SubjectPatch, TextEditor, textOf } from './fix-text.ts';

/** The new text of one file, and the violations that it mends. */
export interface FixedFile {
  source: SourceText;
  text: string;
  mended: JudgedViolation[];
}

/** Patches for an object that a chart or kustomization rendered: they belong in an overlay. */
export interface OverlayPatch {
  resource: Resource;
  patch: PatchOperation[];
  mended: JudgedViolation[];
}

export interface FixPlan {
  files: FixedFile[];
  overlays: OverlayPatch[];
  /** Violations whose fix could not be taken this time, with the reason. */
  left: { violation: JudgedViolation; reason: string }[];
}

/** Patches that go into one place together: the objects of one text, or one rendered object. */
interface Group {
  claimed: { path: string; operation: PatchOperation }[];
  /** Names of objects that are added. */
  added: Set<string>;
  patches: (SubjectPatch & { violation: JudgedViolation })[];
}

/** True when the violation can be mended without a person choosing a value; what a build makes takes no further objects. */
export function isFixable({ fix, subject }: JudgedViolation): boolean {
  if (fix === undefined || fix.choice !== undefined) return false;
  return fix.objects === undefined || textOf(subject) !== undefined;
}

/** True when the mend may break what works, so that only a user who names the check gets it. */
export function isOptIn({ fix }: JudgedViolation): boolean {
  return fix?.optIn === true;
}

/**
 * Works out the edits that mend the violations, worst first. Where two fixes want different values in one
 * place the first wins and the other is left for the next round (callers judge again and repeat).
 */
export function planFixes(violations: readonly JudgedViolation[]): FixPlan {
  const plan: FixPlan = { files: [], overlays: [], left: [] };
  const texts = new Map<SourceText, Group>();
  const rendered = new Map<Resource, Group>();
  for (const violation of violations) {
    const { fix, subject } = violation;
    if (fix === undefined || !isFixable(violation)) continue;
    const text = textOf(subject);
    const group =
      text !== undefined
        ? groupOf(texts, text)
        : isResource(subject)
          ? groupOf(rendered, subject)
          : undefined;
    if (group === undefined || claim(group, violation, fix)) continue;
    plan.left.push({ violation, reason: 'another fix changes the same place' });
  }
  for (const [source, group] of texts) addFile(plan, source, group);
  for (const [resource, { patches }] of rendered) {
    const patch = patches.flatMap((item) => item.patch);
    plan.overlays.push({ resource, patch, mended: patches.map(({ violation }) => violation) });
  }
  return plan;
}

function groupOf<K>(groups: Map<K, Group>, key: K): Group {
  let group = groups.get(key);
  if (group === undefined) {
    group = { claimed: [], added: new Set(), patches: [] };
    groups.set(key, group);
  }
  return group;
}

/** Takes a patch into its group unless it would change what another changes. */
function claim(group: Group, violation: JudgedViolation, { patch, objects = [] }: CheckFix): boolean {
  const { subject } = violation;
  const names = objects.map(nameOf);
  if (names.some((name) => group.added.has(name))) return false;
  const origin = isResource(subject) ? subject.origin.source : undefined;
  const root = origin === undefined ? [] : [origin.document, ...origin.prefix];
  const fresh: Group['claimed'] = [];
  for (const operation of patch) {
    const path = JSON.stringify([...root, ...operation.path]).slice(0, -1);
    const others = group.claimed.filter((claimed) => overlaps(claimed.path, path));
    if (others.length === 0) fresh.push({ path, operation });
    else if (!others.every((other) => other.path === path && sameOperation(other.operation, operation)))
      return false;
  }
  group.claimed.push(...fresh);
  for (const name of names) group.added.add(name);
  group.patches.push({ violation, subject, patch: fresh.map(({ operation }) => operation), objects });
  return true;
}

function nameOf(object: JsonObject): string {
  const { apiVersion, kind } = object;
  const at = (field: string) => valueAt(object, ['metadata', field]);
  return JSON.stringify([apiVersion, kind, at('namespace') ?? '', at('name') ?? '']);
}

function sameOperation(a: PatchOperation, b: PatchOperation): boolean {
  return (a.op === 'remove') === (b.op === 'remove') && equalJson(a.value, b.value);
}

/** One path is the other or lies below it; both are JSON arrays without their closing bracket. */
function overlaps(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return long === short || long.startsWith(`${short},`);
}

/** Edits a text by all patches at once; where the editor refuses, patch by patch, leaving out what it refuses. */
function addFile(plan: FixPlan, source: SourceText, group: Group): void {
  let taken = group.patches;
  const editor = new TextEditor(source);
  let edited = editor.edit(taken);
  if (edited === undefined) {
    taken = [];
    for (const patch of group.patches) {
      const tried = editor.edit([...taken, patch]);
      if (tried === undefined)
        plan.left.push({ violation: patch.violation, reason: 'the text cannot be edited there' });
      else {
        taken.push(patch);
        edited = tried;
      }
    }
  }
  if (edited === undefined) return;
  plan.files.push({ source, text: edited.text, mended: taken.map(({ violation }) => violation) });
}

/** The text edits of each violation's fix alone, for reports that carry fixes; none where there are none. */
export function editsOfEach(violations: readonly JudgedViolation[]): Map<JudgedViolation, TextEdit[]> {
  const edits = new Map<JudgedViolation, TextEdit[]>();
  const fixable = violations.filter(isFixable);
  for (const [source, group] of Map.groupBy(fixable, ({ subject }) => textOf(subject))) {
    if (source === undefined) continue;
    const editor = new TextEditor(source);
    for (const violation of group) {
      const { fix, subject } = violation;
      const edited = fix && editor.edit([{ subject, patch: fix.patch, objects: fix.objects ?? [] }]);
      if (edited !== undefined) edits.set(violation, edited.edits);
    }
  }
  return edits;
}
