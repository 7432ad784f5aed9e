import type { JsonFields } from '@keelson/core';
import { type HttpClient, onwardUrl } from '@keelson/http';
import { SigstoreError } from '../errors.ts';
import { answerFields, below, bodyOf } from '../exchange.ts';
import { signInLimits } from './limits.ts';

/** An OpenID provider, as it describes itself (OpenID Connect Discovery 1.0, section 3). */
export interface OidcProvider {
  readonly issuer: string;
  readonly authorizationEndpoint?: URL;
  readonly tokenEndpoint: URL;
  /** RFC 8628, section 4. */
  readonly deviceEndpoint?: URL;
  readonly keysAddress: URL;
  /** Whether its answers to a browser name it (RFC 9207). */
  readonly namesItself: boolean;
}

const what = 'the description of the identity provider';

/**
 * Asks a provider for its description.
 *
 * @param issuer the provider's name, which is an address; the description must be of that very name
 * @throws SigstoreError SIGSTORE_ANSWER_INVALID, SIGSTORE_REFUSED; HttpError
 */
export async function discover(http: HttpClient, issuer: string): Promise<OidcProvider> {
  const url = below(issuer, '/.well-known/openid-configuration');
  const answer = await http.send({ url, headers: { accept: 'application/json' } });
  const fields = answerFields(await bodyOf(answer, url, { maxBytes: signInLimits.maxAnswerBytes }), what);
  const named = fields.text('issuer');
  // Otherwise one provider could give out tokens in the name of another (Discovery, 4.3).
  if (named !== issuer)
    throw new SigstoreError(
      'SIGSTORE_ANSWER_INVALID',
      `${what} at ${issuer} is of another: ${named.slice(0, 200)}`,
    );
  const authorization = endpoint(fields, 'authorization_endpoint', url);
  const device = endpoint(fields, 'device_authorization_endpoint', url);
  return {
    issuer,
    ...(authorization === undefined ? {} : { authorizationEndpoint: authorization }),
    tokenEndpoint: needed(fields, 'token_endpoint', url),
    ...(device === undefined ? {} : { deviceEndpoint: device }),
    keysAddress: needed(fields, 'jwks_uri', url),
    namesItself: fields.optionalBoolean('authorization_response_iss_parameter_supported') ?? false,
  };
}

function needed(fields: JsonFields, name: string, from: URL): URL {
  const url = endpoint(fields, name, from);
  if (url === undefined) throw fields.invalid(name, 'is missing');
  return url;
}

/** An address that a provider may name: not plain HTTP where it is asked by HTTPS itself, and nothing within this machine. */
function endpoint(fields: JsonFields, name: string, from: URL): URL | undefined {
  const text = fields.optionalText(name);
  return text === undefined ? undefined : onwardUrl(from, text, false);
}
