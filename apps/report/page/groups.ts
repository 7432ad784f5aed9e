import type { Model } from './model.ts';

export type GroupBy = 'object' | 'check' | 'file';

/** Findings that stand under one heading. */
export interface Group {
  key: string;
  title: string;
  /** What tells two groups of one title apart. */
  detail: string;
  findings: number[];
}

/** Groups in the order of their worst finding; checks by severity and by how much they found. */
export function groupFindings(model: Model, findings: readonly number[], by: GroupBy): Group[] {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const key = keyOf(model, finding, by);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, ...headOf(model, finding, by), findings: [finding] });
    else group.findings.push(finding);
  }
  const ranked = [...groups.values()].map((group) => ({ group, worst: worstOf(model, group.findings) }));
  ranked.sort(
    (a, b) => a.worst - b.worst || (by === 'check' ? b.group.findings.length - a.group.findings.length : 0),
  );
  return ranked.map(({ group }) => group);
}

function keyOf(model: Model, finding: number, by: GroupBy): string {
  if (by === 'object') return String(model.columns.object[finding]);
  return by === 'check' ? model.rule(finding).id : (model.placeOf(finding)?.file ?? '');
}

function headOf(model: Model, finding: number, by: GroupBy): { title: string; detail: string } {
  const file = model.placeOf(finding)?.file ?? '';
  if (by === 'object') return { title: model.object(finding)[2], detail: file };
  if (by === 'file') return { title: file === '' ? 'no file' : file, detail: '' };
  const { id, title } = model.rule(finding);
  return { title, detail: id };
}

function worstOf(model: Model, findings: readonly number[]): number {
  let worst = 9;
  for (const finding of findings) worst = Math.min(worst, model.severity(finding));
  return worst;
}

/** How many findings there are of each severity. */
export function countSeverities(model: Model, findings: Iterable<number>): number[] {
  const counts = [0, 0, 0, 0, 0];
  for (const finding of findings) {
    const severity = model.severity(finding);
    counts[severity] = (counts[severity] ?? 0) + 1;
  }
  return counts;
}
