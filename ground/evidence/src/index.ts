export {
  type Assessment,
  type AssessmentQuestion,
  type AssessmentStatus,
  type AssessmentView,
  assess,
  assessmentStatuses,
  checkAssessment,
  type Justification,
  justifications,
} from './assessment.ts';
export { canonicalText } from './canonical.ts';
export {
  type Claim,
  checkClaim,
  claimDigest,
  isKnownAt,
  isPublishedType,
  newestKnown,
  ownType,
  publishedTypes,
} from './claim.ts';
export {
  type Coverage,
  type CoverageState,
  type CoveredAnswer,
  coveredAnswer,
  covers,
  gapsOf,
  isComplete,
} from './coverage.ts';
export { type EvidenceErrorCode, evidenceErrorCodes } from './error.ts';
export {
  type ControlReferences,
  type Finding,
  type FindingExplanation,
  type FindingLocation,
  type FindingRead,
  type Fix,
  type Notification,
  type PatchOperation,
  type Severity,
  type Suppression,
  severities,
  type TextEdit,
  type Verdict,
} from './finding.ts';
export { type FingerprintParts, fingerprint } from './fingerprint.ts';
export { type Direction, EvidenceGraph, type Follow, type PathLink, type PathOptions } from './graph.ts';
export { type Body, canonicalBody, emptyBody, mergeBodies, type SubjectRecord } from './merge.ts';
export { Redactor } from './redactor.ts';
export {
  checkRelation,
  joinObservations,
  type Observation,
  type ObservedEvent,
  observe,
  type Relation,
  type RelationType,
  relationKey,
  relationTypes,
} from './relation.ts';
export { redactSecretObject, Sensitive, SensitiveKey } from './sensitive.ts';
export {
  canonicalSnapshot,
  type Statement,
  type StatementSubject,
  snapshotDigest,
  statementJson,
  toStatement,
} from './statement.ts';
export {
  canonicalIdentity,
  formatObjectName,
  formatSubject,
  isName,
  isSubjectIdentity,
  type ObjectName,
  parseSubject,
  placelessIdentity,
  resolveAlias,
  type Subject,
} from './subject.ts';
export { isExpired, isSuppressed, suppress } from './suppression.ts';
