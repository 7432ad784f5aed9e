import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { objectOf } from '@keelson/core';
import { type HttpClient, metadataClient, Secrets } from '@keelson/http';
import { SigstoreError } from './errors.ts';
import { answerFields, below, bodyOf, post } from './exchange.ts';

/** For whom tokens are made out: Fulcio takes no others. */
const audience = 'sigstore';
/** Where a Pod finds a token that was projected for cosign. */
const projected = '/var/run/sigstore/cosign/oidc-token';
const maxTokenBytes = 1 << 16;
const programMilliseconds = 30_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** What the surroundings are asked with; tests give their own. */
export interface AmbientOptions {
  readonly environment?: Environment;
  /** Gives what a program prints. */
  readonly run?: (program: string, args: readonly string[]) => Promise<string>;
  /** Where a Pod's token is. */
  readonly tokenFile?: string;
  /** The metadata server of Google Cloud. */
  readonly metadataServer?: string;
}

interface Surroundings extends Required<AmbientOptions> {
  readonly http: HttpClient;
}

/** Undefined where the surroundings are others. */
type Provider = (surroundings: Surroundings) => Promise<string | undefined>;

/** Named as cosign names its providers, where it has them. */
const providers = {
  'github-actions': gitHubActions,
  'buildkite-agent': buildkite,
  circleci: circleCi,
  filesystem: async ({ tokenFile }) => await readToken(tokenFile),
  google,
} as const satisfies Readonly<Record<string, Provider>>;

export type AmbientProvider = keyof typeof providers;
export const ambientProviders: readonly AmbientProvider[] = Object.freeze([
  'github-actions',
  'buildkite-agent',
  'circleci',
  'filesystem',
  'google',
]);
/** Asked without being named. The metadata server of a cloud is not: it is no server that the user knows of. */
const unasked = ambientProviders.filter((name) => name !== 'google');

/**
 * The identity token that the surroundings offer: `SIGSTORE_ID_TOKEN` (GitLab CI writes it where it is told to), or what one of the
 * providers makes out. With a provider named, no other is looked at.
 *
 * @returns undefined where nothing offers one
 * @throws SigstoreError IDENTITY_TOKEN_MISSING for a named provider that is not there, SIGSTORE_REFUSED, SIGSTORE_ANSWER_INVALID;
 *   HttpError
 */
export async function ambientToken(
  http: HttpClient,
  named?: AmbientProvider,
  options: AmbientOptions = {},
): Promise<string | undefined> {
  const surroundings: Surroundings = {
    http,
    environment: options.environment ?? process.env,
    run: options.run ?? printedBy,
    tokenFile: options.tokenFile ?? projected,
    metadataServer: options.metadataServer ?? 'http://metadata.google.internal',
  };
  if (named !== undefined) {
    const token = await providers[named](surroundings);
    if (token !== undefined) return token.trim();
    throw new SigstoreError('IDENTITY_TOKEN_MISSING', `the surroundings are not those of ${named}`);
  }
  const { SIGSTORE_ID_TOKEN: given = '' } = surroundings.environment;
  if (given !== '') return given;
  for (const name of unasked) {
    const token = await providers[name](surroundings);
    if (token !== undefined) return token.trim();
  }
  return undefined;
}

/** A job with `permissions: id-token: write`. */
async function gitHubActions({ http, environment }: Surroundings): Promise<string | undefined> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer = '' } =
    environment;
  if (address === '' || bearer === '') return undefined;
  const url = below(address, '');
  url.searchParams.set('audience', audience);
  const secrets = new Secrets();
  const answer = await http.send({ url, authorization: `bearer ${secrets.keep(bearer)}` });
  return answerFields(await bodyOf(answer, url, { secrets }), 'the answer of GitHub Actions').text('value');
}

// buildkite/agent, api/oidc.go
async function buildkite({ http, environment }: Surroundings): Promise<string | undefined> {
  const { BUILDKITE_AGENT_ACCESS_TOKEN: secret = '', BUILDKITE_JOB_ID: job = '' } = environment;
  if (secret === '' || job === '') return undefined;
  const base = environment['BUILDKITE_AGENT_ENDPOINT'] ?? 'https://agent.buildkite.com/v3';
  const url = below(base, `/jobs/${encodeURIComponent(job)}/oidc/tokens`);
  const body = objectOf([['audience', audience]]);
  const answer = await post(http, { url, body, authorization: { scheme: 'Token', secret } });
  return answerFields(answer, 'the answer of Buildkite').text('token');
}

/** CircleCI has a program in every job that makes tokens out. */
async function circleCi({ environment, run }: Surroundings): Promise<string | undefined> {
  if ((environment['CIRCLECI'] ?? '') === '') return undefined;
  return await run('circleci', ['run', 'oidc', 'get', '--claims', JSON.stringify({ aud: audience })]);
}

/** A service account's token, by the metadata server. */
async function google({ metadataServer }: Surroundings): Promise<string | undefined> {
  const url = below(metadataServer, '/computeMetadata/v1/instance/service-accounts/default/identity');
  url.searchParams.set('audience', audience);
  url.searchParams.set('format', 'full');
  const answer = await metadataClient().send({ url, headers: { 'metadata-flavor': 'Google' } });
  return Buffer.from(await bodyOf(answer, url, { maxBytes: maxTokenBytes })).toString('utf8');
}

/** @throws SigstoreError IDENTITY_TOKEN_MISSING for a file that is there and holds no token that can be had */
async function readToken(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file);
    if (!found.isFile() || found.size > maxTokenBytes)
      throw new SigstoreError(
        'IDENTITY_TOKEN_MISSING',
        `${file} is no file of at most maxTokenBytes (${maxTokenBytes}) bytes`,
      );
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof SigstoreError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SigstoreError('IDENTITY_TOKEN_MISSING', `${file} cannot be read (${code})`, { cause: error });
  }
}

/** @throws SigstoreError SIGSTORE_REFUSED, without what the program printed: that may be half a token */
async function printedBy(program: string, args: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { timeout: programMilliseconds, maxBuffer: maxTokenBytes },
      (error, printed, told) => {
        if (error === null) resolve(printed);
        else
          reject(
            new SigstoreError(
              'SIGSTORE_REFUSED',
              `${program} made out no token: ${told.trim().slice(0, 300)}`,
              {
                cause: error,
              },
            ),
          );
      },
    );
  });
}
