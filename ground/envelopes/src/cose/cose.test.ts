import { createHash, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCbor } from '../cbor/read.ts';
import { type CborMap, CborTag, type CborValue } from '../cbor/value.ts';
import { writeCbor } from '../cbor/write.ts';
import { EnvelopeError } from '../errors.ts';
import { coseAlgorithms } from './algorithms.ts';
import { isCertificateOf, x5chainOf, x5tOf } from './headers.ts';
import { readCoseSign, readCoseSign1, writeCose } from './message.ts';
import { signCoseSign, signCoseSign1, verifyCoseSign1, verifyCoseSignature } from './signing.ts';

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ed = generateKeyPairSync('ed25519');
const payload = Buffer.from('content');
const algorithms = [...coseAlgorithms.values()];
const alg = (name: string) => coseAlgorithms.get(name) ?? 0;

test.each<[name: string, keys: typeof p256]>([
  ['ES256', p256],
  ['ES384', p384],
  ['ESP256', p256],
  ['PS256', rsa],
  ['PS384', rsa],
  ['PS512', rsa],
  ['RS256', rsa],
  ['EdDSA', ed],
  ['Ed25519', ed],
])('%s signs and verifies', (name, { privateKey, publicKey }) => {
  const made = signCoseSign1({ payload, protected: new Map([[1, alg(name)]]), key: privateKey });
  const message = readCoseSign1(writeCose(made), { tag: 'required', isMinimal: true });
  expect(Buffer.from(verifyCoseSign1(message, { key: publicKey, algorithms: [alg(name)] })).toString()).toBe(
    'content',
  );
  expect(() => verifyCoseSign1(message, { key: publicKey, algorithms: [] })).toThrow(/not allowed/);
  const externalAad = Buffer.from('aad');
  expect(() => verifyCoseSign1(message, { key: publicKey, algorithms, externalAad })).toThrow(
    /does not hold/,
  );
});

const signed = (map: CborMap, unprotected: CborMap = new Map()) =>
  signCoseSign1({ payload, protected: map, unprotected, key: p256.privateKey });
const verifyWith = (message: ReturnType<typeof signed>, more: object = {}) =>
  verifyCoseSign1(readCoseSign1(writeCose(message)), { key: p256.publicKey, algorithms, ...more });

test.each<[why: string, map: CborMap, code: string]>([
  [
    'an empty crit',
    new Map<number, CborValue>([
      [1, -7],
      [2, []],
    ]),
    'ENVELOPE_CRITICAL_HEADER',
  ],
  [
    'a crit that is no list',
    new Map<number, CborValue>([
      [1, -7],
      [2, 'x'],
    ]),
    'ENVELOPE_CRITICAL_HEADER',
  ],
  [
    'a crit that is not there',
    new Map<number, CborValue>([
      [1, -7],
      [2, ['x']],
    ]),
    'ENVELOPE_CRITICAL_HEADER',
  ],
  [
    'a crit twice',
    new Map<number | string, CborValue>([
      [1, -7],
      [2, ['x', 'x']],
      ['x', 1],
    ]),
    'ENVELOPE_CRITICAL_HEADER',
  ],
  [
    'a crit that is not understood',
    new Map<number | string, CborValue>([
      [1, -7],
      [2, ['x']],
      ['x', 1],
    ]),
    'ENVELOPE_CRITICAL_HEADER',
  ],
])('refused: %s', (_, map, code) => {
  const message = signed(map);
  expect(() => verifyWith(message)).toThrow(expect.objectContaining({ code }));
});

test('a critical label that the caller processes is taken', () => {
  const message = signed(
    new Map<number | string, CborValue>([
      [1, -7],
      [2, ['x', 1]],
      ['x', 1],
    ]),
  );
  expect(() => verifyWith(message, { understood: ['x'] })).not.toThrow();
});

test('headers that are not signed may say neither alg nor crit, nor what is signed', () => {
  const bare = { ...signed(new Map([[1, -7]])), protectedBytes: new Uint8Array(), protected: new Map() };
  expect(() => verifyWith({ ...bare, unprotected: new Map([[1, -7]]) })).toThrow(/alg is missing/);
  expect(() => verifyWith(signed(new Map([[1, -7]]), new Map([[2, ['x']]])))).toThrow(/crit stands/);
  expect(() => verifyWith(signed(new Map([[1, -7]]), new Map([[1, -7]])))).toThrow(/both headers/);
});

test('keys fit their algorithm', () => {
  const message = readCoseSign1(writeCose(signed(new Map([[1, -7]]))));
  for (const { publicKey } of [rsa, ed])
    expect(() => verifyCoseSign1(message, { key: publicKey, algorithms })).toThrow(
      expect.objectContaining({ code: 'ENVELOPE_KEY_MISMATCH' }),
    );
  expect(() => verifyCoseSign1(message, { key: p384.publicKey, algorithms })).toThrow(/does not hold/);
  expect(() => signCoseSign1({ payload, protected: new Map([[1, -37]]), key: small.privateKey })).toThrow(
    /1024/,
  );
  expect(() => signCoseSign1({ payload, protected: new Map([[1, -51]]), key: p256.privateKey })).toThrow(
    /P-384/,
  );
});

test('several signers, each over the body and its own header', () => {
  const made = signCoseSign({ payload }, [
    { key: p256.privateKey, protected: new Map([[1, -7]]) },
    { key: rsa.privateKey, protected: new Map([[1, -37]]), unprotected: new Map([[4, Buffer.from('r')]]) },
  ]);
  const message = readCoseSign(writeCose(made));
  const [first, second] = message.signatures;
  if (first === undefined || second === undefined) throw new Error('two signatures');
  verifyCoseSignature(message, first, { key: p256.publicKey, algorithms });
  verifyCoseSignature(message, second, { key: rsa.publicKey, algorithms });
  const swapped = { ...first, signature: second.signature };
  expect(() => verifyCoseSignature(message, swapped, { key: p256.publicKey, algorithms })).toThrow(
    /does not hold/,
  );
});

test('a detached payload', () => {
  const made = signCoseSign1({
    payload,
    protected: new Map([[1, -7]]),
    key: p256.privateKey,
    isDetached: true,
  });
  const message = readCoseSign1(writeCose(made));
  const options = { key: p256.publicKey, algorithms };
  verifyCoseSign1(message, { ...options, detachedPayload: payload });
  expect(() => verifyCoseSign1(message, options)).toThrow(/none was given/);
  expect(() => verifyWith(signed(new Map([[1, -7]])), { detachedPayload: payload })).toThrow(/twice/);
});

const parts = [Buffer.from('a10126', 'hex'), new Map(), payload, Buffer.alloc(64)];
test.each<[why: string, value: CborValue]>([
  ['the tag of another structure', new CborTag(98, parts)],
  ['a tag in a tag', new CborTag(18, new CborTag(18, parts))],
  ['three parts', parts.slice(1)],
  ['no array', 'x'],
  ['a protected header that is a map', [new Map([[1, -7]]), ...parts.slice(1)]],
  ['a protected header that holds an array', [Buffer.from('80', 'hex'), ...parts.slice(1)]],
  ['an unprotected header that is no map', [parts[0], [], payload, parts[3]]],
  ['a payload that is a text', [parts[0], new Map(), 'x', parts[3]]],
  ['an empty signature', [parts[0], new Map(), payload, Buffer.alloc(0)]],
])('refused: %s', (_, value) => {
  expect(() => readCoseSign1(writeCbor(value))).toThrow(expect.objectContaining({ code: 'COSE_INVALID' }));
});

test('certificates and their hashes', () => {
  const certificate = Buffer.from('certificate');
  const digest = createHash('sha256').update(certificate).digest();
  const headers = signed(
    new Map([[1, -7]]),
    new Map<number, CborValue>([
      [33, certificate],
      [34, [-16, digest]],
    ]),
  );
  expect(x5chainOf(headers)).toEqual([certificate]);
  expect(x5chainOf(signed(new Map([[1, -7]]), new Map([[33, [certificate, certificate]]])))).toHaveLength(2);
  const named = x5tOf(headers);
  expect(named && isCertificateOf(named, certificate)).toBe(true);
  expect(named && isCertificateOf(named, payload)).toBe(false);
  for (const wrong of [[-14, digest], [-16], [-16, digest.subarray(1)], digest])
    expect(() => x5tOf(signed(new Map([[1, -7]]), new Map([[34, wrong]])))).toThrow(/x5t/);
  for (const wrong of [[], [''], 'x'])
    expect(() => x5chainOf(signed(new Map([[1, -7]]), new Map([[33, wrong]])))).toThrow(/x5chain/);
});

test('one changed byte of what is signed is never accepted, and nothing crashes', () => {
  const whole = writeCose(
    signed(
      new Map<number | string, CborValue>([
        [1, -7],
        ['x', 1],
      ]),
    ),
  );
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ mask;
      let error: unknown;
      try {
        verifyCoseSign1(readCoseSign1(changed, { tag: 'required', isMinimal: true }), {
          key: p256.publicKey,
          algorithms,
        });
      } catch (caught) {
        error = caught;
      }
      expect(error).toBeInstanceOf(EnvelopeError);
    }),
    { seed: 6, numRuns: 1_500 },
  );
  expect(readCbor(whole)).toBeInstanceOf(CborTag);
});
