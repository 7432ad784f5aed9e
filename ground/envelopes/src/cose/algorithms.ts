import type { CborKey } from '../cbor/value.ts';
import { EnvelopeError } from '../errors.ts';
import type { Algorithm } from '../signatures.ts';

/** RFC 9053, 2; RFC 8230, 2; RFC 8812, 2; RFC 9864, 2. */
const algorithms = new Map<number, Algorithm>([
  [-7, { name: 'ES256', scheme: 'ecdsa-sha256' }],
  [-35, { name: 'ES384', scheme: 'ecdsa-sha384' }],
  [-36, { name: 'ES512', scheme: 'ecdsa-sha512' }],
  [-9, { name: 'ESP256', scheme: 'ecdsa-sha256', curve: 'P-256' }],
  [-51, { name: 'ESP384', scheme: 'ecdsa-sha384', curve: 'P-384' }],
  [-52, { name: 'ESP512', scheme: 'ecdsa-sha512', curve: 'P-521' }],
  [-8, { name: 'EdDSA', scheme: 'eddsa' }],
  [-19, { name: 'Ed25519', scheme: 'eddsa', curve: 'Ed25519' }],
  [-53, { name: 'Ed448', scheme: 'eddsa', curve: 'Ed448' }],
  [-37, { name: 'PS256', scheme: 'rsa-pss-sha256' }],
  [-38, { name: 'PS384', scheme: 'rsa-pss-sha384' }],
  [-39, { name: 'PS512', scheme: 'rsa-pss-sha512' }],
  [-257, { name: 'RS256', scheme: 'rsa-pkcs1-sha256' }],
  [-258, { name: 'RS384', scheme: 'rsa-pkcs1-sha384' }],
  [-259, { name: 'RS512', scheme: 'rsa-pkcs1-sha512' }],
]);

/** Numbers of the algorithms of COSE that keelson knows, by their names. */
export const coseAlgorithms: ReadonlyMap<string, number> = new Map(
  [...algorithms].map(([number, { name }]) => [name, number]),
);

/**
 * @param allowed all that are known, where it is not given
 * @throws EnvelopeError ENVELOPE_ALGORITHM_REFUSED
 */
export function coseAlgorithm(label: CborKey, allowed?: readonly number[]): Algorithm {
  const found = typeof label === 'number' ? algorithms.get(label) : undefined;
  if (found !== undefined && typeof label === 'number' && (allowed?.includes(label) ?? true)) return found;
  const shown = typeof label === 'string' ? JSON.stringify(label.slice(0, 40)) : String(label);
  const reason = found === undefined ? 'is not known' : 'is not allowed here';
  throw new EnvelopeError('ENVELOPE_ALGORITHM_REFUSED', `the algorithm ${found?.name ?? shown} ${reason}`);
}
