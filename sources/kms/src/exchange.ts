import {
  fieldsOfJson,
  isObject,
  type JsonFields,
  type JsonObject,
  JsonSyntaxError,
  type JsonValue,
  parseJsonBytes,
  stringifyJson,
  terminalSafe,
} from '@keelson/core';
import { delayBefore, HttpError, type HttpRequest, shownUrl } from '@keelson/http';
import { KmsError } from './errors.ts';
import { kmsLimits } from './limits.ts';
import type { Surroundings } from './surroundings.ts';

export interface ServiceRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly authorization?: string | undefined;
  /** JSON, or the fields of a form. */
  readonly body?: Uint8Array | JsonObject | URLSearchParams;
  /** The service of the cloud's own host, which speaks plain HTTP. */
  readonly isMetadata?: boolean;
}

/** Answers of status 400 in which AWS says that it is asked too often. */
const throttled = new Set(['ThrottlingException', 'Throttling', 'RequestLimitExceeded']);

/**
 * The bytes of an answer of status 200. What is asked of key services changes nothing, so a request is repeated where they are busy.
 *
 * @throws HttpError; KmsError KMS_REFUSED
 */
export async function ask(around: Surroundings, request: ServiceRequest): Promise<Uint8Array> {
  const { timing, secrets } = around;
  for (let attempt = 1; ; attempt++) {
    const { status, bytes } = await sent(around, request);
    if (status === 200) return bytes;
    const { code, text } = reasonOf(bytes);
    const delay = delayBefore(attempt, null, timing, 0) ?? 0;
    if (!throttled.has(code) || attempt >= kmsLimits.maxAttempts) {
      const where = `${request.method ?? 'GET'} ${shownUrl(request.url)}`;
      throw new KmsError(
        'KMS_REFUSED',
        secrets.hide(`${where} answered ${status}: `) + shown(secrets.hide(text)),
      );
    }
    await timing.sleep(delay);
  }
}

/** The members of an answer in JSON. @throws HttpError; KmsError KMS_REFUSED, KMS_ANSWER_INVALID */
export async function askFields(
  around: Surroundings,
  what: string,
  request: ServiceRequest,
): Promise<JsonFields> {
  return answerFields(await ask(around, request), what);
}

/** The members of a JSON object from outside. @throws KmsError with `code` */
export function answerFields(
  source: Uint8Array,
  what: string,
  code: 'KMS_ANSWER_INVALID' | 'KMS_CREDENTIALS_MISSING' = 'KMS_ANSWER_INVALID',
): JsonFields {
  const invalid = (message: string) => new KmsError(code, message);
  return fieldsOfJson(source, what, { invalid, tooMany: invalid });
}

async function sent(
  { service, metadata, secrets }: Surroundings,
  { url, method = 'GET', headers = {}, authorization, body, isMetadata = false }: ServiceRequest,
): Promise<{ status: number; bytes: Uint8Array }> {
  const content = body === undefined ? undefined : contentOf(body);
  demandPlain({ ...headers, ...(authorization === undefined ? {} : { authorization }) });
  const request: HttpRequest = {
    url,
    method,
    headers: { accept: 'application/json', ...content?.headers, ...headers },
    authorization,
    repeatable: true,
    ...(content === undefined ? {} : { body: content.body }),
  };
  try {
    const answer = await (isMetadata ? metadata : service).send(request);
    return { status: answer.status, bytes: await answer.bytes(kmsLimits.maxAnswerBytes) };
  } catch (error) {
    // The path of a container's credentials is a secret, and stands in the message.
    if (error instanceof HttpError && secrets.hide(error.message) !== error.message)
      throw new HttpError(error.code, secrets.hide(error.message));
    throw error;
  }
}

/** What goes into headers comes from the environment, from files and from other services. @throws KmsError KMS_CREDENTIALS_MISSING */
function demandPlain(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers))
    if (!/^[A-Za-z0-9-]+$/.test(name) || /[^\x20-\x7e]/.test(value))
      throw new KmsError(
        'KMS_CREDENTIALS_MISSING',
        `what would be sent as ${terminalSafe(name.slice(0, 60))} has characters that headers do not have`,
      );
}

function contentOf(body: NonNullable<ServiceRequest['body']>): {
  headers: Record<string, string>;
  body: Uint8Array | string;
} {
  if (body instanceof Uint8Array) return { headers: {}, body };
  if (body instanceof URLSearchParams)
    return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: body.toString() };
  return { headers: { 'content-type': 'application/json' }, body: stringifyJson(body) };
}

/**
 * Why a request was refused, in the service's words: AWS (`__type`, `message`), Google and Azure (`error` as an object), OAuth 2
 * (RFC 6749, 5.2), Vault (`errors`), and AWS's XML. What is none of them is not shown: it may be a page of somebody in between.
 */
function reasonOf(bytes: Uint8Array): { code: string; text: string } {
  const value = jsonOrUndefined(bytes);
  if (!isObject(value)) {
    const xml = Buffer.from(bytes).toString('utf8');
    const code = xmlText(xml, 'Code') ?? '';
    const texts = [code, xmlText(xml, 'Message') ?? ''].filter((text) => text !== '');
    return {
      code,
      text: texts.length === 0 ? 'the answer gives no reason in its protocol' : texts.join(': '),
    };
  }
  const inner = isObject(value['error']) ? value['error'] : value;
  // `aws.protocols#Exception`: what stands before # is the name of a package.
  const code = (textOf(inner['__type']) ?? '').replace(/^.*#/, '');
  const errors = Array.isArray(value['errors']) ? value['errors'] : [];
  const texts = [
    code,
    ...['code', 'status', 'error', 'message', 'Message', 'error_description'].map((name) => inner[name]),
    ...errors,
  ].flatMap((each) => textOf(each) ?? []);
  return { code, text: texts.length === 0 ? 'no reason is given' : texts.join(': ') };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function jsonOrUndefined(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseJsonBytes(bytes);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

/** The text of an element that has no elements within; AWS's older services answer in XML. */
export function xmlText(xml: string, name: string): string | undefined {
  const start = xml.indexOf(`<${name}>`);
  if (start < 0) return undefined;
  const from = start + name.length + 2;
  const end = xml.indexOf(`</${name}>`, from);
  const text = end < 0 ? '<' : xml.slice(from, end);
  return text.includes('<') || text.includes('&') ? undefined : text.trim();
}

function shown(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return terminalSafe(line.length > kmsLimits.maxReason ? `${line.slice(0, kmsLimits.maxReason)}…` : line);
}
