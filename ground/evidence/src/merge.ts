import type { Assessment } from './assessment.ts';
import { canonicalText, compareText } from './canonical.ts';
import { type Claim, claimDigest } from './claim.ts';
import type { Coverage } from './coverage.ts';
import type { Finding } from './finding.ts';
import { joinObservations, type Relation, relationKey } from './relation.ts';

/** A subject that is spoken of. What changes about it (uid, generation, version) is claimed, not kept here. */
export interface SubjectRecord {
  id: string;
  /** Local names: context names, tags, mirrors. */
  aliases: string[];
}

/** Everything that is known, in canonical order. */
export interface Body {
  subjects: SubjectRecord[];
  claims: Claim[];
  findings: Finding[];
  relations: Relation[];
  assessments: Assessment[];
  coverage: Coverage[];
}

/** A body that says nothing: the neutral element of `mergeBodies`. */
export function emptyBody(): Body {
  return { subjects: [], claims: [], findings: [], relations: [], assessments: [], coverage: [] };
}

/**
 * What is known from two bodies. Associative, commutative and idempotent, so bodies may be gathered in any order
 * and more than once; the result is in canonical order and shares its items with the arguments.
 */
export function mergeBodies(a: Body, b: Body): Body {
  return {
    subjects: join([...a.subjects, ...b.subjects], ({ id }) => id, joinSubjects),
    claims: join([...a.claims, ...b.claims], claimDigest, first),
    findings: join([...a.findings, ...b.findings], findingKey, joinFindings),
    relations: join([...a.relations, ...b.relations], relationKey, joinRelations),
    assessments: join([...a.assessments, ...b.assessments], canonicalText, first),
    coverage: join([...a.coverage, ...b.coverage], canonicalText, first),
  };
}

/** A body in canonical order, with nothing said twice. */
export function canonicalBody(body: Body): Body {
  return mergeBodies(body, emptyBody());
}

/** One item for each key, in order of the keys; items of one key are joined, also when there is only one. */
function join<T>(items: readonly T[], keyOf: (item: T) => string, joinTwo: (a: T, b: T) => T): T[] {
  const byKey = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    // Joining an item with itself puts it into canonical form.
    byKey.set(key, joinTwo(byKey.get(key) ?? item, item));
  }
  return [...byKey].sort(([a], [b]) => compareText(a, b)).map(([, item]) => item);
}

function first<T>(a: T): T {
  return a;
}

function joinSubjects(a: SubjectRecord, b: SubjectRecord): SubjectRecord {
  return { id: a.id, aliases: [...new Set([...a.aliases, ...b.aliases])].sort(compareText) };
}

/** Findings are one when they differ in nothing but their suppressions. */
function findingKey({ suppressions: _suppressions, ...finding }: Finding): string {
  return canonicalText([finding.fingerprint, finding]);
}

function joinFindings(a: Finding, b: Finding): Finding {
  const suppressions = [...(a.suppressions ?? []), ...(b.suppressions ?? [])];
  if (suppressions.length > 0) return { ...a, suppressions: join(suppressions, canonicalText, first) };
  const { suppressions: _none, ...bare } = a;
  return bare;
}

function joinRelations(a: Relation, b: Relation): Relation {
  if (a.observation === undefined || b.observation === undefined) return a;
  return { ...a, observation: joinObservations(a.observation, b.observation) };
}
