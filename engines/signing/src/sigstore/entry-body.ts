import { decodeBase64, type JsonFields } from '@keelson/core';
import { PkiError, readPem } from '@keelson/pki';
import { SigningError } from '../errors.ts';
import { bytes, documentFields } from '../fields.ts';
import { enumeratedHash, type HashAlgorithm, hashAlgorithm, hashSizes } from './hashes.ts';
import type { LogEntry } from './log-entry.ts';

export interface Digest {
  readonly algorithm: HashAlgorithm;
  readonly digest: Uint8Array;
}

/** A signature that an entry is about, with what verifies it. */
export interface EntrySignature {
  /** Absent in the first version of `intoto`, which keeps the hash of the whole envelope in its place. */
  readonly signature?: Uint8Array;
  /** DER of a certificate or of a public key. */
  readonly verifier: Uint8Array;
}

/** What an entry of a log says, in the same words for all kinds. */
export interface EntryBody {
  readonly apiVersion: string;
  readonly kind: string;
  /** The digest of what was signed: an artifact, or a DSSE pre-authentication encoding. */
  readonly data?: Digest;
  /** The digest of a DSSE envelope's payload. */
  readonly payload?: Digest;
  /** The digest of a DSSE envelope as it was sent to the log. */
  readonly envelope?: Digest;
  readonly signatures: readonly EntrySignature[];
}

type Reader = (spec: JsonFields) => Omit<EntryBody, 'apiVersion' | 'kind'>;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['hashedrekord 0.0.1', hashedrekord],
  ['hashedrekord 0.0.2', hashedrekordV2],
  ['dsse 0.0.1', dsse],
  ['dsse 0.0.2', dsseV2],
  ['intoto 0.0.1', intoto],
  ['intoto 0.0.2', intotoV2],
]);

/**
 * Reads the body of an entry of Rekor. Its kind and version must be those that the entry names.
 *
 * @throws SigningError LOG_ENTRY_INVALID, SIGNING_LIMIT
 */
export function readEntryBody(entry: LogEntry): EntryBody {
  const fields = documentFields(entry.body, 'the log entry', 'LOG_ENTRY_INVALID');
  const kind = fields.text('kind');
  const apiVersion = fields.text('apiVersion');
  if (kind !== entry.kind || apiVersion !== entry.version)
    throw invalid(
      `its body is ${short(kind)} ${short(apiVersion)}, and it is named ${short(entry.kind)} ${short(entry.version)}`,
    );
  const reader = readers.get(`${kind} ${apiVersion}`);
  if (reader === undefined)
    throw invalid(`${short(kind)} ${short(apiVersion)} is a kind that keelson does not know`);
  return { apiVersion, kind, ...reader(fields.required('spec')) };
}

// rekor: pkg/types/hashedrekord/v0.0.1
function hashedrekord(spec: JsonFields): Omit<EntryBody, 'apiVersion' | 'kind'> {
  const signature = spec.required('signature');
  return {
    data: hexDigest(spec.required('data').required('hash')),
    signatures: [
      {
        signature: bytes(signature, 'content'),
        verifier: pemVerifier(signature.required('publicKey'), 'content'),
      },
    ],
  };
}

// rekor-tiles: api/proto/rekor/v2/hashedrekord.proto
function hashedrekordV2(spec: JsonFields): Omit<EntryBody, 'apiVersion' | 'kind'> {
  const record = spec.required('hashedRekordV002');
  return {
    data: protoDigest(record.required('data')),
    signatures: [protoSignature(record.required('signature'))],
  };
}

// rekor: pkg/types/dsse/v0.0.1
function dsse(spec: JsonFields): Omit<EntryBody, 'apiVersion' | 'kind'> {
  return {
    payload: hexDigest(spec.required('payloadHash')),
    envelope: hexDigest(spec.required('envelopeHash')),
    signatures: spec.objects('signatures').map((signature) => ({
      signature: bytes(signature, 'signature'),
      verifier: pemVerifier(signature, 'verifier'),
    })),
  };
}

// rekor-tiles: api/proto/rekor/v2/dsse.proto
function dsseV2(spec: JsonFields): Omit<EntryBody, 'apiVersion' | 'kind'> {
  const record = spec.required('dsseV002');
  return {
    payload: protoDigest(record.required('payloadHash')),
    signatures: record.objects('signatures').map(protoSignature),
  };
}

// rekor: pkg/types/intoto/v0.0.1
function intoto(spec: JsonFields): Omit<EntryBody, 'apiVersion' | 'kind'> {
  const content = spec.required('content');
  const payload = content.object('payloadHash');
  return {
    envelope: hexDigest(content.required('hash')),
    ...(payload === undefined ? {} : { payload: hexDigest(payload) }),
    signatures: [{ verifier: pemVerifier(spec, 'publicKey') }],
  };
}

// rekor: pkg/types/intoto/v0.0.2; the signature is in base64 of base64
function intotoV2(spec: JsonFields): Omit<EntryBody, 'apiVersion' | 'kind'> {
  const content = spec.required('content');
  return {
    payload: hexDigest(content.required('payloadHash')),
    envelope: hexDigest(content.required('hash')),
    signatures: content
      .required('envelope')
      .objects('signatures')
      .map((signature) => ({
        signature: signatureWithin(signature),
        verifier: pemVerifier(signature, 'publicKey'),
      })),
  };
}

/** What is no base64 within is nobody's signature. */
function signatureWithin(fields: JsonFields): Uint8Array {
  const text = Buffer.from(bytes(fields, 'sig')).toString('latin1');
  return decodeBase64(text, 'any') ?? new Uint8Array();
}

function hexDigest(fields: JsonFields): Digest {
  const algorithm = demandKnown(fields, hashAlgorithm(fields.text('algorithm')));
  const text = fields.text('value');
  // Node's decoder stops at what is no hex, and passes over the rest.
  if (!/^[0-9a-fA-F]*$/.test(text) || text.length !== 2 * hashSizes[algorithm])
    throw fields.invalid('value', `is no digest of ${algorithm} in hex`);
  return { algorithm, digest: Buffer.from(text, 'hex') };
}

function protoDigest(fields: JsonFields): Digest {
  const algorithm = demandKnown(fields, enumeratedHash(fields.value('algorithm')));
  const digest = bytes(fields, 'digest');
  if (digest.length !== hashSizes[algorithm]) throw fields.invalid('digest', `is no digest of ${algorithm}`);
  return { algorithm, digest };
}

function demandKnown(fields: JsonFields, algorithm: HashAlgorithm | undefined): HashAlgorithm {
  if (algorithm === undefined) throw fields.invalid('algorithm', 'is no hash that keelson knows');
  return algorithm;
}

function protoSignature(fields: JsonFields): EntrySignature {
  const verifier = fields.required('verifier');
  const certificate = verifier.object('x509Certificate');
  return {
    signature: bytes(fields, 'content'),
    verifier: bytes(certificate ?? verifier.required('publicKey'), 'rawBytes'),
  };
}

/** The DER in a PEM text in base64. */
function pemVerifier(fields: JsonFields, name: string): Uint8Array {
  const text = Buffer.from(bytes(fields, name)).toString('latin1');
  try {
    const [only, ...others] = readPem(text);
    if (only === undefined || others.length > 0) throw fields.invalid(name, 'is not one block of PEM');
    return only.bytes;
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new SigningError('LOG_ENTRY_INVALID', `${fields.place(name)}: ${error.message}`, { cause: error });
  }
}

/** Whoever writes the entry writes its names, and as long as he likes. */
function short(text: string): string {
  return text.slice(0, 60);
}

function invalid(reason: string): SigningError {
  return new SigningError('LOG_ENTRY_INVALID', `the log entry: ${reason}`);
}
