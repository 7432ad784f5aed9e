import { isObject, type JsonValue } from '@keelson/core';
import { canonicalText, sha256 } from './canonical.ts';
import { evidenceError } from './error.ts';
import { isSubjectIdentity } from './subject.ts';
import { timeOf } from './time.ts';

/** A typed fact about a subject. */
export interface Claim {
  /** A type of in-toto, SLSA, CycloneDX, SPDX or OpenVEX where one fits; an absolute URI always. */
  type: string;
  /** Identity of the subject. */
  subject: string;
  body: JsonValue;
  /** Where it was learnt: a file, a registry, a cluster, a node. */
  source: string;
  /** What learnt it: `name@version`. */
  collector: string;
  /** RFC 3339. */
  observedAt: string;
  validFrom?: string;
  /** From this time on the claim counts as unknown. */
  validUntil?: string;
  /** Digest of what was read: `sha256:…`. */
  inputDigest: string;
  /** From 0 to 1. */
  confidence: number;
}

/** Predicate types that others have published; a claim of one of them has their predicate as body. */
export const publishedTypes = Object.freeze({
  cyclonedx: 'https://cyclonedx.org/bom',
  openvex: 'https://openvex.dev/ns/v0.2.0',
  runtimeTrace: 'https://in-toto.io/attestation/runtime-trace/v0.1',
  scai: 'https://in-toto.io/attestation/scai/v0.3',
  slsaProvenance: 'https://slsa.dev/provenance/v1',
  slsaVerificationSummary: 'https://slsa.dev/verification_summary/v1',
  spdx: 'https://spdx.dev/Document',
  testResult: 'https://in-toto.io/attestation/test-result/v0.1',
  vulnerabilities: 'https://in-toto.io/attestation/vulns/v0.1',
});

const published: ReadonlySet<string> = new Set(Object.values(publishedTypes));

/** Type of a claim for which nobody has published one. */
export function ownType(name: string): string {
  return `urn:keelson:claim:${encodeURIComponent(name)}`;
}

/** True when the body is a predicate that others read as it is. */
export function isPublishedType(type: string): boolean {
  return published.has(type);
}

/** Throws `EVIDENCE_CLAIM`, `EVIDENCE_SUBJECT` or `EVIDENCE_TIME` unless every field is as it must be. */
export function checkClaim(claim: Claim): void {
  const refuse = (message: string) =>
    evidenceError('EVIDENCE_CLAIM', `claim about ${claim.subject}: ${message}`);
  if (!isSubjectIdentity(claim.subject)) throw refuse('its subject is no identity');
  if (!/^[a-zA-Z][a-zA-Z0-9+.-]*:[^\s]+$/.test(claim.type)) throw refuse('its type is no absolute URI');
  if (claim.source === '') throw refuse('it names no source');
  if (!/^[^@\s]+@[^@\s]+$/.test(claim.collector)) throw refuse('its collector is not name@version');
  if (!/^sha(?:256:[a-f0-9]{64}|512:[a-f0-9]{128})$/.test(claim.inputDigest))
    throw refuse('its input has no digest');
  if (!(claim.confidence >= 0 && claim.confidence <= 1)) throw refuse('its confidence is not from 0 to 1');
  timeOf(claim.observedAt);
  const from = claim.validFrom === undefined ? Number.NEGATIVE_INFINITY : timeOf(claim.validFrom);
  if (claim.validUntil !== undefined && timeOf(claim.validUntil) < from)
    throw refuse('it ends before it begins');
}

/** Names a claim: hex SHA-256 of its canonical text. */
export function claimDigest(claim: Claim): string {
  return sha256(canonicalText(claim));
}

/** Whether a claim says anything at a time; before `validFrom` and from `validUntil` on it counts as unknown. */
export function isKnownAt(claim: Claim, at: Date): boolean {
  const now = at.getTime();
  if (claim.validFrom !== undefined && now < timeOf(claim.validFrom)) return false;
  return claim.validUntil === undefined || now < timeOf(claim.validUntil);
}

/** The newest of the claims of a type about a subject that is known at a time; undefined means unknown. */
export function newestKnown(
  claims: Iterable<Claim>,
  subject: string,
  type: string,
  at: Date,
): Claim | undefined {
  let newest: Claim | undefined;
  for (const claim of claims) {
    if (claim.subject !== subject || claim.type !== type || !isKnownAt(claim, at)) continue;
    // What was observed after the time asked about was not known then.
    const observed = timeOf(claim.observedAt);
    if (observed > at.getTime()) continue;
    if (newest === undefined || isNewer(claim, observed, newest)) newest = claim;
  }
  return newest;
}

function isNewer(claim: Claim, observed: number, newest: Claim): boolean {
  const other = timeOf(newest.observedAt);
  // Of two of one moment the choice must not hang on their order.
  return observed > other || (observed === other && claimDigest(claim) > claimDigest(newest));
}

/** The predicate under which a claim is exported: the body itself, or with what a claim adds to it. */
export function predicateOf(claim: Claim): JsonValue {
  if (isPublishedType(claim.type) && isObject(claim.body)) return claim.body;
  const { type: _type, subject: _subject, ...predicate } = claim;
  return predicate;
}
