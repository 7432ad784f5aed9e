import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { type JsonObject, objectOf, stringifyJson } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EnvelopeError } from '../errors.ts';
import { jwkThumbprint, readJwk, readJwkSet } from './jwk.ts';
import { readCompactJws, readJws, signCompactJws, signJws, verifyJws } from './jws.ts';

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const secret = createSecretKey(Buffer.alloc(64, 7));
const payload = Buffer.from('{"a":1}');
const header = (entries: object): JsonObject => objectOf(Object.entries(entries));
const code = (name: string) => expect.objectContaining({ code: name });
const b64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

test.each([
  ['ES256', p256.privateKey, p256.publicKey],
  ['ES384', p384.privateKey, p384.publicKey],
  ['PS256', rsa.privateKey, rsa.publicKey],
  ['PS512', rsa.privateKey, rsa.publicKey],
  ['RS384', rsa.privateKey, rsa.publicKey],
  ['EdDSA', ed.privateKey, ed.publicKey],
  ['Ed25519', ed.privateKey, ed.publicKey],
  ['HS256', secret, secret],
  ['HS512', secret, secret],
] as const)('%s signs and verifies', (alg, key, publicKey) => {
  const flattened = signJws({ payload, protected: header({ alg }), header: header({ hint: 1 }), key });
  const compact = signCompactJws({ payload, protected: header({ alg }), key });
  const general = header({
    payload: flattened['payload'],
    signatures: [flattened, flattened].map(({ payload: _, ...own }) => own),
  });
  for (const source of [flattened, stringifyJson(flattened), compact, general]) {
    const jws = readJws(source);
    expect(Buffer.from(jws.payload)).toEqual(payload);
    for (const signature of jws.signatures) {
      verifyJws(signature, { key: publicKey, algorithms: [alg] });
      expect(() => verifyJws(signature, { key: publicKey, algorithms: [] })).toThrow(
        code('ENVELOPE_ALGORITHM_REFUSED'),
      );
    }
  }
});

test('a public key is no secret, whatever the header says', () => {
  const spki = rsa.publicKey.export({ type: 'spki', format: 'pem' });
  const [signature] = readJws(
    signCompactJws({ payload, protected: header({ alg: 'HS256' }), key: createSecretKey(Buffer.from(spki)) }),
  ).signatures;
  if (signature === undefined) throw new Error('one signature');
  for (const algorithms of [['RS256'], ['RS256', 'HS256']] as const)
    expect(() => verifyJws(signature, { key: rsa.publicKey, algorithms })).toThrow(EnvelopeError);
});

const flat = { payload: b64('{}'), protected: b64({ alg: 'ES256' }), signature: b64('s') };
test.each<[why: string, source: string]>([
  ['nothing', ''],
  ['two parts', 'YQ.YQ'],
  ['four parts', 'e30.YQ.YQ.YQ'],
  ['many dots', '.'.repeat(100_000)],
  ['no header', '.YQ.YQ'],
  ['a header that is no object', `${b64([])}.YQ.YQ`],
  ['a header that is no JSON', `${b64('{')}.YQ.YQ`],
  ['a header name twice', `${b64('{"alg":"ES256","alg":"HS256"}')}.YQ.YQ`],
  ['padding', `${b64({ alg: 'ES256' })}.YQ==.YQ`],
  ['unused bits', `${b64({ alg: 'ES256' })}.YR.YQ`],
  ['a blank', `${b64({ alg: 'ES256' })}.YQ .YQ`],
  ['a member twice', JSON.stringify(flat).replace('{', '{"payload":"",')],
  ['both forms', JSON.stringify({ ...flat, signatures: [flat] })],
  ['no signatures', JSON.stringify({ payload: '', signatures: [] })],
  ['signatures that are no list', JSON.stringify({ payload: '', signatures: {} })],
  ['no payload', JSON.stringify({ ...flat, payload: undefined })],
  ['no signature', JSON.stringify({ ...flat, signature: undefined })],
  ['a signature that is no text', JSON.stringify({ ...flat, signature: 1 })],
  ['a header that is no object', JSON.stringify({ ...flat, header: [] })],
  ['a name in both headers', JSON.stringify({ ...flat, header: { alg: 'none' } })],
  [
    'b64 of two minds',
    JSON.stringify({
      payload: '',
      signatures: [flat, { ...flat, protected: b64({ alg: 'ES256', b64: false, crit: ['b64'] }) }],
    }),
  ],
  [
    'b64 that is a text',
    JSON.stringify({ ...flat, protected: b64({ alg: 'ES256', b64: 'false', crit: ['b64'] }) }),
  ],
])('refused: %s', (_, source) => {
  expect(() => readJws(source)).toThrow(code('JWS_INVALID'));
});

test('compact only, where that is asked', () => {
  expect(() => readCompactJws(JSON.stringify(flat))).toThrow(code('JWS_INVALID'));
});

test.each<[why: string, signed: object, unsigned: object | undefined, expected: string]>([
  ['none', { alg: 'none' }, undefined, 'ENVELOPE_ALGORITHM_REFUSED'],
  ['an unknown algorithm', { alg: 'constructor' }, undefined, 'ENVELOPE_ALGORITHM_REFUSED'],
  ['no alg', {}, undefined, 'JWS_INVALID'],
  ['alg that is not signed', {}, { alg: 'ES256' }, 'JWS_INVALID'],
  ['crit that is not signed', { alg: 'ES256' }, { crit: ['x'] }, 'ENVELOPE_CRITICAL_HEADER'],
  ['b64 that is not signed', { alg: 'ES256' }, { b64: true }, 'ENVELOPE_CRITICAL_HEADER'],
  ['an empty crit', { alg: 'ES256', crit: [] }, undefined, 'ENVELOPE_CRITICAL_HEADER'],
  ['a crit that is a text', { alg: 'ES256', crit: 'x' }, undefined, 'ENVELOPE_CRITICAL_HEADER'],
  ['a crit of numbers', { alg: 'ES256', crit: [1] }, undefined, 'ENVELOPE_CRITICAL_HEADER'],
  ['a crit twice', { alg: 'ES256', crit: ['x', 'x'], x: 1 }, undefined, 'ENVELOPE_CRITICAL_HEADER'],
  ['a crit that is not there', { alg: 'ES256', crit: ['x'] }, undefined, 'ENVELOPE_CRITICAL_HEADER'],
  ['a crit that stands elsewhere', { alg: 'ES256', crit: ['x'] }, { x: 1 }, 'ENVELOPE_CRITICAL_HEADER'],
  ['a crit of a known name', { alg: 'ES256', crit: ['alg'] }, undefined, 'ENVELOPE_CRITICAL_HEADER'],
  [
    'a crit that is not understood',
    { alg: 'ES256', crit: ['x'], x: 1 },
    undefined,
    'ENVELOPE_CRITICAL_HEADER',
  ],
  ['b64 outside of crit', { alg: 'ES256', b64: true }, undefined, 'ENVELOPE_CRITICAL_HEADER'],
])('refused: %s', (_, signed, unsigned, expected) => {
  const [signature] = readJws(
    JSON.stringify({ ...flat, protected: b64(signed), header: unsigned }),
  ).signatures;
  if (signature === undefined) throw new Error('one signature');
  expect(() => verifyJws(signature, { key: p256.publicKey, algorithms: ['ES256'] })).toThrow(code(expected));
});

test('a critical header that the caller processes is taken', () => {
  const jws = readJws(
    signJws({ payload, protected: header({ alg: 'ES256', crit: ['x'], x: 1 }), key: p256.privateKey }),
  );
  for (const signature of jws.signatures)
    verifyJws(signature, { key: p256.publicKey, algorithms: ['ES256'], understood: ['x'] });
});

const jwk = (key = p256.publicKey, more: object = {}) =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });

// RFC 7638, 3.1; RFC 8037, A.3.
test.each([
  [
    '{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}',
    'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
  ],
  [
    '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
    'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
  ],
])('thumbprints', (text, expected) => {
  expect(jwkThumbprint(text)).toBe(expected);
});

test('a set of keys leaves out what it does not know', () => {
  const keys = [jwk(), jwk(rsa.publicKey), '{"kty":"XYZ"}', '{"kty":"OKP","crv":"X25519","x":"a"}'].map(
    (text) => JSON.parse(text),
  );
  expect(readJwkSet(JSON.stringify({ keys })).map(({ type }) => type)).toEqual(['EC', 'RSA']);
  expect(() => readJwkSet('{}')).toThrow(code('JWK_INVALID'));
});

test.each<[why: string, text: string]>([
  ['no object', '[]'],
  ['no type', '{}'],
  ['an unknown type', '{"kty":"XYZ"}'],
  ['an unknown curve', jwk(p256.publicKey, { crv: 'constructor' })],
  ['a short coordinate', jwk(p256.publicKey, { x: 'AA' })],
  ['a point that is not on the curve', jwk(p256.publicKey, { x: Buffer.alloc(32, 1).toString('base64url') })],
  ['padding', jwk(p256.publicKey, { x: `${p256.publicKey.export({ format: 'jwk' }).x}=` })],
  ['a leading zero', jwk(rsa.publicKey, { e: 'AAEAAQ' })],
  ['an operation twice', jwk(p256.publicKey, { key_ops: ['verify', 'verify'] })],
  ['a use that is no text', jwk(p256.publicKey, { use: 1 })],
  ['a certificate that is no base64', jwk(p256.publicKey, { x5c: ['-_8'] })],
  ['a secret that is empty', '{"kty":"oct","k":""}'],
])('refused key: %s', (_, text) => {
  expect(() => readJwk(text)).toThrow(code('JWK_INVALID'));
});

test.each<[why: string, more: object]>([
  ['for encryption', { use: 'enc' }],
  ['for other operations', { key_ops: ['encrypt'] }],
  ['for another algorithm', { alg: 'ES384' }],
])('a key %s does not verify', (_, more) => {
  const [signature] = readJws(
    signCompactJws({ payload, protected: header({ alg: 'ES256' }), key: p256.privateKey }),
  ).signatures;
  if (signature === undefined) throw new Error('one signature');
  verifyJws(signature, {
    key: readJwk(jwk(p256.publicKey, { use: 'sig', key_ops: ['verify'], alg: 'ES256' })),
    algorithms: ['ES256'],
  });
  expect(() =>
    verifyJws(signature, { key: readJwk(jwk(p256.publicKey, more)), algorithms: ['ES256'] }),
  ).toThrow(code('ENVELOPE_KEY_MISMATCH'));
});

test('no changed character is accepted, and no text makes the readers crash', () => {
  const text = signCompactJws({ payload, protected: header({ alg: 'ES256' }), key: p256.privateKey });
  const source = fc.oneof(
    fc
      .tuple(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 2 }))
      .map(([at, s]) => text.slice(0, at) + s + text.slice(at + 1)),
    fc.json().map((value) => `{"payload":"","protected":${value},"signature":""}`),
    fc.string(),
  );
  fc.assert(
    fc.property(source, (changed) => {
      let error: unknown;
      try {
        for (const signature of readJws(changed).signatures)
          verifyJws(signature, { key: p256.publicKey, algorithms: ['ES256'] });
      } catch (caught) {
        error = caught;
      }
      if (changed !== text) expect(error).toBeInstanceOf(EnvelopeError);
    }),
    { seed: 6, numRuns: 2_000 },
  );
});

test('no key makes the reader crash', () => {
  const members = fc.dictionary(
    fc.constantFrom('kty', 'crv', 'x', 'y', 'n', 'e', 'k', 'kid', 'alg', 'use', 'key_ops', 'x5c', 'keys'),
    fc.oneof(
      fc.constantFrom('EC', 'RSA', 'OKP', 'oct', 'P-256', 'P-521', 'Ed25519', 'Ed448', 'AQAB', 'AQ'),
      fc
        .uint8Array({ minLength: 32, maxLength: 66 })
        .map((bytes) => Buffer.from(bytes).toString('base64url')),
      fc.jsonValue({ maxDepth: 2 }),
    ),
  );
  fc.assert(
    fc.property(members, (value) => {
      for (const read of [readJwk, readJwkSet, jwkThumbprint])
        try {
          read(JSON.stringify(read === readJwkSet ? { keys: [value] } : value));
        } catch (error) {
          expect(error).toBeInstanceOf(EnvelopeError);
        }
    }),
    { seed: 6, numRuns: 2_000 },
  );
});
