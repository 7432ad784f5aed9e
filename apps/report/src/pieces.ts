import { formatPath } from '@keelson/core';
import type {
  Finding,
  FindingExplanation,
  FindingLocation,
  Fix,
  Severity,
  Suppression,
} from '@keelson/evidence';
import { PathTable } from './path-table.ts';
import { counts, type FindingState, type ReportedFinding, type ScanReport } from './report.ts';
import { memoized, plainLine, shared } from './told.ts';

/** A text that many findings share, with its number in the report. */
export interface Piece {
  readonly number: number;
  readonly text: string;
}

/**
 * A finding and the texts that it is told with. What most formats ask of it stands in one object: findings lie anywhere in
 * memory, and a format that goes from one to the next mostly waits for them.
 */
export class PiecedFinding implements ReportedFinding {
  readonly finding: Finding;
  readonly fixable: boolean;
  readonly fixableByName: boolean;
  declare readonly state?: FindingState;
  readonly severity: Severity;
  readonly fingerprint: string;
  readonly fixes: readonly Fix[] | undefined;
  readonly suppressions: readonly Suppression[] | undefined;
  readonly explanation: FindingExplanation | undefined;
  /** True when it is not suppressed. */
  readonly counts: boolean;
  /** The first location. */
  readonly place: FindingLocation | undefined;
  /** All but the first. */
  readonly others: readonly FindingLocation[];
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly endLine: number | undefined;
  readonly endColumn: number | undefined;
  readonly rule: Piece;
  readonly subject: Piece;
  /** The object's name to a person. */
  readonly object: Piece;
  /** Redacted. */
  readonly message: Piece;
  /** File and path of the first location. */
  readonly file: Piece | undefined;
  /** As `formatPath` writes it; undefined for the whole document too. */
  readonly path: Piece | undefined;

  constructor({ finding, fixable, fixableByName = false, state }: ReportedFinding, pieces: Pieces) {
    const { rule, subject, object, message, severity, locations } = finding;
    const { fingerprint, fixes, suppressions, explanation } = finding;
    const place = locations[0];
    this.finding = finding;
    this.fixable = fixable;
    this.fixableByName = fixableByName;
    if (state !== undefined) this.state = state;
    this.severity = severity;
    this.fingerprint = fingerprint;
    this.fixes = fixes;
    this.suppressions = suppressions;
    this.explanation = explanation;
    this.counts = counts(finding);
    this.place = place;
    this.others = locations.length < 2 ? none : locations.slice(1);
    this.line = place?.line;
    this.column = place?.column;
    this.endLine = place?.endLine;
    this.endColumn = place?.endColumn;
    this.rule = pieces.of(rule);
    this.subject = pieces.of(subject);
    this.object = object === undefined ? this.subject : pieces.of(object);
    this.message = pieces.message(message);
    this.file = place === undefined ? undefined : pieces.of(place.file);
    this.path =
      place?.path === undefined || place.path.length === 0 ? undefined : pieces.paths.of(place.path);
  }
}

const none: readonly FindingLocation[] = [];

/**
 * The texts of a report's findings, each once. Every format writes the same few thousand texts in its own way for tens of
 * thousands of findings, so it makes each of them once and finds it by number.
 */
export class Pieces {
  /** A path as a text. */
  readonly paths = new PathTable((path) => this.of(formatPath(path)));
  /** A message from the input, redacted. */
  readonly message: (message: string) => Piece;
  readonly findings: readonly PiecedFinding[];
  /** A text on one line (`plainLine`). */
  readonly line: (piece: Piece) => string;
  readonly #known = new Map<string, Piece>();

  constructor({ findings, redact }: ScanReport) {
    this.message = memoized((message) => this.of(redact.message(message)));
    this.findings = findings.map((item) => new PiecedFinding(item, this));
    this.line = this.forms(plainLine);
  }

  of(text: string): Piece {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const piece = { number: this.#known.size, text };
    this.#known.set(text, piece);
    return piece;
  }

  /** A finding that is none of the report's own: one of an earlier state. */
  finding(finding: Finding): PiecedFinding {
    return new PiecedFinding({ finding, fixable: false }, this);
  }

  /** What a format makes of a text on one line, made once for each. */
  lineForms<T>(make: (line: string) => T): (piece: Piece) => T {
    return this.forms((_, piece) => make(this.line(piece)));
  }

  /** What a format makes of a text, made once for each. */
  forms<T>(make: (text: string, piece: Piece) => T): (piece: Piece) => T {
    const made = new Array<T | undefined>(this.#known.size);
    return (piece) => {
      const { number } = piece;
      const before = made[number];
      if (before !== undefined) return before;
      const form = make(piece.text, piece);
      made[number] = form;
      return form;
    };
  }
}

/** All formats of a run are written of the same pieces. */
export const piecesOf = shared(
  ({ findings, redact }) => [findings, redact],
  (report) => new Pieces(report),
);
