import { homedir } from 'node:os';
import { join } from 'node:path';
import { HttpClient } from '@keelson/http';
import {
  type Freshness,
  httpFetch,
  publicSigstoreRoot,
  repositoryStores,
  rootVersion,
  SigstoreRepository,
  TufError,
} from '@keelson/tuf';
import { CommandError } from '../errors.ts';
import { tell } from '../stderr.ts';
import { readInput } from './input.ts';
import type { TrustValues } from './trusted-root.ts';

/** What a repository of The Update Framework says of a Sigstore instance. */
export interface RepositoryTrust {
  /** @throws TufError, HttpError */
  trustedRoot(): Promise<Uint8Array>;
  /** Undefined where it has none. @throws TufError, HttpError */
  signingConfig(): Promise<Uint8Array | undefined>;
  /** The keys of npm's registry. @throws TufError, HttpError */
  npmKeys(): Promise<Uint8Array>;
}

/**
 * A repository and what was kept of it.
 *
 * @param mirror its address
 * @param freshness where the network may be asked
 * @throws CommandError USAGE
 */
export function sigstoreRepository(
  mirror: string,
  values: TrustValues,
  freshness: Exclude<Freshness, 'stored'>,
): RepositoryTrust {
  const url = addressOf(mirror);
  const file = values['tuf-root'];
  const repository = new SigstoreRepository({
    metadataUrl: url,
    root: file === undefined ? publicSigstoreRoot : firstRoot(file),
    ...repositoryStores(join(cacheFolder(), 'tuf'), url),
    freshness: values.offline === true ? 'stored' : freshness,
    ...(values.offline === true ? {} : { fetch: httpFetch(new HttpClient()) }),
    now: () => Date.now(),
  });
  if (values.offline === true && values.quiet !== true)
    tell(`--offline: not checked: whether ${url} has revoked or renewed anything since it was last asked`);
  return {
    trustedRoot: () => explained(url, values, () => repository.trustedRoot()),
    signingConfig: () => explained(url, values, () => repository.signingConfig()),
    npmKeys: () => explained(url, values, () => repository.npmKeys()),
  };
}

/** Without a slash at the end, so that both spellings are one repository. */
function addressOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || url.search !== '' || url.hash !== '')
    throw new CommandError('USAGE', '--tuf-mirror: it is the URL of a repository, without a query');
  return url.href.replace(/\/+$/, '');
}

function firstRoot(file: string): Uint8Array {
  const bytes = readInput(file);
  try {
    rootVersion(bytes);
    return bytes;
  } catch (error) {
    if (!(error instanceof TufError)) throw error;
    throw new CommandError('USAGE', `--tuf-root ${file}: ${error.message}`, { cause: error });
  }
}

/** Where keelson keeps what it may ask for again (XDG Base Directory Specification: a relative path counts as none). */
function cacheFolder(): string {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  return join(given.startsWith('/') ? given : join(homedir(), '.cache'), 'keelson');
}

/** A repository's fault with its address, and what may be done. */
async function explained<T>(url: string, values: TrustValues, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof TufError)) throw error;
    const hint = hintFor(error, values);
    throw new TufError(error.code, `${url}: ${error.message}${hint === '' ? '' : `; ${hint}`}`, {
      cause: error,
    });
  }
}

function hintFor({ code }: TufError, { offline, 'tuf-root': file }: TrustValues): string {
  if (offline === true && (code === 'TUF_EXPIRED' || code === 'TUF_NOT_AVAILABLE'))
    return 'with --offline nothing is fetched: run once without it';
  if (code === 'TUF_ROOT_UNKNOWN' && file === undefined)
    return "it is no mirror of Sigstore's own repository, so give --tuf-root FILE";
  return '';
}
