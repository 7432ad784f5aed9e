import { EnvelopeError } from '../errors.ts';
import type { SignatureScheme } from '../signatures.ts';

/** RFC 9053, 2; RFC 8230, 2; RFC 8812, 2; RFC 9864, 2. */
const schemes = new Map<number, { name: string; scheme: SignatureScheme }>([
  [-7, { name: 'ES256', scheme: { type: 'ecdsa', hash: 'sha256' } }],
  [-35, { name: 'ES384', scheme: { type: 'ecdsa', hash: 'sha384' } }],
  [-36, { name: 'ES512', scheme: { type: 'ecdsa', hash: 'sha512' } }],
  [-9, { name: 'ESP256', scheme: { type: 'ecdsa', hash: 'sha256', curve: 'P-256' } }],
  [-51, { name: 'ESP384', scheme: { type: 'ecdsa', hash: 'sha384', curve: 'P-384' } }],
  [-52, { name: 'ESP512', scheme: { type: 'ecdsa', hash: 'sha512', curve: 'P-521' } }],
  [-8, { name: 'EdDSA', scheme: { type: 'eddsa' } }],
  [-19, { name: 'Ed25519', scheme: { type: 'eddsa', curve: 'Ed25519' } }],
  [-53, { name: 'Ed448', scheme: { type: 'eddsa', curve: 'Ed448' } }],
  [-37, { name: 'PS256', scheme: { type: 'rsa-pss', hash: 'sha256' } }],
  [-38, { name: 'PS384', scheme: { type: 'rsa-pss', hash: 'sha384' } }],
  [-39, { name: 'PS512', scheme: { type: 'rsa-pss', hash: 'sha512' } }],
  [-257, { name: 'RS256', scheme: { type: 'rsa-pkcs1', hash: 'sha256' } }],
  [-258, { name: 'RS384', scheme: { type: 'rsa-pkcs1', hash: 'sha384' } }],
  [-259, { name: 'RS512', scheme: { type: 'rsa-pkcs1', hash: 'sha512' } }],
]);

/** Numbers of the algorithms of COSE that keelson knows, by their names. */
export const coseAlgorithms: ReadonlyMap<string, number> = new Map(
  [...schemes].map(([number, { name }]) => [name, number]),
);

/**
 * @param allowed all that are known, where it is not given
 * @throws EnvelopeError ENVELOPE_ALGORITHM_REFUSED
 */
export function coseScheme(
  algorithm: number | bigint | string,
  allowed?: readonly number[],
): { name: string; scheme: SignatureScheme } {
  const found = typeof algorithm === 'number' ? schemes.get(algorithm) : undefined;
  if (found !== undefined && typeof algorithm === 'number' && (allowed?.includes(algorithm) ?? true))
    return found;
  const shown = typeof algorithm === 'string' ? JSON.stringify(algorithm.slice(0, 40)) : String(algorithm);
  const reason = found === undefined ? 'is not known' : 'is not allowed here';
  throw new EnvelopeError('ENVELOPE_ALGORITHM_REFUSED', `the algorithm ${found?.name ?? shown} ${reason}`);
}
