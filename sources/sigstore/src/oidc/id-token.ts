import type { JsonFields } from '@keelson/core';
import {
  EnvelopeError,
  type Jwk,
  type JwsAlgorithm,
  readCompactJws,
  readJwkSet,
  verifyJws,
} from '@keelson/envelopes';
import type { HttpClient } from '@keelson/http';
import { SigstoreError } from '../errors.ts';
import { bodyOf, jsonFields } from '../exchange.ts';
import { signInLimits } from './limits.ts';
import type { OidcProvider } from './provider.ts';

/** Whose an identity token must be. */
export interface TokenExpectation {
  readonly issuer: string;
  /** For whom it is made out. */
  readonly clientId: string;
  /** What the sign-in began with; absent where none did. */
  readonly nonce?: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Algorithms of public keys; a token that a shared secret signs says nothing here. */
const algorithms: readonly JwsAlgorithm[] = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
];
const what = 'the identity token';

/** The keys that a provider signs with. @throws SigstoreError SIGSTORE_ANSWER_INVALID, SIGSTORE_REFUSED; HttpError */
export async function keysOf(http: HttpClient, { keysAddress }: OidcProvider): Promise<readonly Jwk[]> {
  const answer = await http.send({ url: keysAddress, headers: { accept: 'application/json' } });
  const bytes = await bodyOf(answer, keysAddress, { maxBytes: signInLimits.maxAnswerBytes });
  try {
    return readJwkSet(bytes).filter(({ type }) => type !== 'oct');
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    throw new SigstoreError(
      'SIGSTORE_ANSWER_INVALID',
      `the keys of the identity provider: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Verifies an identity token as a client must that asked for it (OpenID Connect Core 1.0, section 3.1.3.7).
 *
 * @throws SigstoreError SIGSTORE_TOKEN_INVALID
 */
export function verifyIdToken(token: string, keys: readonly Jwk[], expected: TokenExpectation): void {
  const claims = signedClaims(token, keys);
  const { issuer, clientId, nonce, now } = expected;
  const skew = signInLimits.clockSkewMilliseconds;
  if (claims.text('iss') !== issuer) throw invalid('is of another issuer');
  demandAudience(claims, clientId);
  if (time(claims, 'exp') <= now - skew) throw invalid('has expired');
  if (time(claims, 'iat') > now + skew) throw invalid('was made out after now: are the clocks right?');
  if (claims.has('nbf') && time(claims, 'nbf') > now + skew) throw invalid('is not valid yet');
  if (nonce !== undefined && claims.optionalText('nonce') !== nonce)
    throw invalid('is not of this sign-in: its nonce is another');
}

function signedClaims(token: string, keys: readonly Jwk[]): JsonFields {
  try {
    const { payload, signatures } = readCompactJws(token);
    const [signature] = signatures;
    if (signature === undefined) throw invalid('has no signature');
    const kid = signature.protected['kid'];
    const candidates = keys
      .filter((key) => kid === undefined || key.kid === kid)
      .slice(0, signInLimits.maxKeys);
    const holds = (key: Jwk): boolean => {
      try {
        verifyJws(signature, { key, algorithms });
        return true;
      } catch (error) {
        if (error instanceof EnvelopeError) return false;
        throw error;
      }
    };
    if (!candidates.some(holds)) throw invalid('is not signed by a key of its issuer');
    return jsonFields(payload, what, 'SIGSTORE_TOKEN_INVALID');
  } catch (error) {
    if (error instanceof EnvelopeError) throw invalid(`cannot be read: ${error.message}`, error);
    throw error;
  }
}

/** The client is meant; beside others it must be the one that the token was given to. */
function demandAudience(claims: JsonFields, clientId: string): void {
  const value = claims.value('aud');
  const audience = Array.isArray(value) ? value : [value];
  const party = claims.optionalText('azp');
  const isMeant = audience.includes(clientId) && (audience.length === 1 || party !== undefined);
  if (!isMeant || (party !== undefined && party !== clientId)) throw invalid('is made out for others');
}

/** A NumericDate in milliseconds (RFC 7519, section 2). */
function time(claims: JsonFields, name: string): number {
  const value = claims.value(name);
  if (typeof value !== 'number' || value < 0) throw claims.invalid(name, 'is no time');
  return value * 1_000;
}

function invalid(reason: string, cause?: EnvelopeError): SigstoreError {
  return new SigstoreError(
    'SIGSTORE_TOKEN_INVALID',
    `the identity token ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
