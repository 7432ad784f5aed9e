import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import {
  type FixPlan,
  type JudgedViolation,
  locateSubject,
  planFixes,
  type SensitiveText,
} from '@keelson/checks';
import { cloneJson, isKeelsonError, KeelsonError, type SourceLocation, SourceText } from '@keelson/core';
import type { Notification, PatchOperation } from '@keelson/evidence';
import type { Resource } from '@keelson/kubernetes';
import {
  completeOperations,
  fileKind,
  type LoadedInput,
  type OverlayPlan,
  planOverlays,
  readDockerfileText,
  readManifestText,
} from '@keelson/manifests';
import { counts } from '@keelson/report';
import { reportError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { tell } from '../stderr.ts';
import { writeStdout } from '../stdout.ts';
import type { SelectedChecks } from './checks.ts';
import { type Judged, type JudgeSettings, judgeInput, overThreshold } from './judge.ts';
import type { ScanOptions } from './options.ts';
import { redactorOf } from './redaction.ts';
import { replaceFile } from './safe-write.ts';

/** A fix can open the way for another (a capability list and its item): rounds until nothing is left, at most these. */
const maxRounds = 8;

/** What fixing would do, worked out in memory and judged again before anything is written. */
export interface FixOutcome {
  /** New texts by file; `before` is undefined for files that are made. */
  changed: Map<string, { before: string | undefined; after: string }>;
  mended: number;
  /** Findings that should have gone and did not, each with the reason. */
  remaining: { rule: string; location: SourceLocation; reason: string }[];
  judged: Judged;
}

/** Mends in memory, round by round, each judged again. */
export function mend(
  first: Judged,
  selected: SelectedChecks,
  options: ScanOptions,
  settings: JudgeSettings,
): FixOutcome {
  const rendered = new RenderedPatches();
  const wantedFirst = violationsToFix(first, options).length;
  let judged = first;
  let left: FixPlan['left'] = [];
  for (let round = 0; round < maxRounds; round++) {
    const wanted = violationsToFix(judged, options);
    if (wanted.length === 0) break;
    const plan = planFixes(wanted);
    left = plan.left;
    const texts = plan.files.filter((file) => file.text !== file.source.text);
    if (texts.length + plan.overlays.length === 0) break;
    const loaded = reread(judged.loaded, new Map(texts.map((file) => [file.source, file.text])));
    judged = judgeInput(rendered.apply(loaded, plan.overlays), selected, options, settings);
  }
  const changed = changedTexts(first.loaded.sources, judged.loaded.sources);
  const overlays = rendered.plan((path) => changed.get(path)?.after ?? textOnDisk(path));
  for (const { path, text } of overlays.files) {
    changed.set(path, { before: changed.get(path)?.before ?? textOnDisk(path), after: text });
  }
  const reasons = new Map(left.map(({ violation, reason }) => [violation, reason]));
  const remaining = violationsToFix(judged, options).map((violation) => ({
    rule: violation.check.id,
    location: locateSubject(violation.subject, violation.path),
    reason: reasons.get(violation) ?? 'the finding is still there after its fix',
  }));
  for (const { change, reason } of overlays.left) {
    remaining.push({ rule: 'overlay', location: change.resource.origin.locate([]), reason });
  }
  return { changed, mended: Math.max(0, wantedFirst - remaining.length), remaining, judged };
}

function changedTexts(
  before: LoadedInput['sources'],
  after: LoadedInput['sources'],
): Map<string, { before: string | undefined; after: string }> {
  const changed = new Map<string, { before: string | undefined; after: string }>();
  for (const [file, source] of after) {
    const old = before.get(file);
    if (old !== undefined && old.text !== source.text)
      changed.set(file, { before: old.text, after: source.text });
  }
  return changed;
}

function textOnDisk(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Patches of objects that charts and kustomizations rendered, gathered over the rounds for one overlay. */
class RenderedPatches {
  readonly #changes = new Map<Resource, { resource: Resource; patch: PatchOperation[] }>();

  /** The input with the patches applied to its rendered objects. */
  apply(loaded: LoadedInput, overlays: FixPlan['overlays']): LoadedInput {
    if (overlays.length === 0) return loaded;
    const patches = new Map(overlays.map((overlay) => [overlay.resource, overlay.patch]));
    const resources = loaded.resources.map((resource) => {
      const patch = patches.get(resource);
      if (patch === undefined) return resource;
      const object = cloneJson(resource.object);
      completeOperations(object, patch);
      const next = { ...resource, object };
      const known = this.#changes.get(resource);
      this.#changes.delete(resource);
      this.#changes.set(next, {
        resource: known?.resource ?? resource,
        patch: [...(known?.patch ?? []), ...patch],
      });
      return next;
    });
    return { ...loaded, resources };
  }

  plan(read: (path: string) => string | undefined): OverlayPlan {
    return planOverlays([...this.#changes.values()], read);
  }
}

function violationsToFix(judged: Judged, options: ScanOptions): JudgedViolation[] {
  const ids = new Set(options.fix ?? []);
  return judged.findings.flatMap(({ finding, fixable, fixableByName, violation }) => {
    const isWanted = ids.size === 0 ? fixable : ids.has(finding.rule) && (fixable || fixableByName === true);
    return isWanted && violation !== undefined && counts(finding) ? [violation] : [];
  });
}

/** The input with some texts replaced; everything keeps its place. */
function reread(loaded: LoadedInput, texts: ReadonlyMap<SourceText, string>): LoadedInput {
  const sources = new Map(loaded.sources);
  const fresh = new Map<SourceText, SourceText>();
  for (const [source, text] of texts) {
    const next = new SourceText(source.file, text);
    sources.set(source.file, next);
    fresh.set(source, next);
  }
  const done = new Set<SourceText>();
  const resources = loaded.resources.flatMap((resource) => {
    const text = resource.origin.source?.text;
    const next = text === undefined ? undefined : fresh.get(text);
    if (next === undefined) return [resource];
    if (done.has(next)) return [];
    done.add(next);
    return readManifestText(next).resources;
  });
  const dockerfiles = loaded.dockerfiles.map((dockerfile) => {
    const next = fresh.get(dockerfile.dockerfile.source);
    return next === undefined ? dockerfile : readDockerfileText(next).input;
  });
  return { ...loaded, resources, dockerfiles, sources };
}

/** `--fix`: writes; `--diff`: shows. The exit code speaks of what is left after mending. */
export async function fixInput(
  judged: Judged,
  selected: SelectedChecks,
  options: ScanOptions,
  settings: JudgeSettings,
): Promise<number> {
  const outcome = mend(judged, selected, options, settings);
  for (const notification of judged.notifications) {
    if (notification.level === 'error') tell(notificationLine(notification));
  }
  let refused = 0;
  if (options.diff) writeStdout(await diffText(outcome, redactorOf(judged.loaded)));
  else refused = writeFiles(outcome, options);
  if (!options.quiet) tell(summary(outcome, options, refused));
  if (refused > 0 || outcome.judged.unreadable) return exitCodes.unreadable;
  return overThreshold(outcome.judged.findings, options.failOn) ? exitCodes.findings : exitCodes.done;
}

function notificationLine({ code, message, location }: Notification): string {
  return `keelson: ${new KeelsonError(code, message, location === undefined ? {} : { location }).format()}`;
}

/** Gives the number of files that could not be written. */
function writeFiles(outcome: FixOutcome, options: ScanOptions): number {
  let refused = 0;
  const roots = options.paths.filter((path) => path !== '-').map(rootOf);
  const changes = [...outcome.changed];
  const isNew = ([, { before }]: (typeof changes)[number]) => before === undefined;
  // New files first: a kustomization must not name an overlay that could not be written.
  const withoutOverlay = new Set<string>();
  for (const [file, { before, after }] of [
    ...changes.filter(isNew),
    ...changes.filter((change) => !isNew(change)),
  ]) {
    if (file === '-') continue;
    if (isKustomization(file) && withoutOverlay.has(dirname(file))) {
      refused++;
      continue;
    }
    try {
      replaceFile(file, before, after, roots);
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      refused++;
      if (before === undefined) withoutOverlay.add(dirname(file));
      reportError(error, false);
    }
  }
  // Also when nothing in it changed: what stands behind a pipe waits for the whole text.
  const stdin = outcome.judged.loaded.sources.get('-');
  if (stdin !== undefined) writeStdout(stdin.text);
  return refused;
}

function isKustomization(file: string): boolean {
  return fileKind(basename(file)) === 'kustomization';
}

/** The path itself; of a kustomization its folder, where its overlay goes; or of a glob the folder before its first pattern. */
function rootOf(path: string): string {
  if (isKustomization(path)) return dirname(path);
  if (existsSync(path)) return path;
  const fixed = path.slice(0, path.search(/[*?[{]/));
  return fixed.includes('/') ? fixed.slice(0, fixed.lastIndexOf('/') + 1) : '.';
}

/** Unified diffs; secrets are hidden in them as in every output, so a hunk that holds one is for reading only. */
async function diffText(outcome: FixOutcome, redact: SensitiveText): Promise<string> {
  const { createTwoFilesPatch } = await import('diff');
  return [...outcome.changed]
    .map(([file, { before, after }]) => {
      const patch = createTwoFilesPatch(`a/${file}`, `b/${file}`, before ?? '', after, undefined, undefined, {
        context: 3,
      });
      return redact.source(patch.replace(/^=+\n/, ''));
    })
    .join('');
}

const maxListed = 10;

function summary(outcome: FixOutcome, options: ScanOptions, refused: number): string {
  const { changed, mended, remaining } = outcome;
  const findings = `${mended} finding${mended === 1 ? '' : 's'}`;
  const files = (n: number) => `${n} file${n === 1 ? '' : 's'}`;
  const lines = [];
  if (options.diff) lines.push(`Would mend ${findings} in ${files(changed.size)}.`);
  else if (refused === 0) lines.push(`Mended ${findings} in ${files(changed.size)}.`);
  else lines.push(`Wrote ${files(changed.size - refused)}; ${files(refused)} could not be written.`);
  for (const { rule, location, reason } of remaining.slice(0, maxListed)) {
    lines.push(`Not mended: ${rule} at ${location.file}:${location.line ?? '?'}: ${reason}.`);
  }
  if (remaining.length > maxListed) lines.push(`And ${remaining.length - maxListed} more not mended.`);
  return lines.join('\n');
}
