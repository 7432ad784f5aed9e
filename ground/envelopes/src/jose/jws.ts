import type { KeyObject } from 'node:crypto';
import {
  childOf,
  decodeBase64,
  isObject,
  type JsonObject,
  type JsonValue,
  objectOf,
  stringifyJson,
} from '@keelson/core';
import { EnvelopeError } from '../errors.ts';
import { objectFrom } from '../json.ts';
import { defaultEnvelopeLimits, type EnvelopeLimits, holdBound } from '../limits.ts';
import { holds, signatureOf, type VerificationKey } from '../signatures.ts';
import { type JwsAlgorithm, jwsAlgorithm } from './algorithms.ts';
import {
  checkCritical,
  checkDisjoint,
  invalidJws,
  isEncoded,
  protectedHeader,
  unprotectedHeader,
} from './header.ts';
import { checkJwkUse, type Jwk } from './jwk.ts';

/** One signature of a JWS, not verified. */
export interface JwsSignature {
  /** What is signed with the payload. */
  readonly protected: JsonObject;
  /** What is not signed. */
  readonly header?: JsonObject;
  readonly signature: Uint8Array;
  /** What the signature is made over (RFC 7515, 5.1). */
  readonly signingInput: Uint8Array;
}

export interface Jws {
  readonly serialization: 'compact' | 'flattened' | 'general';
  readonly payload: Uint8Array;
  /** At least one. */
  readonly signatures: readonly JwsSignature[];
}

export interface JwsReadOptions {
  /** The payload, where it is not in the JWS (RFC 7515, appendix F). One that is there too is refused. */
  readonly detachedPayload?: Uint8Array;
  readonly limits?: EnvelopeLimits;
}

/**
 * Reads a JWS in any of its three forms (RFC 7515, 7), with the unencoded payload of RFC 7797. Members and headers that
 * stand twice are refused, and so is any base64url that is not exactly as written.
 *
 * @throws EnvelopeError JWS_INVALID, ENVELOPE_LIMIT
 */
export function readJws(source: string | Uint8Array | JsonObject, options: JwsReadOptions = {}): Jws {
  const { limits = defaultEnvelopeLimits } = options;
  if (typeof source === 'string' && !source.trimStart().startsWith('{'))
    return readCompactJws(source, options);
  const object = objectFrom(source, 'the JSON Web Signature', 'JWS_INVALID', limits);
  const payload = optionalText(object, 'payload');
  const isGeneral = Object.hasOwn(object, 'signatures');
  if (isGeneral && ['signature', 'protected', 'header'].some((name) => Object.hasOwn(object, name)))
    throw invalidJws('it is in the general and in the flattened form at once');
  const parts = isGeneral ? listed(childOf(object, 'signatures'), limits) : [partFrom(object, '')];
  return assembled(isGeneral ? 'general' : 'flattened', parts, payload, options);
}

/**
 * Reads a JWS in compact form alone, as where JSON would be a surprise.
 *
 * @throws EnvelopeError JWS_INVALID, ENVELOPE_LIMIT
 */
export function readCompactJws(source: string, options: JwsReadOptions = {}): Jws {
  holdBound(
    'the JSON Web Signature',
    source.length,
    options.limits ?? defaultEnvelopeLimits,
    'maxEnvelopeBytes',
  );
  // Not split: each dot of a hostile text would be an entry.
  const first = source.indexOf('.');
  const last = source.indexOf('.', first + 1);
  if (first <= 0 || last < 0 || source.indexOf('.', last + 1) >= 0)
    throw invalidJws('its compact form does not have a header, a payload and a signature');
  const payload = source.slice(first + 1, last);
  const part = { encoded: source.slice(0, first), header: undefined, signature: source.slice(last + 1) };
  const isDetached = options.detachedPayload !== undefined && payload === '';
  return assembled('compact', [part], isDetached ? undefined : payload, options);
}

interface Part {
  readonly encoded: string;
  readonly header: JsonObject | undefined;
  readonly signature: string;
}

function listed(value: JsonValue | undefined, limits: EnvelopeLimits): readonly Part[] {
  if (!Array.isArray(value) || value.length === 0) throw invalidJws('signatures is no list of signatures');
  holdBound('signatures', value.length, limits, 'maxSignatures');
  return value.map((item, at) => {
    if (!isObject(item)) throw invalidJws(`signatures[${at}] is no object`);
    return partFrom(item, `signatures[${at}].`);
  });
}

function partFrom(object: JsonObject, place: string): Part {
  const signature = optionalText(object, 'signature');
  if (signature === undefined) throw invalidJws(`${place}signature is missing`);
  const header = unprotectedHeader(childOf(object, 'header'));
  return { encoded: optionalText(object, 'protected') ?? '', header, signature };
}

function assembled(
  serialization: Jws['serialization'],
  parts: readonly Part[],
  inside: string | undefined,
  { detachedPayload, limits = defaultEnvelopeLimits }: JwsReadOptions,
): Jws {
  if (inside === undefined && detachedPayload === undefined) throw invalidJws('payload is missing');
  if (inside !== undefined && detachedPayload !== undefined) throw invalidJws('payload is there twice');
  const headers = parts.map((part) => protectedHeader(part.encoded, limits));
  const encodings = new Set(headers.map(isEncoded));
  // RFC 7797, 3: one payload cannot be both.
  if (encodings.size > 1) throw invalidJws('b64 differs between signatures');
  const { payload, signed } = payloadFrom(inside, detachedPayload, !encodings.has(false), serialization);
  const signatures = parts.map(({ encoded, header, signature }, at): JwsSignature => {
    const own = headers[at] ?? {};
    checkDisjoint(own, header);
    const bytes = decodeBase64(signature, 'url');
    if (bytes === undefined) throw invalidJws('a signature is no base64url');
    const signingInput = Buffer.concat([Buffer.from(`${encoded}.`), signed]);
    return { protected: own, ...(header === undefined ? {} : { header }), signature: bytes, signingInput };
  });
  return { serialization, payload, signatures };
}

function payloadFrom(
  inside: string | undefined,
  detached: Uint8Array | undefined,
  isBase64: boolean,
  serialization: Jws['serialization'],
): { payload: Uint8Array; signed: Uint8Array } {
  if (inside === undefined) {
    const payload = detached ?? new Uint8Array();
    return { payload, signed: isBase64 ? Buffer.from(Buffer.from(payload).toString('base64url')) : payload };
  }
  if (!isBase64) {
    // RFC 7797, 5.2: what a compact form carries as it is must be printable; the dots were counted before.
    if (serialization === 'compact' && !/^[\x20-\x7e]*$/.test(inside))
      throw invalidJws('the unencoded payload of a compact form is not printable ASCII');
    const payload = Buffer.from(inside);
    return { payload, signed: payload };
  }
  const payload = decodeBase64(inside, 'url');
  if (payload === undefined) throw invalidJws('payload is no base64url');
  return { payload, signed: Buffer.from(inside) };
}

function optionalText(object: JsonObject, name: string): string | undefined {
  const value = childOf(object, name);
  if (value === undefined || typeof value === 'string') return value;
  throw invalidJws(`${name} is no text`);
}

export interface JwsVerifyOptions {
  /** A public key, or a symmetric one for the HS algorithms. */
  readonly key: VerificationKey | Jwk;
  /** The algorithms that may be; HS256, HS384 and HS512 are refused unless they are named. */
  readonly algorithms: readonly JwsAlgorithm[];
  /** Headers that the caller processes and that may therefore be critical. `b64` is understood always. */
  readonly understood?: readonly string[];
  /** Take `alg` from the header that is not signed too (RFC 7515 allows it, RFC 7520, 4.7 shows it). */
  readonly allowUnprotectedAlgorithm?: boolean;
  /** Take a `b64` that `crit` does not name, as drafts of RFC 7797 had it. Others may read another payload then. */
  readonly allowUncriticalB64?: boolean;
}

/**
 * Verifies one signature of a JWS.
 *
 * @throws EnvelopeError ENVELOPE_CRITICAL_HEADER, ENVELOPE_ALGORITHM_REFUSED, ENVELOPE_KEY_MISMATCH, ENVELOPE_SIGNATURE_WRONG,
 * JWS_INVALID
 */
export function verifyJws(signature: JwsSignature, options: JwsVerifyOptions): void {
  const { key, algorithms, understood = [] } = options;
  checkCritical(signature.protected, signature.header, understood, options.allowUncriticalB64 ?? false);
  const algorithm = jwsAlgorithm(
    algorithmOf(signature, options.allowUnprotectedAlgorithm ?? false),
    algorithms,
  );
  if ('x5c' in key) checkJwkUse(key, algorithm.name);
  if (!holds(algorithm, 'x5c' in key ? key.keyObject : key, signature.signingInput, signature.signature))
    throw new EnvelopeError(
      'ENVELOPE_SIGNATURE_WRONG',
      `JSON Web Signature: the ${algorithm.name} signature does not hold`,
    );
}

/** @throws EnvelopeError JWS_INVALID */
export function algorithmOf(signature: JwsSignature, allowUnprotected = false): string {
  const value =
    childOf(signature.protected, 'alg') ?? (allowUnprotected ? childOf(signature.header, 'alg') : undefined);
  if (typeof value === 'string') return value;
  throw invalidJws(`alg is ${value === undefined ? 'missing in the header that is signed' : 'no text'}`);
}

export interface JwsSignOptions {
  readonly payload: Uint8Array;
  /** Written as given, in its order; `alg` says how it is signed. */
  readonly protected: JsonObject;
  /** Written, not signed. */
  readonly header?: JsonObject;
  /** A private key, or a symmetric one. */
  readonly key: KeyObject;
}

/**
 * A JWS in the flattened form (RFC 7515, 7.2.2).
 *
 * @throws EnvelopeError ENVELOPE_ALGORITHM_REFUSED, ENVELOPE_KEY_MISMATCH, JWS_INVALID
 */
export function signJws(options: JwsSignOptions): JsonObject {
  const { encoded, payload, signature } = signedParts(options);
  return objectOf([
    ['payload', payload],
    ['protected', encoded],
    ...(options.header === undefined ? [] : [['header', options.header] as const]),
    ['signature', signature],
  ]);
}

/**
 * A JWS in the compact form (RFC 7515, 7.1).
 *
 * @throws EnvelopeError as `signJws`
 */
export function signCompactJws(options: Omit<JwsSignOptions, 'header'>): string {
  const { encoded, payload, signature } = signedParts(options);
  return `${encoded}.${payload}.${signature}`;
}

function signedParts(options: JwsSignOptions): { encoded: string; payload: string; signature: string } {
  const { payload, key } = options;
  const name = childOf(options.protected, 'alg');
  if (typeof name !== 'string') throw invalidJws('alg is missing in the header that is signed');
  if (!isEncoded(options.protected)) throw invalidJws('an unencoded payload is read, not written');
  const algorithm = jwsAlgorithm(name);
  const encoded = Buffer.from(stringifyJson(options.protected)).toString('base64url');
  const text = Buffer.from(payload).toString('base64url');
  const made = signatureOf(algorithm, key, Buffer.from(`${encoded}.${text}`));
  return { encoded, payload: text, signature: Buffer.from(made).toString('base64url') };
}
