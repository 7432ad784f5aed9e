import { readFileSync, writeFileSync } from 'node:fs';
import type { ReportedFinding } from '@keelson/report';
import { counts } from '@keelson/report';
import { CommandError, reasonOf } from '../errors.ts';

/** A baseline: how often each finding was there. Moved lines and renamed files do not make a finding new. */
interface BaselineFile {
  keelsonBaseline: 1;
  findings: { fingerprint: string; rule: string; count: number }[];
}

/**
 * Writes the findings that count as a baseline, in a stable order.
 * @throws CommandError OUTPUT_FAILED
 */
export function writeBaseline(file: string, findings: readonly ReportedFinding[]): void {
  const counted = new Map<string, { fingerprint: string; rule: string; count: number }>();
  for (const { finding } of findings) {
    if (!counts(finding)) continue;
    const { fingerprint, rule } = finding;
    const entry = counted.get(fingerprint) ?? { fingerprint, rule, count: 0 };
    entry.count++;
    counted.set(fingerprint, entry);
  }
  const order = (entry: { rule: string; fingerprint: string }) => `${entry.rule} ${entry.fingerprint}`;
  const baseline: BaselineFile = {
    keelsonBaseline: 1,
    findings: [...counted.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1)),
  };
  try {
    writeFileSync(file, `${JSON.stringify(baseline, null, 2)}\n`);
  } catch (error) {
    throw new CommandError('OUTPUT_FAILED', `cannot write ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Marks the findings that the baseline knows as suppressed; one that is there more often than before is new.
 * @throws CommandError CONFIG_INVALID when the file is no baseline, USAGE when it cannot be read
 */
export function applyBaseline(file: string, findings: readonly ReportedFinding[]): void {
  const left = new Map(readBaseline(file).findings.map((entry) => [entry.fingerprint, entry.count]));
  for (const { finding } of findings) {
    const remaining = left.get(finding.fingerprint) ?? 0;
    if (remaining === 0 || !counts(finding)) continue;
    left.set(finding.fingerprint, remaining - 1);
    finding.suppressions = [{ kind: 'baseline', reason: `known in ${file}` }];
  }
}

function readBaseline(file: string): BaselineFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError('USAGE', `--baseline ${file}: no such file, or not readable`, { cause: error });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isBaseline(value)) return value;
  } catch (error) {
    throw new CommandError('CONFIG_INVALID', 'not a baseline: not JSON', {
      location: { file },
      cause: error,
    });
  }
  throw new CommandError('CONFIG_INVALID', 'not a baseline that keelson wrote', { location: { file } });
}

function isBaseline(value: unknown): value is BaselineFile {
  if (typeof value !== 'object' || value === null || !('keelsonBaseline' in value) || !('findings' in value))
    return false;
  const { keelsonBaseline, findings } = value;
  return (
    keelsonBaseline === 1 &&
    Array.isArray(findings) &&
    findings.every((entry) => typeof entry?.fingerprint === 'string' && Number.isInteger(entry?.count))
  );
}
