import { existsSync, readFileSync } from 'node:fs';
import { type FixPlan, type JudgedViolation, planFixes } from '@keelson/checks';
import { cloneJson, isKeelsonError, SourceText } from '@keelson/core';
import type { PatchOperation } from '@keelson/evidence';
import type { Resource } from '@keelson/kubernetes';
import {
  completeOperations,
  type LoadedInput,
  type OverlayPlan,
  planOverlays,
  readDockerfileText,
  readManifestText,
} from '@keelson/manifests';
import { counts } from '@keelson/report';
import { reportError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { writeStdout } from '../stdout.ts';
import type { SelectedChecks } from './checks.ts';
import { type Judged, type JudgedFinding, type JudgeSettings, judgeInput, overThreshold } from './judge.ts';
import type { ScanOptions } from './options.ts';
import { replaceFile } from './safe-write.ts';

/** A fix can open the way for another (a capability list and its item): rounds until nothing is left, at most these. */
const maxRounds = 8;

/** What fixing would do, worked out in memory and judged again before anything is written. */
export interface FixOutcome {
  /** New texts by file; `before` is undefined for files that are made. */
  changed: Map<string, { before: string | undefined; after: string }>;
  mended: number;
  /** Findings that should have gone and did not. */
  remaining: JudgedFinding[];
  left: { rule: string; reason: string }[];
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
  let judged = first;
  let mended = 0;
  let left: FixPlan['left'] = [];
  for (let round = 0; round < maxRounds; round++) {
    const wanted = violationsToFix(judged, options);
    if (wanted.length === 0) break;
    const plan = planFixes(wanted);
    left = plan.left;
    const texts = plan.files.filter((file) => file.text !== file.source.text);
    if (texts.length + plan.overlays.length === 0) break;
    for (const { mended: gone } of [...texts, ...plan.overlays]) mended += gone.length;
    const loaded = reread(judged.loaded, new Map(texts.map((file) => [file.source, file.text])));
    judged = judgeInput(rendered.apply(loaded, plan.overlays), selected, options, settings);
  }
  const changed = changedTexts(first.loaded.sources, judged.loaded.sources);
  const overlays = rendered.plan((path) => changed.get(path)?.after ?? textOnDisk(path));
  for (const { path, text } of overlays.files) {
    changed.set(path, { before: changed.get(path)?.before ?? textOnDisk(path), after: text });
  }
  const stillWanted = new Set(violationsToFix(judged, options));
  return {
    changed,
    mended,
    remaining: judged.findings.filter(
      ({ violation }) => violation !== undefined && stillWanted.has(violation),
    ),
    left: [
      ...left.map(({ violation, reason }) => ({ rule: violation.check.id, reason })),
      ...overlays.left.map(({ change, reason }) => ({
        rule: `${change.resource.kind} ${change.resource.name}`,
        reason,
      })),
    ],
    judged,
  };
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
  return judged.findings.flatMap(({ finding, fixable, violation }) => {
    const asked = ids.size === 0 || ids.has(finding.rule);
    return fixable && asked && violation !== undefined && counts(finding) ? [violation] : [];
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
  let refused = 0;
  if (options.diff) writeStdout(await diffText(outcome));
  else refused = writeFiles(outcome, options);
  if (!options.quiet) process.stderr.write(summary(outcome, options, refused));
  if (refused > 0 || outcome.judged.unreadable) return exitCodes.unreadable;
  return overThreshold(outcome.judged.findings, options.failOn) ? exitCodes.findings : exitCodes.done;
}

/** Gives the number of files that could not be written. */
function writeFiles(outcome: FixOutcome, options: ScanOptions): number {
  let refused = 0;
  const roots = options.paths.filter((path) => path !== '-');
  for (const [file, { before, after }] of outcome.changed) {
    if (file === '-') {
      writeStdout(after);
      continue;
    }
    try {
      replaceFile(file, before, after, roots);
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      refused++;
      reportError(error, false);
    }
  }
  return refused;
}

async function diffText(outcome: FixOutcome): Promise<string> {
  const { createTwoFilesPatch } = await import('diff');
  return [...outcome.changed]
    .map(([file, { before, after }]) => {
      const patch = createTwoFilesPatch(`a/${file}`, `b/${file}`, before ?? '', after, undefined, undefined, {
        context: 3,
      });
      return patch.replace(/^=+\n/, '');
    })
    .join('');
}

function summary(outcome: FixOutcome, options: ScanOptions, refused: number): string {
  const { changed, mended, remaining, left } = outcome;
  const files = `${changed.size} file${changed.size === 1 ? '' : 's'}`;
  const lines = [
    options.diff
      ? `Would mend ${mended} finding${mended === 1 ? '' : 's'} in ${files}.`
      : `Mended ${mended} finding${mended === 1 ? '' : 's'} in ${files}.`,
  ];
  if (refused > 0) lines.push(`${refused} of these files could not be written.`);
  for (const { finding } of remaining) {
    const [place] = finding.locations;
    lines.push(`not mended: ${finding.rule} at ${place?.file ?? '?'}:${place?.line ?? '?'}`);
  }
  for (const { rule, reason } of left) lines.push(`left: ${rule}: ${reason}`);
  return `${lines.join('\n')}\n`;
}
