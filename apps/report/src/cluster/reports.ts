import type { FrameworkAssessment } from '@keelson/compliance';
import { type PiecedFinding, piecesOf } from '../pieces.ts';
import type { ScanReport } from '../report.ts';
import { shared } from '../told.ts';
import { scanName } from './names.ts';
import { type PolicyResult, PolicyResults, type resultStates } from './results.ts';
import { labelValue, namePart } from './text.ts';

/** How an API spells the two kinds of report. */
export interface ReportApi {
  apiVersion: string;
  kind: string;
  clusterKind: string;
  /** True where a report names its source once for all results. */
  hasSource: boolean;
}

/**
 * No object holds more results, nor more bytes of them. `kubectl apply` keeps the whole object in an annotation, and
 * all annotations of an object may have 262,144 bytes (kubernetes.io, "Annotations"); etcd's bound of 1.5 MiB is wider.
 */
export const maxResults = 500;
export const maxResultBytes = 240_000;

/**
 * The report as a `kind: List` of report objects, part by part; `kubectl apply -f` takes it. One object for each namespace
 * and one for the cluster, each with as many further ones (`…-2`) as the bounds above ask for. They are named
 * `keelson-scan-<what was scanned>` (`names.ts`), and that is their label `app.kubernetes.io/instance` too: the next scan of the
 * same paths writes the same names, and a scan of others overwrites none of them. A report that does not know what was scanned
 * is `keelson-scan`. `app.kubernetes.io/managed-by=keelson` selects all of all scans.
 *
 * | here | is |
 * |---|---|
 * | a namespace's report | findings about objects of the namespace |
 * | the cluster's report | findings about objects of no namespace, and about what is no object (Dockerfiles: `properties.file`); one `pass` for each check that judged and found nothing; what could not be judged |
 * | a report for each framework asked for | a result for each control |
 * | policy, rule | id of the check: a policy of the API is what dashboards list, and a check is one |
 * | category | category of the check |
 * | result | `fail`; `warn` for severity info ("not met and the policy is not scored"); `skip` when suppressed; `error` for what could not be judged |
 * | scored | false for `warn`, `skip`, `error` |
 * | resources | the object judged |
 * | properties | title, remediation, reference, controls, file, line, group (where no version is known), state, suppression, reason, resultID (the fingerprint) |
 */
export function* reportObjects(report: ScanReport, api: ReportApi): Generator<string> {
  let lead = '{"apiVersion":"v1","kind":"List","items":[\n';
  for (const group of groupsOf(report)) {
    yield lead;
    yield* objectsOf(group, report, api);
    lead = ',\n';
  }
  yield '\n]}\n';
}

/** Results that stand in one report, or in several when they are many. */
interface ReportGroup {
  name: string;
  namespace: string | undefined;
  /** Made when they are written: to keep all of them until the other API is written would cost more. */
  results: (() => PolicyResult)[];
}

/** The two APIs differ in what stands around the results only. */
const groupsOf = shared((report) => [report], makeGroups);

function makeGroups(report: ScanReport): readonly ReportGroup[] {
  const make = new PolicyResults(report);
  const scan = scanName(report);
  const name = joined('keelson-scan', scan);
  const cluster: ReportGroup = { name, namespace: undefined, results: [] };
  const namespaces = new Map<string, ReportGroup>();
  const add = (item: PiecedFinding, result: () => PolicyResult) => {
    const { namespace } = make.resource(item);
    const group = namespace === undefined ? cluster : namespaces.get(namespace);
    if (group !== undefined) group.results.push(result);
    else namespaces.set(namespace ?? '', { name, namespace, results: [result] });
  };
  const pieces = piecesOf(report);
  for (const item of pieces.findings) add(item, make.finding(item));
  for (const finding of report.comparison?.resolved ?? []) {
    const item = pieces.finding(finding);
    add(item, make.resolved(item));
  }
  for (const { finding, reason } of report.comparison?.notComparable ?? []) {
    const item = pieces.finding(finding);
    add(item, make.notComparable(item, reason));
  }
  for (const item of report.notifications) cluster.results.push(() => make.notification(item));
  for (const [rule, { judged, failed, errors }] of report.statistics) {
    if (judged > 0 && failed === 0 && errors === 0) cluster.results.push(() => make.passed(rule, judged));
  }
  const sorted = [...namespaces.values()].sort((a, b) =>
    (a.namespace ?? '') < (b.namespace ?? '') ? -1 : 1,
  );
  return [cluster, ...frameworkGroups(report.frameworks, scan, make), ...sorted];
}

/** Controls have reports of their own: beside findings they would be counted twice. */
function frameworkGroups(
  frameworks: readonly FrameworkAssessment[],
  scan: string,
  make: PolicyResults,
): ReportGroup[] {
  const taken = new Map<string, number>();
  return frameworks.map((assessment) => {
    const name = joined(`keelson-framework-${namePart(assessment.framework.id) || 'own'}`, scan);
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return {
      // Ids that differ in what no name may hold differ by a number; `-2` would be the second part of the first.
      name: count === 1 ? name : `${name}.${count}`,
      namespace: undefined,
      results: assessment.controls.map((control) => () => make.control(assessment, control)),
    };
  });
}

function joined(name: string, scan: string): string {
  return scan === '' ? name : `${name}-${scan}`;
}

function* objectsOf(group: ReportGroup, report: ScanReport, api: ReportApi): Generator<string> {
  // Of a cluster without a finding there is a report too: an absent one would look like a scan that never ran.
  yield opening(group, 1, report, api);
  let part = 1;
  let held = 0;
  let bytes = 0;
  let summary = emptySummary();
  for (const make of group.results) {
    const { result, text, size } = make();
    if (held === maxResults || (held > 0 && bytes + size > maxResultBytes)) {
      part++;
      yield `${closing(summary)},\n${opening(group, part, report, api)}`;
      held = 0;
      bytes = 0;
      summary = emptySummary();
    }
    yield held === 0 ? text : `,\n${text}`;
    held++;
    bytes += size;
    summary[result]++;
  }
  yield closing(summary);
}

type Summary = Record<(typeof resultStates)[number], number>;

function emptySummary(): Summary {
  return { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
}

/** The text of an object up to its first result. */
function opening({ name, namespace }: ReportGroup, part: number, report: ScanReport, api: ReportApi): string {
  const { tool } = report;
  const scan = scanName(report);
  const head = {
    apiVersion: api.apiVersion,
    kind: namespace === undefined ? api.clusterKind : api.kind,
    metadata: {
      name: part === 1 ? name : `${name}-${part}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: {
        'app.kubernetes.io/managed-by': labelValue(tool.name),
        'app.kubernetes.io/version': labelValue(tool.version),
        ...(scan === '' ? {} : { 'app.kubernetes.io/instance': scan }),
      },
    },
    ...(api.hasSource ? { source: tool.name } : {}),
  };
  return `${JSON.stringify(head).slice(0, -1)},"results":[\n`;
}

/** The sums are known when the results are written, so they stand behind them. */
function closing(summary: Summary): string {
  return `\n],"summary":${JSON.stringify(summary)}}`;
}
