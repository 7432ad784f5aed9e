import type { SensitiveText } from '@keelson/checks';
import { type Finding, type Severity, type Suppression, severities } from '@keelson/evidence';
import { Dictionary } from './html-dictionary.ts';
import { PageFixes } from './html-fixes.ts';
import { PagePlaces, placeText, shownText } from './html-places.ts';
import type { FindingColumns, PageException, PageObject } from './page-data.ts';
import { type Piece, type PiecedFinding, piecesOf } from './pieces.ts';
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
  readonly messages: string[] = [];
  readonly objects: PageObject[] = [];
  readonly paths: string[] = [];
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
  readonly #rule: (id: Piece) => number;
  readonly #message: (message: Piece) => number;
  readonly #path: (path: Piece) => number;
  /** Numbers of objects by their identities. */
  readonly #objects: number[] = [];

  /** `rule` numbers a check by its id. */
  constructor(report: ScanReport, rule: (id: string) => number) {
    this.#redact = report.redact;
    const pieces = piecesOf(report);
    this.#rule = pieces.forms(rule);
    this.#message = pieces.lineForms((message) => this.messages.push(message) - 1);
    this.#path = pieces.lineForms((path) => this.paths.push(path) - 1);
    this.places = new PagePlaces(report.sources, report.redact.source, pieces);
    this.fixes = new PageFixes(report.sources, report.redact, this.places);
    for (const item of pieces.findings) this.#add(item);
    this.columns.severity = pieces.findings.map(({ severity }) => severityRank(severity)).join('');
    this.columns.mend = pieces.findings.map(mendDigit).join('');
    if (report.comparison !== undefined) this.columns.state = report.findings.map(stateLetter).join('');
  }

  #add({ finding, rule, subject, message, place, others, path, fixes, suppressions }: PiecedFinding): void {
    const { columns, places } = this;
    const number = columns.rule.length;
    columns.rule.push(this.#rule(rule));
    columns.object.push(this.#object(subject, finding));
    columns.message.push(this.#message(message));
    columns.place.push(place === undefined ? -1 : places.place(place));
    columns.path.push(path === undefined ? -1 : this.#path(path));
    columns.fix.push(this.fixes.of(fixes));
    if (others.length > 0) columns.related.push([number, ...others.map((place) => places.place(place))]);
    if (suppressions !== undefined && suppressions.length > 0)
      columns.suppressed.push([number, ...suppressions.map((item) => this.#exception(item))]);
  }

  /** The first finding about an object names it. */
  #object({ number }: Piece, finding: Finding): number {
    this.#objects[number] ??= this.objects.push(objectOf(finding)) - 1;
    return this.#objects[number];
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
