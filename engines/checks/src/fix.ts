import { equalJson, type Path, type SourceText, valueAt } from '@keelson/core';
import type { PatchOperation, TextEdit } from '@keelson/evidence';
import type { OriginSource, Resource } from '@keelson/kubernetes';
import { editYaml, type YamlEdit } from '@keelson/yaml';
import { isResource } from './findings.ts';
import type { JudgedViolation } from './judge.ts';

/** The new text of one file, and the violations that it mends. */
export interface FixedFile {
  source: SourceText;
  text: string;
  edits: TextEdit[];
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

interface Pending {
  source: OriginSource;
  edits: { document: number; edit: YamlEdit }[];
  claimed: { path: string; operation: PatchOperation }[];
  mended: JudgedViolation[];
}

/** True when the violation can be mended without a person choosing a value. */
export function isFixable(violation: JudgedViolation): boolean {
  const { fix, subject } = violation;
  return fix !== undefined && fix.choice === undefined && isResource(subject);
}

/**
 * Works out the edits that mend the violations, worst first. Where two fixes want different values in one
 * place the first wins and the other is left for the next round (callers judge again and repeat).
 */
export function planFixes(violations: readonly JudgedViolation[]): FixPlan {
  const plan: FixPlan = { files: [], overlays: [], left: [] };
  const files = new Map<SourceText, Pending>();
  const overlays = new Map<Resource, OverlayPatch>();
  for (const violation of violations) {
    const { fix, subject } = violation;
    if (fix === undefined || !isFixable(violation) || !isResource(subject)) continue;
    const { source } = subject.origin;
    if (source === undefined) addOverlay(overlays, subject, violation, fix.patch);
    else if (!addEdits(files, source, violation, fix.patch, subject)) {
      plan.left.push({ violation, reason: 'another fix changes the same place' });
    }
  }
  for (const pending of files.values()) plan.files.push(applyEdits(pending));
  plan.overlays.push(...overlays.values());
  return plan;
}

function addOverlay(
  overlays: Map<Resource, OverlayPatch>,
  resource: Resource,
  violation: JudgedViolation,
  patch: readonly PatchOperation[],
): void {
  const overlay = overlays.get(resource) ?? { resource, patch: [], mended: [] };
  overlay.patch.push(...patch);
  overlay.mended.push(violation);
  overlays.set(resource, overlay);
}

function addEdits(
  files: Map<SourceText, Pending>,
  source: OriginSource,
  violation: JudgedViolation,
  patch: readonly PatchOperation[],
  resource: Resource,
): boolean {
  const pending = files.get(source.text) ?? { source, edits: [], claimed: [], mended: [] };
  const wanted = patch.map((operation) => ({
    path: JSON.stringify([source.document, ...source.prefix, ...operation.path]).slice(0, -1),
    operation,
  }));
  const fresh: typeof wanted = [];
  for (const want of wanted) {
    const same = pending.claimed.find(
      (claim) => claim.path === want.path && sameOperation(claim.operation, want.operation),
    );
    if (same !== undefined) continue;
    if (pending.claimed.some((claim) => overlaps(claim.path, want.path))) return false;
    fresh.push(want);
  }
  for (const want of fresh) {
    pending.claimed.push(want);
    const edit = toYamlEdit(want.operation, source.prefix, resource);
    if (edit !== undefined) pending.edits.push({ document: source.document, edit });
  }
  pending.mended.push(violation);
  files.set(source.text, pending);
  return true;
}

function sameOperation(a: PatchOperation, b: PatchOperation): boolean {
  return (a.op === 'remove') === (b.op === 'remove') && equalJson(a.value, b.value);
}

/** One path is the other or lies below it; both are JSON arrays without their closing bracket. */
function overlaps(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return long === short || long.startsWith(`${short},`);
}

function toYamlEdit(operation: PatchOperation, prefix: Path, resource: Resource): YamlEdit | undefined {
  const path = [...prefix, ...operation.path];
  const exists = valueAt(resource.object, operation.path) !== undefined;
  if (operation.op === 'remove') return exists ? { op: 'delete', path } : undefined;
  const last = operation.path.at(-1);
  const op = typeof last === 'number' && operation.op === 'add' ? 'insert' : 'set';
  return { op, path, value: operation.value ?? null };
}

function applyEdits(pending: Pending): FixedFile {
  const { text: source } = pending.source;
  const { text, edits } = editYaml(source.text, pending.edits);
  return {
    source,
    text,
    edits: edits.map((edit) => ({ file: source.file, ...edit })),
    mended: pending.mended,
  };
}

/** The text edits of one violation's fix alone, for reports that carry fixes; undefined when there are none. */
export function editsOf(violation: JudgedViolation): TextEdit[] | undefined {
  const { fix, subject } = violation;
  if (fix === undefined || fix.choice !== undefined || !isResource(subject)) return undefined;
  const { source } = subject.origin;
  if (source === undefined) return undefined;
  const edits = fix.patch.flatMap((operation) => {
    const edit = toYamlEdit(operation, source.prefix, subject);
    return edit === undefined ? [] : [{ document: source.document, edit }];
  });
  return editYaml(source.text.text, edits).edits.map((edit) => ({ file: source.text.file, ...edit }));
}
