import { HttpClient } from '@keelson/http';
import { chosenServices, type SigningConfig, subjectOfToken } from '@keelson/signing';
import {
  ambientProviders,
  ambientToken,
  browserToken,
  clientToken,
  deviceToken,
  discover,
  type OidcClient,
  type OidcProvider,
  SigstoreError,
} from '@keelson/sigstore';
import { CommandError } from '../errors.ts';
import { choiceOf } from '../flag-values.ts';
import { tell } from '../stderr.ts';
import { readInput } from './input.ts';
import { openBrowser } from './open-browser.ts';

const flows = ['normal', 'device', 'token', 'client_credentials'] as const;
type Flow = (typeof flows)[number];

/** Flags that say who signs without a key, named as cosign's. */
export const identityFlags = {
  'identity-token': { type: 'string', value: 'text' },
  'fulcio-auth-flow': { type: 'string', value: { choices: flows } },
  'oidc-issuer': { type: 'string', value: 'text' },
  'oidc-client-id': { type: 'string', value: 'text' },
  'oidc-client-secret-file': { type: 'string', value: 'file' },
  'oidc-provider': { type: 'string', value: { choices: ambientProviders } },
  'oidc-disable-ambient-providers': { type: 'boolean' },
} as const;

export const identityHelp = `  --identity-token TOKEN
                       who signs, without a key: an OpenID Connect token, or a file that holds one; else SIGSTORE_ID_TOKEN, or the one
                       of a job of GitHub Actions, Buildkite or CircleCI; else, at a terminal, whoever signs in with a browser
  --fulcio-auth-flow FLOW
                       how somebody signs in: normal (with a browser), device (with a code, on another machine), client_credentials (a
                       program with a secret); or token, which is --identity-token
  --oidc-issuer URL    where; else the identity provider that the signing config names
  --oidc-client-id ID  as what keelson is known there (default sigstore)
  --oidc-client-secret-file FILE
                       the secret that goes with that
  --oidc-provider NAME
                       the one that makes out a token, and no other: ${ambientProviders.join(', ')}
  --oidc-disable-ambient-providers
                       take no token of the surroundings`;

export type IdentityValues = {
  readonly [Name in Exclude<keyof typeof identityFlags, 'oidc-disable-ambient-providers'>]?:
    | string
    | undefined;
} & { readonly 'oidc-disable-ambient-providers'?: boolean | undefined };

const ofSignIn = ['oidc-issuer', 'oidc-client-id', 'oidc-client-secret-file'] as const;
const defaultClient = 'sigstore';

/** The flag that is given, of those that say who signs without a key. */
export function identityFlagIn(values: IdentityValues): string | undefined {
  return Object.keys(identityFlags).find((name) =>
    Object.entries(values).some(([given, value]) => given === name && value !== undefined),
  );
}

/** How the identity token comes about. */
type TokenSource =
  | { readonly kind: 'given'; readonly text: string }
  | { readonly kind: 'provider'; readonly name: (typeof ambientProviders)[number] }
  | { readonly kind: 'sign-in'; readonly flow: Exclude<Flow, 'token'> }
  | { readonly kind: 'surroundings' };

/**
 * What gives the identity token. Flags that nothing would look at are refused now, and nobody is asked before it is called.
 *
 * @throws CommandError USAGE
 */
export function tokenGetter(
  values: IdentityValues,
  config: SigningConfig,
  now: number,
): () => Promise<string> {
  const source = sourceOf(values);
  switch (source.kind) {
    case 'given': {
      const token = tokenIn(source.text);
      return async () => token;
    }
    case 'provider':
      return async () => (await ambientToken(new HttpClient(), source.name)) ?? missing(true);
    case 'sign-in': {
      const signIn = signInOf(source.flow, values, config, now);
      return async () => await signIn();
    }
    case 'surroundings': {
      const isAsked = values['oidc-disable-ambient-providers'] !== true;
      return async () => {
        const token = isAsked ? await ambientToken(new HttpClient()) : undefined;
        if (token !== undefined) return token;
        return isTerminal() ? await signInOf('normal', values, config, now)() : missing(isAsked);
      };
    }
  }
}

function sourceOf(values: IdentityValues): TokenSource {
  const flow = choiceOf('fulcio-auth-flow', values['fulcio-auth-flow'], flows);
  const name = choiceOf('oidc-provider', values['oidc-provider'], ambientProviders);
  const text = values['identity-token'];
  const signIn = ofSignIn.find((each) => values[each] !== undefined);
  const refuse = (one: string, other: string) =>
    new CommandError('USAGE', `--${one} and --${other} do not go together: only one would be looked at`);
  if (text !== undefined) {
    const other = signIn ?? (name === undefined ? undefined : 'oidc-provider');
    if (other !== undefined) throw refuse('identity-token', other);
    if (flow !== undefined && flow !== 'token') throw refuse('identity-token', `fulcio-auth-flow ${flow}`);
    return { kind: 'given', text };
  }
  if (flow === 'token')
    throw new CommandError('USAGE', '--fulcio-auth-flow token goes with --identity-token');
  if (name !== undefined) {
    const other = signIn ?? (flow === undefined ? undefined : 'fulcio-auth-flow');
    if (other !== undefined) throw refuse('oidc-provider', other);
    if (values['oidc-disable-ambient-providers'] === true)
      throw refuse('oidc-provider', 'oidc-disable-ambient-providers');
    return { kind: 'provider', name };
  }
  if (flow !== undefined) return { kind: 'sign-in', flow };
  if (signIn === undefined) return { kind: 'surroundings' };
  if (isTerminal()) return { kind: 'sign-in', flow: 'normal' };
  throw new CommandError('USAGE', `--${signIn} goes with --fulcio-auth-flow where there is no terminal`);
}

/** What signs somebody in. @throws CommandError USAGE */
function signInOf(
  flow: Exclude<Flow, 'token'>,
  values: IdentityValues,
  config: SigningConfig,
  now: number,
): () => Promise<string> {
  const issuer =
    values['oidc-issuer'] ?? chosenServices(config.identityProviders, { kind: 'any' }, [1], now)[0]?.url;
  if (issuer !== undefined && !/^https?:$/.test(URL.parse(issuer)?.protocol ?? ''))
    throw new CommandError('USAGE', `--oidc-issuer ${issuer}: it is the address of an identity provider`);
  if (issuer === undefined)
    throw new CommandError('USAGE', 'the signing config names no identity provider: give --oidc-issuer URL');
  const client = clientOf(values);
  return async () => {
    const http = new HttpClient();
    const token = await signedIn(http, await discover(http, issuer), flow, client);
    tell(`signed in at ${issuer} as ${subjectOfToken(token)}`);
    return token;
  };
}

async function signedIn(
  http: HttpClient,
  provider: OidcProvider,
  flow: Exclude<Flow, 'token'>,
  client: OidcClient,
): Promise<string> {
  if (flow === 'client_credentials') {
    const { secret } = client;
    if (secret === undefined)
      throw new CommandError(
        'USAGE',
        '--fulcio-auth-flow client_credentials goes with --oidc-client-secret-file',
      );
    return await clientToken(http, provider, { ...client, secret });
  }
  if (flow === 'device')
    return await deviceToken(http, provider, {
      client,
      prompt: ({ code, address, completeAddress }) =>
        tell(
          `To sign in, open ${address} in a browser and enter the code ${code}${completeAddress === undefined ? '' : `, or open ${completeAddress}`}`,
        ),
    });
  return await browserToken(http, provider, {
    client,
    open: (address) => {
      tell(
        `To sign in, go on in the browser. If it does not open on this machine, open there:\n${address}\nFor a browser on another machine: --fulcio-auth-flow device`,
      );
      openBrowser(address);
    },
  });
}

function clientOf(values: IdentityValues): OidcClient {
  const file = values['oidc-client-secret-file'];
  const id = values['oidc-client-id'] ?? defaultClient;
  return file === undefined ? { id } : { id, secret: readInput(file).toString('utf8').trim() };
}

/** Whether somebody is there who can sign in. */
function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true && (process.env['CI'] ?? '') === '';
}

/** @param isAsked whether the surroundings were asked: what they could do is advice only then */
function missing(isAsked: boolean): never {
  const offers = isAsked
    ? 'set SIGSTORE_ID_TOKEN, let a job of GitHub Actions have id-token: write, '
    : 'do without --oidc-disable-ambient-providers, ';
  throw new SigstoreError(
    'IDENTITY_TOKEN_MISSING',
    `no identity token: give --identity-token, ${offers}or sign in with --fulcio-auth-flow normal or device`,
  );
}

/**
 * A token, which as JSON in base64url begins with `eyJ`, or what stands in the file of that name. No message shows it: it may be a token
 * that lost its first letters.
 */
function tokenIn(text: string): string {
  if (text.trimStart().startsWith('eyJ')) return text;
  try {
    return readInput(text).toString('utf8');
  } catch {
    throw new CommandError('USAGE', '--identity-token is neither a token nor a file that can be read');
  }
}
