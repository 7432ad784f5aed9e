import { type Severity, severities } from '@keelson/evidence';
import { summarize } from './json.ts';
import { counts, type ScanReport } from './report.ts';
import { plainLine } from './told.ts';

interface Metric {
  name: string;
  help: string;
  samples: readonly Sample[];
}

interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

/**
 * Prometheus text exposition format 0.0.4, for a Pushgateway or the textfile collector of node_exporter: gauges about the last
 * run. Series are bounded by the checks and controls there are, never by objects or files.
 */
export function* prometheusParts(report: ScanReport): Generator<string> {
  for (const { name, help, samples } of metricsOf(report)) {
    if (samples.length === 0) continue;
    yield `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} gauge\n`;
    for (const { labels = {}, value } of samples) yield `${name}${labelText(labels)} ${value}\n`;
  }
}

function metricsOf(report: ScanReport): Metric[] {
  return [
    ...runMetrics(report),
    ...findingMetrics(report),
    ...controlMetrics(report),
    ...stateMetrics(report),
  ];
}

function runMetrics({ tool, time, input, notifications, suppressions, statistics }: ScanReport): Metric[] {
  const levels = { error: 0, warning: 0, note: 0 };
  for (const { level } of notifications) levels[level]++;
  const { files, documents, objects, dockerfiles, seconds } = input;
  const { loaded, matched, unused, expired } = suppressions;
  const exceptions = { loaded, matched, unused, expired };
  let unable = 0;
  for (const { errors } of statistics.values()) unable += errors;
  return [
    gauge('keelson_build_info', 'The keelson that scanned.', [
      { labels: { version: tool.version }, value: 1 },
    ]),
    gauge('keelson_scan_timestamp_seconds', 'When the scan began, in seconds since 1970.', [
      { value: Date.parse(time) / 1000 },
    ]),
    gauge(
      'keelson_scan_duration_seconds',
      'How long the scan took.',
      seconds === undefined ? [] : [{ value: seconds }],
    ),
    gauge(
      'keelson_inputs',
      'What was read, by kind.',
      by('kind', { files, documents, objects, dockerfiles }),
    ),
    gauge('keelson_checks', 'Checks that were asked.', [{ value: input.checks }]),
    gauge('keelson_unreadable', 'Errors: what could not be read or judged.', [{ value: levels.error }]),
    gauge('keelson_notifications', 'What could not be read or judged wholly, by level.', by('level', levels)),
    gauge('keelson_check_errors', 'Evaluations of checks that failed.', [{ value: unable }]),
    gauge('keelson_exceptions', 'Exceptions to checks, by what they did.', by('state', exceptions)),
  ];
}

function findingMetrics(report: ScanReport): Metric[] {
  const rules = new Map<string, { severity: Severity; rule: string; counted: number; suppressed: number }>();
  for (const { finding } of report.findings) {
    const { rule, severity } = finding;
    const key = `${severity} ${rule}`;
    const row = rules.get(key) ?? { severity, rule, counted: 0, suppressed: 0 };
    if (counts(finding)) row.counted++;
    else row.suppressed++;
    rules.set(key, row);
  }
  const rows = [...rules.values()];
  const { suppressed, ...bySeverity } = summarize(report);
  return [
    gauge(
      'keelson_findings',
      'Findings that count, by check and severity; a check without a sample found nothing.',
      rows.map(({ rule, severity, counted }) => ({ labels: { rule, severity }, value: counted })),
    ),
    gauge(
      'keelson_findings_by_severity',
      'Findings that count, by severity.',
      severities.map((severity) => ({ labels: { severity }, value: bySeverity[severity] })),
    ),
    gauge('keelson_suppressed', 'Findings that exceptions or a baseline let pass.', [{ value: suppressed }]),
    gauge(
      'keelson_suppressed_findings',
      'Findings that exceptions or a baseline let pass, by check and severity.',
      rows
        .filter((row) => row.suppressed > 0)
        .map(({ rule, severity, suppressed }) => ({ labels: { rule, severity }, value: suppressed })),
    ),
  ];
}

function controlMetrics({ frameworks }: ScanReport): Metric[] {
  return [
    gauge(
      'keelson_controls',
      'Controls of a framework, by verdict.',
      frameworks.flatMap(({ framework, counts }) =>
        Object.entries(counts).map(([verdict, value]) => ({
          labels: { framework: framework.id, verdict },
          value,
        })),
      ),
    ),
    gauge(
      'keelson_control_findings',
      'Findings that count against a control, with its verdict.',
      frameworks.flatMap(({ framework, controls }) =>
        controls.map(({ control, verdict, findings }) => ({
          labels: { framework: framework.id, control: control.id, verdict },
          value: findings,
        })),
      ),
    ),
  ];
}

function stateMetrics({ comparison, findings }: ScanReport): Metric[] {
  if (comparison === undefined) return [];
  const states = {
    new: 0,
    unchanged: 0,
    'not-comparable': 0,
    resolved: comparison.resolved.length,
    'not-judged-again': comparison.notComparable.length,
  };
  for (const { finding, state } of findings) if (state !== undefined && counts(finding)) states[state]++;
  return [
    gauge('keelson_compared_findings', 'Findings beside an earlier state, by state.', by('state', states)),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, samples };
}

function by(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const written = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return written.length === 0 ? '' : `{${written.join(',')}}`;
}

/** Label values escape backslash, quote and line feed, help texts the first and the last of these. */
function escapeLabel(text: string): string {
  return plainLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
