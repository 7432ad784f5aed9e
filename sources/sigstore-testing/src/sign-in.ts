import { createHash, randomBytes } from 'node:crypto';
import { type JsonObject, objectOf } from '@keelson/core';
import type { Identity, IdentityProvider } from './identity-provider.ts';
import { Refusal } from './refusal.ts';

/** What the form of a device grants: an answer for each time that the program asks, the last for good. */
export type DeviceAnswer =
  | 'authorization_pending'
  | 'slow_down'
  | 'access_denied'
  | 'expired_token'
  | 'granted';

interface Begun {
  readonly challenge: string;
  readonly clientId: string;
  readonly redirectUri?: string;
  readonly nonce?: string;
}

const clientSecret = 'the secret of a program';

/** How people and programs sign in with an identity provider: everybody who asks is `identity`. */
export class SignIn {
  /** Who signs in. */
  identity: Identity = { email: 'dev@example.com' };
  /** What a device hears, in order. */
  deviceAnswers: DeviceAnswer[] = ['granted'];
  readonly #provider: IdentityProvider;
  readonly #codes = new Map<string, Begun>();
  readonly #devices = new Map<string, Begun>();

  constructor(provider: IdentityProvider) {
    this.#provider = provider;
  }

  /** `GET /auth`: where the browser is sent to, somebody having agreed. @throws Refusal */
  authorize(asked: URLSearchParams): string {
    const redirectUri = asked.get('redirect_uri') ?? '';
    if (!/^http:\/\/(?:localhost|127\.0\.0\.1):\d+\//.test(redirectUri))
      throw new Refusal(400, 'the redirect leads elsewhere');
    const is = (name: string, value: string) => asked.get(name) === value;
    if (!is('response_type', 'code') || !is('code_challenge_method', 'S256'))
      throw new Refusal(400, 'no code is asked for, or no proof key');
    const code = randomBytes(16).toString('hex');
    this.#codes.set(code, {
      challenge: asked.get('code_challenge') ?? '',
      clientId: asked.get('client_id') ?? '',
      redirectUri,
      nonce: asked.get('nonce') ?? '',
    });
    const url = new URL(redirectUri);
    url.searchParams.set('code', code);
    url.searchParams.set('state', asked.get('state') ?? '');
    return url.href;
  }

  /** `POST /device/code` (RFC 8628, section 3.1). */
  device(asked: URLSearchParams, issuer: string): JsonObject {
    const code = randomBytes(16).toString('hex');
    const clientId = asked.get('client_id') ?? '';
    this.#devices.set(code, { challenge: asked.get('code_challenge') ?? '', clientId });
    return objectOf([
      ['device_code', code],
      ['user_code', 'WDJB-MJHT'],
      ['verification_uri', `${issuer}/device`],
      ['verification_uri_complete', `${issuer}/device?user_code=WDJB-MJHT`],
      ['expires_in', 300],
      ['interval', 1],
    ]);
  }

  /** `POST /token`: an error has the status 400, as RFC 6749, section 5.2 has it. */
  token(asked: URLSearchParams, authorization: string): JsonObject {
    switch (asked.get('grant_type')) {
      case 'authorization_code':
        return this.#ofCode(asked);
      case 'urn:ietf:params:oauth:grant-type:device_code':
        return this.#ofDevice(asked);
      case 'client_credentials': {
        const [id, secret] = Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
          .toString()
          .split(':');
        if (decodeURIComponent(secret ?? '') !== clientSecret) return refused('invalid_client');
        return this.#granted({ challenge: '', clientId: id ?? '' });
      }
      default:
        return refused('unsupported_grant_type');
    }
  }

  #ofCode(asked: URLSearchParams): JsonObject {
    const code = asked.get('code') ?? '';
    const begun = this.#codes.get(code);
    // A code is good once (section 4.1.2).
    this.#codes.delete(code);
    if (begun === undefined || begun.redirectUri !== asked.get('redirect_uri'))
      return refused('invalid_grant');
    return proves(begun, asked) ? this.#granted(begun) : refused('invalid_grant');
  }

  #ofDevice(asked: URLSearchParams): JsonObject {
    const begun = this.#devices.get(asked.get('device_code') ?? '');
    if (begun === undefined || !proves(begun, asked)) return refused('invalid_grant');
    const [answer = 'granted'] = this.deviceAnswers;
    if (this.deviceAnswers.length > 1) this.deviceAnswers.shift();
    return answer === 'granted' ? this.#granted(begun) : refused(answer);
  }

  #granted({ clientId, nonce }: Begun): JsonObject {
    const token = this.#provider.token({
      audience: clientId,
      ...(nonce === undefined ? {} : { nonce }),
      ...this.identity,
    });
    return objectOf([
      ['access_token', randomBytes(16).toString('hex')],
      ['token_type', 'bearer'],
      ['id_token', token],
    ]);
  }
}

/** RFC 7636, section 4.6. */
function proves({ challenge, clientId }: Begun, asked: URLSearchParams): boolean {
  const verifier = createHash('sha256')
    .update(asked.get('code_verifier') ?? '')
    .digest('base64url');
  return verifier === challenge && asked.get('client_id') === clientId;
}

function refused(error: string): JsonObject {
  return objectOf([
    ['error', error],
    ['error_description', `because of ${error}`],
  ]);
}
