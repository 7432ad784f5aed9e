import { relative, sep } from 'node:path';
import type { Finding, Notification } from '@keelson/evidence';
import { type Comparison, counts, type ReportedFinding } from '@keelson/report';
import type { EarlierState } from './against.ts';
import type { Judged } from './judge.ts';

/**
 * Compares a run with an earlier state that the same checks judged: marks each finding of the run, and tells which of
 * the earlier ones are gone. What only one side could judge is neither new nor resolved.
 */
export function compareFindings(
  against: string,
  { result: earlier, bases, submodules }: EarlierState<Judged>,
  now: Judged,
): Comparison {
  const left = countByFingerprint(earlier.findings.filter(({ finding }) => counts(finding)));
  const withoutFiles = submodules.map(submoduleNote);
  const unjudgedBefore = unjudgedTest([...earlier.notifications, ...withoutFiles], bases.earlier, bases.now);
  for (const item of now.findings) {
    if (!counts(item.finding)) continue;
    if (take(left, item.finding)) item.state = 'unchanged';
    else item.state = unjudgedBefore(item.finding) === undefined ? 'new' : 'not-comparable';
  }
  // A finding that an exception now covers is still there.
  const present = countByFingerprint(now.findings);
  const unjudgedNow = unjudgedTest(now.notifications, bases.now, bases.earlier);
  const resolved: Finding[] = [];
  const notComparable: { finding: Finding; reason: string }[] = [];
  for (const { finding } of earlier.findings) {
    if (!counts(finding) || take(present, finding)) continue;
    const reason = unjudgedNow(finding);
    if (reason === undefined) resolved.push(finding);
    else notComparable.push({ finding, reason });
  }
  return { against, resolved, notComparable };
}

function countByFingerprint(findings: readonly ReportedFinding[]): Map<string, number> {
  const left = new Map<string, number>();
  for (const { finding } of findings) left.set(finding.fingerprint, (left.get(finding.fingerprint) ?? 0) + 1);
  return left;
}

function take(left: Map<string, number>, { fingerprint }: Finding): boolean {
  const remaining = left.get(fingerprint) ?? 0;
  if (remaining > 0) left.set(fingerprint, remaining - 1);
  return remaining > 0;
}

function submoduleNote(file: string): Notification {
  return { level: 'note', code: 'NOT_JUDGED', message: 'a submodule', location: { file } };
}

/**
 * Gives the reason why a side could not judge what a finding of the other side is about; undefined when it could. Files
 * of each side are named from its folder on.
 */
function unjudgedTest(
  notifications: readonly Notification[],
  folder: string,
  folderOfOther: string,
): (finding: Finding) => string | undefined {
  const places = new Map<string, string>();
  const checks = new Map<string, string>();
  for (const { message, location, rule, level } of notifications) {
    const place = location === undefined ? '' : nameFrom(folder, location.file);
    if (rule !== undefined) checks.set(`${rule}\n${place}`, message);
    else if (location !== undefined) places.set(place, `${location.file}: ${message}`);
    else if (level === 'error') places.set('', message);
  }
  if (places.size === 0 && checks.size === 0) return () => undefined;
  return (finding) => {
    const files = finding.locations
      .flatMap(({ file, origin }) => (origin === undefined ? [file] : [file, origin.file]))
      .map((file) => nameFrom(folderOfOther, file));
    for (const file of ['', ...files]) {
      const ofCheck = checks.get(`${finding.rule}\n${file}`);
      if (ofCheck !== undefined) return ofCheck;
    }
    // A chart or kustomization that was not judged is named by its folder.
    for (const part of files.flatMap(foldersAndItself)) {
      const reason = places.get(part);
      if (reason !== undefined) return reason;
    }
    return places.get('');
  };
}

function foldersAndItself(file: string): string[] {
  const steps = file.split('/');
  return steps.map((_, i) => steps.slice(0, i + 1).join('/')).filter((part) => part !== '');
}

function nameFrom(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}
