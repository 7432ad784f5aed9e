import type { JsonFields } from '@keelson/core';
import { SigningError } from '../errors.ts';
import { documentFields } from '../fields.ts';
import type { Artifact } from './artifact.ts';
import { hashAlgorithm } from './hashes.ts';

/** The payload type of in-toto Statements in a DSSE envelope. */
export const statementPayloadType = 'application/vnd.in-toto+json';

const statementTypes = new Set(['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1']);

/** What a Statement is about: name and digests by algorithm (in-toto attestation, spec/v1/resource_descriptor.md). */
export interface StatementSubject {
  readonly name?: string;
  readonly uri?: string;
  readonly digest: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
}

/** The outer layer of an in-toto Statement (in-toto attestation, spec/v1/statement.md). */
export interface StatementHeader {
  readonly type: string;
  readonly subjects: readonly StatementSubject[];
  readonly predicateType: string;
}

const maxSubjects = 10_000;
const maxDigests = 32;

/**
 * Reads what a Statement is about, and of which type its predicate is. Read it from a verified envelope only.
 *
 * @throws SigningError STATEMENT_INVALID, SIGNING_LIMIT
 */
export function readStatementHeader(payload: Uint8Array): StatementHeader {
  const fields = documentFields(payload, 'the statement', 'STATEMENT_INVALID');
  const type = fields.text('_type');
  if (!statementTypes.has(type)) throw fields.invalid('_type', `is ${type}, which keelson does not know`);
  const subjects = fields.objects('subject', maxSubjects).map(subjectFrom);
  if (subjects.length === 0) throw fields.invalid('subject', 'is empty');
  const predicateType = fields.text('predicateType');
  if (predicateType === '') throw fields.invalid('predicateType', 'is empty');
  return { type, subjects, predicateType };
}

function subjectFrom(fields: JsonFields): StatementSubject {
  const name = fields.optionalText('name');
  const uri = fields.optionalText('uri');
  return {
    ...(name === undefined ? {} : { name }),
    ...(uri === undefined ? {} : { uri }),
    digest: fields.map('digest', maxDigests),
    annotations: textsOf(fields),
  };
}

// Annotations may be of any type; those of cosign are texts, and only texts can be asked for.
function textsOf(fields: JsonFields): ReadonlyMap<string, string> {
  const annotations = fields.object('annotations');
  const texts = new Map<string, string>();
  for (const name of annotations?.names() ?? []) {
    const value = annotations?.value(name);
    if (typeof value === 'string') texts.set(name, value);
  }
  return texts;
}

/** The subjects that are the artifact, by all of their digests that are known of it; names do not count. */
export function subjectsOf(
  statement: Pick<StatementHeader, 'subjects'>,
  artifact: Artifact,
): readonly StatementSubject[] {
  return statement.subjects.filter((subject) => isSubject(subject, artifact));
}

function isSubject(subject: StatementSubject, artifact: Artifact): boolean {
  let known = 0;
  for (const [name, hex] of subject.digest) {
    const algorithm = hashAlgorithm(name);
    const digest = algorithm === undefined ? undefined : artifact.digest(algorithm);
    if (digest === undefined) continue;
    if (Buffer.from(digest).toString('hex') !== hex.toLowerCase()) return false;
    known++;
  }
  return known > 0;
}

/** @throws SigningError ARTIFACT_MISMATCH where no subject is the artifact */
export function demandSubject(statement: StatementHeader, artifact: Artifact): readonly StatementSubject[] {
  const found = subjectsOf(statement, artifact);
  if (found.length > 0) return found;
  throw new SigningError('ARTIFACT_MISMATCH', 'the statement is about other artifacts');
}
