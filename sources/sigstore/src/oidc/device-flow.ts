import type { JsonFields } from '@keelson/core';
import { type HttpClient, isLoopback, systemTiming, type Timing } from '@keelson/http';
import { SigstoreError } from '../errors.ts';
import { keysOf, verifyIdToken } from './id-token.ts';
import { signInLimits } from './limits.ts';
import { challengeOf, newSecret } from './pkce.ts';
import type { OidcProvider } from './provider.ts';
import { idTokenOf, type OidcClient, postForm } from './token-request.ts';

/** What somebody is to do on a machine with a browser. */
export interface DevicePrompt {
  readonly code: string;
  readonly address: string;
  /** The address with the code in it, where the provider has one. */
  readonly completeAddress?: string;
}

export interface DeviceFlowOptions {
  readonly client: OidcClient;
  readonly prompt: (prompt: DevicePrompt) => void;
  readonly timing?: Timing;
  /** How long somebody may take; the provider may say less. */
  readonly milliseconds?: number;
}

const scope = 'openid email';
const maxCode = 100;
/** Each time that the provider says slow_down (RFC 8628, section 3.5). */
const slowerSeconds = 5;

/**
 * An identity token of whoever types in a code on another machine (RFC 8628). It is verified.
 *
 * @throws SigstoreError SIGSTORE_SIGN_IN_FAILED, SIGSTORE_TOKEN_INVALID, SIGSTORE_ANSWER_INVALID; HttpError
 */
export async function deviceToken(
  http: HttpClient,
  provider: OidcProvider,
  {
    client,
    prompt,
    timing = systemTiming,
    milliseconds = signInLimits.signInMilliseconds,
  }: DeviceFlowOptions,
): Promise<string> {
  const { deviceEndpoint, tokenEndpoint, issuer } = provider;
  if (deviceEndpoint === undefined)
    throw new SigstoreError(
      'SIGSTORE_SIGN_IN_FAILED',
      `${issuer} has no sign-in by a code: it names no device_authorization_endpoint`,
    );
  const verifier = newSecret();
  // RFC 8628 knows no proof key; providers that do bind the code to this run by it.
  const asked = { scope, code_challenge: challengeOf(verifier), code_challenge_method: 'S256' };
  const begun = await postForm(http, deviceEndpoint, asked, client);
  if (begun.kind === 'error') throw begun.fault;
  const { fields } = begun;
  const deadline = timing.now() + Math.min(fields.count('expires_in') * 1_000, milliseconds);
  prompt(promptFrom(fields));
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: fields.text('device_code'),
    code_verifier: verifier,
  };
  for (let interval = intervalFrom(fields); ; ) {
    if (timing.now() + interval * 1_000 > deadline)
      throw new SigstoreError('SIGSTORE_SIGN_IN_FAILED', 'nobody signed in before the code expired');
    await timing.sleep(interval * 1_000);
    const answer = await postForm(http, tokenEndpoint, form, client);
    if (answer.kind === 'error' && answer.error === 'slow_down') interval += slowerSeconds;
    else if (answer.kind === 'granted' || answer.error !== 'authorization_pending') {
      const token = idTokenOf(answer);
      verifyIdToken(token, await keysOf(http, provider), { issuer, clientId: client.id, now: timing.now() });
      return token;
    }
  }
}

function intervalFrom(fields: JsonFields): number {
  const asked = fields.has('interval') ? fields.count('interval') : signInLimits.defaultIntervalSeconds;
  return Math.min(Math.max(asked, 1), signInLimits.maxIntervalSeconds);
}

/** What is shown to somebody who will go there: an address of a page, and a code that is one. */
function promptFrom(fields: JsonFields): DevicePrompt {
  const code = fields.text('user_code');
  if (code.length > maxCode || !/^[\x21-\x7e ]+$/.test(code)) throw fields.invalid('user_code', 'is no code');
  const complete = fields.optionalText('verification_uri_complete');
  return {
    code,
    address: pageOf(fields, 'verification_uri', fields.text('verification_uri')),
    ...(complete === undefined
      ? {}
      : { completeAddress: pageOf(fields, 'verification_uri_complete', complete) }),
  };
}

/** Somebody will type a password there: nobody in between may read it, and the name at the front is the host's. */
function pageOf(fields: JsonFields, name: string, text: string): string {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url !== null && isSafe && url.username === '' && url.password === '') return url.href;
  throw fields.invalid(name, 'is no address of a page, by https and without credentials');
}
