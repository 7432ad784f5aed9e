import type { JsonObject, JsonValue, Path, SourceLocation } from '@keelson/core';

/** From worst to least. `info` is advice that no threshold fails on unless asked. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

/** What a judgement came to. What could not be judged is `manual` or a notification, never `pass`. */
export type Verdict = 'fail' | 'pass' | 'manual' | 'not-applicable';

/** A place that a finding points at. */
export interface FindingLocation extends SourceLocation {
  /** Path inside the document, as written there (list items of a `kind: List` included). */
  path?: Path;
  /** True when the field is missing and the location is its nearest existing parent. */
  missing?: boolean;
  /** For an object that a chart or kustomization rendered: the template, base or values file it came from. */
  origin?: SourceLocation;
}

/** One operation of RFC 6902, limited to those that fixes need. `value` of `add`/`replace` is plain JSON. */
export interface PatchOperation {
  op: 'add' | 'replace' | 'remove';
  path: Path;
  value?: JsonValue;
}

/** A replacement of `[start, end)` in a file, offsets in UTF-16 code units. */
export interface TextEdit {
  file: string;
  start: number;
  end: number;
  text: string;
}

/**
 * A mend. `patch` speaks of the object, `objects` of others that stand beside it from then on, `edits` of the text; a fix that
 * needs a choice names it and has no edits.
 */
export interface Fix {
  description: string;
  patch?: PatchOperation[];
  objects?: JsonObject[];
  edits?: TextEdit[];
  /** A value that a person must choose first (a UID, a limit), with a word on how. */
  choice?: string;
  /** The mend may break what works: it is applied only when the user names the rule. */
  optIn?: boolean;
}

/** Why a finding does not count against the threshold. It never changes the verdict (SARIF 2.1.0, 3.27.23). */
export interface Suppression {
  kind: 'in-source' | 'external' | 'baseline';
  reason: string;
  /** Where the suppression stands. */
  location?: SourceLocation;
  owner?: string;
  /** RFC 3339 date or time; a suppression past it does not count and is itself reported. */
  expires?: string;
}

/** Control ids by framework id, as in `{ pss: ['restricted'], nsa: ['...'] }`. */
export type ControlReferences = Readonly<Record<string, readonly string[]>>;

/** What a rule of a policy read: `input.spec.replicas`. */
export interface FindingRead {
  path: string;
  /** Where it is one scalar that is not long. */
  value?: string | number | boolean | null;
  /** Nothing was there. */
  missing?: boolean;
}

/** Why a policy of the user's says what it says. */
export interface FindingExplanation {
  /** The rule of the policy, as `data.main.deny`. */
  rule: string;
  /** Where the rule stands. */
  location?: SourceLocation;
  /** What it read on the way, some of it where it was much. */
  reads: FindingRead[];
}

/** A judgement of a rule about a subject (design: the body of evidence). */
export interface Finding {
  rule: string;
  /** Identity of the subject, as in `subject.ts`. */
  subject: string;
  /** Words that name the subject to a person: `Deployment shop/web`. */
  object?: string;
  verdict: Verdict;
  severity: Severity;
  message: string;
  /** The first is where to look; the others are related places. */
  locations: FindingLocation[];
  /** Digests of the claims it rests on. */
  claims?: string[];
  explanation?: FindingExplanation;
  controls?: ControlReferences;
  fixes?: Fix[];
  suppressions?: Suppression[];
  /** Hex SHA-256; see `fingerprint.ts`. */
  fingerprint: string;
}

/** Something that could not be read or judged: a notification in SARIF's terms. */
export interface Notification {
  level: 'error' | 'warning' | 'note';
  code: string;
  message: string;
  location?: SourceLocation;
  /** The rule that failed, where one did. */
  rule?: string;
}
