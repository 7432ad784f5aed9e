import { fieldsOfJson, type JsonFields, type JsonValue, stringifyJson } from '@keelson/core';
import { type HttpAnswer, type HttpClient, Secrets, shownUrl } from '@keelson/http';
import { SigstoreError, type SigstoreErrorCode } from './errors.ts';

/** Bytes of an answer that are read. Entries of logs hold whole certificates, so it is generous. */
const maxAnswerBytes = 4 << 20;
const maxReason = 500;

export interface Post {
  readonly url: URL;
  readonly body: JsonValue | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** What says who asks. No message shows the secret. */
  readonly authorization?: { readonly scheme: 'Bearer' | 'Token'; readonly secret: string };
}

/** Posts, and gives the body of an answer of status 200 or 201. @throws HttpError; SigstoreError SIGSTORE_REFUSED */
export async function post(
  http: HttpClient,
  { url, body, headers, authorization }: Post,
): Promise<Uint8Array> {
  const isBytes = body instanceof Uint8Array;
  const secrets = new Secrets();
  const answer = await http.send({
    url,
    method: 'POST',
    headers: {
      ...(isBytes ? {} : { 'content-type': 'application/json', accept: 'application/json' }),
      ...headers,
    },
    body: isBytes ? body : stringifyJson(body),
    ...(authorization === undefined
      ? {}
      : { authorization: `${authorization.scheme} ${secrets.keep(authorization.secret)}` }),
  });
  return await bodyOf(answer, url, { secrets });
}

/**
 * The body of an answer of status 200 or 201.
 *
 * @param secrets what the request carried and no message may show, should the answer repeat it
 * @throws HttpError; SigstoreError SIGSTORE_REFUSED
 */
export async function bodyOf(
  answer: HttpAnswer,
  url: URL,
  {
    secrets = new Secrets(),
    maxBytes = maxAnswerBytes,
  }: { readonly secrets?: Secrets; readonly maxBytes?: number } = {},
): Promise<Uint8Array> {
  const bytes = await answer.bytes(maxBytes);
  if (answer.status === 200 || answer.status === 201) return bytes;
  const reason = secrets.hide(Buffer.from(bytes).toString('utf8')).slice(0, maxReason).trim();
  throw new SigstoreError('SIGSTORE_REFUSED', `${shownUrl(url)} answered ${answer.status}: ${reason}`);
}

/** The members of an answer in JSON. @throws SigstoreError SIGSTORE_ANSWER_INVALID */
export function answerFields(bytes: Uint8Array, what: string): JsonFields {
  return jsonFields(bytes, what, 'SIGSTORE_ANSWER_INVALID');
}

/** The members of a document in JSON. @throws SigstoreError with `code` */
export function jsonFields(bytes: Uint8Array, what: string, code: SigstoreErrorCode): JsonFields {
  const invalid = (message: string, cause?: unknown) =>
    new SigstoreError(code, message, cause === undefined ? {} : { cause });
  return fieldsOfJson(bytes, what, { invalid, tooMany: invalid });
}

/** A path below a service's base address. */
export function below(base: string, path: string): URL {
  const url = URL.parse(base);
  if (url === null) throw new SigstoreError('SIGSTORE_REFUSED', `${base} is no URL`);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
  return url;
}

export function base64(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64');
}
