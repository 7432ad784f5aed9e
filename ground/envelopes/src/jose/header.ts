import {
  childOf,
  createObject,
  decodeBase64,
  isObject,
  type JsonObject,
  type JsonValue,
} from '@keelson/core';
import { EnvelopeError } from '../errors.ts';
import { objectFrom } from '../json.ts';
import { type EnvelopeLimits, holdBound } from '../limits.ts';

/** Names of RFC 7515, 4.1 and RFC 7518: they are always understood and may not be named in `crit`. */
const registered = new Set(
  ['alg', 'jku', 'jwk', 'kid', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'typ', 'cty', 'crit', 'enc', 'zip'].concat([
    'epk',
    'apu',
    'apv',
    'iv',
    'tag',
    'p2s',
    'p2c',
  ]),
);
const maxCertificates = 32;

export function invalidJws(message: string): EnvelopeError {
  return new EnvelopeError('JWS_INVALID', `JSON Web Signature: ${message}`);
}

/** The object that a protected header is; an empty one for the empty text (RFC 7515, 7.2.1). */
export function protectedHeader(encoded: string, limits: EnvelopeLimits): JsonObject {
  holdBound('the protected header', encoded.length, limits, 'maxHeaderBytes');
  if (encoded === '') return createObject();
  const bytes = decodeBase64(encoded, 'url');
  if (bytes === undefined) throw invalidJws('the protected header is no base64url');
  return objectFrom(bytes, 'the protected header', 'JWS_INVALID', limits);
}

/** RFC 7515, 7.2.1: no name may stand in both headers. */
export function checkDisjoint(protectedOnes: JsonObject, others: JsonObject | undefined): void {
  for (const name of Object.keys(others ?? {}))
    if (Object.hasOwn(protectedOnes, name))
      throw invalidJws(`${JSON.stringify(name.slice(0, 40))} stands in both headers`);
}

/**
 * The rules of `crit` (RFC 7515, 4.1.11) and of `b64` (RFC 7797, 6).
 *
 * @param understood names that the caller will process
 * @param mayOmitB64 take `b64` where `crit` does not name it
 * @throws EnvelopeError ENVELOPE_CRITICAL_HEADER
 */
export function checkCritical(
  protectedOnes: JsonObject,
  others: JsonObject | undefined,
  understood: readonly string[],
  mayOmitB64: boolean,
): void {
  for (const name of ['crit', 'b64'])
    if (childOf(others, name) !== undefined)
      throw critical(`${name} stands in the header that is not signed`);
  const names = criticalNames(childOf(protectedOnes, 'crit'));
  for (const name of names) {
    if (registered.has(name)) throw critical(`crit names ${name}, which always has to be understood`);
    if (!Object.hasOwn(protectedOnes, name))
      throw critical(`crit names ${shown(name)}, which is not in the header`);
    if (name !== 'b64' && !understood.includes(name)) throw critical(`${shown(name)} is not understood`);
  }
  if (!mayOmitB64 && Object.hasOwn(protectedOnes, 'b64') && !names.includes('b64'))
    throw critical('b64 stands outside of crit');
}

function criticalNames(value: JsonValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length === 0) throw critical('crit is no list of names');
  const names = value.map((name) => {
    if (typeof name === 'string') return name;
    throw critical('crit is no list of names');
  });
  if (new Set(names).size !== names.length) throw critical('crit names a header twice');
  return names;
}

/** RFC 7797, 3: false where the payload is signed as it is. */
export function isEncoded(protectedOnes: JsonObject): boolean {
  const value = childOf(protectedOnes, 'b64') ?? true;
  if (typeof value === 'boolean') return value;
  throw invalidJws('b64 is neither true nor false');
}

/**
 * The certificates of a header, in DER, the signer's own first (`x5c`, RFC 7515, 4.1.6); undefined where there are none.
 *
 * @throws EnvelopeError JWS_INVALID, ENVELOPE_LIMIT
 */
export function x5cOf(header: JsonObject | undefined): readonly Uint8Array[] | undefined {
  const value = childOf(header, 'x5c');
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) throw invalidJws('x5c is no list of certificates');
  if (value.length > maxCertificates)
    throw new EnvelopeError('ENVELOPE_LIMIT', `x5c has more than ${maxCertificates} certificates`);
  return value.map((item, at) => {
    const bytes = typeof item === 'string' ? decodeBase64(item, 'standard') : undefined;
    if (bytes === undefined || bytes.length === 0) throw invalidJws(`x5c[${at}] is no base64`);
    return bytes;
  });
}

/** The header that is not signed. */
export function unprotectedHeader(value: JsonValue | undefined): JsonObject | undefined {
  if (value === undefined || isObject(value)) return value;
  throw invalidJws('header is no object');
}

function critical(reason: string): EnvelopeError {
  return new EnvelopeError('ENVELOPE_CRITICAL_HEADER', `JSON Web Signature: ${reason}`);
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 64));
}
