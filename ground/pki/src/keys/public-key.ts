import type { KeyObject } from 'node:crypto';
import { bufferOf, hexOf } from '../bytes.ts';
import { type DerElement, readDer, tags } from '../der/element.ts';
import { DerFields } from '../der/fields.ts';
import { bitStringBytes, integerBytes, oid } from '../der/values.ts';
import { der } from '../der/writer.ts';
import { PkiError } from '../errors.ts';

export type KeyType = 'ec' | 'rsa' | 'ed25519';
export type Curve = 'P-256' | 'P-384' | 'P-521';

/** Object identifiers of keys (RFC 5480, RFC 8017, RFC 8410). */
export const keyOids = Object.freeze({
  ec: '1.2.840.10045.2.1',
  rsa: '1.2.840.113549.1.1.1',
  ed25519: '1.3.101.112',
});

const curves: Readonly<Record<string, Curve>> = Object.freeze({
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
});
/** Octets of one coordinate. */
export const coordinateBytes: Readonly<Record<Curve, number>> = Object.freeze({
  'P-256': 32,
  'P-384': 48,
  'P-521': 66,
});

/** Bits of an RSA modulus that are taken. */
const rsaBits = Object.freeze({ least: 2048, most: 8192 });

/** A public key of a kind that keelson takes. */
export class PublicKey {
  /** The whole SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). */
  readonly spki: Uint8Array;
  readonly type: KeyType;
  readonly curve?: Curve;
  /** Bits of an RSA modulus. */
  readonly modulusLength?: number;
  /** What the bit string of the key holds: a point, an RSAPublicKey, 32 octets of Ed25519. */
  readonly keyBytes: Uint8Array;
  #keyObject: KeyObject | undefined;

  constructor(
    spki: Uint8Array,
    keyBytes: Uint8Array,
    kind: { readonly type: KeyType; readonly curve?: Curve; readonly modulusLength?: number },
  ) {
    this.spki = spki;
    this.keyBytes = keyBytes;
    this.type = kind.type;
    if (kind.curve !== undefined) this.curve = kind.curve;
    if (kind.modulusLength !== undefined) this.modulusLength = kind.modulusLength;
  }

  /**
   * The key as Node takes it, made once.
   * @throws PkiError KEY_INVALID where a point is not on its curve.
   */
  get keyObject(): KeyObject {
    this.#keyObject ??= this.#made();
    return this.#keyObject;
  }

  #made(): KeyObject {
    const { createPublicKey } = process.getBuiltinModule('node:crypto');
    try {
      return createPublicKey({ key: bufferOf(this.spki), format: 'der', type: 'spki' });
    } catch (cause) {
      throw new PkiError('KEY_INVALID', 'a public key is no point of its curve, or otherwise no key', {
        cause,
      });
    }
  }
}

/**
 * Reads a SubjectPublicKeyInfo.
 * @throws PkiError DER_INVALID, DER_LIMIT, KEY_INVALID, KEY_UNSUPPORTED
 */
export function readPublicKey(spki: Uint8Array): PublicKey {
  return publicKeyOf(readDer(spki));
}

export function publicKeyOf(element: DerElement): PublicKey {
  const fields = new DerFields(element, 'SubjectPublicKeyInfo');
  const algorithm = new DerFields(fields.take(tags.sequence, 'algorithm'), 'AlgorithmIdentifier');
  const bytes = bitStringBytes(fields.take(tags.bitString, 'subjectPublicKey'));
  fields.finish();
  const name = oid(algorithm.take(tags.oid, 'algorithm'));
  switch (name) {
    case keyOids.ec:
      return new PublicKey(element.bytes, bytes, { type: 'ec', curve: curveOf(algorithm, bytes) });
    case keyOids.rsa:
      algorithm.take(tags.null, 'parameters');
      algorithm.finish();
      return new PublicKey(element.bytes, bytes, { type: 'rsa', modulusLength: modulusBits(bytes) });
    case keyOids.ed25519:
      algorithm.finish();
      if (bytes.length !== 32) throw new PkiError('KEY_INVALID', 'an Ed25519 key has not 32 octets');
      return new PublicKey(element.bytes, bytes, { type: 'ed25519' });
    default:
      throw new PkiError('KEY_UNSUPPORTED', `a key is of the type ${name}; RSA, ECDSA and Ed25519 are taken`);
  }
}

function curveOf(algorithm: DerFields, point: Uint8Array): Curve {
  if (algorithm.nextTag === tags.sequence)
    throw new PkiError(
      'KEY_UNSUPPORTED',
      'an EC key spells out the parameters of its curve instead of naming it',
    );
  const name = oid(algorithm.take(tags.oid, 'parameters'));
  algorithm.finish();
  const curve = curves[name];
  if (curve === undefined)
    throw new PkiError(
      'KEY_UNSUPPORTED',
      `an EC key is of the curve ${name}; ${Object.values(curves).join(', ')} are taken`,
    );
  // SEC 1 section 2.3.3; RFC 5480 section 2.2 leaves compressed points to choice.
  if (point[0] !== 4)
    throw new PkiError('KEY_UNSUPPORTED', 'the point of an EC key is not in uncompressed form');
  if (point.length !== 1 + 2 * coordinateBytes[curve])
    throw new PkiError('KEY_INVALID', `the point of an EC key has not the length of ${curve}`);
  return curve;
}

/** Octets of the modulus of an RSA key, and of each of its signatures. */
export function rsaBytes({ modulusLength = 0 }: PublicKey): number {
  return Math.ceil(modulusLength / 8);
}

/** RFC 8017 appendix A.1.1. */
function modulusBits(bytes: Uint8Array): number {
  const key = new DerFields(readDer(bytes), 'RSAPublicKey');
  const modulus = positive(integerBytes(key.take(tags.integer, 'modulus')), 'modulus');
  const exponent = positive(integerBytes(key.take(tags.integer, 'publicExponent')), 'exponent');
  key.finish();
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < rsaBits.least || bits > rsaBits.most)
    throw new PkiError(
      'KEY_UNSUPPORTED',
      `an RSA key has ${bits} bits; ${rsaBits.least} to ${rsaBits.most} are taken`,
    );
  const last = exponent[exponent.length - 1] ?? 0;
  if (exponent.length > 4 || last % 2 === 0 || (exponent.length === 1 && last < 3))
    throw new PkiError('KEY_UNSUPPORTED', `an RSA key has the exponent 0x${hexOf(exponent.subarray(0, 16))}`);
  if ((modulus[modulus.length - 1] ?? 0) % 2 === 0)
    throw new PkiError('KEY_INVALID', 'the modulus of an RSA key is even');
  return bits;
}

function positive(octets: Uint8Array, name: string): Uint8Array {
  if ((octets[0] ?? 0) >= 0x80 || (octets.length === 1 && octets[0] === 0))
    throw new PkiError('KEY_INVALID', `the ${name} of an RSA key is not positive`);
  return octets[0] === 0 ? octets.subarray(1) : octets;
}

/** An RSAPublicKey (`RSA PUBLIC KEY`) as the SubjectPublicKeyInfo around it. */
export function readRsaPublicKey(pkcs1: Uint8Array): PublicKey {
  return readPublicKey(der.sequence(der.sequence(der.oid(keyOids.rsa), der.null()), der.bitString(pkcs1)));
}
