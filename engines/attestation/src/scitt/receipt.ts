import {
  type CborMap,
  type CborValue,
  type CoseSign1,
  EnvelopeError,
  isCborMap,
  readCbor,
  readCoseSign1,
  type VerificationKey,
  verifyCoseSign1,
} from '@keelson/envelopes';
import { leafHash, rootFromPath } from '@keelson/signing';
import { AttestationError } from '../errors.ts';

/** A key, and the algorithms of COSE that it may sign with: -7 is ES256. */
export interface CoseVerifier {
  readonly key: VerificationKey;
  readonly algorithms: readonly number[];
}

/** Where an entry stands in the log of a transparency service. */
export interface ReceiptEvidence {
  readonly treeSize: bigint;
  readonly leafIndex: bigint;
}

/** Labels of RFC 9942, 2 and 4; the number of the one data structure that is taken, RFC9162_SHA256. */
const labels = { structure: 395, proofs: 396, inclusion: -1 } as const;
const merkleTree = 1;
/** A path of 64 hashes is that of the largest tree there can be. */
const maxPath = 64;

/**
 * Verifies a receipt (RFC 9942): an inclusion proof from the entry to a root that the service signed.
 *
 * @param entry as it stands in the log
 * @throws AttestationError RECEIPT_INVALID, RECEIPT_WRONG
 */
export function verifyReceipt(
  receipt: Uint8Array,
  entry: Uint8Array,
  service: CoseVerifier,
): ReceiptEvidence {
  const message = read('RECEIPT_INVALID', () => readCoseSign1(receipt));
  if (message.protected.get(labels.structure) !== merkleTree)
    throw invalid('it is not of the data structure RFC9162_SHA256');
  // What is signed is the root, which the proof yields: one in the receipt itself would leave the entry aside.
  if (message.payload !== undefined) throw invalid('it has a payload of its own');
  const { treeSize, leafIndex, path } = proofOf(message);
  const root = rootFromPath(leafHash(entry), leafIndex, treeSize, path);
  if (root === undefined)
    throw new AttestationError('RECEIPT_WRONG', 'the inclusion proof is of no leaf of its tree');
  read('RECEIPT_WRONG', () =>
    verifyCoseSign1(message, { ...service, detachedPayload: root, understood: [labels.structure] }),
  );
  return { treeSize, leafIndex };
}

interface Proof extends ReceiptEvidence {
  readonly path: readonly Uint8Array[];
}

function proofOf({ unprotected }: CoseSign1): Proof {
  const [only, ...others] = bytesIn(mapIn(unprotected, labels.proofs).get(labels.inclusion));
  if (only === undefined || others.length > 0) throw invalid('it does not have exactly one inclusion proof');
  const value = read('RECEIPT_INVALID', () => readCbor(only));
  const items: readonly CborValue[] = Array.isArray(value) ? value : [];
  const [size, index, path, ...more] = items;
  if (more.length > 0) throw invalid('its inclusion proof is no array of three');
  // A tree of one leaf has an empty path.
  const hashes = bytesIn(path);
  if (hashes.length > maxPath || hashes.some(({ length }) => length !== 32))
    throw invalid('the path of its inclusion proof is none of SHA-256');
  return { treeSize: countFrom(size), leafIndex: countFrom(index), path: hashes };
}

function mapIn(map: CborMap, label: number): CborMap {
  const value = map.get(label);
  if (!isCborMap(value)) throw invalid(`its header ${label} is no map`);
  return value;
}

/** The byte strings of an array. */
export function bytesIn(value: CborValue): readonly Uint8Array[] {
  const items: readonly CborValue[] | undefined = Array.isArray(value) ? value : undefined;
  const bytes = items?.filter((item) => item instanceof Uint8Array);
  if (items === undefined || bytes?.length !== items.length) throw invalid('a list is not of byte strings');
  return bytes;
}

function countFrom(value: CborValue): bigint {
  if ((typeof value === 'number' || typeof value === 'bigint') && value >= 0) return BigInt(value);
  throw invalid('a number of its inclusion proof is none from 0 on');
}

/** What a reader or verifier of COSE refuses, in the words of this package. */
export function read<T>(
  code: 'RECEIPT_INVALID' | 'RECEIPT_WRONG' | 'SIGNED_STATEMENT_INVALID' | 'SIGNED_STATEMENT_WRONG',
  reader: () => T,
): T {
  try {
    return reader();
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    throw new AttestationError(code, error.message, { cause: error });
  }
}

function invalid(reason: string): AttestationError {
  return new AttestationError('RECEIPT_INVALID', `the receipt: ${reason}`);
}
