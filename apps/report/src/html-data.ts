import type { CheckText } from '@keelson/checks';
import type { FrameworkAssessment } from '@keelson/compliance';
import { type Finding, parseSubject, type Severity, type Suppression, severities } from '@keelson/evidence';
import { Dictionary } from './html-dictionary.ts';
import { PageFixes } from './html-fixes.ts';
import { PagePlaces, placeText, shownText } from './html-places.ts';
import type {
  FindingColumns,
  PageBrief,
  PageComparison,
  PageData,
  PageException,
  PageFramework,
  PageNotice,
  PageObject,
  PageRule,
} from './page-data.ts';
import type { Comparison, ReportedFinding, ScanReport } from './report.ts';

const ranks = new Map<Severity, number>(severities.map((severity, i) => [severity, i]));
const stateLetters = { new: 'n', unchanged: 'u', 'not-comparable': 'c' } as const;

/** The report as the page of the HTML format reads it (`page-data.ts`). */
export function pageData(report: ScanReport): PageData {
  const places = new PagePlaces(report.sources, report.redact.source);
  const rules = new PageRules(report);
  const fixes = new PageFixes({
    sources: report.sources,
    redact: report.redact,
    file: (name) => places.file(name),
  });
  const messages = new Dictionary<string>();
  const objects = new Dictionary<PageObject>();
  const exceptions = new Dictionary<PageException>();
  const columns: FindingColumns = {
    rule: [],
    object: [],
    severity: '',
    message: [],
    place: [],
    path: [],
    fix: [],
    mend: '',
    ...(report.comparison === undefined ? {} : { state: report.findings.map(stateLetter).join('') }),
    suppressed: [],
    related: [],
  };
  for (const [i, { finding }] of report.findings.entries()) {
    const { rule, subject, message, locations, suppressions = [] } = finding;
    const [first, ...others] = locations;
    columns.rule.push(rules.of(rule));
    columns.object.push(objects.of(subject, () => objectOf(finding)));
    columns.message.push(messages.of(message, () => shownText(report.redact.message(message))));
    columns.place.push(places.place(first));
    columns.path.push(places.path(first?.path));
    columns.fix.push(fixes.of(finding.fixes));
    if (others.length > 0) columns.related.push([i, ...others.map((place) => places.place(place))]);
    if (suppressions.length > 0)
      columns.suppressed.push([
        i,
        ...suppressions.map((item) =>
          exceptions.of(JSON.stringify(item), () => exceptionOf(item, report.redact.message)),
        ),
      ]);
  }
  columns.severity = report.findings.map(({ finding }) => ranks.get(finding.severity) ?? 4).join('');
  columns.mend = report.findings.map(mendDigit).join('');
  const frameworks = report.frameworks.map((assessment) => frameworkOf(assessment, rules));
  return {
    tool: { name: report.tool.name, version: report.tool.version },
    time: report.time,
    input: report.input,
    failOn: report.failOn,
    suppressions: report.suppressions,
    files: places.files.values,
    rules: rules.values,
    objects: objects.values,
    messages: messages.values,
    paths: places.paths.values,
    excerpts: places.excerpts.values,
    places: places.places,
    origins: places.origins,
    fixes: fixes.sets.values,
    exceptions: exceptions.values,
    findings: columns,
    frameworks,
    notices: report.notifications.map((item) => noticeOf(item, report)),
    ...(report.comparison === undefined ? {} : { comparison: comparisonOf(report.comparison, report) }),
  };
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
        severity: ranks.get(text?.severity ?? 'info') ?? 4,
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

function objectOf({ subject, object }: Finding): PageObject {
  const label = shownText(object ?? subject);
  try {
    const parsed = parseSubject(subject);
    if (parsed.type === 'object' || parsed.type === 'source-object')
      return [shownText(parsed.kind), shownText(parsed.namespace), label];
    if (parsed.type === 'file') return ['Dockerfile', '', shownText(parsed.path)];
  } catch {
    // A subject of a form of its own still has its words.
  }
  return [label.split(' ')[0] ?? '', '', label];
}

function mendDigit({ fixable, fixableByName }: ReportedFinding): string {
  return fixable ? '1' : fixableByName === true ? '2' : '0';
}

function stateLetter({ state }: ReportedFinding): string {
  return state === undefined ? '-' : stateLetters[state];
}

function exceptionOf(suppression: Suppression, redact: (text: string) => string): PageException {
  const { kind, reason, owner, expires, location } = suppression;
  return {
    kind,
    reason: shownText(redact(reason)),
    ...(owner === undefined ? {} : { owner: shownText(redact(owner)) }),
    ...(expires === undefined ? {} : { expires: shownText(expires) }),
    ...(location === undefined ? {} : { place: placeText(location) }),
  };
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
    severity: ranks.get(finding.severity) ?? 4,
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
