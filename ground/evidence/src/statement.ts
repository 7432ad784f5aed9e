import { cloneJson, createObject, isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { canonicalText, sha256 } from './canonical.ts';
import { type Claim, predicateOf } from './claim.ts';
import { evidenceError } from './error.ts';
import { redactSecretObject, type SensitiveKey } from './sensitive.ts';
import { parseSubject } from './subject.ts';

/** A descriptor of what a Statement is about (in-toto ResourceDescriptor, the fields that we use). */
export interface StatementSubject {
  name?: string;
  uri?: string;
  digest: Record<string, string>;
}

/** An in-toto Statement v1. */
export interface Statement {
  _type: 'https://in-toto.io/Statement/v1';
  subject: StatementSubject[];
  predicateType: string;
  predicate: JsonValue;
}

/** Fields that the API server fills in or that change with each write: they do not say what an object is. */
const serverMetadata = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];

/**
 * What the digest of an object is taken over: the object without `status` and server-made metadata, with the
 * data of Secrets replaced by keyed digests.
 */
export function canonicalSnapshot(object: JsonObject, key: SensitiveKey): JsonObject {
  const out = redactSecretObject(cloneJson(object), key);
  delete out['status'];
  const metadata = out['metadata'];
  if (isObject(metadata)) for (const field of serverMetadata) delete metadata[field];
  return out;
}

/** Hex SHA-256 of a snapshot. */
export function snapshotDigest(snapshot: JsonObject): string {
  return sha256(canonicalText(snapshot));
}

/**
 * A claim as a Statement. Subjects that are named by a digest need nothing more; all others are named by `uri`
 * over the hex SHA-256 given: of the canonical snapshot for objects, of the content for files.
 * Throws `EVIDENCE_NO_DIGEST` where there is no digest.
 */
export function toStatement(claim: Claim, contentDigest?: string): Statement {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [statementSubject(claim.subject, contentDigest)],
    predicateType: claim.type,
    predicate: predicateOf(claim),
  };
}

function statementSubject(identity: string, contentDigest: string | undefined): StatementSubject {
  const subject = parseSubject(identity);
  if (subject.type === 'oci') {
    const [algorithm = '', hex = ''] = subject.digest.split(':');
    return { digest: { [algorithm]: hex } };
  }
  if (contentDigest === undefined || !/^[a-f0-9]{64}$/.test(contentDigest)) {
    throw evidenceError('EVIDENCE_NO_DIGEST', `no digest is known of ${identity}`);
  }
  return { uri: identity, digest: { sha256: contentDigest } };
}

/** A bare object with the fields of a Statement, for canonical text and signing. */
export function statementJson(statement: Statement): JsonObject {
  const out = createObject();
  out['_type'] = statement._type;
  out['subject'] = statement.subject.map(({ name, uri, digest }) => {
    const descriptor = createObject();
    if (name !== undefined) descriptor['name'] = name;
    if (uri !== undefined) descriptor['uri'] = uri;
    const digests = createObject();
    for (const [algorithm, hex] of Object.entries(digest)) digests[algorithm] = hex;
    descriptor['digest'] = digests;
    return descriptor;
  });
  out['predicateType'] = statement.predicateType;
  out['predicate'] = statement.predicate;
  return out;
}
