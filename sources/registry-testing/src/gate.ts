import { randomUUID } from 'node:crypto';
import type { Exchange } from './exchange.ts';
import { RegistryFault } from './fault.ts';

/** How a registry asks who is there. */
export type Authentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'bearer';
      readonly username: string;
      readonly password: string;
      /** A refresh token that counts as much as the password. */
      readonly identityToken?: string;
      /** Anybody may pull. */
      readonly publicPull?: boolean;
    };

/** What a request needs: as in a token's scope, `repository:NAME:ACTION`. */
export interface Need {
  readonly repository: string;
  readonly action: 'pull' | 'push' | 'delete';
}

/** Lets requests in, and gives tokens for them (distribution's token authentication). */
export class Gate {
  readonly #authentication: Authentication;
  readonly #origin: () => string;
  readonly #granted = new Map<string, ReadonlySet<string>>();
  /** The scopes of every token that was given. */
  readonly tokens: (readonly string[])[] = [];

  constructor(authentication: Authentication, origin: () => string) {
    this.#authentication = authentication;
    this.#origin = origin;
  }

  /** @throws RegistryFault UNAUTHORIZED, DENIED */
  check(exchange: Exchange, needs: readonly Need[]): void {
    const rules = this.#authentication;
    if (rules.kind === 'none') return;
    const given = exchange.header('authorization');
    if (rules.kind === 'basic') {
      if (given !== basic(rules)) throw unauthorized('Basic realm="registry"');
      return;
    }
    const granted = this.#granted.get(given?.replace(/^Bearer /, '') ?? '');
    const missing = needs.filter(
      ({ repository, action }) => granted?.has(`${repository}:${action}`) !== true,
    );
    if (granted !== undefined && missing.length === 0) return;
    const scopes = needs.map(({ repository, action }) => `repository:${repository}:${action}`);
    const scope = scopes.length === 0 ? '' : `,scope="${scopes.join(' ')}"`;
    throw unauthorized(`Bearer realm="${this.#origin()}/token",service="test"${scope}`);
  }

  /** Answers at `/token`: with GET for a name and password, with POST for a refresh token (OAuth 2). */
  async token(exchange: Exchange): Promise<void> {
    const rules = this.#authentication;
    if (rules.kind !== 'bearer') throw new RegistryFault(404, 'UNSUPPORTED', 'no tokens here');
    const isPost = exchange.method === 'POST';
    const form = new URLSearchParams(isPost ? new TextDecoder().decode(await exchange.body(65_536)) : '');
    const isKnown = isPost
      ? form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === rules.identityToken
      : exchange.header('authorization') === basic(rules);
    const isAnonymous =
      !isPost && exchange.header('authorization') === undefined && rules.publicPull === true;
    if (!isKnown && !isAnonymous) throw new RegistryFault(401, 'UNAUTHORIZED', 'wrong name or password');
    const scopes = (isPost ? (form.get('scope') ?? '') : exchange.query.getAll('scope').join(' ')).split(' ');
    const token = randomUUID();
    this.#granted.set(token, new Set(scopes.flatMap((scope) => pairsOf(scope, isAnonymous))));
    this.tokens.push(scopes.filter((scope) => scope !== ''));
    exchange.json(200, isPost ? { access_token: token, expires_in: 300 } : { token, expires_in: 300 });
  }
}

function pairsOf(scope: string, isAnonymous: boolean): string[] {
  const [, repository = '', actions = ''] = /^repository:([^:]+):([a-z,*]+)$/.exec(scope) ?? [];
  const wanted = actions.split(',').filter((action) => !isAnonymous || action === 'pull');
  return wanted.map((action) => `${repository}:${action}`);
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

function unauthorized(challenge: string): RegistryFault {
  return new RegistryFault(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
}
