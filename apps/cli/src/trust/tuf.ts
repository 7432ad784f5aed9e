import { homedir } from 'node:os';
import { join } from 'node:path';
import { HttpClient } from '@keelson/http';
import type { TrustRepository } from '@keelson/image-policies';
import {
  archivedRepository,
  type Freshness,
  httpFetch,
  MemoryStore,
  npmKeysTarget,
  publicSigstoreRoot,
  repositoryStores,
  rootVersion,
  type SigstoreOptions,
  SigstoreRepository,
  TufError,
} from '@keelson/tuf';
import { CommandError } from '../errors.ts';
import { tell } from '../stderr.ts';
import { readInput } from './input.ts';
import { type TrustValues, untoldOf } from './trust-flags.ts';

/** What a repository of The Update Framework says of a Sigstore instance. */
export interface RepositoryTrust {
  /** @throws TufError, HttpError */
  trustedRoot(): Promise<Uint8Array>;
  /** Undefined where it has none. @throws TufError, HttpError */
  signingConfig(): Promise<Uint8Array | undefined>;
  /** The keys of npm's registry. @throws TufError, HttpError */
  npmKeys(): Promise<Uint8Array>;
}

/** Metadata is small: who gives it slower than this gives it to nobody. */
const limits = { totalMilliseconds: 60_000 };

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
  const url = addressOf('--tuf-mirror', mirror);
  const file = values['tuf-root'];
  const root = file === undefined ? publicSigstoreRoot : firstRoot(`--tuf-root ${file}`, readInput(file));
  const repository = openMirror({ metadataUrl: url, root, freshness }, values);
  return {
    trustedRoot: () => explained(url, values, () => repository.trustedRoot()),
    signingConfig: () => explained(url, values, () => repository.signingConfig()),
    npmKeys: () => explained(url, values, () => repository.target(npmKeysTarget)),
  };
}

/**
 * What the repository of a TrustRoot says is trusted: that of an archive as it is, that of a mirror as `sigstoreRepository` has it.
 *
 * @throws CommandError USAGE; TufError, HttpError
 */
export async function trustedRootOfRepository(
  { name, root: bytes, place, targets, target }: TrustRepository,
  values: TrustValues,
): Promise<Uint8Array> {
  const root = firstRoot(`the TrustRoot ${name}`, bytes);
  if ('mirror' in place) {
    const url = addressOf(`the TrustRoot ${name}`, place.mirror);
    if (values.offline === true && values.quiet !== true) tell(`not checked: ${untoldOf(url)}`);
    const targetsUrl = `${url}/${targets}`;
    const repository = openMirror({ metadataUrl: url, targetsUrl, root, freshness: 'unexpired' }, values);
    return await explained(url, values, () => repository.target(target));
  }
  return await explained(`the TrustRoot ${name}`, {}, async () => {
    const archive = await archivedRepository(place.archive, 'repository');
    const targetsUrl = `${archive.metadataUrl}${targets}`;
    const store = new MemoryStore();
    return await new SigstoreRepository({ ...archive, targetsUrl, root, store, now: Date.now }).target(
      target,
    );
  });
}

function openMirror(
  options: Pick<SigstoreOptions, 'root' | 'targetsUrl' | 'freshness'> & { readonly metadataUrl: string },
  { offline }: TrustValues,
): SigstoreRepository {
  return new SigstoreRepository({
    ...options,
    ...repositoryStores(join(cacheFolder(), 'tuf'), options.metadataUrl),
    ...(offline === true ? { freshness: 'stored' } : { fetch: httpFetch(new HttpClient({ limits })) }),
    now: Date.now,
  });
}

/** Without a slash at the end, so that both spellings are one repository. */
function addressOf(where: string, text: string): string {
  const url = URL.parse(text);
  if (url === null || url.search !== '' || url.hash !== '')
    throw new CommandError('USAGE', `${where}: a mirror is the URL of a repository, without a query`);
  return url.href.replace(/\/+$/, '');
}

function firstRoot(where: string, bytes: Uint8Array): Uint8Array {
  try {
    rootVersion(bytes);
    return bytes;
  } catch (error) {
    if (!(error instanceof TufError)) throw error;
    throw new CommandError('USAGE', `${where}: ${error.message}`, { cause: error });
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
