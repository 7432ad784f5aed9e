import { numberFromBigInt, type RegoValue } from '../../values/index.ts';
import { encodeBase64 } from '../base64.ts';
import { builtinError } from '../builtin.ts';
import type { Cryptography, CurveName, JsonWebKey } from '../crypto-host.ts';
import { bigEndian, DerFault, DerReader, unsigned } from './der.ts';

export type EllipticCurve = Exclude<CurveName, 'Ed25519'>;

export type PublicKey =
  | { readonly type: 'rsa'; readonly n: bigint; readonly e: bigint }
  | { readonly type: 'ec'; readonly curve: EllipticCurve; readonly x: bigint; readonly y: bigint }
  | { readonly type: 'ed25519'; readonly x: Uint8Array };

export type PrivateKey =
  | {
      readonly type: 'rsa';
      readonly n: bigint;
      readonly e: bigint;
      readonly d: bigint;
      readonly p: bigint;
      readonly q: bigint;
    }
  | {
      readonly type: 'ec';
      readonly curve: EllipticCurve;
      readonly d: bigint;
      readonly x: bigint;
      readonly y: bigint;
    }
  | { readonly type: 'ed25519'; readonly seed: Uint8Array; readonly x: Uint8Array };

const curveOids = new Map<string, EllipticCurve>([
  ['1.3.132.0.33', 'P-224'],
  ['1.2.840.10045.3.1.7', 'P-256'],
  ['1.3.132.0.34', 'P-384'],
  ['1.3.132.0.35', 'P-521'],
]);

/** Bytes of a coordinate. */
const curveSizes: Readonly<Record<EllipticCurve, number>> = {
  'P-224': 28,
  'P-256': 32,
  'P-384': 48,
  'P-521': 66,
};

export function curveSize(curve: EllipticCurve): number {
  return curveSizes[curve];
}

export const keyOids = Object.freeze({
  rsa: '1.2.840.113549.1.1.1',
  dsa: '1.2.840.10040.4.1',
  ec: '1.2.840.10045.2.1',
  ed25519: '1.3.101.112',
});

/** A SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). Undefined for a kind of key that is not known. */
export function parsePublicKeyInfo(der: Uint8Array): PublicKey | undefined {
  const info = new DerReader(der).nested();
  const algorithm = info.nested();
  const kind = algorithm.oid().join('.');
  const { bytes } = info.bitString();
  switch (kind) {
    case keyOids.rsa: {
      const key = new DerReader(bytes).nested();
      return { type: 'rsa', n: key.integer(), e: key.integer() };
    }
    case keyOids.ec: {
      const curve = curveOids.get(algorithm.oid().join('.'));
      if (curve === undefined) throw builtinError('x509: unsupported elliptic curve');
      return pointOf(curve, bytes);
    }
    case keyOids.ed25519:
      return { type: 'ed25519', x: bytes };
    default:
      return undefined;
  }
}

/** An uncompressed point (SEC 1 section 2.3.3). */
function pointOf(curve: EllipticCurve, bytes: Uint8Array): PublicKey & { type: 'ec' } {
  const size = curveSizes[curve];
  if (bytes[0] !== 4 || bytes.length !== 1 + 2 * size)
    throw builtinError('x509: failed to unmarshal elliptic curve point');
  return {
    type: 'ec',
    curve,
    x: unsigned(bytes.subarray(1, 1 + size)),
    y: unsigned(bytes.subarray(1 + size)),
  };
}

/** A key of RFC 8017 appendix A.1.2. */
export function parsePkcs1(der: Uint8Array): PrivateKey {
  const key = new DerReader(der).nested();
  key.integer();
  const [n, e, d, p, q] = [key.integer(), key.integer(), key.integer(), key.integer(), key.integer()];
  return { type: 'rsa', n, e, d, p, q };
}

/** A key of RFC 5915; the curve stands in it or around it. */
export function parseSec1(der: Uint8Array, crypto: Cryptography, outer?: EllipticCurve): PrivateKey {
  const key = new DerReader(der).nested();
  if (key.integer() !== 1n) throw builtinError('x509: unknown EC private key version');
  const secret = key.octetString();
  const parameters = key.optional(0xa0);
  const named =
    parameters === undefined ? undefined : curveOids.get(new DerReader(parameters.content).oid().join('.'));
  const curve = outer ?? named;
  if (curve === undefined) throw builtinError('x509: unknown elliptic curve');
  const point = crypto.publicPoint(curve, bigEndian(unsigned(secret), curveSizes[curve]));
  if (point === undefined) throw builtinError('x509: invalid elliptic curve private key value');
  return { type: 'ec', curve, d: unsigned(secret), x: unsigned(point.x), y: unsigned(point.y) };
}

/** A key of RFC 5208. */
export function parsePkcs8(der: Uint8Array, crypto: Cryptography): PrivateKey {
  const info = new DerReader(der).nested();
  info.integer();
  const algorithm = info.nested();
  const oid = algorithm.oid();
  const content = info.octetString();
  switch (oid.join('.')) {
    case keyOids.rsa:
      return parsePkcs1(content);
    case keyOids.ec:
      return parseSec1(content, crypto, curveOids.get(algorithm.oid().join('.')));
    case keyOids.ed25519: {
      const seed = new DerReader(content).octetString();
      const point = crypto.publicPoint('Ed25519', seed);
      if (seed.length !== 32 || point === undefined)
        throw builtinError(`x509: invalid Ed25519 private key length: ${seed.length}`);
      return { type: 'ed25519', seed, x: point.x };
    }
    default:
      throw builtinError(
        `x509: PKCS#8 wrapping contained private key with unknown algorithm: ${oid.join('.')}`,
      );
  }
}

/** Reads DER of a key and turns a fault into an error of the call. */
export function readKey<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerFault) throw builtinError('asn1: structure error: malformed key');
    throw error;
  }
}

function url(bytes: Uint8Array): string {
  return encodeBase64(bytes, 'url').replace(/=+$/, '');
}

export function publicJwk(key: PublicKey): JsonWebKey {
  switch (key.type) {
    case 'rsa':
      return { kty: 'RSA', n: url(bigEndian(key.n)), e: url(bigEndian(key.e)) };
    case 'ec': {
      const size = curveSizes[key.curve];
      return { kty: 'EC', crv: key.curve, x: url(bigEndian(key.x, size)), y: url(bigEndian(key.y, size)) };
    }
    case 'ed25519':
      return { kty: 'OKP', crv: 'Ed25519', x: url(key.x) };
  }
}

export function privateJwk(key: PrivateKey): JsonWebKey {
  switch (key.type) {
    case 'rsa': {
      const { dp, dq, qi } = chineseRemainder(key);
      const parts = { d: key.d, p: key.p, q: key.q, dp, dq, qi };
      const out: Record<string, string> = { ...publicJwk({ type: 'rsa', n: key.n, e: key.e }) };
      for (const [name, value] of Object.entries(parts)) out[name] = url(bigEndian(value));
      return out;
    }
    case 'ec':
      return { ...publicJwk(key), d: url(bigEndian(key.d, curveSizes[key.curve])) };
    case 'ed25519':
      return { ...publicJwk({ type: 'ed25519', x: key.x }), d: url(key.seed) };
  }
}

function chineseRemainder({ d, p, q }: PrivateKey & { type: 'rsa' }): { dp: bigint; dq: bigint; qi: bigint } {
  if (p <= 1n || q <= 1n) throw builtinError('x509: invalid private key prime value');
  return { dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b] = [((value % modulus) + modulus) % modulus, modulus];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return ((x % modulus) + modulus) % modulus;
}

/** The key as Go's encoding/json prints its struct. */
export function publicKeyJson(key: PublicKey): RegoValue {
  switch (key.type) {
    case 'rsa':
      return { E: numberFromBigInt(key.e), N: numberFromBigInt(key.n) };
    case 'ec':
      return { Curve: {}, X: numberFromBigInt(key.x), Y: numberFromBigInt(key.y) };
    case 'ed25519':
      return encodeBase64(key.x, 'standard');
  }
}

export function privateKeyJson(key: PrivateKey): RegoValue {
  switch (key.type) {
    case 'rsa': {
      const { dp, dq, qi } = chineseRemainder(key);
      return {
        D: numberFromBigInt(key.d),
        E: numberFromBigInt(key.e),
        N: numberFromBigInt(key.n),
        Precomputed: {
          CRTValues: [],
          Dp: numberFromBigInt(dp),
          Dq: numberFromBigInt(dq),
          Qinv: numberFromBigInt(qi),
        },
        Primes: [numberFromBigInt(key.p), numberFromBigInt(key.q)],
      };
    }
    case 'ec':
      return {
        Curve: {},
        D: numberFromBigInt(key.d),
        X: numberFromBigInt(key.x),
        Y: numberFromBigInt(key.y),
      };
    case 'ed25519':
      return encodeBase64(Uint8Array.from([...key.seed, ...key.x]), 'standard');
  }
}

export function publicPart(key: PrivateKey): PublicKey {
  switch (key.type) {
    case 'rsa':
      return { type: 'rsa', n: key.n, e: key.e };
    case 'ec':
      return { type: 'ec', curve: key.curve, x: key.x, y: key.y };
    case 'ed25519':
      return { type: 'ed25519', x: key.x };
  }
}
