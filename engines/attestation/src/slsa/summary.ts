import { type JsonFields, type JsonValue, stringifyJson } from '@keelson/core';
import { EnvelopeError, pae, readEnvelope } from '@keelson/envelopes';
import type { PublicKey } from '@keelson/pki';
import { readStatementHeader, type StatementHeader, statementPayloadType } from '@keelson/signing';
import { AttestationError } from '../errors.ts';
import { documentFields, fieldsOf } from '../fields.ts';
import { type AttestationLimits, defaultAttestationLimits } from '../limits.ts';
import { holds } from './signature.ts';

/** The type of Verification Summary Attestations (slsa.dev/spec/v1.2/verification_summary). */
export const summaryPredicateType = 'https://slsa.dev/verification_summary/v1';

/** Something by its address, its digests or both. */
export interface SummaryResource {
  readonly uri?: string;
  readonly digest?: ReadonlyMap<string, string>;
}

/** What a verifier found about an artifact. */
export interface Summary {
  readonly verifier: { readonly id: string; readonly version?: ReadonlyMap<string, string> };
  /** RFC 3339. */
  readonly timeVerified?: string;
  readonly resourceUri: string;
  readonly policy: SummaryResource;
  /** The attestations that the verdict stands on. */
  readonly inputAttestations: readonly SummaryResource[];
  readonly result: 'PASSED' | 'FAILED';
  /** `SLSA_BUILD_LEVEL_2`, or words of the verifier's own. */
  readonly verifiedLevels: readonly string[];
  /** How many dependencies are of which level. */
  readonly dependencyLevels?: ReadonlyMap<string, number>;
  readonly slsaVersion?: string;
}

/** What is asked of a summary. */
export interface SummaryExpectations {
  /** `sha256:…`: every one must be among the digests of the subjects. At least one. */
  readonly digests: readonly string[];
  readonly verifierId: string;
  readonly resourceUri: string;
  /** Of SLSA's levels a higher one of the same track counts too. */
  readonly levels: readonly string[];
}

export interface VerifiedSummary {
  readonly statement: StatementHeader;
  readonly summary: Summary;
}

/** A key that summaries are signed with, and the id by which signatures must name it, where it has one. */
export interface SummaryKey {
  readonly key: PublicKey;
  readonly id?: string;
}

/**
 * Verifies a summary in a DSSE envelope by a key. Where it came in a Sigstore bundle, verify that and pass its payload to `demandSummary`.
 *
 * @throws AttestationError
 */
export function verifySummary(
  envelope: Uint8Array,
  key: SummaryKey,
  expected: SummaryExpectations,
  limits: AttestationLimits = defaultAttestationLimits,
): VerifiedSummary {
  return demandSummary(signedPayload(envelope, key, limits), expected, limits);
}

function signedPayload(source: Uint8Array, { key, id }: SummaryKey, limits: AttestationLimits): Uint8Array {
  try {
    const { payload, payloadType, signatures } = readEnvelope(source, {
      maxEnvelopeBytes: limits.maxDocumentBytes,
      maxSignatures: limits.maxSignatures,
      maxHeaderBytes: limits.maxDocumentBytes,
    });
    if (payloadType !== statementPayloadType) throw invalid(`it is of ${payloadType}`);
    const data = pae(payloadType, payload);
    const isSigned = signatures.some(
      ({ keyid, sig }) => (id === undefined || keyid === id) && holds(key, data, sig),
    );
    if (isSigned) return payload;
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    throw invalid(error.message, error);
  }
  throw new AttestationError(
    'PROVENANCE_UNSIGNED',
    `the summary has no signature of the key${id === undefined ? '' : ` ${id}`} that holds`,
  );
}

/**
 * Holds the payload of a verified envelope against what is asked for.
 *
 * @throws AttestationError SUMMARY_INVALID, SUBJECT_MISMATCH, VERIFIER_MISMATCH, RESOURCE_MISMATCH, VERIFICATION_FAILED, LEVEL_MISMATCH
 */
export function demandSummary(
  payload: Uint8Array,
  expected: SummaryExpectations,
  limits: AttestationLimits = defaultAttestationLimits,
): VerifiedSummary {
  const found = readSummary(payload, limits);
  const { statement, summary } = found;
  demandDigests(statement, expected.digests);
  if (summary.verifier.id !== expected.verifierId)
    throw new AttestationError(
      'VERIFIER_MISMATCH',
      `the summary is of ${summary.verifier.id}, not of ${expected.verifierId}`,
    );
  if (summary.resourceUri !== expected.resourceUri)
    throw new AttestationError(
      'RESOURCE_MISMATCH',
      `the summary is about ${summary.resourceUri}, not about ${expected.resourceUri}`,
    );
  if (summary.result !== 'PASSED')
    throw new AttestationError('VERIFICATION_FAILED', 'the summary says that the artifact did not pass');
  for (const level of expected.levels)
    if (!summary.verifiedLevels.some((actual) => includesLevel(actual, level)))
      throw new AttestationError(
        'LEVEL_MISMATCH',
        `${level} is not among the levels${summary.verifiedLevels.length === 0 ? ', and there are none' : `: ${summary.verifiedLevels.join(', ')}`}`,
      );
  return found;
}

function demandDigests({ subjects }: StatementHeader, digests: readonly string[]): void {
  if (digests.length === 0)
    throw new AttestationError('SUBJECT_MISMATCH', 'no digest is asked for, so any artifact would do');
  const known = new Set(
    subjects.flatMap(({ digest }) => [...digest].map(([name, value]) => `${name}:${value}`)),
  );
  for (const digest of digests)
    if (!known.has(digest))
      throw new AttestationError('SUBJECT_MISMATCH', `the summary is not about ${digest}`);
}

const slsaLevel = /^SLSA_([A-Z0-9]+)_LEVEL_([0-9]{1,3})$/;

function includesLevel(actual: string, wanted: string): boolean {
  const [, track, level] = slsaLevel.exec(actual) ?? [];
  const [, wantedTrack, wantedLevel] = slsaLevel.exec(wanted) ?? [];
  if (track === undefined || track !== wantedTrack) return actual === wanted;
  return Number(level) >= Number(wantedLevel);
}

/** @throws AttestationError SUMMARY_INVALID, ATTESTATION_LIMIT; SigningError STATEMENT_INVALID */
export function readSummary(
  payload: Uint8Array,
  limits: AttestationLimits = defaultAttestationLimits,
): VerifiedSummary {
  const statement = readStatementHeader(payload);
  const document = documentFields(payload, 'the summary', 'SUMMARY_INVALID', limits);
  if (statement.predicateType !== summaryPredicateType)
    throw document.invalid('predicateType', `is ${statement.predicateType}`);
  return { statement, summary: summaryFrom(document.required('predicate'), limits) };
}

function summaryFrom(fields: JsonFields, limits: AttestationLimits): Summary {
  const verifier = fields.required('verifier');
  const result = fields.text('verificationResult');
  if (result !== 'PASSED' && result !== 'FAILED') throw fields.invalid('verificationResult', `is ${result}`);
  const timeVerified = fields.optionalText('timeVerified');
  const slsaVersion = fields.optionalText('slsaVersion');
  const dependencies = fields.object('dependencyLevels');
  const policy = fields.object('policy');
  return {
    verifier: {
      id: nonEmpty(verifier, 'id'),
      ...(verifier.has('version') ? { version: verifier.map('version', limits.maxArtifacts) } : {}),
    },
    ...(timeVerified === undefined ? {} : { timeVerified }),
    resourceUri: nonEmpty(fields, 'resourceUri'),
    policy: policy === undefined ? {} : resourceFrom(policy, limits),
    inputAttestations: fields
      .objects('inputAttestations', limits.maxArtifacts)
      .map((each) => resourceFrom(each, limits)),
    result,
    verifiedLevels: fields.texts('verifiedLevels', limits.maxArtifacts),
    ...(dependencies === undefined
      ? {}
      : { dependencyLevels: new Map(dependencies.names().map((name) => [name, dependencies.count(name)])) }),
    ...(slsaVersion === undefined ? {} : { slsaVersion }),
  };
}

function nonEmpty(fields: JsonFields, name: string): string {
  const text = fields.text(name);
  if (text === '') throw fields.invalid(name, 'is empty');
  return text;
}

function resourceFrom(fields: JsonFields, limits: AttestationLimits): SummaryResource {
  const uri = fields.optionalText('uri');
  const digest = fields.map('digest', limits.maxArtifacts);
  return { ...(uri === undefined ? {} : { uri }), ...(digest.size === 0 ? {} : { digest }) };
}

/** The version of the specification that summaries are written by. */
const writtenVersion = '1.2';

/**
 * The predicate of a summary, to be signed as a Statement of type `summaryPredicateType`.
 *
 * @throws AttestationError SUMMARY_INVALID for a summary that would not be read again
 */
export function writeSummary(summary: Summary): string {
  const { verifier, timeVerified, dependencyLevels } = summary;
  const predicate = {
    verifier: {
      id: verifier.id,
      ...(verifier.version === undefined ? {} : { version: Object.fromEntries(verifier.version) }),
    },
    ...(timeVerified === undefined ? {} : { timeVerified }),
    resourceUri: summary.resourceUri,
    policy: resourceObject(summary.policy),
    inputAttestations: summary.inputAttestations.map(resourceObject),
    verificationResult: summary.result,
    verifiedLevels: [...summary.verifiedLevels],
    ...(dependencyLevels === undefined ? {} : { dependencyLevels: Object.fromEntries(dependencyLevels) }),
    slsaVersion: summary.slsaVersion ?? writtenVersion,
  };
  summaryFrom(fieldsOf(predicate, 'the summary', 'SUMMARY_INVALID'), defaultAttestationLimits);
  return stringifyJson(predicate);
}

function resourceObject({ uri, digest }: SummaryResource): { [name: string]: JsonValue } {
  return {
    ...(uri === undefined ? {} : { uri }),
    ...(digest === undefined ? {} : { digest: Object.fromEntries(digest) }),
  };
}

function invalid(message: string, cause?: unknown): AttestationError {
  return new AttestationError(
    'SUMMARY_INVALID',
    `the summary: ${message}`,
    cause === undefined ? {} : { cause },
  );
}
