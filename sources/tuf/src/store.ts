import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TufError } from './errors.ts';
import { fileName } from './names.ts';

/** Keeps trusted metadata by the name of its role, or targets by their paths. */
export interface TufStore {
  /**
   * Undefined where there is nothing, or more than `maxBytes`.
   *
   * @throws TufError TUF_STORE
   */
  read(name: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** All of it or nothing. @throws TufError TUF_STORE */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** @throws TufError TUF_STORE */
  remove(name: string): Promise<void>;
}

/** A store that ends with the program. */
export class MemoryStore implements TufStore {
  readonly #entries = new Map<string, Uint8Array>();

  async read(name: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const bytes = this.#entries.get(name);
    return bytes !== undefined && bytes.length <= maxBytes ? bytes : undefined;
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.#entries.set(name, bytes);
  }

  async remove(name: string): Promise<void> {
    this.#entries.delete(name);
  }

  /** Names of what is stored, in order. */
  names(): readonly string[] {
    return [...this.#entries.keys()].sort();
  }
}

/** A store in a folder, a file for each name. A file is written beside and then put in place, so no reader sees half of one. */
export class DiskStore implements TufStore {
  readonly #folder: string;
  readonly #suffix: string;

  /** @param suffix of all names of files: `.json` for metadata */
  constructor(folder: string, suffix = '') {
    this.#folder = folder;
    this.#suffix = suffix;
  }

  async read(name: string, maxBytes: number): Promise<Uint8Array | undefined> {
    try {
      await using file = await open(this.#path(name), 'r');
      const { size } = await file.stat();
      return size <= maxBytes ? await file.readFile() : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw fault(`cannot read ${this.#path(name)}`, error);
    }
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(name);
    const beside = join(this.#folder, `.${randomUUID()}.tmp`);
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeSynced(beside, bytes);
      await rename(beside, path);
    } catch (error) {
      await rm(beside, { force: true }).catch(() => undefined);
      throw fault(`cannot write ${path}`, error);
    }
  }

  async remove(name: string): Promise<void> {
    try {
      await rm(this.#path(name), { force: true });
    } catch (error) {
      throw fault(`cannot remove ${this.#path(name)}`, error);
    }
  }

  #path(name: string): string {
    return join(this.#folder, fileName(name) + this.#suffix);
  }
}

/**
 * Stores of one repository in a folder that many share: what one repository serves is never taken for another one's.
 *
 * @param url of the repository's metadata
 */
export function repositoryStores(
  folder: string,
  url: string,
): { store: DiskStore; rootHistory: DiskStore; targetStore: DiskStore } {
  const own = join(folder, fileName(url));
  return {
    store: new DiskStore(join(own, 'metadata'), '.json'),
    rootHistory: new DiskStore(join(own, 'roots'), '.json'),
    targetStore: new DiskStore(join(own, 'targets')),
  };
}

// The bytes must be on the disk before the name is: after a crash, an empty file would stand there else.
async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'wx');
  await file.writeFile(bytes);
  await file.sync();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function fault(message: string, cause: unknown): TufError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TufError('TUF_STORE', `${message}: ${reason}`, { cause });
}
