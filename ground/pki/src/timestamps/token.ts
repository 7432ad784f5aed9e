import type { Certificate } from '../certificates/certificate.ts';
import { readExtensions } from '../certificates/extensions.ts';
import { type SignedData, type SignerInfo, signedDataOf } from '../cms/signed-data.ts';
import { type DerElement, readDer, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { time } from '../der/time.ts';
import {
  bitString,
  boolean,
  integer,
  integerBytes,
  octetString,
  oid,
  smallInteger,
  string,
} from '../der/values.ts';
import { PkiError } from '../errors.ts';
import { type HashAlgorithm, hashBytes, hashOf } from '../keys/schemes.ts';

export const tstInfoOid = '1.2.840.113549.1.9.16.1.4';

/** A time-stamp token (RFC 3161 section 2.4.2) as it was read: nothing of it is verified yet. */
export interface TimeStampToken {
  /** Milliseconds since the epoch. */
  readonly genTime: number;
  /** Milliseconds that genTime may be off to either side, rounded up. */
  readonly accuracy?: number;
  readonly messageImprint: { readonly algorithm: HashAlgorithm; readonly digest: Uint8Array };
  readonly policy: string;
  readonly serialNumber: Uint8Array;
  readonly nonce?: bigint;
  /** In no order; may be none. */
  readonly certificates: readonly Certificate[];
  readonly signerInfo: SignerInfo;
  /** The TSTInfo, whose digest is signed. */
  readonly content: Uint8Array;
}

/** An answer of a time-stamp authority (RFC 3161 section 2.4.2) that is no refusal. */
export interface TimeStampResponse {
  /** True where the authority changed something of what was asked, which its status alone says. */
  readonly isModified: boolean;
  readonly token: TimeStampToken;
}

/**
 * The answer of a time-stamp authority.
 * @throws PkiError TIMESTAMP_REFUSED where the authority gave no token, and what readTimeStampToken throws
 */
export function readTimeStampResponse(bytes: Uint8Array): TimeStampResponse {
  const fields = new DerFields(readDer(bytes), 'TimeStampResp');
  const status = new DerFields(fields.take(tags.sequence, 'status'), 'PKIStatusInfo');
  const code = smallInteger(status.take(tags.integer, 'status'));
  const texts = status.optional(tags.sequence, 'statusString');
  const failure = status.optional(tags.bitString, 'failInfo');
  status.finish();
  // 0 is granted, 1 granted with modifications.
  if (code > 1)
    throw new PkiError('TIMESTAMP_REFUSED', `no time stamp was given: ${reason(code, texts, failure)}`);
  const token = fields.take(tags.sequence, 'timeStampToken');
  fields.finish();
  return { isModified: code === 1, token: tokenOf(token) };
}

/**
 * A token alone, without the answer around it.
 * @throws PkiError TIMESTAMP_INVALID, DER_INVALID, DER_LIMIT, ALGORITHM_UNSUPPORTED, CERTIFICATE_*
 */
export function readTimeStampToken(bytes: Uint8Array): TimeStampToken {
  return tokenOf(readDer(bytes));
}

function reason(code: number, texts: DerElement | undefined, failure: DerElement | undefined): string {
  const parts = [`status ${code}`];
  if (failure !== undefined) {
    const { bytes } = bitString(failure);
    const bit = bytes.findIndex((octet) => octet !== 0);
    if (bit >= 0) parts.push(`failure ${bit * 8 + Math.clz32(bytes[bit] ?? 0) - 24}`);
  }
  if (texts !== undefined) {
    const list = new DerFields(texts, 'PKIFreeText');
    const text = JSON.stringify(string(list.take(tags.utf8String, 'text')).slice(0, 300));
    parts.push(text);
  }
  return parts.join(', ');
}

function tokenOf(element: DerElement): TimeStampToken {
  const signed = signedDataOf(element);
  if (signed.contentType !== tstInfoOid)
    throw new PkiError(
      'TIMESTAMP_INVALID',
      `a token holds content of the type ${signed.contentType}, no TSTInfo`,
    );
  return tokenFrom(signed);
}

function tokenFrom({ content, certificates, signer }: SignedData): TimeStampToken {
  const fields = new DerFields(readDer(content), 'TSTInfo');
  const version = smallInteger(fields.take(tags.integer, 'version'));
  if (version !== 1)
    throw new PkiError('TIMESTAMP_INVALID', `a TSTInfo is of the unknown version ${version}`);
  const policy = oid(fields.take(tags.oid, 'policy'));
  const messageImprint = readImprint(fields.take(tags.sequence, 'messageImprint'));
  const serialNumber = integerBytes(fields.take(tags.integer, 'serialNumber'));
  const genTime = time(fields.take(tags.generalizedTime, 'genTime'), { fraction: true });
  const accuracy = fields.optional(tags.sequence, 'accuracy');
  const ordering = fields.optional(tags.boolean, 'ordering');
  if (ordering !== undefined) boolean(ordering);
  const nonce = fields.optional(tags.integer, 'nonce');
  // A hint of who signed; the signing certificate attribute binds that.
  fields.optional(0xa0, 'tsa');
  const extensions = fields.optional(0xa1, 'extensions');
  fields.finish();
  if (extensions !== undefined) checkExtensions(extensions);
  return {
    genTime,
    ...(accuracy === undefined ? {} : { accuracy: readAccuracy(accuracy) }),
    messageImprint,
    policy,
    serialNumber,
    ...(nonce === undefined ? {} : { nonce: integer(nonce) }),
    certificates,
    signerInfo: signer,
    content,
  };
}

function readImprint(element: DerElement): TimeStampToken['messageImprint'] {
  const fields = new DerFields(element, 'MessageImprint');
  const algorithm = hashOf(fields.take(tags.sequence, 'hashAlgorithm'));
  const digest = octetString(fields.take(tags.octetString, 'hashedMessage'));
  fields.finish();
  if (digest.length !== hashBytes[algorithm])
    throw new PkiError('TIMESTAMP_INVALID', `the imprint of a token has not the length of ${algorithm}`);
  return { algorithm, digest };
}

function readAccuracy(element: DerElement): number {
  const fields = new DerFields(element, 'Accuracy');
  const seconds = fields.optional(tags.integer, 'seconds');
  const millis = fields.optional(0x80, 'millis');
  const micros = fields.optional(0x81, 'micros');
  fields.finish();
  return (
    (seconds === undefined ? 0 : smallInteger(seconds) * 1000) +
    (millis === undefined ? 0 : thousandths(millis)) +
    (micros === undefined ? 0 : Math.ceil(thousandths(micros) / 1000))
  );
}

/** 1 to 999 (RFC 3161 section 2.4.2). */
function thousandths(element: DerElement): number {
  const value = smallInteger(element, element.tag);
  if (value < 1 || value > 999)
    throw new PkiError('TIMESTAMP_INVALID', `an accuracy has ${value} of 1000 parts`);
  return value;
}

function checkExtensions(element: DerElement): void {
  for (const { oid: name, critical } of readExtensions(element, 'a TSTInfo', 0xa1).values())
    if (critical)
      throw new PkiError('TIMESTAMP_INVALID', `a TSTInfo has the unknown critical extension ${name}`);
}
