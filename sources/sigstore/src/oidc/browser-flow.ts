import type { HttpClient } from '@keelson/http';
import { SigstoreError } from '../errors.ts';
import { keysOf, verifyIdToken } from './id-token.ts';
import { signInLimits } from './limits.ts';
import { challengeOf, newSecret } from './pkce.ts';
import type { OidcProvider } from './provider.ts';
import { RedirectReceiver } from './redirect-receiver.ts';
import { idTokenOf, type OidcClient, postForm } from './token-request.ts';

export interface BrowserFlowOptions {
  readonly client: OidcClient;
  /** Shows somebody the address to sign in at. */
  readonly open: (address: string) => void;
  readonly now?: () => number;
  /** How long somebody may take. */
  readonly milliseconds?: number;
}

const maxReason = 300;

/**
 * An identity token of whoever signs in with a browser: the authorization code flow with a proof key (RFC 6749, 4.1; RFC 7636; OpenID
 * Connect Core, 3.1). It is verified.
 *
 * @throws SigstoreError SIGSTORE_SIGN_IN_FAILED, SIGSTORE_TOKEN_INVALID, SIGSTORE_ANSWER_INVALID; HttpError
 */
export async function browserToken(
  http: HttpClient,
  provider: OidcProvider,
  { client, open, now = Date.now, milliseconds = signInLimits.signInMilliseconds }: BrowserFlowOptions,
): Promise<string> {
  const { authorizationEndpoint, tokenEndpoint, issuer } = provider;
  if (authorizationEndpoint === undefined)
    throw new SigstoreError(
      'SIGSTORE_SIGN_IN_FAILED',
      `${issuer} signs nobody in with a browser: it names no authorization_endpoint`,
    );
  const [state, nonce, verifier] = [newSecret(), newSecret(), newSecret()];
  await using receiver = await RedirectReceiver.open(state);
  const { uri } = receiver;
  const address = new URL(authorizationEndpoint);
  const asked = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: uri,
    scope: 'openid email',
    state,
    nonce,
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  open(address.href);
  const code = codeOf(await receiver.answer(milliseconds), provider);
  const form = { grant_type: 'authorization_code', code, redirect_uri: uri, code_verifier: verifier };
  const token = idTokenOf(await postForm(http, tokenEndpoint, form, client));
  const expected = { issuer, clientId: client.id, nonce, now: now() };
  verifyIdToken(token, await keysOf(http, provider), expected);
  return token;
}

function codeOf(answer: URLSearchParams, { issuer, namesItself }: OidcProvider): string {
  const failed = (reason: string) =>
    new SigstoreError('SIGSTORE_SIGN_IN_FAILED', `the sign-in failed: ${reason.slice(0, maxReason)}`);
  // Another provider's answer would have its code sent to this one (RFC 9207).
  const named = answer.get('iss');
  if (named === null ? namesItself : named !== issuer) throw failed('the answer is of another issuer');
  const error = answer.get('error');
  if (error !== null) throw failed(`${error} ${answer.get('error_description') ?? ''}`.trim());
  const [code = '', ...others] = answer.getAll('code');
  if (code === '' || others.length > 0) throw failed('the answer has not one code');
  return code;
}
