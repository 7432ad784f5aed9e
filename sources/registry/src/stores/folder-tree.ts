import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { RegistryError } from '../errors.ts';
import { type FileTree, streamFile, systemReason } from './file-tree.ts';

/** A folder. A link in it that leads out is as if it were not there. */
export class FolderTree implements FileTree {
  readonly name: string;
  readonly #root: string;

  private constructor(name: string, root: string) {
    this.name = name;
    this.#root = root;
  }

  /** @throws RegistryError STORE_UNREADABLE */
  static async open(path: string): Promise<FolderTree> {
    try {
      const root = await realpath(path);
      if ((await stat(root)).isDirectory()) return new FolderTree(path, root);
    } catch (error) {
      throw new RegistryError('STORE_UNREADABLE', `${path}: ${systemReason(error)}`, { cause: error });
    }
    throw new RegistryError('STORE_UNREADABLE', `${path}: it is no folder`);
  }

  async size(path: string): Promise<number | undefined> {
    const file = await this.#inside(path);
    const found = file === undefined ? undefined : await stat(file);
    return found?.isFile() === true ? found.size : undefined;
  }

  async *stream(path: string): AsyncGenerator<Uint8Array> {
    const file = await this.#inside(path);
    if (file === undefined) throw new RegistryError('STORE_INVALID', `${this.name}: it has no file ${path}`);
    yield* streamFile(file);
  }

  async names(folder: string): Promise<readonly string[]> {
    const found = await this.#inside(folder);
    if (found === undefined) return [];
    try {
      return await readdir(found);
    } catch (error) {
      throw new RegistryError('STORE_UNREADABLE', `${this.name}/${folder}: ${systemReason(error)}`, {
        cause: error,
      });
    }
  }

  async #inside(path: string): Promise<string | undefined> {
    try {
      const file = await realpath(join(this.#root, path));
      return file.startsWith(`${this.#root}${sep}`) ? file : undefined;
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {}
}
