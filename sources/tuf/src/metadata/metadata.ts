import { JsonFields, JsonSyntaxError, parseJsonBytes } from '@keelson/core';
import { canonicalJson } from '@keelson/envelopes';
import { TufError } from '../errors.ts';
import type { Authority } from './key.ts';

/** What all signed parts have. */
export interface Signed {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Metadata as it was served, read but not yet trusted. */
export interface Metadata<S extends Signed> {
  readonly bytes: Uint8Array;
  readonly signed: S;
  /** What is signed. */
  readonly payload: Uint8Array;
  /** Signatures by the id of the key; those that have no form of one are left out. */
  readonly signatures: ReadonlyMap<string, Uint8Array>;
}

const maxSignatures = 1_000;

/**
 * Reads metadata of a type (specification 4.2.1).
 *
 * @param name of the role, for messages
 * @throws TufError TUF_METADATA_INVALID, TUF_LIMIT
 */
export function readMetadata<S>(
  bytes: Uint8Array,
  name: string,
  type: string,
  read: (signed: JsonFields) => S,
): Metadata<S & Signed> {
  const document = documentOf(bytes, name);
  const signed = document.required('signed');
  if (signed.text('_type') !== type) throw signed.invalid('_type', `is not ${JSON.stringify(type)}`);
  // Another major version may mean other things by the same names (specification, SPEC_VERSION).
  if (!/^1(\.\d{1,9}){1,2}$/.test(signed.text('spec_version')))
    throw signed.invalid('spec_version', 'is none of version 1');
  const version = signed.count('version');
  if (version < 1) throw signed.invalid('version', 'is less than 1');
  const payload = canonicalJson(document.value('signed') ?? null);
  if (payload === undefined) throw document.invalid('signed', 'has a number that is not whole');
  return {
    bytes,
    signed: { ...read(signed), version, expires: expiry(signed) },
    payload,
    signatures: signaturesOf(document),
  };
}

function documentOf(bytes: Uint8Array, name: string): JsonFields {
  const faults = {
    invalid: (message: string) => new TufError('TUF_METADATA_INVALID', `metadata of ${name}: ${message}`),
    tooMany: (message: string) => new TufError('TUF_LIMIT', `metadata of ${name}: ${message}`),
  };
  try {
    return new JsonFields(parseJsonBytes(bytes), '', faults);
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw faults.invalid(`no JSON that can be trusted: ${error.message}`);
    throw error;
  }
}

/** Specification 4.2.4. */
function expiry(signed: JsonFields): number {
  const text = signed.text('expires');
  const time = Date.parse(text);
  // The 30th of February would be read as the 2nd of March, and 24 o'clock as 0 of the next day.
  if (Number.isNaN(time) || new Date(time).toISOString() !== text.replace(/Z$/, '.000Z'))
    throw signed.invalid('expires', 'is no date of the form YYYY-MM-DDTHH:MM:SSZ');
  return time;
}

function signaturesOf(document: JsonFields): ReadonlyMap<string, Uint8Array> {
  if (!document.has('signatures')) throw document.invalid('signatures', 'is missing');
  const ids = new Set<string>();
  const signatures = new Map<string, Uint8Array>();
  for (const item of document.objects('signatures', maxSignatures)) {
    const id = item.text('keyid');
    if (ids.has(id)) throw document.invalid('signatures', 'has two of the same key');
    ids.add(id);
    const hex = item.text('sig');
    // tuf-on-ci writes an empty text for who has not signed yet.
    if (hex !== '' && hex.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(hex))
      signatures.set(id, Buffer.from(hex, 'hex'));
  }
  return signatures;
}

/**
 * Holds metadata against who may sign it: at least the threshold of distinct keys.
 *
 * @throws TufError TUF_SIGNATURES_MISSING
 */
export function verifySignatures(
  name: string,
  { payload, signatures }: Metadata<Signed>,
  authority: Authority,
): void {
  const { threshold } = authority;
  const signers = new Set<string>();
  for (const key of authority.keys) {
    const signature = signatures.get(key.id);
    const signer = signature === undefined ? undefined : key.signerOf(payload, signature);
    if (signer === undefined) continue;
    signers.add(signer);
    if (signers.size >= threshold) return;
  }
  throw new TufError(
    'TUF_SIGNATURES_MISSING',
    `metadata of ${name} is signed by ${signers.size} of the ${threshold} keys that must sign it`,
  );
}

/** @throws TufError TUF_EXPIRED */
export function checkExpiry(name: string, { expires }: Signed, now: number): void {
  if (expires <= now)
    throw new TufError('TUF_EXPIRED', `metadata of ${name} expired at ${new Date(expires).toISOString()}`);
}
