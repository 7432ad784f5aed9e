import { EnvelopeError } from '../errors.ts';
import type { Algorithm } from '../signatures.ts';

/** RFC 7518, 3.1; RFC 8037, 3.1; RFC 9864, 2.2. There is no `none`. */
const algorithms = {
  RS256: { scheme: 'rsa-pkcs1-sha256' },
  RS384: { scheme: 'rsa-pkcs1-sha384' },
  RS512: { scheme: 'rsa-pkcs1-sha512' },
  PS256: { scheme: 'rsa-pss-sha256' },
  PS384: { scheme: 'rsa-pss-sha384' },
  PS512: { scheme: 'rsa-pss-sha512' },
  ES256: { scheme: 'ecdsa-sha256', curve: 'P-256' },
  ES384: { scheme: 'ecdsa-sha384', curve: 'P-384' },
  ES512: { scheme: 'ecdsa-sha512', curve: 'P-521' },
  EdDSA: { scheme: 'eddsa' },
  Ed25519: { scheme: 'eddsa', curve: 'Ed25519' },
  Ed448: { scheme: 'eddsa', curve: 'Ed448' },
  HS256: { scheme: 'hmac', hash: 'sha256' },
  HS384: { scheme: 'hmac', hash: 'sha384' },
  HS512: { scheme: 'hmac', hash: 'sha512' },
} as const satisfies Record<string, Omit<Algorithm, 'name'>>;

/** An algorithm of JWS that keelson knows. */
export type JwsAlgorithm = keyof typeof algorithms;

function isKnown(name: string): name is JwsAlgorithm {
  return Object.hasOwn(algorithms, name);
}

/**
 * @param allowed all that are known, where it is not given
 * @throws EnvelopeError ENVELOPE_ALGORITHM_REFUSED
 */
export function jwsAlgorithm(name: string, allowed?: readonly JwsAlgorithm[]): Algorithm {
  if (isKnown(name) && (allowed?.includes(name) ?? true)) return { name, ...algorithms[name] };
  const reason = isKnown(name) ? 'is not allowed here' : 'is not known';
  throw new EnvelopeError(
    'ENVELOPE_ALGORITHM_REFUSED',
    `the algorithm ${JSON.stringify(name.slice(0, 40))} ${reason}`,
  );
}
