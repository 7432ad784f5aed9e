import { basicAuthorization, type HttpAnswer, type HttpClient, onwardUrl, type Timing } from '@keelson/http';
import { type Challenge, type Credentials, parseChallenges } from '@keelson/oci';
import type { CredentialProvider } from './credentials.ts';
import { RegistryError } from './errors.ts';
import { objectIn } from './json.ts';
import type { RegistryLimits } from './limits.ts';
import { type ScopeSet, scopesOfChallenge, scopeTexts } from './scopes.ts';

interface Token {
  readonly scopes: ScopeSet;
  readonly token: string;
  /** On the clock's time. */
  readonly expires: number;
}

interface AuthorizerParts {
  readonly http: HttpClient;
  readonly registry: string;
  readonly plainHttp: boolean;
  readonly credentials: CredentialProvider;
  readonly limits: RegistryLimits;
  readonly now: Timing['now'];
}

/** What to say to who has no credentials for a registry that wants some. */
export const withoutCredentials = 'there are none for this registry: docker login and podman login keep some';

const maxTokens = 100;
/** Seconds that a token lasts where its service does not say (distribution, token specification). */
const defaultLifetime = 60;
/** Seconds before its end at which a token is no longer used. */
const margin = 10;

/** Proves to one registry who asks: with a name and password, or with tokens that its token service gives for them. */
export class Authorizer {
  readonly #parts: AuthorizerParts;
  #basic: string | undefined;
  #tokens: Token[] = [];
  #lacks = false;

  constructor(parts: AuthorizerParts) {
    this.#parts = parts;
  }

  /** True once credentials were looked for and there are none. */
  get lacksCredentials(): boolean {
    return this.#lacks;
  }

  /** What is known to open the scopes; undefined before the registry has asked. */
  known(scopes: ScopeSet): string | undefined {
    if (this.#basic !== undefined) return this.#basic;
    const now = this.#parts.now();
    this.#tokens = this.#tokens.filter(({ expires }) => expires > now);
    const found = this.#tokens.find((token) => [...scopes].every((scope) => token.scopes.has(scope)));
    return found === undefined ? undefined : `Bearer ${found.token}`;
  }

  /**
   * Answers the challenges of a registry. They must come from the registry itself: what a redirect led to gets no credentials.
   *
   * @returns the `Authorization` to send; undefined where there is none to give.
   * @throws RegistryError CREDENTIALS_UNAVAILABLE, REGISTRY_DENIED, REGISTRY_ANSWER_INVALID; HttpError
   */
  async answer(from: URL, header: string, scopes: ScopeSet, repository: string): Promise<string | undefined> {
    const challenges = parseChallenges(header);
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    const credentials = await this.#parts.credentials(this.#parts.registry, repository);
    this.#lacks = credentials === undefined;
    if (bearer !== undefined) return `Bearer ${await this.#bearer(from, bearer, scopes, credentials)}`;
    if (credentials?.kind !== 'basic' || !challenges.some(({ scheme }) => scheme === 'basic'))
      return undefined;
    this.#basic = basicAuthorization(credentials);
    return this.#basic;
  }

  async #bearer(
    from: URL,
    { parameters }: Challenge,
    scopes: ScopeSet,
    credentials: Credentials | undefined,
  ): Promise<string> {
    if (credentials?.kind === 'registry-token') return checkedToken(credentials.token);
    const wanted = new Set([...scopes, ...scopesOfChallenge(parameters.get('scope'))]);
    const realm = parameters.get('realm');
    if (realm === undefined)
      throw new RegistryError(
        'REGISTRY_ANSWER_INVALID',
        `${from.host} asks for a token and does not say where from`,
      );
    // The rules of redirects: no way from https to http, and none from outside to this machine.
    const url = onwardUrl(from, realm, this.#parts.plainHttp);
    const service = parameters.get('service');
    const answer = await (credentials?.kind === 'identity-token'
      ? this.#refresh(url, service, wanted, credentials.token)
      : this.#fetch(url, service, wanted, credentials));
    const { token, lifetime } = await this.#tokenOf(url, answer);
    const expires = this.#parts.now() + Math.max(lifetime - margin, 1) * 1_000;
    this.#tokens = [{ scopes: wanted, token, expires }, ...this.#tokens].slice(0, maxTokens);
    return token;
  }

  #fetch(
    realm: URL,
    service: string | undefined,
    scopes: ScopeSet,
    credentials: Extract<Credentials, { kind: 'basic' }> | undefined,
  ): Promise<HttpAnswer> {
    const url = new URL(realm);
    if (service !== undefined) url.searchParams.set('service', service);
    for (const scope of scopeTexts(scopes)) url.searchParams.append('scope', scope);
    const authorization = credentials === undefined ? undefined : basicAuthorization(credentials);
    return this.#parts.http.send({ url, authorization, headers: { accept: 'application/json' } });
  }

  /** OAuth 2 (RFC 6749, 6), as Docker's registries take it for identity tokens. */
  #refresh(url: URL, service: string | undefined, scopes: ScopeSet, token: string): Promise<HttpAnswer> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'keelson',
      refresh_token: token,
    });
    if (service !== undefined) form.set('service', service);
    if (scopes.size > 0) form.set('scope', scopeTexts(scopes).join(' '));
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    return this.#parts.http.send({ url, method: 'POST', headers, body: form.toString() });
  }

  async #tokenOf({ host }: URL, answer: HttpAnswer): Promise<{ token: string; lifetime: number }> {
    const bytes = await answer.bytes(this.#parts.limits.maxTokenBytes);
    // The body may repeat what was sent, so it is not shown.
    if (answer.status === 401 || answer.status === 403)
      throw new RegistryError(
        'REGISTRY_DENIED',
        `${host} gives no token: ${this.#lacks ? `it wants credentials, and ${withoutCredentials}` : 'it wants other credentials'}`,
      );
    if (answer.status !== 200)
      throw new RegistryError('REGISTRY_FAILED', `${host} gives no token: status ${answer.status}`);
    const { token, access_token: access, expires_in: expires } = objectIn(bytes);
    const text = typeof token === 'string' && token !== '' ? token : access;
    if (typeof text !== 'string')
      throw new RegistryError('REGISTRY_ANSWER_INVALID', `${host}: its answer has no token`);
    const isLifetime = typeof expires === 'number' && expires > 0;
    return { token: checkedToken(text), lifetime: isLifetime ? expires : defaultLifetime };
  }
}

/** A token becomes part of a header, so it is one word (RFC 6750, 2.1). */
function checkedToken(token: string): string {
  if (/^[\x21-\x7e]{1,65536}$/.test(token)) return token;
  throw new RegistryError('REGISTRY_ANSWER_INVALID', 'a token is not a word of ASCII');
}
