import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { RegistryError } from '../errors.ts';
import type { RegistryLimits } from '../limits.ts';
import { type FileTree, streamFile, systemReason } from './file-tree.ts';

type Entry =
  | { readonly kind: 'file'; readonly from: number; readonly size: number }
  | { readonly kind: 'link'; readonly target: string };

type Limits = Pick<RegistryLimits, 'maxArchiveEntries' | 'maxArchiveBytes'>;

const headerSize = 512;
const maxLinks = 8;

/** A tar archive on disk: its heads are read once, its files where they stand. One that is compressed is unpacked beside first. */
export class TarTree implements FileTree {
  readonly name: string;
  readonly #file: string;
  readonly #entries: ReadonlyMap<string, Entry>;
  /** Removed at the end. */
  readonly #folder: string | undefined;

  private constructor(
    name: string,
    file: string,
    entries: ReadonlyMap<string, Entry>,
    folder: string | undefined,
  ) {
    this.name = name;
    this.#file = file;
    this.#entries = entries;
    this.#folder = folder;
  }

  /** @throws RegistryError STORE_UNREADABLE, STORE_INVALID, REGISTRY_LIMIT */
  static async open(path: string, limits: Limits): Promise<TarTree> {
    let folder: string | undefined;
    try {
      const compression = await compressionOf(path);
      folder = compression === undefined ? undefined : await mkdtemp(join(tmpdir(), 'keelson-'));
      const file = folder === undefined ? path : join(folder, 'archive.tar');
      if (compression !== undefined) await unpack(path, file, compression, limits);
      return new TarTree(path, file, await readEntries(path, file, limits), folder);
    } catch (error) {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
      if (error instanceof RegistryError) throw error;
      const isSystem = error instanceof Error && 'syscall' in error;
      throw isSystem
        ? new RegistryError('STORE_UNREADABLE', `${path}: ${systemReason(error)}`, { cause: error })
        : new RegistryError('STORE_INVALID', `${path}: it is no whole tar archive`, { cause: error });
    }
  }

  async size(path: string): Promise<number | undefined> {
    return this.#find(path)?.size;
  }

  async *stream(path: string): AsyncGenerator<Uint8Array> {
    const found = this.#find(path);
    if (found === undefined) throw new RegistryError('STORE_INVALID', `${this.name}: it has no file ${path}`);
    if (found.size === 0) return;
    yield* streamFile(this.#file, { start: found.from, end: found.from + found.size - 1 });
  }

  async names(folder: string): Promise<readonly string[]> {
    const start = `${folder}/`;
    return [...this.#entries.keys()]
      .filter((path) => path.startsWith(start))
      .map((path) => path.slice(start.length));
  }

  /** Links lead to files of the archive itself: old versions of docker write equal layers once. */
  #find(path: string): Extract<Entry, { kind: 'file' }> | undefined {
    let at = path;
    for (let links = 0; links <= maxLinks; links++) {
      const entry = this.#entries.get(at);
      if (entry?.kind !== 'link') return entry;
      at = entry.target;
    }
    return undefined;
  }

  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}

type Compression = () => NodeJS.ReadWriteStream;

async function compressionOf(path: string): Promise<Compression | undefined> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(new Uint8Array(4), 0, 4, 0);
    const magic = Buffer.from(buffer).toString('hex');
    if (magic.startsWith('1f8b')) return createGunzip;
    return magic === '28b52ffd' ? createZstdDecompress : undefined;
  } finally {
    await file.close();
  }
}

async function unpack(path: string, file: string, compression: Compression, limits: Limits): Promise<void> {
  const { maxArchiveBytes } = limits;
  let size = 0;
  const bounded = new Transform({
    transform: (piece: Uint8Array, _encoding, done) => {
      size += piece.length;
      if (size <= maxArchiveBytes) done(null, piece);
      else
        done(
          new RegistryError(
            'REGISTRY_LIMIT',
            `${path}: more than maxArchiveBytes (${maxArchiveBytes}) unpacked`,
          ),
        );
    },
  });
  await pipeline(createReadStream(path), compression(), bounded, createWriteStream(file, { mode: 0o600 }));
}

async function readEntries(
  path: string,
  file: string,
  { maxArchiveEntries }: Limits,
): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  const tar = extract();
  const reading = pipeline(createReadStream(file), tar);
  const listing = (async () => {
    let count = 0;
    for await (const source of tar) {
      if (++count > maxArchiveEntries)
        throw new RegistryError(
          'REGISTRY_LIMIT',
          `${path}: more than maxArchiveEntries (${maxArchiveEntries}) entries`,
        );
      const inside = insidePath(source.header.name);
      const entry = entryOf(source.header, source.offset + headerSize);
      source.resume();
      if (inside === undefined || entry === undefined) continue;
      // Programs differ in which of two counts.
      if (entries.has(inside))
        throw new RegistryError('STORE_INVALID', `${path}: ${JSON.stringify(inside)} stands in it twice`);
      entries.set(inside, entry);
    }
  })();
  const faults = (await Promise.allSettled([listing, reading])).flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  // A bound is the cause; that the other end closes early is what comes of it.
  const fault = faults.find((one) => one instanceof RegistryError) ?? faults[0];
  if (fault !== undefined) throw fault;
  return entries;
}

/** @param from where the content begins. */
function entryOf({ name, type, size, linkname }: Header, from: number): Entry | undefined {
  if (type === 'file') return { kind: 'file', from, size };
  if (type !== 'symlink' && type !== 'link') return undefined;
  // A hard link goes from the root of the archive, a symbolic one from its own folder.
  const target = insidePath(type === 'symlink' ? posix.join(posix.dirname(name), linkname) : linkname);
  return target === undefined ? undefined : { kind: 'link', target };
}

/** A path in the archive without `.` and doubled slashes; undefined for one that leads out. */
function insidePath(path: string): string | undefined {
  if (path.length > 4_096 || path.startsWith('/')) return undefined;
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  return steps.includes('..') || steps.length === 0 ? undefined : steps.join('/');
}
