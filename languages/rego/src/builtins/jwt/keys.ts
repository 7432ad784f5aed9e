import { BuiltinError, builtinError } from '../builtin.ts';
import { parseCertificates } from '../crypto/certificate.ts';
import { DerFault } from '../crypto/der.ts';
import { curveSize, type PublicKey, parsePublicKeyInfo } from '../crypto/keys.ts';
import { nextPemBlock } from '../crypto/pem.ts';
import { verifySignature } from '../crypto/signature.ts';
import type { Cryptography } from '../crypto-host.ts';
import { type TokenScheme, tokenScheme } from './algorithms.ts';
import { parseJwks, type TokenKey } from './jwk.ts';

const maxCached = 100;
const cache = new Map<string, readonly TokenKey[]>();

/** The keys of a certificate, of a public key in PEM, or of JSON Web Keys; remembered. */
export function tokenKeys(text: string): readonly TokenKey[] {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const keys = parseKeys(text);
  if (cache.size >= maxCached) cache.clear();
  cache.set(text, keys);
  return keys;
}

function parseKeys(text: string): readonly TokenKey[] {
  const { block, rest } = nextPemBlock(text);
  if (block !== undefined) {
    if (rest !== '') throw builtinError('extra data after a PEM certificate block');
    const key = publicKeyOf(block.type, block.bytes);
    return [{ algorithm: '', id: '', material: { type: 'public', key } }];
  }
  const prefix = 'failed to parse a JWK key (set): jwk.ParseString: failed to parse string: ';
  // A key for an algorithm that is none of a signature is left out.
  return prefixed(prefix, () => parseJwks(text)).filter(
    ({ algorithm }) => algorithm === '' || tokenScheme(algorithm) !== undefined,
  );
}

function publicKeyOf(type: string, bytes: Uint8Array): PublicKey {
  if (type !== 'CERTIFICATE' && type !== 'PUBLIC KEY')
    throw builtinError('failed to extract a Key from the PEM certificate');
  const what = type === 'CERTIFICATE' ? 'certificate' : 'public key';
  return prefixed(`failed to parse a PEM ${what}: `, () => {
    const key = type === 'CERTIFICATE' ? parseCertificates(bytes)[0]?.publicKey : parsePublicKeyInfo(bytes);
    if (key === undefined) throw builtinError('x509: unknown public key algorithm');
    return key;
  });
}

function prefixed<T>(prefix: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BuiltinError) throw builtinError(prefix + error.message);
    if (error instanceof DerFault) throw builtinError(`${prefix}asn1: structure error: ${error.message}`);
    throw error;
  }
}

/** Whether a key made a signature. Keys of other kinds never did. */
export function keyVerifies(
  crypto: Cryptography,
  { material }: TokenKey,
  scheme: TokenScheme,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (scheme.type === 'hmac')
    return material.type === 'symmetric' && hmacVerifies(crypto, material.bytes, scheme, data, signature);
  if (material.type === 'symmetric') return false;
  const { key } = material;
  if (key.type === 'ec' && signature.length !== 2 * curveSize(key.curve)) return false;
  return verifySignature(crypto, scheme, key, data, signature);
}

export function hmacVerifies(
  crypto: Cryptography,
  secret: Uint8Array,
  { digest }: TokenScheme & { type: 'hmac' },
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const wanted = crypto.hmac(digest, secret, data);
  let difference = wanted.length ^ signature.length;
  for (const [i, byte] of wanted.entries()) difference |= byte ^ (signature[i] ?? 0);
  return difference === 0;
}
