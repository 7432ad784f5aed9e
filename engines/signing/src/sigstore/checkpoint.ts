import { decodeBase64 } from '@keelson/core';
import { SigningError } from '../errors.ts';
import { defaultSigningLimits, type SigningLimits } from '../limits.ts';

/** One line of a note's signatures: the log's own, or a witness's. */
export interface NoteSignature {
  readonly name: string;
  /** The first four bytes of the key's identity: which key it may be. */
  readonly keyHint: Uint8Array;
  readonly signature: Uint8Array;
}

/** What a log says about its tree (C2SP tlog-checkpoint, in a C2SP signed-note). Its signatures have not been verified. */
export interface Checkpoint {
  /** The log's name. */
  readonly origin: string;
  readonly treeSize: bigint;
  readonly rootHash: Uint8Array;
  /** What the signatures are over, in UTF-8. */
  readonly signed: Uint8Array;
  readonly signatures: readonly NoteSignature[];
}

const maxCheckpointLength = 1 << 20;

/** @throws SigningError CHECKPOINT_WRONG, SIGNING_LIMIT */
export function readCheckpoint(note: string, limits: SigningLimits = defaultSigningLimits): Checkpoint {
  if (note.length > maxCheckpointLength)
    throw new SigningError('SIGNING_LIMIT', `the checkpoint has more than ${maxCheckpointLength} characters`);
  // The signatures stand behind the last empty line.
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw wrong('has no signatures behind an empty line');
  const signed = note.slice(0, split + 1);
  const [origin = '', size = '', root = ''] = signed.split('\n', 4);
  if (origin === '') throw wrong('has no origin');
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(size)) throw wrong('has no size in its second line');
  const rootHash = decodeBase64(root, 'standard');
  if (rootHash?.length !== 32) throw wrong('has no root hash in its third line');
  const lines = note.slice(split + 2, -1).split('\n', limits.maxCheckpointSignatures + 1);
  if (lines.length > limits.maxCheckpointSignatures)
    throw new SigningError(
      'SIGNING_LIMIT',
      `the checkpoint has more than maxCheckpointSignatures (${limits.maxCheckpointSignatures}) signatures`,
    );
  return {
    origin,
    treeSize: BigInt(size),
    rootHash,
    signed: Buffer.from(signed),
    signatures: lines.map(signatureFrom),
  };
}

function signatureFrom(line: string): NoteSignature {
  const [dash, name = '', text = '', ...rest] = line.split(' ', 4);
  const bytes = decodeBase64(text, 'standard');
  if (dash !== '—' || name === '' || rest.length > 0 || bytes === undefined || bytes.length < 5)
    throw wrong('has a line of signatures that is none');
  return { name, keyHint: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

function wrong(reason: string): SigningError {
  return new SigningError('CHECKPOINT_WRONG', `the checkpoint ${reason}`);
}
