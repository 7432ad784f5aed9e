import { decodeBase64, isObject, type JsonFields, type JsonValue } from '@keelson/core';
import { canonicalJson, type MetadataKey, pae } from '@keelson/envelopes';
import { statementPayloadType } from '@keelson/signing';
import type { AttestationErrorCode } from '../errors.ts';
import { documentFields, fieldsOf, parsed } from '../fields.ts';
import type { AttestationLimits } from '../limits.ts';

/** A layout or a link with its signatures, which have not been verified. */
export interface SignedDocument {
  readonly document: JsonFields;
  /** `layout` or `link`, by its word. */
  readonly type: string;
  /** What is signed. */
  readonly signedBytes: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

/**
 * Reads a document of in-toto in either of its forms: `signed` and `signatures`, over the canonical JSON, or a DSSE envelope (ITE-5).
 *
 * @param what for messages: `the layout`
 * @throws AttestationError with `code`, or ATTESTATION_LIMIT
 */
export function readSignedDocument(
  bytes: Uint8Array,
  what: string,
  code: AttestationErrorCode,
  limits: AttestationLimits,
): SignedDocument {
  const outer = documentFields(bytes, what, code, limits);
  return outer.has('payload')
    ? fromEnvelope(outer, what, code, limits)
    : fromSigned(outer, what, code, limits);
}

function fromSigned(
  outer: JsonFields,
  what: string,
  code: AttestationErrorCode,
  limits: AttestationLimits,
): SignedDocument {
  const signed = outer.value('signed');
  const signedBytes = signed === undefined ? undefined : canonicalJson(signed);
  if (signedBytes === undefined)
    throw outer.invalid('signed', 'is missing or has a number that is not whole');
  return {
    ...documentOf(signed, what, code),
    signedBytes,
    signatures: signaturesOf(outer, hexBytes, limits),
  };
}

function fromEnvelope(
  outer: JsonFields,
  what: string,
  code: AttestationErrorCode,
  limits: AttestationLimits,
): SignedDocument {
  const payloadType = outer.text('payloadType');
  if (payloadType !== statementPayloadType) throw outer.invalid('payloadType', `is ${payloadType}`);
  const payload = decodeBase64(outer.text('payload'), 'any');
  if (payload === undefined) throw outer.invalid('payload', 'is no base64');
  return {
    ...documentOf(parsed(payload, `the payload of ${what}`, code, limits), what, code),
    signedBytes: pae(payloadType, payload),
    signatures: signaturesOf(outer, (text) => decodeBase64(text, 'any'), limits),
  };
}

function documentOf(value: JsonValue | undefined, what: string, code: AttestationErrorCode) {
  const document = fieldsOf(isObject(value) ? value : undefined, what, code);
  return { document, type: document.text('_type') };
}

function hexBytes(text: string): Uint8Array | undefined {
  return /^(?:[0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}

// A layout may be unsigned here, and then no key has signed it. GPG's signatures have other members, and never count.
function signaturesOf(
  outer: JsonFields,
  decode: (text: string) => Uint8Array | undefined,
  limits: AttestationLimits,
): SignedDocument['signatures'] {
  return outer.objects('signatures', limits.maxSignatures).flatMap((item) => {
    const signature = decode(item.optionalText('sig') ?? '');
    return signature === undefined || signature.length === 0 ? [] : [signature];
  });
}

/**
 * Which key it was that signed, whatever its id; undefined where no signature holds for the key. The id beside a signature is a hint: the
 * same PEM file has had other ids in other releases of in-toto.
 */
export function signerOf({ signedBytes, signatures }: SignedDocument, key: MetadataKey): string | undefined {
  for (const signature of signatures) {
    const signer = key.signerOf(signedBytes, signature);
    if (signer !== undefined) return signer;
  }
  return undefined;
}
