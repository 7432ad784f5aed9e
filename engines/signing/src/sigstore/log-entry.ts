import { decodeBase64, type JsonFields } from '@keelson/core';
import { bytes, int64, optionalBytes } from '../fields.ts';

/** How an entry lies in the tree of its log (sigstore_rekor.proto, `InclusionProof`). */
export interface InclusionProof {
  readonly logIndex: bigint;
  readonly treeSize: bigint;
  readonly rootHash: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  /** The signed note about the tree. */
  readonly checkpoint?: string;
}

/** An entry of a transparency log (sigstore_rekor.proto, `TransparencyLogEntry`). */
export interface LogEntry {
  readonly logIndex: bigint;
  /** Which log, by its key. */
  readonly logId: Uint8Array;
  readonly kind: string;
  readonly version: string;
  /** When the log says that it took the entry in: milliseconds since 1970. Logs of Rekor v2 do not say. */
  readonly integratedTime?: number;
  /** The signed entry timestamp: the log's promise to take the entry in. */
  readonly promise?: Uint8Array;
  readonly proof?: InclusionProof;
  /** The entry as the log keeps it. */
  readonly body: Uint8Array;
  /** The envelope as it was sent to the log, where its bytes are kept: the first version of `intoto` keeps their hash alone. */
  readonly sent?: Uint8Array;
}

/** Hashes on the way to the root: a tree has at most 2^63 entries. */
const maxProofHashes = 63;
const maxSeconds = 253_402_300_799n;

/** @throws what `fields` throws for a missing or wrong member */
export function logEntryFrom(fields: JsonFields): LogEntry {
  const kindVersion = fields.required('kindVersion');
  const integratedTime = integratedTimeFrom(fields);
  const promise = fields.object('inclusionPromise');
  const proof = fields.object('inclusionProof');
  return {
    logIndex: int64(fields, 'logIndex'),
    logId: bytes(fields.required('logId'), 'keyId'),
    kind: kindVersion.text('kind'),
    version: kindVersion.text('version'),
    ...(integratedTime === undefined ? {} : { integratedTime }),
    ...(promise === undefined ? {} : { promise: bytes(promise, 'signedEntryTimestamp') }),
    ...(proof === undefined ? {} : { proof: proofFrom(proof) }),
    body: bytes(fields, 'canonicalizedBody'),
  };
}

/** The member `integratedTime`, in seconds, as milliseconds; undefined where it is absent or 0. */
export function integratedTimeFrom(fields: JsonFields): number | undefined {
  const seconds = int64(fields, 'integratedTime');
  if (seconds > maxSeconds) throw fields.invalid('integratedTime', 'is after the year 9999');
  return seconds === 0n ? undefined : Number(seconds) * 1_000;
}

function proofFrom(fields: JsonFields): InclusionProof {
  const checkpoint = fields.object('checkpoint')?.optionalText('envelope') ?? '';
  return {
    logIndex: int64(fields, 'logIndex'),
    treeSize: int64(fields, 'treeSize'),
    rootHash: optionalBytes(fields, 'rootHash'),
    hashes: fields.texts('hashes', maxProofHashes).map((text, at) => {
      const hash = decodeBase64(text, 'any');
      if (hash?.length !== 32) throw fields.invalid(`hashes[${at}]`, 'is no hash of 32 bytes in base64');
      return hash;
    }),
    ...(checkpoint === '' ? {} : { checkpoint }),
  };
}
