/**
 * What the HTML report carries for its page: written by `html-data.ts`, read by `page/`. Types only.
 *
 * Texts stand once, in lists; everything else refers to them by index, and -1 stands for none. A severity is its
 * index in `severities` (0 is critical). All texts are redacted and free of control characters.
 */
export interface PageData {
  tool: { name: string; version: string };
  /** Behind the title of each view: tells one report from another. */
  title: string;
  /** What was scanned; empty where nobody told. */
  scanned: string[];
  /** RFC 3339. */
  time: string;
  input: {
    files: number;
    documents: number;
    objects: number;
    dockerfiles: number;
    checks: number;
    seconds?: number;
  };
  failOn: string;
  suppressions: { loaded: number; matched: number; unused: number; expired: number };
  files: string[];
  rules: PageRule[];
  objects: PageObject[];
  messages: string[];
  /** Paths in an object, as `formatPath` writes them. */
  paths: string[];
  /** Source lines, clipped. */
  excerpts: string[];
  /** Seven numbers a place: file, line (0: none), column, excerpt, first marked column (from 0), marked length, 1 when the field is missing there. */
  places: number[];
  /** Where a rendered place came from: place, file, line (0: none). */
  origins: [place: number, file: number, line: number][];
  /** What mends a finding: each item is all the fixes of one. */
  fixes: PageFix[][];
  exceptions: PageException[];
  findings: FindingColumns;
  frameworks: PageFramework[];
  notices: PageNotice[];
  comparison?: PageComparison;
}

/** A check. Those that only stand in a framework, and found nothing, have no `why`. */
export interface PageRule {
  id: string;
  title: string;
  severity: number;
  category: string;
  why?: string;
  remediation?: string;
  /** Framework id and control ids. */
  controls?: [framework: string, ids: readonly string[]][];
  /** Tool and ids in that tool. */
  aliases?: [tool: string, ids: readonly string[]][];
  references?: readonly string[];
  /** How many elements it was asked about, how many it failed, how many it could not answer; none when it did not run. */
  judged?: [judged: number, failed: number, errors: number];
}

/** Kind, namespace (empty: of the cluster, or a file), words for a person. */
export type PageObject = [kind: string, namespace: string, label: string];

/** One entry a finding in each column. */
export interface FindingColumns {
  rule: number[];
  object: number[];
  /** A digit each. */
  severity: string;
  message: number[];
  place: number[];
  path: number[];
  fix: number[];
  /** A digit each: 0 not mended by `--fix`, 1 mended, 2 only when its check is named. */
  mend: string;
  /** A letter each where runs are compared: `n`ew, `u`nchanged, not `c`omparable, `-` unknown. */
  state?: string;
  /** Exceptions of a finding: finding and exceptions. */
  suppressed: [finding: number, ...exceptions: number[]][];
  /** Further places: finding and places. */
  related: [finding: number, ...places: number[]][];
}

export interface PageFix {
  description: string;
  choice?: string;
  /** Patch operations in words: `set spec.hostPID to false`. */
  patch?: string[];
  diff?: PageHunk[];
}

/** Lines that a fix takes out and puts in; `line` is the number of the first of them, `before` and `after` stand around. */
export interface PageHunk {
  file: number;
  line: number;
  before?: string;
  removed: string[];
  added: string[];
  after?: string;
}

export interface PageException {
  kind: string;
  reason: string;
  owner?: string;
  expires?: string;
  place?: string;
}

export interface PageFramework {
  id: string;
  title: string;
  version: string;
  publisher: string;
  reference: string;
  groups: readonly { id: string; title: string }[];
  controls: PageControl[];
}

export interface PageControl {
  id: string;
  title: string;
  group?: string;
  verdict: PageVerdict;
  reason?: string;
  /** What a person must collect and judge. */
  manual?: string;
  /** Indexes of rules. */
  checks: number[];
  failed: number[];
  findings: number;
  suppressed: number;
}

export type PageVerdict = 'fail' | 'pass' | 'manual' | 'not-applicable';

/** Something that could not be read or judged. */
export interface PageNotice {
  level: 'error' | 'warning' | 'note';
  code: string;
  message: string;
  /** File with line and column. */
  place?: string;
  rule?: string;
}

export interface PageComparison {
  against: string;
  resolved: PageBrief[];
  notComparable: PageBrief[];
}

/** A finding of another run in short. */
export interface PageBrief {
  rule: string;
  title: string;
  severity: number;
  object: string;
  message: string;
  place: string;
  reason?: string;
}
