import { EnvelopeError } from '../errors.ts';
import type { SignatureScheme } from '../signatures.ts';

/** RFC 7518, 3.1; RFC 8037, 3.1; RFC 9864, 2.2. There is no `none`. */
const schemes = {
  RS256: { type: 'rsa-pkcs1', hash: 'sha256' },
  RS384: { type: 'rsa-pkcs1', hash: 'sha384' },
  RS512: { type: 'rsa-pkcs1', hash: 'sha512' },
  PS256: { type: 'rsa-pss', hash: 'sha256' },
  PS384: { type: 'rsa-pss', hash: 'sha384' },
  PS512: { type: 'rsa-pss', hash: 'sha512' },
  ES256: { type: 'ecdsa', hash: 'sha256', curve: 'P-256' },
  ES384: { type: 'ecdsa', hash: 'sha384', curve: 'P-384' },
  ES512: { type: 'ecdsa', hash: 'sha512', curve: 'P-521' },
  EdDSA: { type: 'eddsa' },
  Ed25519: { type: 'eddsa', curve: 'Ed25519' },
  Ed448: { type: 'eddsa', curve: 'Ed448' },
  HS256: { type: 'hmac', hash: 'sha256' },
  HS384: { type: 'hmac', hash: 'sha384' },
  HS512: { type: 'hmac', hash: 'sha512' },
} as const satisfies Record<string, SignatureScheme>;

/** An algorithm of JWS that keelson knows. */
export type JwsAlgorithm = keyof typeof schemes;

function isKnown(name: string): name is JwsAlgorithm {
  return Object.hasOwn(schemes, name);
}

/**
 * @param allowed all that are known, where it is not given
 * @throws EnvelopeError ENVELOPE_ALGORITHM_REFUSED
 */
export function jwsScheme(name: string, allowed?: readonly JwsAlgorithm[]): SignatureScheme {
  if (isKnown(name) && (allowed?.includes(name) ?? true)) return schemes[name];
  const reason = isKnown(name) ? 'is not allowed here' : 'is not known';
  throw new EnvelopeError(
    'ENVELOPE_ALGORITHM_REFUSED',
    `the algorithm ${JSON.stringify(name.slice(0, 40))} ${reason}`,
  );
}
