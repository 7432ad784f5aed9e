import { createHash, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { decodeBase64, JsonFields, type JsonObject, type JsonValue } from '@keelson/core';
import { EnvelopeError } from '../errors.ts';
import { objectFrom } from '../json.ts';

/** A JSON Web Key (RFC 7517, RFC 8037): a public key, or a symmetric one. */
export interface Jwk {
  readonly type: 'EC' | 'RSA' | 'OKP' | 'oct';
  readonly kid?: string;
  /** The algorithm that the key is for; no other may be used with it. */
  readonly alg?: string;
  /** `sig` or `enc`, or another text. */
  readonly use?: string;
  readonly keyOps?: readonly string[];
  /** Certificates in DER, the key's own first. They have not been held against the key. */
  readonly x5c: readonly Uint8Array[];
  /** The public key, also where the private one was given; or the symmetric key. */
  readonly keyObject: KeyObject;
}

const maxKeys = 1_000;
const maxCertificates = 32;
/** Bytes of a coordinate, by type and curve: RFC 7518, 6.2.1.2 asks for all of them, leading zeros too; RFC 8037, 2. */
const coordinateBytes = new Map([
  ['EC P-256', 32],
  ['EC P-384', 48],
  ['EC P-521', 66],
  ['OKP Ed25519', 32],
  ['OKP Ed448', 57],
]);
const faults = {
  invalid: (message: string) => new EnvelopeError('JWK_INVALID', `JSON Web Key: ${message}`),
  tooMany: (message: string) => new EnvelopeError('ENVELOPE_LIMIT', `JSON Web Key: ${message}`),
};

/**
 * Reads a key. Private members are not read: keelson verifies with it. Members that are not known are ignored (RFC 7517, 4).
 *
 * @throws EnvelopeError JWK_INVALID, ENVELOPE_LIMIT
 */
export function readJwk(source: string | Uint8Array | JsonObject): Jwk {
  return jwkFrom(objectFrom(source, 'the JSON Web Key', 'JWK_INVALID'));
}

/**
 * Reads a set of keys. A key of a type or curve that is not known is left out, as RFC 7517, 5 has it.
 *
 * @throws EnvelopeError JWK_INVALID, ENVELOPE_LIMIT
 */
export function readJwkSet(source: string | Uint8Array | JsonObject): readonly Jwk[] {
  const set = new JsonFields(objectFrom(source, 'the set of JSON Web Keys', 'JWK_INVALID'), '', faults);
  if (!set.has('keys')) throw set.invalid('keys', 'is missing');
  return set
    .list('keys', maxKeys)
    .filter((item) => isKnownKey(new JsonFields(item, 'keys', faults)))
    .map((item) => jwkFrom(item));
}

function isKnownKey(fields: JsonFields): boolean {
  const kty = fields.text('kty');
  return kty === 'RSA' || kty === 'oct' || coordinateBytes.has(`${kty} ${fields.optionalText('crv')}`);
}

function jwkFrom(value: JsonValue): Jwk {
  const fields = new JsonFields(value, '', faults);
  const type = fields.text('kty');
  if (type !== 'EC' && type !== 'RSA' && type !== 'OKP' && type !== 'oct')
    throw fields.invalid('kty', 'is not known');
  const texts = {
    kid: fields.optionalText('kid'),
    alg: fields.optionalText('alg'),
    use: fields.optionalText('use'),
  };
  const keyOps = fields.has('key_ops') ? fields.texts('key_ops', maxKeys) : undefined;
  if (new Set(keyOps).size !== (keyOps?.length ?? 0)) throw fields.invalid('key_ops', 'has an entry twice');
  return {
    type,
    ...(texts.kid === undefined ? {} : { kid: texts.kid }),
    ...(texts.alg === undefined ? {} : { alg: texts.alg }),
    ...(texts.use === undefined ? {} : { use: texts.use }),
    ...(keyOps === undefined ? {} : { keyOps }),
    x5c: certificates(fields),
    keyObject: keyObjectFrom(type, fields),
  };
}

function certificates(fields: JsonFields): readonly Uint8Array[] {
  return fields.texts('x5c', maxCertificates).map((text, at) => {
    const bytes = decodeBase64(text, 'standard');
    if (bytes === undefined || bytes.length === 0) throw fields.invalid(`x5c[${at}]`, 'is no base64');
    return bytes;
  });
}

function keyObjectFrom(type: Jwk['type'], fields: JsonFields): KeyObject {
  if (type === 'oct') return createSecretKey(bytesOf(fields, 'k'));
  try {
    return createPublicKey({ key: { kty: type, ...publicMembers(type, fields) }, format: 'jwk' });
  } catch (error) {
    if (error instanceof EnvelopeError) throw error;
    throw new EnvelopeError('JWK_INVALID', 'JSON Web Key: its values are no public key', { cause: error });
  }
}

/** The members that are the public key, and no others: RFC 7638, 3.2. */
function publicMembers(type: Jwk['type'], fields: JsonFields): Record<string, string> {
  if (type === 'RSA') return { e: unsigned(fields, 'e'), n: unsigned(fields, 'n') };
  if (type === 'oct') return { k: fields.text('k') };
  const crv = fields.text('crv');
  const size = coordinateBytes.get(`${type} ${crv}`);
  if (size === undefined) throw fields.invalid('crv', 'is not known');
  return { crv, x: sized(fields, 'x', size), ...(type === 'EC' ? { y: sized(fields, 'y', size) } : {}) };
}

/** RFC 7518, 2, Base64urlUInt: no octet more than needed. */
function unsigned(fields: JsonFields, name: string): string {
  if (bytesOf(fields, name)[0] === 0) throw fields.invalid(name, 'begins with a zero');
  return fields.text(name);
}

function sized(fields: JsonFields, name: string, size: number): string {
  if (bytesOf(fields, name).length !== size) throw fields.invalid(name, `does not have ${size} bytes`);
  return fields.text(name);
}

function bytesOf(fields: JsonFields, name: string): Uint8Array {
  const bytes = decodeBase64(fields.text(name), 'url');
  if (bytes === undefined || bytes.length === 0) throw fields.invalid(name, 'is no base64url');
  return bytes;
}

/**
 * The thumbprint of a key (RFC 7638), in base64url.
 *
 * @throws EnvelopeError JWK_INVALID
 */
export function jwkThumbprint(
  source: string | Uint8Array | JsonObject,
  hash: 'sha256' | 'sha384' | 'sha512' = 'sha256',
): string {
  const object = objectFrom(source, 'the JSON Web Key', 'JWK_INVALID');
  const { type } = jwkFrom(object);
  const members: Record<string, string> = {
    ...publicMembers(type, new JsonFields(object, '', faults)),
    kty: type,
  };
  const sorted = Object.keys(members)
    .sort()
    .map((name) => [name, members[name]]);
  return createHash(hash)
    .update(JSON.stringify(Object.fromEntries(sorted)))
    .digest('base64url');
}

/**
 * Holds a key against its use: RFC 7517, 4.2 to 4.4.
 *
 * @throws EnvelopeError ENVELOPE_KEY_MISMATCH
 */
export function checkJwkUse({ use, keyOps, alg }: Jwk, algorithm: string): void {
  const mismatch = (reason: string) =>
    new EnvelopeError('ENVELOPE_KEY_MISMATCH', `the JSON Web Key ${reason}`);
  if (use !== undefined && use !== 'sig') throw mismatch(`is for ${JSON.stringify(use)}, not for signatures`);
  if (keyOps !== undefined && !keyOps.includes('verify')) throw mismatch('is not for verifying');
  if (alg !== undefined && alg !== algorithm && !isSameAlgorithm(alg, algorithm))
    throw mismatch(`is for ${JSON.stringify(alg)}, not for ${algorithm}`);
}

/** RFC 9864, 2.2 gives each curve of RFC 8037 a name of its own; the key itself is held against it. */
function isSameAlgorithm(one: string, other: string): boolean {
  return (one === 'EdDSA' && other.startsWith('Ed')) || (other === 'EdDSA' && one.startsWith('Ed'));
}
