import type { SensitiveText } from '@keelson/checks';
import { type Finding, type Severity, type Suppression, severities } from '@keelson/evidence';
import { Dictionary } from './html-dictionary.ts';
import { PageFixes } from './html-fixes.ts';
import { PagePlaces, placeText, shownText } from './html-places.ts';
import type { FindingColumns, PageException, PageObject } from './page-data.ts';
import type { FindingState, ReportedFinding, ScanReport } from './report.ts';

const ranks = new Map<Severity, number>(severities.map((severity, i) => [severity, i]));
const stateLetters: Readonly<Record<FindingState, string>> = {
  new: 'n',
  unchanged: 'u',
  'not-comparable': 'c',
};

/** A severity as its index in `severities`. */
export function severityRank(severity: Severity | undefined): number {
  return severity === undefined ? severities.length - 1 : (ranks.get(severity) ?? severities.length - 1);
}

/** Findings as columns, and the lists that the columns point into. */
export class FindingTable {
  readonly places: PagePlaces;
  readonly fixes: PageFixes;
  readonly messages = new Dictionary<string>();
  readonly objects = new Dictionary<PageObject>();
  readonly exceptions = new Dictionary<PageException>();
  readonly columns: FindingColumns = {
    rule: [],
    object: [],
    severity: '',
    message: [],
    place: [],
    path: [],
    fix: [],
    mend: '',
    suppressed: [],
    related: [],
  };
  readonly #redact: SensitiveText;
  readonly #rule: (id: string) => number;

  /** `rule` numbers a check by its id. */
  constructor(report: ScanReport, rule: (id: string) => number) {
    this.#redact = report.redact;
    this.#rule = rule;
    this.places = new PagePlaces(report.sources, report.redact.source);
    this.fixes = new PageFixes(report.sources, report.redact, this.places);
    for (const item of report.findings) this.#add(item);
    this.columns.severity = report.findings.map(({ finding }) => severityRank(finding.severity)).join('');
    this.columns.mend = report.findings.map(mendDigit).join('');
    if (report.comparison !== undefined) this.columns.state = report.findings.map(stateLetter).join('');
  }

  #add({ finding }: ReportedFinding): void {
    const { columns, places } = this;
    const { rule, subject, message, locations, suppressions } = finding;
    const number = columns.rule.length;
    const [first] = locations;
    columns.rule.push(this.#rule(rule));
    columns.object.push(this.objects.of(subject, () => objectOf(finding)));
    columns.message.push(this.messages.of(message, (text) => shownText(this.#redact.message(text))));
    columns.place.push(places.place(first));
    columns.path.push(places.path(first?.path));
    columns.fix.push(this.fixes.of(finding.fixes));
    if (locations.length > 1)
      columns.related.push([number, ...locations.slice(1).map((place) => places.place(place))]);
    if (suppressions !== undefined && suppressions.length > 0)
      columns.suppressed.push([number, ...suppressions.map((item) => this.#exception(item))]);
  }

  #exception(suppression: Suppression): number {
    return this.exceptions.of(JSON.stringify(suppression), () =>
      exceptionOf(suppression, this.#redact.message),
    );
  }
}

/**
 * Kind and namespace stand before the name at the end of an object's identity, percent-encoded (the table in
 * subject.ts of the evidence). To parse the whole of it would take its path apart for nothing.
 */
export function objectOf({ subject, object }: Finding): PageObject {
  const label = shownText(object ?? subject);
  if (subject.startsWith('file:'))
    return [object === 'Dockerfile' ? object : 'File', '', decoded(subject.slice('file:'.length))];
  const name = subject.lastIndexOf('/');
  const namespace = subject.lastIndexOf('/', name - 1);
  const kind = subject.lastIndexOf('/', namespace - 1);
  if (!subject.startsWith('k8s:') || kind < 0) return [label.split(' ')[0] ?? '', '', label];
  return [decoded(subject.slice(kind + 1, namespace)), decoded(subject.slice(namespace + 1, name)), label];
}

function decoded(text: string): string {
  if (!text.includes('%')) return shownText(text);
  try {
    return shownText(decodeURIComponent(text));
  } catch {
    return shownText(text);
  }
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
