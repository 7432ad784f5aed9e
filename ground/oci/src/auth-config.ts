import { isObject, type JsonObject, JsonSyntaxError, type JsonValue, parseJson } from '@keelson/core';
import { OciError } from './errors.ts';

/** What proves to a registry who asks. Never part of a message. */
export type Credentials =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** A refresh token of OAuth 2. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** Sent to the registry as it is. */
  | { readonly kind: 'registry-token'; readonly token: string };

/** Where credentials are: in the file, or with a program `docker-credential-NAME` that is asked about an address. */
export type CredentialPlace =
  | { readonly kind: 'credentials'; readonly credentials: Credentials }
  | { readonly kind: 'helper'; readonly name: string; readonly address: string };

/** A Docker `config.json` or a podman `auth.json`. */
export interface AuthConfig {
  /** By registry, or by registry and the beginning of a repository's path; without scheme, `docker.io` for Docker Hub. */
  readonly credentials: ReadonlyMap<string, Credentials>;
  /** Helpers by registry. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The helper for all others. */
  readonly defaultHelper: string | undefined;
}

/** The address under which Docker keeps the credentials of Docker Hub. */
const hubAddress = 'https://index.docker.io/v1/';
const hubNames = new Set(['index.docker.io', 'registry-1.docker.io', 'docker.io']);

/**
 * @param file for messages.
 * @throws OciError AUTH_CONFIG_INVALID, without what stands in the file.
 */
export function parseAuthConfig(text: string, file: string): AuthConfig {
  const config = objectFrom(file, text);
  const credentials = new Map<string, Credentials>();
  for (const [address, entry] of entriesOf(config['auths'], file, 'auths')) {
    const found = credentialsFrom(entry, file, address);
    const key = keyOf(address);
    if (found !== undefined && !credentials.has(key)) credentials.set(key, found);
  }
  const helpers = new Map<string, string>();
  for (const [address, name] of entriesOf(config['credHelpers'], file, 'credHelpers'))
    helpers.set(keyOf(address), helperName(name, file));
  const store = config['credsStore'];
  const hasStore = store !== undefined && store !== null && store !== '';
  return { credentials, helpers, defaultHelper: hasStore ? helperName(store, file) : undefined };
}

function objectFrom(file: string, text: string): JsonObject {
  if (text.trim() === '') return objectFrom(file, '{}');
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw fault(file, error.message);
  }
  throw fault(file, 'it is no object');
}

function entriesOf(value: JsonValue | undefined, file: string, name: string): [string, JsonValue][] {
  if (value === undefined || value === null) return [];
  if (!isObject(value)) throw fault(file, `${name} is no object`);
  return Object.entries(value);
}

function credentialsFrom(entry: JsonValue, file: string, address: string): Credentials | undefined {
  if (!isObject(entry)) throw fault(file, `auths.${address} is no object`);
  const text = (name: string): string => {
    const value = entry[name] ?? '';
    if (typeof value !== 'string') throw fault(file, `auths.${address}.${name} is no text`);
    return value;
  };
  const identity = text('identitytoken');
  if (identity !== '') return { kind: 'identity-token', token: identity };
  const registry = text('registrytoken');
  if (registry !== '') return { kind: 'registry-token', token: registry };
  const auth = text('auth');
  if (auth === '') {
    const username = text('username');
    return username === '' ? undefined : { kind: 'basic', username, password: text('password') };
  }
  const pair = decodeBase64(auth);
  const colon = pair?.indexOf(':') ?? -1;
  if (pair === undefined || colon <= 0)
    throw fault(file, `auths.${address}.auth is not base64 of name:password`);
  // Old versions of docker end the password in zeros.
  return {
    kind: 'basic',
    username: pair.slice(0, colon),
    password: pair.slice(colon + 1).replace(/\0+$/, ''),
  };
}

function decodeBase64(text: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
    );
  } catch {
    return undefined;
  }
}

/** The name becomes part of a program's name, so it is a plain word. */
function helperName(value: JsonValue, file: string): string {
  if (typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)) return value;
  throw fault(file, 'the name of a credential helper is not a plain word');
}

/** An address as it stands in the file, without scheme and the API's version. */
function keyOf(address: string): string {
  const bare = address.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
  const slash = bare.indexOf('/');
  const host = slash < 0 ? bare : bare.slice(0, slash);
  return `${hubNames.has(host) ? 'docker.io' : host}${slash < 0 ? '' : bare.slice(slash)}`;
}

/**
 * Where the credentials for a repository are: with the registry's own helper, in the file under the longest beginning of the
 * repository's name, or with the default helper.
 *
 * @param registry as a reference has it, with its port: `docker.io` for Docker Hub.
 */
export function credentialPlace(
  config: AuthConfig,
  registry: string,
  repository: string,
): CredentialPlace | undefined {
  const own = config.helpers.get(registry);
  const address = registry === 'docker.io' ? hubAddress : registry;
  if (own !== undefined) return { kind: 'helper', name: own, address };
  const steps = [registry, ...repository.split('/').filter((step) => step !== '')];
  for (let length = steps.length; length > 0; length--) {
    const credentials = config.credentials.get(steps.slice(0, length).join('/'));
    if (credentials !== undefined) return { kind: 'credentials', credentials };
  }
  return config.defaultHelper === undefined
    ? undefined
    : { kind: 'helper', name: config.defaultHelper, address };
}

/**
 * The answer of a credential helper to `get` (docker/docker-credential-helpers): a user name `<token>` says that the secret is
 * an identity token.
 *
 * @throws OciError AUTH_CONFIG_INVALID, without the answer.
 */
export function parseHelperAnswer(text: string, helper: string): Credentials {
  const answer = objectFrom(`docker-credential-${helper}`, text);
  const { Username: username, Secret: secret } = answer;
  if (typeof username !== 'string' || typeof secret !== 'string')
    throw fault(`docker-credential-${helper}`, 'the answer has no Username and Secret');
  return username === '<token>'
    ? { kind: 'identity-token', token: secret }
    : { kind: 'basic', username, password: secret };
}

function fault(file: string, reason: string): OciError {
  return new OciError('AUTH_CONFIG_INVALID', reason, { location: { file } });
}
