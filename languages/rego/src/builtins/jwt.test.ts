import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromJson, type RegoValue } from '../values/index.ts';
import { jwt } from './jwt.ts';
import { nodeCryptography } from './node-crypto.ts';
import { callText } from './testing/outside.ts';

const cryptography = nodeCryptography();
const host = {
  now: () => 1_500_000_000_000_000_000n,
  ...(cryptography === undefined ? {} : { crypto: cryptography }),
};

function call(name: string, ...args: RegoValue[]): string {
  return callText(jwt, `io.jwt.${name}`, args, host);
}

function jwk(key: KeyObject): RegoValue {
  return fromJson(JSON.stringify(key.export({ format: 'jwk' })));
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curves = { es256: 'P-256', es384: 'P-384', es512: 'P-521' };
const pairs = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>([
  ...['rs256', 'rs384', 'rs512', 'ps256', 'ps384', 'ps512'].map((name) => [name, rsa] as const),
  ...Object.entries(curves).map(
    ([name, namedCurve]) => [name, generateKeyPairSync('ec', { namedCurve })] as const,
  ),
  ['eddsa', generateKeyPairSync('ed25519')],
]);

const claims = { iss: 'me', aud: ['a'], exp: 1_600_000_000 };

function signed(header: RegoValue, payload: RegoValue, key: RegoValue): string {
  return JSON.parse(call('encode_sign', header, payload, key));
}

const secret = 'a secret';
const secretKey = { kty: 'oct', k: 'YSBzZWNyZXQ' };

describe.each([...pairs])('%s', (name, { publicKey, privateKey }) => {
  const alg = name === 'eddsa' ? 'EdDSA' : name.toUpperCase();
  const token = signed({ alg }, claims, jwk(privateKey));
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it('signs and verifies', () => {
    const set = JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] });
    for (const key of [pem, set]) {
      expect(call(`verify_${name}`, token, key)).toBe('true');
      expect(call('decode_verify', token, { cert: key, aud: 'a' })).toMatch(/^\[true,/);
    }
    const [header, , signature] = token.split('.');
    expect(call(`verify_${name}`, `${header}.e30.${signature}`, pem)).toBe('false');
  });

  it('takes no public key for a secret', () => {
    const forged = signed({ alg: 'HS256' }, claims, {
      kty: 'oct',
      k: Buffer.from(pem).toString('base64url'),
    });
    expect(call('verify_hs256', forged, pem)).toBe('true');
    expect(call('decode_verify', forged, { cert: pem, aud: 'a' })).toBe('[false,{},{}]');
  });
});

describe('io.jwt', () => {
  const token = signed({ alg: 'HS256' }, claims, secretKey);

  it.each([
    [{ aud: 'a' }, true],
    [{}, false],
    [{ aud: 'b' }, false],
    [{ aud: 'a', iss: 'me' }, true],
    [{ aud: 'a', iss: 'you' }, false],
    [{ aud: 'a', alg: 'HS512' }, false],
    [{ aud: 'a', time: 1_600_000_000_000_000_000 }, false],
    [{ aud: 'a', secret: 'another' }, false],
  ])('decode_verify with %j is %s', (constraints, wanted) => {
    expect(call('decode_verify', token, { secret, ...constraints }).startsWith('[true,')).toBe(wanted);
  });

  it.each([
    [{ alg: 'HS256', crit: ['x'], x: 1 }, {}, '[false,{},{}]'],
    [{ alg: 'HS256', crit: [] }, {}, 'eval_builtin_error: crit: must be a nonempty list'],
    [{ alg: 'HS256' }, { nbf: 'x' }, 'eval_builtin_error: nbf value must be a number'],
    [{ alg: 'HS256', kid: 1 }, {}, 'eval_builtin_error: kid: must be a string'],
    [{ alg: 'HS256', enc: 'x' }, {}, 'eval_builtin_error: JWT is a JWE object, which is not supported'],
    [{ alg: 'HS256' }, [], 'eval_builtin_error: decoded JSON type was not an Object'],
  ])('a token of %j and %j gives %s', (header, payload, wanted) => {
    expect(call('decode_verify', signed(header, payload, secretKey), { secret })).toBe(wanted);
  });

  it('refuses a token without algorithm', () => {
    const [, payload] = token.split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    expect(call('decode_verify', none, { secret, aud: 'a' })).toBe('[false,{},{}]');
  });

  it.each([
    ['{"secret": "a", "cert": "{\\"keys\\":[]}"}', 'duplicate key constraints'],
    ['{}', 'no key constraint'],
    ['{"x": 1}', 'unknown token validation constraint: x'],
    ['{"secret": "a", "time": -1}', 'token time constraint: must not be negative'],
    ['{"cert": "x"}', 'failed to parse a JWK key (set)'],
    [
      '{"cert": "-----BEGIN A-----\\nAAAA\\n-----END A-----"}',
      'failed to extract a Key from the PEM certificate',
    ],
  ])('constraints %s: %s', (constraints, wanted) => {
    expect(call('decode_verify', token, fromJson(constraints))).toContain(wanted);
  });

  it.each([
    ['a', 'encoded JWT had no period separators'],
    ['a.b', 'encoded JWT must have 3 sections, found 2'],
    ['!!.e30.', 'JWT header had invalid encoding: illegal base64 data at input byte 0'],
    ['e30.!!.', 'JWT payload had invalid encoding: illegal base64 data at input byte 0'],
  ])('decode of %s: %s', (text, wanted) => {
    expect(call('decode', text)).toContain(wanted);
  });

  it.each([
    ['', "missing or invalid 'alg' header: cannot parse JSON: cannot parse empty string"],
    ['{}', `missing or invalid 'alg' header: jwsbb: header "alg" not found`],
    ['{"alg":"none"}', 'unknown JWS algorithm: none'],
    ['{"alg":"HS256","typ":"JWT"}', 'type is JWT but payload is not JSON'],
  ])('encode_sign_raw with header %s: %s', (header, wanted) => {
    expect(call('encode_sign_raw', header, 'x', JSON.stringify(secretKey))).toContain(wanted);
  });
});
