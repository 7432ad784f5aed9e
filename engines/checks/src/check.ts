import type { JsonObject, JsonValue, Path } from '@keelson/core';
import type { ControlReferences, FindingExplanation, PatchOperation, Severity } from '@keelson/evidence';
import type { PodTemplate, Resource } from '@keelson/kubernetes';
import type { DockerfileInput } from './input.ts';
import type { Inventory } from './inventory.ts';
import type { PathPattern } from './path-pattern.ts';

/** What a check looks at. */
export type CheckTarget = 'kubernetes' | 'dockerfile';

/**
 * The elements a check is asked about, one evaluation each.
 *
 * | scope | element | CEL variables |
 * |---|---|---|
 * | `object` | every object of `kinds` | `object` |
 * | `pod` | every Pod and Pod template | `object`, `pod` (the Pod spec), `podMetadata` |
 * | `container` | every container of those | as `pod`, and `container`, `containerType` (`init`, `container`, `ephemeral`) |
 * | `component` | every Kubernetes component that an object starts or configures | `object`, `component` |
 * | `stage` | every stage of a Dockerfile | `dockerfile`, `stage` |
 * | `instruction` | every instruction of a Dockerfile | `dockerfile`, `stage`, `instruction` |
 * | `dockerfile` | the whole Dockerfile | `dockerfile` |
 *
 * `each` walks further down from the element and binds `item` and `index` (`key` for maps).
 */
export type CheckScope =
  | 'object'
  | 'pod'
  | 'container'
  | 'component'
  | 'dockerfile'
  | 'stage'
  | 'instruction';

/** Texts and mappings: data that only reports read. */
export interface CheckText {
  id: string;
  title: string;
  severity: Severity;
  target: CheckTarget;
  category: string;
  /** What an attacker or an accident makes of it, in our own words. */
  why: string;
  remediation: string;
  controls: ControlReferences;
  /** Ids of the same concern in other tools, by tool: to read their suppressions and to compare. */
  aliases: Readonly<Record<string, readonly string[]>>;
  references: readonly string[];
  /**
   * Checks whose findings at the same element say no more than this one's (`name-*` for all that begin so):
   * reports for people fold them.
   */
  covers: readonly string[];
  /**
   * Checks that tell what this one leaves out so that findings do not repeat: where they fail, the controls that this
   * check judges fail too.
   */
  toldBy?: readonly string[];
}

/** The inline examples of a check. */
export interface CheckExamples {
  id: string;
  target: CheckTarget;
  examples: readonly CheckExample[];
}

/** An inline example; `fail` must raise the check, `pass` must not. */
export interface CheckExample {
  verdict: 'fail' | 'pass';
  input: string;
  /** Settings that the example is judged with, for checks that are silent until a user gives theirs. */
  params?: JsonObject;
}

/**
 * A fix as data. Paths are relative to the item that is judged; one whose first word is `object`, `pod`,
 * `podMetadata` or `container` starts at that variable instead (and so for `point`).
 */
export interface CheckFix {
  description: string;
  /** `add` sets the value, making missing parents, as kubectl's strategic merge would. */
  patch: PatchOperation[];
  /** Objects to add beside the one concerned, in its text. */
  objects?: JsonObject[];
  /** Named when a person must choose the value. */
  choice?: string;
  /** It may break what works: applied only when the user names the check. */
  optIn?: boolean;
}

/** What a TypeScript check found. */
export interface Violation {
  /** The object or Dockerfile concerned. */
  subject: Resource | DockerfileInput;
  /** Path from the root of the subject's value; a missing field points at its nearest existing parent. */
  path: Path;
  message: string;
  /** Other places that belong to it. */
  related?: readonly { subject: Resource | DockerfileInput; path: Path }[];
  /** Paths from the root of the subject's value. */
  fix?: CheckFix;
  /** When it differs from the check's own. */
  severity?: Severity;
  explanation?: FindingExplanation;
}

/** Variables of one evaluation. Those that the scope does not have are null. */
export interface CheckVariables {
  object: JsonValue;
  pod: JsonValue;
  podMetadata: JsonValue;
  container: JsonValue;
  containerType: string;
  component: JsonValue;
  dockerfile: JsonValue;
  stage: JsonValue;
  instruction: JsonValue;
  item: JsonValue;
  index: number;
  key: string;
  /** User's settings of this check. */
  params: JsonValue;
}

/** What the engine needs of a check: small, loaded at every start. */
export interface Check {
  readonly id: string;
  readonly target: CheckTarget;
  readonly severity: Severity;
  readonly controls: ControlReferences;
  /** `Kind` or `group/Kind`; empty = every kind that the scope fits. */
  readonly kinds: readonly string[];
  readonly judge: ElementJudge | ProgramJudge;
}

/** A CEL check: judged element by element. */
export interface ElementJudge {
  readonly type: 'element';
  readonly scope: CheckScope;
  /** For scope `container`: which lists; empty = all three. */
  readonly containers: readonly string[];
  /** For scope `component`: which; empty = all. */
  readonly components?: readonly string[];
  /** Pattern from the element to the items, `*` for every entry; undefined = the element itself. */
  readonly each?: PathPattern;
  /** False = the check does not apply to this element. */
  readonly when?: (variables: CheckVariables) => boolean;
  /** True = the element is as it should be. Throws a CelError when it cannot be evaluated. */
  readonly expression: (variables: CheckVariables) => boolean;
  readonly message: string | ((variables: CheckVariables) => string);
  /** Where to point, relative to the item; the first that exists is taken, else the last's nearest parent. */
  readonly point: readonly Path[];
  readonly fix?: CheckFix;
  /** The fix is offered only where this is true; one that cannot be evaluated offers none. */
  readonly fixWhen?: (variables: CheckVariables) => boolean;
  readonly params?: JsonObject;
}

/** A TypeScript check: for what needs several objects or more than CEL can say. */
export interface ProgramJudge {
  readonly type: 'program';
  readonly run: (context: ProgramContext) => Iterable<Violation>;
  readonly params?: JsonObject;
}

/** What a TypeScript check may read. */
export interface ProgramContext {
  readonly inventory: Inventory;
  /** Objects of the check's kinds, in input order. */
  readonly resources: readonly Resource[];
  /** Dockerfiles of the input, in input order. */
  readonly dockerfiles: readonly DockerfileInput[];
  podTemplate(resource: Resource): PodTemplate | undefined;
  readonly params: JsonObject;
}
