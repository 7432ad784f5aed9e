import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { decodeBase64, type JsonObject, objectOf, stringifyJson } from '@keelson/core';
import { Refusal, requestFields } from './refusal.ts';

/** Who somebody is, as an OpenID provider tells it. */
export interface Identity {
  /** Absent: `subject` is the identity. */
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly subject?: string;
  readonly audience?: string | readonly string[];
  /** To whom it was given, of an audience of several. */
  readonly party?: string;
  /** Seconds that the token is valid for. */
  readonly lifetime?: number;
  /** What the sign-in began with. */
  readonly nonce?: string;
  /** In whose name the provider lies; its own by default. */
  readonly issuer?: string;
}

/** Whose token it is. */
export interface Claims {
  /** What the proof of possession is over. */
  readonly subject: string;
  readonly kind: 'email' | 'uri';
}

/** An OpenID Connect provider that gives a token to everybody (RS256). */
export class IdentityProvider {
  readonly #issuer: () => string;
  readonly #now: () => number;
  readonly #key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

  constructor(issuer: () => string, now: () => number) {
    this.#issuer = issuer;
    this.#now = now;
  }

  /** `/.well-known/openid-configuration` */
  configuration(): JsonObject {
    const issuer = this.#issuer();
    return objectOf([
      ['issuer', issuer],
      ['authorization_endpoint', `${issuer}/auth`],
      ['token_endpoint', `${issuer}/token`],
      ['device_authorization_endpoint', `${issuer}/device/code`],
      ['jwks_uri', `${issuer}/keys`],
      ['response_types_supported', ['code']],
      ['subject_types_supported', ['public']],
      ['id_token_signing_alg_values_supported', ['RS256']],
    ]);
  }

  keys(): JsonObject {
    const { n = '', e = '' } = createPublicKey(this.#key).export({ format: 'jwk' });
    const key = objectOf([
      ['kty', 'RSA'],
      ['use', 'sig'],
      ['alg', 'RS256'],
      ['kid', 'test'],
      ['n', n],
      ['e', e],
    ]);
    return objectOf([['keys', [key]]]);
  }

  token(identity: Identity = { email: 'dev@example.com' }): string {
    const { email, emailVerified = true, subject, audience = 'sigstore', lifetime = 600, nonce } = identity;
    const now = Math.floor(this.#now() / 1_000);
    const claims = objectOf([
      ['iss', identity.issuer ?? this.#issuer()],
      ['aud', typeof audience === 'string' ? audience : [...audience]],
      ...(identity.party === undefined ? [] : [['azp', identity.party] as const]),
      ['sub', subject ?? email ?? ''],
      ...(email === undefined ? [] : [['email', email] as const, ['email_verified', emailVerified] as const]),
      ['iat', now],
      ['exp', now + lifetime],
      ...(nonce === undefined ? [] : [['nonce', nonce] as const]),
    ]);
    const header = objectOf([
      ['alg', 'RS256'],
      ['kid', 'test'],
      ['typ', 'JWT'],
    ]);
    const signed = [header, claims].map((part) => base64url(stringifyJson(part))).join('.');
    return `${signed}.${base64url(sign('sha256', Buffer.from(signed), this.#key))}`;
  }

  /** Whose token it is, verified as an authority does. @throws Refusal 401 */
  verify(token: string): Claims {
    const [header = '', payload = '', signature = '', ...rest] = token.split('.');
    const [claims, sealed] = [decodeBase64(payload, 'url'), decodeBase64(signature, 'url')];
    if (rest.length > 0 || claims === undefined || sealed === undefined)
      throw new Refusal(401, 'the token is no JSON Web Token');
    if (!verify('sha256', Buffer.from(`${header}.${payload}`), createPublicKey(this.#key), sealed))
      throw new Refusal(401, 'the token is not of the provider');
    const fields = requestFields(claims, 'the token');
    if (fields.text('iss') !== this.#issuer()) throw new Refusal(401, 'the token is of another issuer');
    if (fields.text('aud') !== 'sigstore') throw new Refusal(401, 'the token is for others');
    if (fields.count('exp') * 1_000 <= this.#now()) throw new Refusal(401, 'the token has expired');
    const email = fields.optionalText('email');
    if (email === undefined) return { subject: fields.text('sub'), kind: 'uri' };
    if (fields.optionalBoolean('email_verified') !== true)
      throw new Refusal(401, 'the e-mail address is not verified');
    return { subject: email, kind: 'email' };
  }
}

function base64url(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64url');
}
