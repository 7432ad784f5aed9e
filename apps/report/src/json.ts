import { formatPath } from '@keelson/core';
import type { Finding } from '@keelson/evidence';
import { arrayParts, indented, Redaction } from './redacted.ts';
import { counts, type ScanReport } from './report.ts';

const ownOfFinding = new Set(['rule', 'verdict', 'severity', 'controls', 'fingerprint']);
const ownOfNotification = new Set(['level', 'code', 'rule']);

/** The whole report as JSON (schema: docs/schemas/scan-report.schema.json). */
export function writeJson(report: ScanReport): string {
  return [...jsonParts(report)].join('');
}

/** `writeJson` part by part, for reports too large to hold as one text. */
export function* jsonParts(report: ScanReport): Generator<string> {
  const redaction = new Redaction(report.redact);
  const head = {
    schema: 'urn:keelson:scan-report:v1',
    tool: report.tool,
    input: redaction.copy(report.input),
    summary: summarize(report),
    suppressions: report.suppressions,
  };
  const tail = {
    notifications: report.notifications.map((item) => redaction.copy(item, ownOfNotification)),
    checks: [...report.statistics].map(([id, statistics]) => ({ id, ...statistics })),
  };
  yield `${indented(head).slice(0, -'\n}'.length)},\n  "findings": `;
  yield* arrayParts(report.findings, 1, ({ finding, object }) =>
    redaction.copy({ object, ...withPaths(finding) }, ownOfFinding),
  );
  yield `,${indented(tail).slice('{'.length)}\n`;
}

/** Counts by severity of what counts, and of what is suppressed. */
export function summarize(report: ScanReport) {
  const bySeverity = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  let suppressed = 0;
  for (const { finding } of report.findings) {
    if (counts(finding)) bySeverity[finding.severity]++;
    else suppressed++;
  }
  return { ...bySeverity, suppressed };
}

function withPaths(finding: Finding) {
  const locations = finding.locations.map(({ path, ...location }) => ({
    ...location,
    ...(path === undefined ? {} : { path: formatPath(path) }),
  }));
  return { ...finding, locations };
}
