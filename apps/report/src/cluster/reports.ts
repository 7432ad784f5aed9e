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
  for (const object of objectsOf(report)) {
    yield lead + opening(object, report, api);
    yield object.results;
    yield closing(object.summary);
    lead = ',\n';
  }
  yield '\n]}\n';
}

/** What the two APIs have in common of an object: they differ in what stands around the results only. */
interface ReportObject {
  name: string;
  namespace: string | undefined;
  /** Results as JSON. */
  results: string;
  summary: Summary;
}

const objectsOf = shared(
  (report) => [report],
  (report): readonly ReportObject[] => {
    const make = new PolicyResults(report);
    return groupsOf(report, make).flatMap((group) => [...divided(group, make)]);
  },
);

/** Results that stand in one report, or in several when they are many. */
interface ReportGroup {
  name: string;
  namespace: string | undefined;
  findings: PiecedFinding[];
  /** Results of all else. */
  others: (() => PolicyResult)[];
}

function groupsOf(report: ScanReport, make: PolicyResults): ReportGroup[] {
  const scan = scanName(report);
  const name = joined('keelson-scan', scan);
  const cluster: ReportGroup = { name, namespace: undefined, findings: [], others: [] };
  const namespaces = new Map<string, ReportGroup>();
  const groupOf = (item: PiecedFinding): ReportGroup => {
    const { namespace } = make.resource(item);
    if (namespace === undefined) return cluster;
    const known = namespaces.get(namespace);
    if (known !== undefined) return known;
    const group = { name, namespace, findings: [], others: [] };
    namespaces.set(namespace, group);
    return group;
  };
  const pieces = piecesOf(report);
  for (const item of pieces.findings) groupOf(item).findings.push(item);
  for (const finding of report.comparison?.resolved ?? []) {
    const item = pieces.finding(finding);
    groupOf(item).others.push(() => make.resolved(item));
  }
  for (const { finding, reason } of report.comparison?.notComparable ?? []) {
    const item = pieces.finding(finding);
    groupOf(item).others.push(() => make.notComparable(item, reason));
  }
  for (const item of report.notifications) cluster.others.push(() => make.notification(item));
  for (const [rule, { judged, failed, errors }] of report.statistics) {
    if (judged > 0 && failed === 0 && errors === 0) cluster.others.push(() => make.passed(rule, judged));
  }
  const sorted = [...namespaces].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
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
      findings: [],
      others: assessment.controls.map((control) => () => make.control(assessment, control)),
    };
  });
}

function joined(name: string, scan: string): string {
  return scan === '' ? name : `${name}-${scan}`;
}

/** The objects of a group. Of a cluster without a finding there is one too: an absent one would look like a scan that never ran. */
function* divided(group: ReportGroup, make: PolicyResults): Generator<ReportObject> {
  const { namespace } = group;
  let part = 1;
  let texts: string[] = [];
  let bytes = 0;
  let summary = emptySummary();
  const object = (): ReportObject => {
    const name = part === 1 ? group.name : `${group.name}-${part}`;
    return { name, namespace, results: texts.join(',\n'), summary };
  };
  for (const { result, text, size } of resultsOf(group, make)) {
    if (texts.length === maxResults || (texts.length > 0 && bytes + size > maxResultBytes)) {
      yield object();
      part++;
      texts = [];
      bytes = 0;
      summary = emptySummary();
    }
    texts.push(text);
    bytes += size;
    summary[result]++;
  }
  yield object();
}

function* resultsOf({ findings, others }: ReportGroup, make: PolicyResults): Generator<PolicyResult> {
  for (const item of findings) yield make.finding(item);
  for (const other of others) yield other();
}

type Summary = Record<(typeof resultStates)[number], number>;

function emptySummary(): Summary {
  return { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
}

/** The text of an object up to its first result. */
function opening({ name, namespace }: ReportObject, report: ScanReport, api: ReportApi): string {
  const { tool } = report;
  const scan = scanName(report);
  const head = {
    apiVersion: api.apiVersion,
    kind: namespace === undefined ? api.clusterKind : api.kind,
    metadata: {
      name,
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
