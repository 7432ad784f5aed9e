import { type CborReadOptions, readCbor } from '../cbor/read.ts';
import { CborTag, type CborValue } from '../cbor/value.ts';
import { writeCbor } from '../cbor/write.ts';
import { defaultEnvelopeLimits, type EnvelopeLimits, holdBound } from '../limits.ts';
import { type CoseHeaders, headersFrom, invalidCose, signedHeader } from './headers.ts';

/** COSE_Sign1 (RFC 9052, 4.2): one signature. It has not been verified. */
export interface CoseSign1 extends CoseHeaders {
  readonly type: 'sign1';
  /** Undefined where it is detached. */
  readonly payload: Uint8Array | undefined;
  readonly signature: Uint8Array;
}

/** COSE_Sign (RFC 9052, 4.1): several signatures. None has been verified. */
export interface CoseSign extends CoseHeaders {
  readonly type: 'sign';
  readonly payload: Uint8Array | undefined;
  /** At least one. */
  readonly signatures: readonly CoseSignature[];
}

/** COSE_Signature: one signature of several. */
export interface CoseSignature extends CoseHeaders {
  readonly signature: Uint8Array;
}

export interface CoseReadOptions extends CborReadOptions {
  /** Whether the tag that says the structure must be there; either way by default. A wrong tag is always refused. */
  readonly tag?: 'required' | 'forbidden';
  readonly envelopeLimits?: EnvelopeLimits;
}

const tags = { sign: 98, sign1: 18 };

/** @throws EnvelopeError COSE_INVALID, CBOR_INVALID, ENVELOPE_LIMIT */
export function readCoseSign1(bytes: Uint8Array, options: CoseReadOptions = {}): CoseSign1 {
  const [signed, unsigned, content, signature] = itemsOf(bytes, 'sign1', options);
  const payload = payloadFrom(content);
  return {
    type: 'sign1',
    ...headersFrom(signed, unsigned, options),
    payload,
    signature: signatureFrom(signature),
  };
}

/** @throws EnvelopeError COSE_INVALID, CBOR_INVALID, ENVELOPE_LIMIT */
export function readCoseSign(bytes: Uint8Array, options: CoseReadOptions = {}): CoseSign {
  const [signed, unsigned, content, list] = itemsOf(bytes, 'sign', options);
  const items: readonly CborValue[] = Array.isArray(list) ? list : [];
  if (items.length === 0) throw invalidCose('there is no list of signatures');
  holdBound('signatures', items.length, options.envelopeLimits ?? defaultEnvelopeLimits, 'maxSignatures');
  const signatures = items.map((item): CoseSignature => {
    const parts: readonly CborValue[] = Array.isArray(item) ? item : [];
    if (parts.length !== 3) throw invalidCose('a signature is no array of three');
    return { ...headersFrom(parts[0], parts[1], options), signature: signatureFrom(parts[2]) };
  });
  const payload = payloadFrom(content);
  return { type: 'sign', ...headersFrom(signed, unsigned, options), payload, signatures };
}

function itemsOf(bytes: Uint8Array, type: 'sign' | 'sign1', options: CoseReadOptions): readonly CborValue[] {
  holdBound(
    'the COSE message',
    bytes.length,
    options.envelopeLimits ?? defaultEnvelopeLimits,
    'maxEnvelopeBytes',
  );
  const value = readCbor(bytes, options);
  const isTagged = value instanceof CborTag;
  if (isTagged && value.tag !== tags[type]) throw invalidCose(`the tag is ${value.tag}, not ${tags[type]}`);
  if (options.tag !== undefined && isTagged !== (options.tag === 'required'))
    throw invalidCose(`the tag ${tags[type]} is ${options.tag}`);
  const items = isTagged ? value.value : value;
  if (Array.isArray(items) && items.length === 4) return items;
  throw invalidCose('the message is no array of four');
}

function payloadFrom(value: CborValue): Uint8Array | undefined {
  if (value === null) return undefined;
  if (value instanceof Uint8Array) return value;
  throw invalidCose('the payload is no byte string');
}

function signatureFrom(value: CborValue): Uint8Array {
  if (value instanceof Uint8Array && value.length > 0) return value;
  throw invalidCose('a signature is no byte string');
}

/** What a signature needs that is not in the message. */
export interface CoseContext {
  /** external_aad; empty by default. */
  readonly externalAad?: Uint8Array;
  /** The payload, where it is detached. One that is in the message too is refused. */
  readonly detachedPayload?: Uint8Array;
}

/**
 * What the signature of a COSE_Sign1 is made over: its Sig_structure (RFC 9052, 4.4).
 *
 * @throws EnvelopeError COSE_INVALID
 */
export function sign1Input(
  message: CoseHeaders & { payload: Uint8Array | undefined },
  context: CoseContext = {},
): Uint8Array {
  const aad = context.externalAad ?? new Uint8Array();
  return writeCbor(['Signature1', signedHeader(message), aad, payloadOf(message, context)]);
}

/**
 * The same for one signature of a COSE_Sign.
 *
 * @throws EnvelopeError COSE_INVALID
 */
export function signInput(
  message: CoseHeaders & { payload: Uint8Array | undefined },
  signer: CoseHeaders,
  context: CoseContext = {},
): Uint8Array {
  const aad = context.externalAad ?? new Uint8Array();
  return writeCbor([
    'Signature',
    signedHeader(message),
    signedHeader(signer),
    aad,
    payloadOf(message, context),
  ]);
}

/** @throws EnvelopeError COSE_INVALID */
export function payloadOf(
  { payload }: { payload: Uint8Array | undefined },
  { detachedPayload }: CoseContext,
): Uint8Array {
  if (payload !== undefined && detachedPayload !== undefined) throw invalidCose('the payload is there twice');
  const found = payload ?? detachedPayload;
  if (found === undefined) throw invalidCose('the payload is detached, and none was given');
  return found;
}

/** A COSE_Sign1 or COSE_Sign in CBOR, with its tag. */
export function writeCose(message: CoseSign1 | CoseSign): Uint8Array {
  const last =
    message.type === 'sign1'
      ? message.signature
      : message.signatures.map((item) => [item.protectedBytes, item.unprotected, item.signature]);
  return writeCbor(
    new CborTag(tags[message.type], [
      message.protectedBytes,
      message.unprotected,
      message.payload ?? null,
      last,
    ]),
  );
}
