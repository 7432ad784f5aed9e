import { PkiError, type PublicKey, verifySignature } from '@keelson/pki';
import { SigningError } from '../errors.ts';
import { defaultSigningLimits, type SigningLimits } from '../limits.ts';
import { readCheckpoint } from './checkpoint.ts';
import { equalBytes } from './hashes.ts';
import type { InclusionProof, LogEntry } from './log-entry.ts';
import { leafHash, rootFromPath } from './merkle.ts';
import { isWithin, type TrustedLog } from './trusted-root.ts';

/** What an entry proves once its log is trusted. */
export interface EntryEvidence {
  readonly log: TrustedLog;
  /** When the log promised to take the entry in, where the promise holds: milliseconds since 1970. */
  readonly time?: number;
}

/**
 * Verifies that an entry is in a trusted log: its promise and its inclusion proof, each that is there, and at least one.
 *
 * @param times when the signature was made, as all witnesses have it, or is assumed to have been; the log must have been trusted then,
 *   where it gives no time itself
 * @throws SigningError LOG_UNTRUSTED, LOG_PROMISE_WRONG, LOG_PROOF_WRONG, CHECKPOINT_WRONG, TIME_MISSING
 */
export function verifyEntry(
  entry: LogEntry,
  logs: readonly TrustedLog[],
  times: readonly number[],
  limits: SigningLimits = defaultSigningLimits,
): EntryEvidence {
  const time = promisedTime(entry);
  const log = logOf(entry, logs, time === undefined ? times : [time]);
  if (entry.promise === undefined && entry.proof?.checkpoint === undefined)
    throw new SigningError('LOG_PROOF_WRONG', 'the log entry has neither a promise nor an inclusion proof');
  if (entry.promise !== undefined) verifyPromise(entry, entry.promise, log.key);
  if (entry.proof?.checkpoint !== undefined)
    verifyProof(entry, entry.proof, entry.proof.checkpoint, log, limits);
  return time === undefined ? { log } : { log, time };
}

/** When the log says that it took the entry in, in milliseconds since 1970. A time without a promise is a number that anybody may have written. */
export function promisedTime({ promise, integratedTime }: LogEntry): number | undefined {
  return promise === undefined ? undefined : integratedTime;
}

function logOf(entry: LogEntry, logs: readonly TrustedLog[], times: readonly number[]): TrustedLog {
  const named = logs.filter((log) => equalBytes(log.id, entry.logId));
  const name = Buffer.from(entry.logId).toString('hex');
  if (named.length === 0)
    throw new SigningError('LOG_UNTRUSTED', `the log entry is of log ${name}, which is not trusted`);
  const begun = named.filter(({ validity }) => validity.start !== undefined);
  const log = begun.find(({ validity }) =>
    times.length === 0 ? validity.end === undefined : times.every((time) => isWithin(validity, time)),
  );
  if (log !== undefined) return log;
  if (times.length === 0 && begun.length > 0)
    throw new SigningError(
      'TIME_MISSING',
      `the log entry is of log ${name}, whose trust has an end, and nothing says whether it was made before`,
    );
  const at = times.map((time) => new Date(time).toISOString()).join(' and ') || 'at any time';
  throw new SigningError('LOG_UNTRUSTED', `the log entry is of log ${name}, which is not trusted ${at}`);
}

/** The signed entry timestamp is over these four members in the order of RFC 8785. */
function verifyPromise(entry: LogEntry, promise: Uint8Array, key: PublicKey): void {
  if (entry.integratedTime === undefined)
    throw new SigningError('LOG_PROMISE_WRONG', 'the log entry has a promise without a time');
  const body = Buffer.from(entry.body).toString('base64');
  const logId = Buffer.from(entry.logId).toString('hex');
  const signed = `{"body":"${body}","integratedTime":${entry.integratedTime / 1_000},"logID":"${logId}","logIndex":${entry.logIndex}}`;
  if (!holds(key, Buffer.from(signed), promise))
    throw new SigningError('LOG_PROMISE_WRONG', 'the promise of the log entry does not hold');
}

function verifyProof(
  entry: LogEntry,
  proof: InclusionProof,
  note: string,
  log: TrustedLog,
  limits: SigningLimits,
): void {
  // A log of Rekor v2 is one tree; its elder counts through several.
  if (isTiled(entry) && entry.logIndex !== proof.logIndex)
    throw new SigningError(
      'LOG_PROOF_WRONG',
      'the inclusion proof is of another entry than the log entry names',
    );
  const checkpoint = readCheckpoint(note, limits);
  if (checkpoint.treeSize !== proof.treeSize || !equalBytes(checkpoint.rootHash, proof.rootHash))
    throw new SigningError('CHECKPOINT_WRONG', 'the checkpoint is of another tree than the inclusion proof');
  const root = rootFromPath(leafHash(entry.body), proof.logIndex, proof.treeSize, proof.hashes);
  if (root === undefined || !equalBytes(root, proof.rootHash))
    throw new SigningError(
      'LOG_PROOF_WRONG',
      'the inclusion proof does not lead from the log entry to the root',
    );
  verifyOrigin(checkpoint, entry, log);
}

/** A log signs once. Whoever writes its name on all lines shall not have all of them computed, in each of many bundles. */
const maxOwnLines = 2;

/** The log's own line among the signatures must hold; those of witnesses and of other keys are left alone. */
function verifyOrigin(checkpoint: ReturnType<typeof readCheckpoint>, entry: LogEntry, log: TrustedLog): void {
  const { origin } = checkpoint;
  const own = checkpoint.signatures.filter(
    ({ keyHint, name }) =>
      equalBytes(keyHint, log.checkpointKeyId.subarray(0, 4)) &&
      // Logs of the first Rekor put the number of the tree behind their name.
      (name === origin || origin.startsWith(`${name} - `)),
  );
  if (own.length === 0)
    throw new SigningError('CHECKPOINT_WRONG', 'the checkpoint has no signature of the log of the entry');
  // A log of Rekor v2 is named as its address is: one key may serve several logs.
  if (isTiled(entry) && origin !== hostOf(log.baseUrl))
    throw new SigningError(
      'CHECKPOINT_WRONG',
      `the checkpoint is of ${origin.slice(0, 200)}, and the log is ${log.baseUrl}`,
    );
  if (!own.slice(0, maxOwnLines).some(({ signature }) => holds(log.key, checkpoint.signed, signature)))
    throw new SigningError('CHECKPOINT_WRONG', 'the signature of the checkpoint does not hold');
}

/** Rekor v2 keeps two kinds, each in a version that its elder never had. */
function isTiled({ kind, version }: LogEntry): boolean {
  return version === '0.0.2' && (kind === 'hashedrekord' || kind === 'dsse');
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function holds(key: PublicKey, signed: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verifySignature(key, logScheme(key), signed, signature);
  } catch (error) {
    if (error instanceof PkiError) return false;
    throw error;
  }
}

/** Logs sign with SHA-256, or with Ed25519. */
function logScheme(key: PublicKey): 'ed25519' | 'ecdsa-sha256' | 'rsa-pkcs1-sha256' {
  if (key.type === 'ed25519') return 'ed25519';
  return key.type === 'ec' ? 'ecdsa-sha256' : 'rsa-pkcs1-sha256';
}
