import type { CheckText } from '@keelson/checks';
import type { FrameworkAssessment } from '@keelson/compliance';
import type { Finding } from '@keelson/evidence';
import { Dictionary } from './html-dictionary.ts';
import { FindingTable, objectOf, severityRank } from './html-findings.ts';
import { placeText, shownText } from './html-places.ts';
import type {
  PageBrief,
  PageComparison,
  PageData,
  PageFramework,
  PageNotice,
  PageRule,
} from './page-data.ts';
import type { Comparison, InputSummary, ScanReport } from './report.ts';
import { scannedNames, titleSuffix } from './scanned.ts';

/** The report as the page of the HTML format reads it (`page-data.ts`). */
export function pageData(report: ScanReport): PageData {
  const rules = new PageRules(report);
  const table = new FindingTable(report, (id) => rules.of(id));
  const frameworks = report.frameworks.map((assessment) => frameworkOf(assessment, rules));
  const { places } = table;
  return {
    tool: { name: report.tool.name, version: report.tool.version },
    time: report.time,
    title: shownText(`${report.tool.name} report${titleSuffix(report.input)}`),
    scanned: scannedNames(report.input, maxScanned).map(shownText),
    input: inputOf(report.input),
    failOn: report.failOn,
    suppressions: report.suppressions,
    files: places.files,
    rules: rules.values,
    objects: table.objects,
    messages: table.messages,
    paths: table.paths,
    excerpts: places.excerpts.values,
    places: places.places,
    origins: places.origins,
    fixes: table.fixes.sets.values,
    exceptions: table.exceptions.values,
    findings: table.columns,
    frameworks,
    notices: report.notifications.map((item) => noticeOf(item, report)),
    ...(report.comparison === undefined ? {} : { comparison: comparisonOf(report.comparison, report) }),
  };
}

/** Paths that the page names. */
const maxScanned = 20;

function inputOf({
  files,
  documents,
  objects,
  dockerfiles,
  checks,
  seconds,
}: InputSummary): PageData['input'] {
  return { files, documents, objects, dockerfiles, checks, ...(seconds === undefined ? {} : { seconds }) };
}

/** Checks by id: those that found something with all their texts, others by name. */
class PageRules {
  readonly #report: ScanReport;
  readonly #rules = new Dictionary<PageRule>();

  constructor(report: ScanReport) {
    this.#report = report;
    for (const id of report.statistics.keys()) this.of(id);
  }

  get values(): PageRule[] {
    return this.#rules.values;
  }

  of(id: string): number {
    return this.#rules.of(id, () => {
      const text = this.#report.texts.get(id);
      const ran = this.#report.statistics.get(id);
      return {
        id: shownText(id),
        title: shownText(text?.title ?? id),
        severity: severityRank(text?.severity),
        category: shownText(text?.category ?? ''),
        ...(text === undefined ? {} : wordsOf(text)),
        ...(ran === undefined ? {} : { judged: [ran.judged, ran.failed, ran.errors] as const }),
      };
    });
  }
}

function wordsOf({ why, remediation, controls, aliases, references }: CheckText): Partial<PageRule> {
  const pairs = (table: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(table).map(([name, ids]): [string, readonly string[]] => [
      shownText(name),
      ids.map(shownText),
    ]);
  return {
    why: shownWords(why),
    remediation: shownWords(remediation),
    controls: pairs(controls),
    aliases: pairs(aliases),
    references: references.map(shownText),
  };
}

/** A text of several lines as one: its lines are broken where the page has room. */
function shownWords(text: string): string {
  return shownText(text.trim().replace(/\s+/g, ' '));
}

function noticeOf(item: ScanReport['notifications'][number], report: ScanReport): PageNotice {
  return {
    level: item.level,
    code: item.code,
    message: shownText(report.redact.message(item.message)),
    ...(item.location === undefined ? {} : { place: placeText(item.location) }),
    ...(item.rule === undefined ? {} : { rule: shownText(item.rule) }),
  };
}

function comparisonOf({ against, resolved, notComparable }: Comparison, report: ScanReport): PageComparison {
  return {
    against: shownText(against),
    resolved: resolved.map((finding) => briefOf(finding, report)),
    notComparable: notComparable.map(({ finding, reason }) => ({
      ...briefOf(finding, report),
      reason: shownText(report.redact.message(reason)),
    })),
  };
}

function briefOf(finding: Finding, report: ScanReport): PageBrief {
  return {
    rule: shownText(finding.rule),
    title: shownText(report.texts.get(finding.rule)?.title ?? finding.rule),
    severity: severityRank(finding.severity),
    object: objectOf(finding)[2],
    message: shownText(report.redact.message(finding.message)),
    place: placeText(finding.locations[0]),
  };
}

function frameworkOf({ framework, controls }: FrameworkAssessment, rules: PageRules): PageFramework {
  const { id, title, version, publisher, reference, groups } = framework;
  return {
    id: shownText(id),
    title: shownText(title),
    version: shownText(version),
    publisher: shownText(publisher),
    reference: shownText(reference),
    groups: groups.map((group) => ({ id: shownText(group.id), title: shownText(group.title) })),
    controls: controls.map(({ control, verdict, reason, checks, failed, findings, suppressed }) => ({
      id: shownText(control.id),
      title: shownText(control.title),
      ...(control.group === undefined ? {} : { group: shownText(control.group) }),
      verdict,
      ...(reason === undefined ? {} : { reason: shownWords(reason) }),
      ...(control.manual === undefined ? {} : { manual: shownWords(control.manual) }),
      checks: checks.map((check) => rules.of(check)),
      failed: failed.map((check) => rules.of(check)),
      findings,
      suppressed,
    })),
  };
}
