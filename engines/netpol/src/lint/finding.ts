import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { LintContext } from './context.ts';

export type LintSeverity = 'high' | 'medium' | 'low' | 'info';

/** A change that mends a finding, as a fix of `@keelson/evidence` says it. */
export interface LintFix {
  description: string;
  /** Changes of the object that the finding is about. */
  patch: { op: 'add' | 'replace' | 'remove'; path: Path; value?: JsonValue }[];
  /** Objects to add. */
  objects?: JsonObject[];
  /** What works may break, or what is closed may open: for users who ask for it by name. */
  optIn?: boolean;
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
  /** That of the check of `keelson scan` that asks the rule. */
  id: string;
  severity: LintSeverity;
  /** What is wrong where the rule finds something. */
  title: string;
  check(context: LintContext): readonly LintHit[];
}

/** An estimate of a rule's work passes the bound, so that it is not run. */
export class TooMuchWork extends Error {
  constructor(limit: number) {
    super(`the input has more pairs for it than maxWork (${limit}) allows`);
  }
}
