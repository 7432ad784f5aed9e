import { createHash, createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { nodeCryptography } from '../builtins/index.ts';
import {
  type ArchiveFile,
  type SigningKey,
  signBundle,
  type VerificationKey,
  verifyBundle,
} from './index.ts';

const file = (path: string, text: string): ArchiveFile => ({ path, bytes: new TextEncoder().encode(text) });
const base64 = (text: string) => Buffer.from(text).toString('base64url');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

const content = [file('data.json', '{ "b": 1.50,\n "a": "<" }'), file('x/p.rego', 'package p\n')];
const hashes = { 'data.json': sha256('{"a":"<","b":1.50}'), 'x/p.rego': sha256('package p\n') };

function signed(algorithm: string, key: string, claims: object = {}): ArchiveFile {
  const files = Object.entries(hashes).map(([name, hash]) => ({ name, hash, algorithm: 'SHA-256' }));
  const input = `${base64(JSON.stringify({ alg: algorithm }))}.${base64(JSON.stringify({ files, ...claims }))}`;
  const signature =
    algorithm === 'RS256'
      ? signBytes('sha256', Buffer.from(input), privateKey).toString('base64url')
      : createHmac('sha256', key).update(input).digest('base64url');
  return file('.signatures.json', JSON.stringify({ signatures: [`${input}.${signature}`] }));
}

function verify(files: readonly ArchiveFile[], key: VerificationKey): void {
  const crypto = nodeCryptography();
  if (crypto === undefined) throw new Error('no cryptography');
  verifyBundle(files, key, crypto);
}

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pairs = { RS256: { publicKey, privateKey }, PS384: { publicKey, privateKey }, ES256: ec };

function sign(files: readonly ArchiveFile[], signing: SigningKey): ArchiveFile {
  const crypto = nodeCryptography();
  if (crypto === undefined) throw new Error('no cryptography');
  return signBundle(files, signing, crypto);
}

const webSecret: SigningKey = { key: '{"kty": "oct", "k": "cw"}', algorithm: 'HS256' };
const secret: VerificationKey = { key: 's', algorithm: 'HS256' };
const rsa: VerificationKey = { key: pem, algorithm: 'RS256' };

describe('signatures of bundles', () => {
  test('every file is held against its digest, JSON by its value', () => {
    verify([...content, signed('HS256', 's')], secret);
    verify([...content, signed('RS256', '')], rsa);
    verify([...content, signed('HS256', 's', { scope: 'w' })], { ...secret, scope: 'w' });
  });

  test('names may begin with the folder of the bundle, as opa sign has them', () => {
    const named = content.map((each) => ({ ...each, path: `a/b/${each.path}` }));
    const token = sign(named, webSecret);
    verify([...content, token], { ...secret, folder: './a/b/' });
    expect(() => verify([...content, token], { ...secret, folder: 'a' })).toThrow(/not included/);
    expect(() => verify([...content, token], secret)).toThrow(/not included/);
  });

  test.each(Object.entries(pairs))('what is signed with %s is verified', (algorithm, pair) => {
    const token = sign(content, {
      algorithm,
      key: JSON.stringify(pair.privateKey.export({ format: 'jwk' })),
    });
    const key = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    verify([...content, token], { key, algorithm });
    expect(() => verify([...content, token], secret)).toThrow(/not made with HS256/);
  });

  test('claims stand beside the files, and a key that does not fit is refused', () => {
    const token = sign(content, { ...webSecret, claims: { scope: 'w' } });
    verify([...content, token], { ...secret, scope: 'w' });
    expect(() => sign(content, { ...webSecret, algorithm: 'ES256' })).toThrow(/\.signatures\.json: /);
  });

  const token = signed('HS256', 's');
  test.each<[string, readonly ArchiveFile[], VerificationKey, RegExp]>([
    ['no signature', content, secret, /not signed/],
    ['another key', [...content, token], { ...secret, key: 't' }, /failed to verify/],
    ['a public key taken as a secret', [...content, signed('HS256', pem)], rsa, /not made with RS256/],
    [
      'no algorithm',
      [...content, signed('none', 's')],
      { key: 's', algorithm: 'none' },
      /unknown signature algorithm/,
    ],
    ['another scope', [...content, token], { ...secret, scope: 'w' }, /scope mismatch/],
    [
      'a changed file',
      [file('data.json', '{}'), file('x/p.rego', 'package p\n'), token],
      secret,
      /data.json: digest mismatch/,
    ],
    ['a file more', [...content, file('q.rego', ''), token], secret, /q.rego not included/],
    [
      'a file less',
      [file('x/p.rego', 'package p\n'), token],
      secret,
      /data.json specified in bundle signature but not found/,
    ],
    ['a weak list', [...content, signed('HS256', 's', { files: [] })], secret, /not included/],
    [
      'a text that is no token',
      [...content, file('.signatures.json', '{"signatures": ["x"]}')],
      secret,
      /JWT|JSON|\.signatures\.json/,
    ],
  ])('%s is refused', (_, files, key, message) => {
    expect(() => verify(files, key)).toThrow(message);
  });
});
