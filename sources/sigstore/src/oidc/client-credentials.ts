import type { HttpClient } from '@keelson/http';
import { systemTiming } from '@keelson/http';
import { keysOf, verifyIdToken } from './id-token.ts';
import type { OidcProvider } from './provider.ts';
import { idTokenOf, type OidcClient, postForm } from './token-request.ts';

/**
 * An identity token of a program that has a secret of its own (RFC 6749, section 4.4). It is verified.
 *
 * @throws SigstoreError SIGSTORE_SIGN_IN_FAILED, SIGSTORE_TOKEN_INVALID, SIGSTORE_ANSWER_INVALID; HttpError
 */
export async function clientToken(
  http: HttpClient,
  provider: OidcProvider,
  client: OidcClient & { readonly secret: string },
  now: () => number = systemTiming.now,
): Promise<string> {
  const form = { grant_type: 'client_credentials', scope: 'openid email' };
  const token = idTokenOf(await postForm(http, provider.tokenEndpoint, form, client));
  const expected = { issuer: provider.issuer, clientId: client.id, now: now() };
  verifyIdToken(token, await keysOf(http, provider), expected);
  return token;
}
