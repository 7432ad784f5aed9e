import type { JsonFields } from '@keelson/core';
import { basicAuthorization, type HttpClient, Secrets, shownUrl } from '@keelson/http';
import { SigstoreError } from '../errors.ts';
import { answerFields } from '../exchange.ts';
import { signInLimits } from './limits.ts';

/** Who asks a provider: keelson under the name that it is known by there. */
export interface OidcClient {
  readonly id: string;
  /** Absent for programs that people run, which can keep none (RFC 6749, section 2.1). */
  readonly secret?: string;
}

/** A provider's answer: what was asked for, or an error by its name (RFC 6749, section 5.2). */
export type OAuthAnswer =
  | { readonly kind: 'granted'; readonly fields: JsonFields }
  | { readonly kind: 'error'; readonly error: string; readonly fault: SigstoreError };

const maxReason = 300;

/**
 * Sends a form to an endpoint of a provider. Nothing of the form is in a message: it holds codes that are worth a token.
 *
 * @throws SigstoreError SIGSTORE_ANSWER_INVALID; HttpError
 */
export async function postForm(
  http: HttpClient,
  url: URL,
  form: Readonly<Record<string, string>>,
  client: OidcClient,
): Promise<OAuthAnswer> {
  const { id, secret } = client;
  const answer = await http.send({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(secret === undefined ? { client_id: id, ...form } : form).toString(),
    ...(secret === undefined
      ? {}
      : // Section 2.3.1: both parts are encoded as in a form.
        {
          authorization: basicAuthorization({
            username: encodeURIComponent(id),
            password: encodeURIComponent(secret),
          }),
        }),
  });
  const bytes = await answer.bytes(signInLimits.maxAnswerBytes);
  const fields = answerFields(bytes, `the answer of ${shownUrl(url)}`);
  if (answer.status === 200 && !fields.has('error')) return { kind: 'granted', fields };
  const error = fields.optionalText('error') ?? `status ${answer.status}`;
  const secrets = new Secrets();
  for (const text of [...Object.values(form), secret ?? '']) if (text.length > 8) secrets.keep(text);
  const reason = secrets.hide([error, fields.optionalText('error_description') ?? ''].join(' ').trim());
  return {
    kind: 'error',
    error,
    fault: new SigstoreError(
      'SIGSTORE_SIGN_IN_FAILED',
      `${shownUrl(url)} refused: ${reason.slice(0, maxReason)}`,
    ),
  };
}

/** The identity token of an answer to a token request. @throws SigstoreError */
export function idTokenOf(answer: OAuthAnswer): string {
  if (answer.kind === 'error') throw answer.fault;
  return answer.fields.text('id_token');
}
