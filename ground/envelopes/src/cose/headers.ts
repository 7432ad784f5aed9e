import { createHash, timingSafeEqual } from 'node:crypto';
import { type CborReadOptions, readCbor } from '../cbor/read.ts';
import { type CborKey, type CborMap, type CborValue, isCborMap } from '../cbor/value.ts';
import { EnvelopeError } from '../errors.ts';

/** Labels of headers: RFC 9052, 3.1; RFC 9360, 2. */
export const coseLabels = Object.freeze({
  alg: 1,
  crit: 2,
  contentType: 3,
  kid: 4,
  iv: 5,
  partialIv: 6,
  x5bag: 32,
  x5chain: 33,
  x5t: 34,
  x5u: 35,
});

const maxCertificates = 32;
const emptyMap: CborMap = new Map();

/** The two headers of a message or of a signature. */
export interface CoseHeaders {
  /** What is signed, as it was written. */
  readonly protectedBytes: Uint8Array;
  readonly protected: CborMap;
  /** What is not signed. */
  readonly unprotected: CborMap;
}

export function invalidCose(message: string): EnvelopeError {
  return new EnvelopeError('COSE_INVALID', `COSE: ${message}`);
}

/** @throws EnvelopeError COSE_INVALID, CBOR_INVALID, ENVELOPE_LIMIT */
export function headersFrom(signed: CborValue, unsigned: CborValue, options: CborReadOptions): CoseHeaders {
  if (!(signed instanceof Uint8Array)) throw invalidCose('a protected header is no byte string');
  if (!isCborMap(unsigned)) throw invalidCose('an unprotected header is no map');
  const map = signed.length === 0 ? emptyMap : readCbor(signed, options);
  if (!isCborMap(map)) throw invalidCose('a protected header holds no map');
  // RFC 9052, 3: a label in both makes the message malformed.
  for (const label of unsigned.keys())
    if (map.has(label)) throw invalidCose(`the label ${shownLabel(label)} stands in both headers`);
  return { protectedBytes: signed, protected: map, unprotected: unsigned };
}

/** The protected header as it is signed: an empty map counts as none (RFC 9052, 4.4). */
export function signedHeader({ protectedBytes, protected: map }: CoseHeaders): Uint8Array {
  return map.size === 0 ? new Uint8Array() : protectedBytes;
}

/**
 * The rules of `crit` (RFC 9052, 3.1). Labels of that table are understood always.
 *
 * @param understood labels that the caller will process
 * @throws EnvelopeError ENVELOPE_CRITICAL_HEADER
 */
export function checkCriticalLabels(headers: CoseHeaders, understood: readonly CborKey[]): void {
  if (headers.unprotected.has(coseLabels.crit))
    throw critical('crit stands in the header that is not signed');
  if (!headers.protected.has(coseLabels.crit)) return;
  const value = headers.protected.get(coseLabels.crit);
  const list: readonly CborValue[] = Array.isArray(value) ? value : [];
  if (list.length === 0) throw critical('crit is no list of labels');
  const seen = new Set<CborKey>();
  for (const label of list) {
    if (typeof label !== 'number' && typeof label !== 'bigint' && typeof label !== 'string')
      throw critical('crit is no list of labels');
    if (seen.has(label)) throw critical(`crit names ${shownLabel(label)} twice`);
    seen.add(label);
    if (!headers.protected.has(label))
      throw critical(`crit names ${shownLabel(label)}, which is not in the signed header`);
    const isCommon = typeof label === 'number' && label >= coseLabels.alg && label <= coseLabels.partialIv;
    if (!isCommon && !understood.includes(label)) throw critical(`${shownLabel(label)} is not understood`);
  }
}

/**
 * Certificates in DER, the signer's own first (`x5chain`, RFC 9360, 2); undefined where there are none.
 *
 * @throws EnvelopeError COSE_INVALID, ENVELOPE_LIMIT
 */
export function x5chainOf(headers: CoseHeaders): readonly Uint8Array[] | undefined {
  const value = coseHeader(headers, coseLabels.x5chain);
  if (value === undefined) return undefined;
  const list: readonly CborValue[] =
    value instanceof Uint8Array ? [value] : Array.isArray(value) ? value : [];
  if (list.length === 0) throw invalidCose('x5chain is no list of certificates');
  if (list.length > maxCertificates)
    throw new EnvelopeError('ENVELOPE_LIMIT', `x5chain has more than ${maxCertificates} certificates`);
  return list.map((item, at) => {
    if (item instanceof Uint8Array && item.length > 0) return item;
    throw invalidCose(`x5chain[${at}] is no certificate`);
  });
}

/** The hash of a certificate that a header names. */
export interface CertificateHash {
  readonly algorithm: 'sha256' | 'sha384' | 'sha512';
  readonly digest: Uint8Array;
}

/** RFC 9054, 2. SHA-1 and cut hashes bind too little. */
const hashes = new Map<number, CertificateHash['algorithm']>([
  [-16, 'sha256'],
  [-43, 'sha384'],
  [-44, 'sha512'],
]);

/**
 * The certificate that `x5t` names (RFC 9360, 2); undefined where there is none.
 *
 * @throws EnvelopeError COSE_INVALID
 */
export function x5tOf(headers: CoseHeaders): CertificateHash | undefined {
  const value = coseHeader(headers, coseLabels.x5t);
  if (value === undefined) return undefined;
  const list: readonly CborValue[] = Array.isArray(value) ? value : [];
  const [number, digest] = list;
  const algorithm = typeof number === 'number' ? hashes.get(number) : undefined;
  if (list.length !== 2 || algorithm === undefined || !(digest instanceof Uint8Array))
    throw invalidCose('x5t is no hash and value, or of a hash that is not used');
  if (digest.length !== Number(algorithm.slice(3)) / 8) throw invalidCose('x5t is not as long as its hash');
  return { algorithm, digest };
}

/** True for the certificate, in DER, that `x5t` names. */
export function isCertificateOf({ algorithm, digest }: CertificateHash, certificate: Uint8Array): boolean {
  return timingSafeEqual(createHash(algorithm).update(certificate).digest(), digest);
}

/** What a label stands for, in either header. */
export function coseHeader({ protected: map, unprotected }: CoseHeaders, label: CborKey): CborValue {
  return map.get(label) ?? unprotected.get(label);
}

function critical(reason: string): EnvelopeError {
  return new EnvelopeError('ENVELOPE_CRITICAL_HEADER', `COSE: ${reason}`);
}

function shownLabel(label: CborKey): string {
  return typeof label === 'string' ? JSON.stringify(label.slice(0, 64)) : String(label);
}
