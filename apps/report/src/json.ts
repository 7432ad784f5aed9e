import type { FrameworkAssessment } from '@keelson/compliance';
import { arrayParts, redactedFinding, redactedNotification } from './redacted.ts';
import {
  type Comparison,
  counts,
  type FindingState,
  type NetworkEvidence,
  type ScanReport,
} from './report.ts';
import { shared } from './told.ts';

/** The whole report as JSON (schema: docs/schemas/scan-report.schema.json). */
export function writeJson(report: ScanReport): string {
  return [...jsonParts(report)].join('');
}

/** `writeJson` part by part, for reports too large to hold as one text. */
export function* jsonParts(report: ScanReport): Generator<string> {
  const head = {
    schema: 'urn:keelson:scan-report:v1',
    tool: report.tool,
    time: report.time,
    input: report.input,
    summary: summarize(report),
    suppressions: report.suppressions,
  };
  const checks = [...report.statistics].map(([id, statistics]) => ({ id, ...statistics }));
  yield `${JSON.stringify(head).slice(0, -1)},\n"findings":`;
  yield* arrayParts(report.findings, ({ finding }) => redactedFinding(finding, report.redact));
  yield ',\n"notifications":';
  yield* arrayParts(report.notifications, (item) => redactedNotification(item, report.redact));
  yield ',\n"checks":';
  yield* arrayParts(checks, (item) => item);
  if (report.frameworks.length > 0) {
    yield ',\n"frameworks":';
    yield* arrayParts(report.frameworks, frameworkEntry);
  }
  if (report.comparison !== undefined) yield* comparisonParts(report.comparison, report);
  if (report.network !== undefined) yield* networkParts(report.network);
  yield '}\n';
}

function* networkParts({ claims, relations, coverage }: NetworkEvidence): Generator<string> {
  yield ',\n"claims":';
  yield* arrayParts(claims, (item) => item);
  yield ',\n"relations":';
  yield* arrayParts(relations, (item) => item);
  yield ',\n"coverage":';
  yield* arrayParts(coverage, (item) => item);
}

function frameworkEntry({ framework, counts, controls }: FrameworkAssessment) {
  const { id, title, version } = framework;
  return {
    id,
    title,
    version,
    counts,
    controls: controls.map(({ control, ...result }) => ({ id: control.id, title: control.title, ...result })),
  };
}

function* comparisonParts(comparison: Comparison, report: ScanReport): Generator<string> {
  const indexesOf = (state: FindingState) =>
    report.findings.flatMap((item, i) => (item.state === state ? [i] : []));
  const findings = {
    new: indexesOf('new'),
    unchanged: indexesOf('unchanged'),
    notComparable: indexesOf('not-comparable'),
  };
  const head = { against: comparison.against, findings };
  yield `,\n"comparison":${JSON.stringify(head).slice(0, -1)},\n"resolved":`;
  yield* arrayParts(comparison.resolved, (finding) => redactedFinding(finding, report.redact));
  yield ',\n"notComparable":';
  yield* arrayParts(comparison.notComparable, ({ finding, reason }) => ({
    reason: report.redact.message(reason),
    finding: redactedFinding(finding, report.redact),
  }));
  yield '}';
}

/** Counts by severity of what counts, and of what is suppressed. */
export const summarize = shared(
  ({ findings }) => [findings],
  ({ findings }) => {
    const bySeverity = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
    let suppressed = 0;
    for (const { finding } of findings) {
      if (counts(finding)) bySeverity[finding.severity]++;
      else suppressed++;
    }
    return { ...bySeverity, suppressed };
  },
);
