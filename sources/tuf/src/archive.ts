import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { TufError } from './errors.ts';
import type { TufFetch } from './fetch.ts';

/** Bounds on an archive that is unpacked. Passing one is an error that names it. */
export interface TufArchiveLimits {
  readonly maxArchiveEntries: number;
  /** Bytes unpacked. */
  readonly maxArchiveBytes: number;
}

export const defaultTufArchiveLimits: TufArchiveLimits = Object.freeze({
  maxArchiveEntries: 10_000,
  maxArchiveBytes: 64 * 1024 * 1024,
});

/** Where a repository in an archive is, for `TufOptions`. */
export interface ArchivedRepository {
  readonly metadataUrl: string;
  readonly fetch: TufFetch;
}

const metadataUrl = 'archive:/';

/**
 * A repository in an archive (tar in gzip), as a client asks it. It is unpacked into memory; entries that are no files are passed over.
 *
 * @param folder of the archive in which `timestamp.json` is
 * @throws TufError TUF_ARCHIVE_INVALID, TUF_LIMIT
 */
export async function archivedRepository(
  archive: Uint8Array,
  folder: string,
  limits: TufArchiveLimits = defaultTufArchiveLimits,
): Promise<ArchivedRepository> {
  const files = await filesOf(archive, limits);
  const fetch: TufFetch = async (url, maxBytes) => {
    const path = pathOfUrl(url);
    const bytes = path === undefined ? undefined : files.get(`${folder}/${path}`);
    if (bytes !== undefined && bytes.length > maxBytes)
      throw new TufError('TUF_LIMIT', `${url} has ${bytes.length} bytes, more than ${maxBytes}`);
    return bytes;
  };
  return { metadataUrl, fetch };
}

async function filesOf(
  archive: Uint8Array,
  limits: TufArchiveLimits,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { maxArchiveEntries, maxArchiveBytes } = limits;
  // Few repositories are in archives, and those who read others need not load it.
  const { extract } = await import('tar-stream');
  const tar = extract();
  const files = new Map<string, Uint8Array>();
  const collect = async () => {
    let entries = 0;
    for await (const entry of tar) {
      if (++entries > maxArchiveEntries)
        throw beyond(`more than maxArchiveEntries (${maxArchiveEntries}) entries`);
      const path = pathOf(entry.header.name);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
      if (entry.header.type === 'file' && path !== undefined) files.set(path, Buffer.concat(chunks));
    }
  };
  let size = 0;
  const bounded = new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => {
      size += chunk.length;
      if (size > maxArchiveBytes) done(beyond(`more than maxArchiveBytes (${maxArchiveBytes}) unpacked`));
      else done(null, chunk);
    },
  });
  const unpacked = pipeline(Readable.from([archive]), createGunzip(), bounded, tar);
  const faults = (await Promise.allSettled([unpacked, collect()])).flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  // A bound is the cause; that the other end closes early is what comes of it.
  const fault: unknown = faults.find((each) => each instanceof TufError) ?? faults[0];
  if (fault instanceof TufError) throw fault;
  if (fault !== undefined)
    throw new TufError('TUF_ARCHIVE_INVALID', 'the repository is in no whole archive (tar in gzip)', {
      cause: fault,
    });
  return files;
}

const beyond = (what: string) => new TufError('TUF_LIMIT', `the archive of the repository has ${what}`);

/** Below the folder; undefined where nothing can be: who writes where targets stand may write anything. */
function pathOfUrl(url: string): string | undefined {
  try {
    return decodeURIComponent(url.slice(metadataUrl.length));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Without `.` and doubled slashes; undefined where it leads out. */
function pathOf(name: string): string | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts.join('/');
}
