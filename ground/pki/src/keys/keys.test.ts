import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { publicKeyFromPem } from '../certificates/read-certificates.ts';
import { readDer } from '../der/element.ts';
import { der } from '../der/writer.ts';
import { PkiError, type PkiErrorCode } from '../errors.ts';
import { writePem } from '../pem.ts';
import { readPublicKey } from './public-key.ts';
import { cmsSchemeOf, type SignatureScheme, schemeOf } from './schemes.ts';
import { algorithmIdentifier, hashIdentifier, publicKeyOfKeyObject, sign, signPieces } from './sign.ts';
import { verifyDigestSignature } from './verify-digest.ts';
import { verifySignature } from './verify-signature.ts';

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const keys: Readonly<Record<string, KeyObject>> = {
  'P-256': ec('P-256'),
  'P-384': ec('P-384'),
  'P-521': ec('P-521'),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  ed25519: generateKeyPairSync('ed25519').privateKey,
};
const keyOf = (name: string): KeyObject => keys[name] ?? expect.fail(name);
const codeOf = (run: () => unknown): PkiErrorCode => {
  try {
    run();
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
  return expect.fail('nothing was thrown');
};

const table: [key: string, scheme: SignatureScheme][] = [
  ['P-256', 'ecdsa-sha256'],
  ['P-384', 'ecdsa-sha384'],
  ['P-384', 'ecdsa-sha256'],
  ['P-521', 'ecdsa-sha512'],
  ['rsa', 'rsa-pkcs1-sha256'],
  ['rsa', 'rsa-pkcs1-sha384'],
  ['rsa', 'rsa-pkcs1-sha512'],
  ['rsa', 'rsa-pss-sha256'],
  ['rsa', 'rsa-pss-sha384'],
  ['rsa', 'rsa-pss-sha512'],
  ['ed25519', 'ed25519'],
];

describe.each(table)('%s signs by %s', (name, scheme) => {
  const key = publicKeyOfKeyObject(keyOf(name));
  const data = Buffer.from('what is signed');
  const signature = sign(keyOf(name), scheme, data);
  const hash = /sha[0-9]+/.exec(scheme)?.[0] ?? '';

  test('true for it, false for anything else', () => {
    expect(schemeOf(readDer(algorithmIdentifier(scheme)))).toBe(scheme);
    expect(verifySignature(key, scheme, data, signature)).toBe(true);
    expect(verifySignature(key, scheme, Buffer.from('what is signes'), signature)).toBe(false);
    for (const wrong of [signature.subarray(1), new Uint8Array(0), new Uint8Array(signature.length)])
      expect(verifySignature(key, scheme, data, wrong)).toBe(false);
    for (let at = 0; at < signature.length; at += 7) {
      const changed = Uint8Array.from(signature);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(verifySignature(key, scheme, data, changed)).toBe(false);
    }
  });

  test('piece by piece, where it signs a hash', async () => {
    async function* pieces() {
      yield data.subarray(0, 5);
      yield data.subarray(5);
    }
    const made = signPieces(keyOf(name), scheme, pieces());
    if (scheme === 'ed25519') await expect(made).rejects.toMatchObject({ code: 'ALGORITHM_UNSUPPORTED' });
    else expect(verifySignature(key, scheme, data, await made)).toBe(true);
  });

  test('a key of another type does not fit', () => {
    const other = publicKeyOfKeyObject(keyOf(name === 'rsa' ? 'P-256' : 'rsa'));
    expect(codeOf(() => verifySignature(other, scheme, data, signature))).toBe('KEY_MISMATCH');
  });

  test('over the digest alone', () => {
    if (scheme === 'ed25519') {
      const run = () => verifyDigestSignature(key, scheme, new Uint8Array(32), signature);
      expect(codeOf(run)).toBe('ALGORITHM_UNSUPPORTED');
      return;
    }
    const digest = createHash(hash).update(data).digest();
    expect(verifyDigestSignature(key, scheme, digest, signature)).toBe(true);
    const other = Uint8Array.from(digest);
    other[0] = (other[0] ?? 0) ^ 1;
    expect(verifyDigestSignature(key, scheme, other, signature)).toBe(false);
    expect(verifyDigestSignature(key, scheme, digest, signature.subarray(1))).toBe(false);
    expect(codeOf(() => verifyDigestSignature(key, scheme, digest.subarray(1), signature))).toBe(
      'KEY_MISMATCH',
    );
    if (!scheme.startsWith('ecdsa')) return;
    const flat = sign(keyOf(name), scheme, data, { encoding: 'p1363' });
    expect(verifySignature(key, scheme, data, flat, { encoding: 'p1363' })).toBe(true);
    expect(verifySignature(key, scheme, data, flat)).toBe(false);
    expect(verifySignature(key, scheme, data, signature, { encoding: 'p1363' })).toBe(false);
    expect(verifyDigestSignature(key, scheme, digest, flat, { encoding: 'p1363' })).toBe(true);
  });
});

test('Ed25519ph (RFC 8032 section 7.3)', () => {
  const hex = (text: string) => Buffer.from(text, 'hex');
  const point = hex('ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf');
  const key = readPublicKey(der.sequence(der.sequence(der.oid('1.3.101.112')), der.bitString(point)));
  const signature = hex(
    '98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406',
  );
  const data = Buffer.from('abc');
  expect(verifySignature(key, 'ed25519ph', data, signature)).toBe(true);
  expect(verifyDigestSignature(key, 'ed25519ph', createHash('sha512').update(data).digest(), signature)).toBe(
    true,
  );
  expect(verifySignature(key, 'ed25519', data, signature)).toBe(false);
  expect(verifySignature(key, 'ed25519ph', Buffer.from('abd'), signature)).toBe(false);
  expect(verifySignature(key, 'ed25519ph', data, signature.subarray(1))).toBe(false);
  expect(codeOf(() => sign(keyOf('ed25519'), 'ed25519ph', data))).toBe('ALGORITHM_UNSUPPORTED');
});

test.each(['rsa-pss-sha256', 'rsa-pkcs1-sha256'] as const)('%s is as long as the modulus', (scheme) => {
  const key = publicKeyOfKeyObject(keyOf('rsa'));
  // One in 256 begins with a zero, without which the number is the same.
  for (let at = 0; at < 20_000; at++) {
    const data = Buffer.from(`data ${at}`);
    const signature = sign(keyOf('rsa'), scheme, data);
    if (signature[0] !== 0) continue;
    const digest = createHash('sha256').update(data).digest();
    expect(verifySignature(key, scheme, data, signature)).toBe(true);
    expect(verifySignature(key, scheme, data, signature.subarray(1))).toBe(false);
    expect(verifyDigestSignature(key, scheme, digest, signature)).toBe(true);
    expect(verifyDigestSignature(key, scheme, digest, signature.subarray(1))).toBe(false);
    return;
  }
  expect.fail('no signature begins with a zero');
});

test.each([2050, 2056])('PSS of %i bits, over data and over the digest', (modulusLength) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const key = publicKeyOfKeyObject(privateKey);
  expect(key.modulusLength).toBe(modulusLength);
  for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
    const data = Buffer.from(hash);
    const signature = sign(privateKey, `rsa-pss-${hash}`, data);
    const digest = createHash(hash).update(data).digest();
    expect(verifySignature(key, `rsa-pss-${hash}`, data, signature)).toBe(true);
    expect(verifyDigestSignature(key, `rsa-pss-${hash}`, digest, signature)).toBe(true);
    digest[0] = (digest[0] ?? 0) ^ 1;
    expect(verifyDigestSignature(key, `rsa-pss-${hash}`, digest, signature)).toBe(false);
  }
});

describe('keys that are not taken', () => {
  const spki = (key: KeyObject) => key.export({ format: 'der', type: 'spki' });
  const rsaKey = (modulus: Uint8Array, exponent: number) =>
    der.sequence(
      der.sequence(der.oid('1.2.840.113549.1.1.1'), der.null()),
      der.bitString(der.sequence(der.integer(modulus), der.integer(exponent))),
    );
  const ecKey = (parameters: Uint8Array, point: Uint8Array) =>
    der.sequence(der.sequence(der.oid('1.2.840.10045.2.1'), parameters), der.bitString(point));
  const p256 = der.oid('1.2.840.10045.3.1.7');
  const point = Uint8Array.from({ length: 65 }, (_, at) => (at === 0 ? 4 : at));
  const modulus = (bytes: number, last = 0xff) => new Uint8Array(bytes).fill(0xff, 0, -1).fill(last, -1);

  test.each<[string, Uint8Array, PkiErrorCode]>([
    ['secp256k1', spki(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey), 'KEY_UNSUPPORTED'],
    [
      'explicit parameters',
      spki(generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey),
      'KEY_UNSUPPORTED',
    ],
    ['compressed point', ecKey(p256, Uint8Array.from([2, ...point.subarray(1, 33)])), 'KEY_UNSUPPORTED'],
    ['short point', ecKey(p256, point.subarray(0, 64)), 'KEY_INVALID'],
    ['Ed448', spki(generateKeyPairSync('ed448').publicKey), 'KEY_UNSUPPORTED'],
    [
      'DSA',
      spki(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).publicKey),
      'KEY_UNSUPPORTED',
    ],
    ['RSA 1024', rsaKey(modulus(128), 65_537), 'KEY_UNSUPPORTED'],
    ['RSA 2047', rsaKey(modulus(256).fill(0x7f, 0, 1), 65_537), 'KEY_UNSUPPORTED'],
    ['RSA 8200', rsaKey(modulus(1025), 65_537), 'KEY_UNSUPPORTED'],
    ['RSA exponent 1', rsaKey(modulus(256), 1), 'KEY_UNSUPPORTED'],
    ['RSA exponent 4', rsaKey(modulus(256), 4), 'KEY_UNSUPPORTED'],
    ['RSA exponent of 33 bits', rsaKey(modulus(256), 2 ** 32 + 1), 'KEY_UNSUPPORTED'],
    ['RSA exponent -3', rsaKey(modulus(256), -3), 'KEY_INVALID'],
    ['even RSA modulus', rsaKey(modulus(256, 0xfe), 65_537), 'KEY_INVALID'],
    [
      'Ed25519 of 31 octets',
      der.sequence(der.sequence(der.oid('1.3.101.112')), der.bitString(new Uint8Array(31))),
      'KEY_INVALID',
    ],
    ['no key', der.sequence(), 'DER_INVALID'],
    ['nothing', new Uint8Array(0), 'DER_INVALID'],
  ])('%s', (_, bytes, code) => expect(codeOf(() => readPublicKey(bytes))).toBe(code));

  test('a point beside its curve is told when the key is used', () => {
    const key = readPublicKey(ecKey(p256, point));
    expect(codeOf(() => key.keyObject)).toBe('KEY_INVALID');
    expect(codeOf(() => verifySignature(key, 'ecdsa-sha256', point, point))).toBe('KEY_INVALID');
    expect(codeOf(() => verifyDigestSignature(key, 'ecdsa-sha256', new Uint8Array(32), point))).toBe(
      'KEY_INVALID',
    );
  });
});

describe('algorithms', () => {
  const identifier = (oid: string, ...parameters: Uint8Array[]) =>
    readDer(der.sequence(der.oid(oid), ...parameters));

  test.each([
    ['1.2.840.113549.1.1.5', 'RSA with SHA-1 is not taken'],
    ['1.2.840.113549.1.1.4', 'RSA with MD5 is not taken'],
    ['1.2.840.10045.4.1', 'ECDSA with SHA-1 is not taken'],
    ['1.2.3', 'the algorithm 1.2.3 is not known'],
  ])('%s', (oid, message) => expect(() => schemeOf(identifier(oid, der.null()))).toThrow(message));

  test('ECDSA has no parameters', () => {
    expect(codeOf(() => schemeOf(identifier('1.2.840.10045.4.3.2', der.null())))).toBe('DER_INVALID');
  });

  test('PSS without parameters is that of SHA-1', () => {
    expect(() => schemeOf(identifier('1.2.840.113549.1.1.10', der.sequence()))).toThrow('SHA-1');
  });

  test('of CMS, the key type stands for the scheme', () => {
    const sha384 = readDer(hashIdentifier('sha384'));
    expect(cmsSchemeOf(sha384, identifier('1.2.840.113549.1.1.1', der.null()))).toBe('rsa-pkcs1-sha384');
    expect(cmsSchemeOf(sha384, identifier('1.2.840.10045.4.3.3'))).toBe('ecdsa-sha384');
    expect(cmsSchemeOf(sha384, identifier('1.2.840.10045.4.3.2'))).toBe('ecdsa-sha256');
    expect(codeOf(() => cmsSchemeOf(sha384, identifier('1.2.840.10045.4.1')))).toBe('ALGORITHM_UNSUPPORTED');
  });
});

test('keys from PEM', () => {
  const publicKey = publicKeyOfKeyObject(keyOf('rsa'));
  const pkcs1 = writePem('RSA PUBLIC KEY', publicKey.keyBytes);
  expect(Buffer.compare(publicKeyFromPem(pkcs1).spki, publicKey.spki)).toBe(0);
  expect(publicKeyFromPem(writePem('PUBLIC KEY', publicKey.spki)).modulusLength).toBe(2048);
  for (const wrong of ['', pkcs1 + pkcs1, writePem('PRIVATE KEY', publicKey.spki)])
    expect(codeOf(() => publicKeyFromPem(wrong))).toBe('PEM_INVALID');
});
