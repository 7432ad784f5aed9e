import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { type JsonFields, objectOf, stringifyJson } from '@keelson/core';
import { EnvelopeError, signCompactJws } from '@keelson/envelopes';
import { HttpError } from '@keelson/http';
import { KmsError } from '../errors.ts';
import { answerFields, ask, askFields, type ServiceRequest } from '../exchange.ts';
import type { Passing } from '../renewed.ts';
import type { Surroundings } from '../surroundings.ts';

/** What a request to Google Cloud says of who asks. */
export interface GoogleAccess {
  readonly token: string;
  /** The project that is charged: users' own credentials have none. */
  readonly quotaProject?: string | undefined;
}
type Found = Passing<GoogleAccess>;

const scope = 'https://www.googleapis.com/auth/cloudkms';
const cloudScope = 'https://www.googleapis.com/auth/cloud-platform';
const named = 'GOOGLE_APPLICATION_CREDENTIALS';

/**
 * Application default credentials (Google Cloud, "How Application Default Credentials works"): the file that the environment names, the
 * one that gcloud writes, the machine.
 *
 * @throws KmsError KMS_CREDENTIALS_MISSING, KMS_REFUSED, KMS_ANSWER_INVALID; HttpError
 */
export async function googleAccess(around: Surroundings): Promise<Found> {
  const place = around.variable(named);
  if (place !== undefined) return await ofFile(around, place, around.file(place, named));
  const folder = around.variable('CLOUDSDK_CONFIG') ?? join(around.home, '.config', 'gcloud');
  const usual = join(folder, 'application_default_credentials.json');
  const text = around.optionalFile(usual);
  return text === undefined ? await ofMachine(around) : await ofFile(around, usual, text);
}

function missing(message: string): KmsError {
  return new KmsError('KMS_CREDENTIALS_MISSING', message);
}

async function ofFile(around: Surroundings, place: string, text: string): Promise<Found> {
  const fields = answerFields(Buffer.from(text), place, 'KMS_CREDENTIALS_MISSING');
  const type = fields.text('type');
  if (type === 'service_account') return await ofServiceAccount(around, fields);
  if (type === 'authorized_user') return await ofUser(around, fields);
  if (type === 'external_account') return await ofExternalAccount(around, fields);
  throw fields.invalid('type', 'is none of service_account, authorized_user and external_account');
}

/** Where service accounts and users get tokens, unless their file names another address. */
const tokenAddress = 'https://oauth2.googleapis.com/token';

/** An address in a file of credentials: Google's own, or the credentials would go to somebody else. */
function googleUrl(fields: JsonFields, name: string, usual = ''): URL {
  const url = URL.parse(fields.optionalText(name) ?? usual);
  const isGoogle =
    url !== null && /^(?:[a-z0-9-]+\.)+googleapis\.com$|^accounts\.google\.com$/.test(url.host);
  if (url !== null && isGoogle && url.protocol === 'https:') return url;
  throw fields.invalid(name, 'is no https address of googleapis.com');
}

/** RFC 7523, 2.1. */
async function ofServiceAccount(around: Surroundings, fields: JsonFields): Promise<Found> {
  const url = googleUrl(fields, 'token_uri', tokenAddress);
  const issued = Math.floor(around.timing.now() / 1_000);
  const header: [string, string][] = [
    ['alg', 'RS256'],
    ['typ', 'JWT'],
  ];
  const id = fields.optionalText('private_key_id');
  if (id !== undefined) header.push(['kid', id]);
  const claims = objectOf([
    ['iss', fields.text('client_email')],
    ['scope', scope],
    ['aud', url.href],
    ['iat', issued],
    ['exp', issued + 3_600],
  ]);
  const assertion = assertionOf(fields, header, stringifyJson(claims));
  return await tokenOf(around, url, {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: around.secrets.keep(assertion),
  });
}

function assertionOf(fields: JsonFields, header: readonly [string, string][], claims: string): string {
  const pem = fields.text('private_key');
  try {
    const key = createPrivateKey(pem);
    return signCompactJws({ protected: objectOf(header), payload: Buffer.from(claims), key });
  } catch (error) {
    // What OpenSSL says may have parts of the text in it.
    throw fields.invalid(
      'private_key',
      error instanceof EnvelopeError ? 'is no RSA key' : 'is no private key in PEM',
    );
  }
}

/** RFC 6749, 6. */
async function ofUser(around: Surroundings, fields: JsonFields): Promise<Found> {
  const found = await tokenOf(around, googleUrl(fields, 'token_uri', tokenAddress), {
    grant_type: 'refresh_token',
    client_id: fields.text('client_id'),
    client_secret: around.secrets.keep(fields.text('client_secret')),
    refresh_token: around.secrets.keep(fields.text('refresh_token')),
  });
  const quotaProject =
    around.variable('GOOGLE_CLOUD_QUOTA_PROJECT') ?? fields.optionalText('quota_project_id');
  return { ...found, value: { ...found.value, quotaProject } };
}

/** A token of another identity provider, exchanged for one of Google's (RFC 8693), and that for one of a service account. */
async function ofExternalAccount(around: Surroundings, fields: JsonFields): Promise<Found> {
  const impersonates = fields.has('service_account_impersonation_url');
  const exchanged = await tokenOf(
    around,
    googleUrl(fields, 'token_url', 'https://sts.googleapis.com/v1/token'),
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: fields.text('audience'),
      scope: impersonates ? cloudScope : scope,
      subject_token_type: fields.text('subject_token_type'),
      subject_token: await subjectToken(around, fields.required('credential_source')),
    },
  );
  if (!impersonates) return exchanged;
  const answer = await askFields(around, 'the answer with the token of the service account', {
    url: googleUrl(fields, 'service_account_impersonation_url'),
    method: 'POST',
    authorization: `Bearer ${exchanged.value.token}`,
    body: objectOf([['scope', [scope]]]),
  });
  const expires = Date.parse(answer.optionalText('expireTime') ?? '');
  const token = around.secrets.keep(answer.text('accessToken'));
  return { value: { token }, ...(Number.isNaN(expires) ? {} : { expires }) };
}

async function subjectToken(around: Surroundings, source: JsonFields): Promise<string> {
  const file = source.optionalText('file');
  const address = source.optionalText('url');
  if (file === undefined && address === undefined)
    throw source.invalid(
      '',
      'names neither a file nor a url: keelson runs no programs, and asks no other clouds',
    );
  const text =
    file === undefined
      ? Buffer.from(await ask(around, requestOf(around, source, address ?? ''))).toString('utf8')
      : around.file(file, `${source.place('file')}`);
  const format = source.object('format');
  const member =
    format?.optionalText('type') === 'json' ? format.text('subject_token_field_name') : undefined;
  const token =
    member === undefined
      ? text.trim()
      : answerFields(Buffer.from(text), 'the token of the identity provider', 'KMS_CREDENTIALS_MISSING').text(
          member,
        );
  return around.secrets.keep(token);
}

function requestOf(around: Surroundings, source: JsonFields, address: string): ServiceRequest {
  const url = URL.parse(address);
  if (url === null) throw source.invalid('url', 'is no URL');
  const headers = [...source.map('headers', 20)].map(([name, value]) => [name, around.secrets.keep(value)]);
  return { url, headers: Object.fromEntries(headers) };
}

/** RFC 6749, 5.1. */
async function tokenOf(around: Surroundings, url: URL, form: Record<string, string>): Promise<Found> {
  const body = new URLSearchParams(form);
  const answer = await askFields(around, 'the answer with the access token', { url, method: 'POST', body });
  return accessOf(around, answer);
}

function accessOf(around: Surroundings, answer: JsonFields): Found {
  const token = around.secrets.keep(answer.text('access_token'));
  return { value: { token }, expires: around.timing.now() + answer.count('expires_in') * 1_000 };
}

async function ofMachine(around: Surroundings): Promise<Found> {
  const host = around.variable('GCE_METADATA_HOST') ?? 'metadata.google.internal';
  const url = URL.parse(`http://${host}/computeMetadata/v1/instance/service-accounts/default/token`);
  if (url === null || url.host !== host.toLowerCase()) throw missing('GCE_METADATA_HOST is no host');
  const request = { url, headers: { 'metadata-flavor': 'Google' }, isMetadata: true };
  try {
    return accessOf(around, await askFields(around, 'the answer of the metadata server', request));
  } catch (cause) {
    if (!(cause instanceof HttpError)) throw cause;
    throw missing(
      `no credentials for Google Cloud: set ${named}, or call gcloud auth application-default login; and this is no machine of Google Cloud (${cause.message})`,
    );
  }
}
