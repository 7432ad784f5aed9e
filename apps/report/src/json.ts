import { formatPath } from '@keelson/core';
import type { Finding } from '@keelson/evidence';
import { counts, type ScanReport } from './report.ts';

/** The whole report as JSON (schema: docs/schemas/scan-report.schema.json). */
export function writeJson(report: ScanReport): string {
  const body = {
    schema: 'urn:keelson:scan-report:v1',
    tool: report.tool,
    input: report.input,
    summary: summarize(report),
    suppressions: report.suppressions,
    findings: report.findings.map(({ finding, object }) => ({ object, ...withPaths(finding) })),
    notifications: report.notifications,
    checks: [...report.statistics].map(([id, statistics]) => ({ id, ...statistics })),
  };
  return `${JSON.stringify(body, redacting(report.redact), 2)}\n`;
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

/** A JSON.stringify replacer: every text is redacted, integers too big for a double are kept as text. */
export function redacting(redact: (text: string) => string) {
  return (_key: string, value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    return typeof value === 'bigint' ? value.toString() : value;
  };
}
