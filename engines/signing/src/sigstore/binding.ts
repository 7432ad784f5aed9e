import { pae } from '@keelson/envelopes';
import { SigningError } from '../errors.ts';
import type { Artifact } from './artifact.ts';
import type { BundleContent } from './bundle.ts';
import { type Digest, type EntryBody, readEntryBody } from './entry-body.ts';
import { equalBytes, hash } from './hashes.ts';
import type { LogEntry } from './log-entry.ts';

/**
 * Holds an entry of a log against what it stands beside: the same signature, by the same key or certificate, over the same content.
 * An entry that is not bound in all three is somebody else's.
 *
 * @param verifier DER of the certificate, or of the public key where there is none
 * @throws SigningError LOG_ENTRY_INVALID, LOG_ENTRY_MISMATCH
 */
export function bindEntry(
  entry: LogEntry,
  content: BundleContent,
  artifact: Artifact,
  verifier: Uint8Array,
): void {
  const body = readEntryBody(entry);
  const [only, ...others] = body.signatures;
  if (only === undefined || others.length > 0)
    throw mismatch(`it has ${body.signatures.length} signatures, and the bundle one`);
  if (!equalBytes(only.verifier, verifier)) throw mismatch('it is of another key or certificate');
  if (only.signature === undefined) {
    bindWholeEnvelope(body, content, entry.sent);
  } else if (!equalBytes(only.signature, content.signature)) {
    throw mismatch('it is of another signature');
  }
  bindContent(body, content, artifact);
}

function bindContent(body: EntryBody, content: BundleContent, artifact: Artifact): void {
  if (content.kind === 'message') {
    if (body.data === undefined)
      throw mismatch(`it is of kind ${body.kind}, and the bundle signs an artifact`);
    // Where the bundle names a digest that is not known of the artifact, nothing else holds it against anything.
    if (content.digest !== undefined && !isSameDigest(content.digest, body.data))
      throw mismatch('it names the artifact by another digest than the bundle does');
    const digest = artifact.digest(body.data.algorithm);
    if (digest === undefined)
      throw mismatch(`it names the artifact by ${body.data.algorithm}, and that digest is not known here`);
    if (!equalBytes(digest, body.data.digest)) throw mismatch('it is of another artifact');
    return;
  }
  const { payload, payloadType } = content.envelope;
  if (body.data !== undefined) {
    if (!isDigestOf(body.data, pae(payloadType, payload))) throw mismatch('it is of another envelope');
  } else if (body.payload === undefined || !isDigestOf(body.payload, payload)) {
    throw mismatch('it is of another payload');
  }
}

// The first version of intoto keeps no signature but the hash of the envelope as it was sent.
function bindWholeEnvelope(body: EntryBody, content: BundleContent, sent: Uint8Array | undefined): void {
  if (content.kind !== 'dsse' || body.envelope === undefined)
    throw mismatch(`it is of kind ${body.kind}, and the bundle signs an artifact`);
  if (!isDigestOf(body.envelope, sent ?? writtenByCosign(content)))
    throw mismatch('it is of another envelope');
}

/** The members in the order in which cosign and the generators of its time wrote them. */
function writtenByCosign({ envelope, signature }: BundleContent & { kind: 'dsse' }): Uint8Array {
  const sent = {
    payloadType: envelope.payloadType,
    payload: Buffer.from(envelope.payload).toString('base64'),
    signatures: [
      { keyid: envelope.signatures[0]?.keyid ?? '', sig: Buffer.from(signature).toString('base64') },
    ],
  };
  return Buffer.from(JSON.stringify(sent));
}

function isSameDigest(a: Digest, b: Digest): boolean {
  return a.algorithm === b.algorithm && equalBytes(a.digest, b.digest);
}

function isDigestOf({ algorithm, digest }: Digest, bytes: Uint8Array): boolean {
  return equalBytes(digest, hash(algorithm, bytes));
}

function mismatch(reason: string): SigningError {
  return new SigningError('LOG_ENTRY_MISMATCH', `the log entry is not about this signature: ${reason}`);
}
