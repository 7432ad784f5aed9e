import { createObject, decodeBase64, JsonFields, type JsonObject, stringifyJson } from '@keelson/core';
import { EnvelopeError } from '../errors.ts';
import { objectFrom } from '../json.ts';
import { defaultEnvelopeLimits, type EnvelopeLimits, holdBound } from '../limits.ts';

/** One signature of a DSSE envelope (secure-systems-lab/dsse, envelope.md). */
export interface DsseSignature {
  /** A hint which key it may be. It is not signed and proves nothing. */
  readonly keyid?: string;
  readonly sig: Uint8Array;
  /** Members that DSSE does not know; they are not signed. */
  readonly extra?: JsonObject;
}

/** A DSSE envelope. Its signatures have not been verified. */
export interface DsseEnvelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** At least one. */
  readonly signatures: readonly DsseSignature[];
  /** Members that DSSE does not know; they are not signed. */
  readonly extra?: JsonObject;
}

/**
 * Reads a DSSE envelope, as text or as a part of a document that has been read. base64 may be of either alphabet, with
 * padding or without, and is strict otherwise.
 *
 * @throws EnvelopeError DSSE_INVALID, ENVELOPE_LIMIT
 */
export function readEnvelope(
  source: string | Uint8Array | JsonObject,
  limits: EnvelopeLimits = defaultEnvelopeLimits,
): DsseEnvelope {
  const object = objectFrom(source, 'the DSSE envelope', 'DSSE_INVALID', limits);
  const fields = new JsonFields(object, '', faults);
  const payloadType = fields.text('payloadType');
  if (payloadType === '') throw fields.invalid('payloadType', 'is empty');
  holdBound('payload', fields.text('payload').length, limits, 'maxEnvelopeBytes');
  holdBound('signatures', fields.list('signatures').length, limits, 'maxSignatures');
  const signatures = fields.objects('signatures');
  if (signatures.length === 0) throw fields.invalid('signatures', 'is missing or empty');
  return {
    payloadType,
    payload: bytesOf(fields, 'payload'),
    signatures: signatures.map(signatureFrom),
    ...extraOf(fields, ['payloadType', 'payload', 'signatures']),
  };
}

function signatureFrom(fields: JsonFields): DsseSignature {
  // An empty hint is no hint: ProtoJSON leaves out what is empty, other writers do not.
  const keyid = fields.optionalText('keyid') ?? '';
  const sig = bytesOf(fields, 'sig');
  if (sig.length === 0) throw fields.invalid('sig', 'is empty');
  return { ...(keyid === '' ? {} : { keyid }), sig, ...extraOf(fields, ['keyid', 'sig']) };
}

function extraOf(fields: JsonFields, known: readonly string[]): { extra?: JsonObject } {
  const names = fields.names().filter((name) => !known.includes(name));
  if (names.length === 0) return {};
  const extra = createObject();
  for (const name of names) extra[name] = fields.value(name) ?? null;
  return { extra };
}

function bytesOf(fields: JsonFields, name: string): Uint8Array {
  const bytes = decodeBase64(fields.text(name), 'any');
  if (bytes === undefined) throw fields.invalid(name, 'is no base64');
  return bytes;
}

const faults = {
  invalid: (message: string) => new EnvelopeError('DSSE_INVALID', `DSSE envelope: ${message}`),
  tooMany: (message: string) => new EnvelopeError('ENVELOPE_LIMIT', `DSSE envelope: ${message}`),
};

/**
 * What a DSSE signature is made over: the pre-authentication encoding (protocol.md, `PAE`). Lengths are in bytes, and
 * the type is in UTF-8.
 */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  const size = Buffer.byteLength(head);
  const bytes = new Uint8Array(size + payload.length);
  Buffer.from(bytes.buffer).write(head);
  bytes.set(payload, size);
  return bytes;
}

/** The envelope as a JSON object, in base64 of the standard alphabet. */
export function envelopeObject(envelope: DsseEnvelope): JsonObject {
  const object = Object.assign(createObject(), envelope.extra);
  object['payload'] = Buffer.from(envelope.payload).toString('base64');
  object['payloadType'] = envelope.payloadType;
  object['signatures'] = envelope.signatures.map(({ keyid, sig, extra }) => {
    const signature = Object.assign(createObject(), extra);
    if (keyid !== undefined) signature['keyid'] = keyid;
    signature['sig'] = Buffer.from(sig).toString('base64');
    return signature;
  });
  return object;
}

/** The envelope as JSON text on one line. */
export function writeEnvelope(envelope: DsseEnvelope): string {
  return stringifyJson(envelopeObject(envelope));
}
