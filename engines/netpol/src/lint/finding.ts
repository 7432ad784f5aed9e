import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { LintContext } from './context.ts';

export type LintSeverity = 'high' | 'medium' | 'low' | 'info';

/** A change that mends a finding; the words and shapes are those of a fix in a finding of `@keelson/evidence`. */
export interface LintFix {
  title: string;
  /** Changes of the object that the finding is about. */
  patch?: readonly { op: 'add' | 'replace' | 'remove'; path: Path; value?: JsonValue }[];
  /** An object to add. */
  object?: JsonObject;
}

/** What a rule has found. */
export interface LintHit {
  /** The policy, or the object that lacks one. */
  resource: Resource;
  path: Path;
  message: string;
  fix?: LintFix;
}

export interface LintFinding extends LintHit {
  rule: string;
  severity: LintSeverity;
}

/** One rule of the lint. */
export interface LintRule {
  id: string;
  severity: LintSeverity;
  /** What is wrong where the rule finds something. */
  title: string;
  check(context: LintContext): readonly LintHit[];
}

/** An estimate of a rule's work passes the bound, so that it is not run. */
export class TooMuchWork extends Error {}
