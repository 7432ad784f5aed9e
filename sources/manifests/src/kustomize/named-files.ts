import { fault } from './fault.ts';
import { folderOf, isBelow, joinPath } from './file-system.ts';
import type { Place } from './place.ts';
import { isRemote } from './resource-files.ts';
import { type BuildSession, type ReadFile, unreadable } from './session.ts';

/** The folder of a kustomization, as it was written and with every link followed. */
export interface NamingFolder {
  readonly folder: string;
  readonly realFolder: string;
}

/**
 * Files that kustomizations name. Each must stand in or below the folder of the one that names it, links followed.
 * Every method throws ManifestError KUSTOMIZE_FAILED at the place that names the file.
 */
export class NamedFiles {
  readonly #session: BuildSession;
  readonly #consumed: Set<string>;

  /** @param consumed takes the paths of the files that were read */
  constructor(session: BuildSession, consumed: Set<string>) {
    this.#session = session;
    this.#consumed = consumed;
  }

  /** The text of a file and its documents. */
  read(entry: string, at: Place, from: NamingFolder): ReadFile {
    return this.#take(entry, at, from, (path) => this.#session.read(path));
  }

  bytes(entry: string, at: Place, from: NamingFolder): Uint8Array {
    return this.#take(entry, at, from, (path) => this.#session.files.read(path));
  }

  #take<T>(entry: string, at: Place, from: NamingFolder, read: (path: string) => T | undefined): T {
    const path = this.#restricted(entry, at, from);
    let found: T | undefined;
    try {
      found = read(path);
    } catch (error) {
      unreadable(entry, at, error);
    }
    if (found === undefined) throw fault(`there is no file ${entry}`, at);
    this.#consumed.add(path);
    return found;
  }

  #restricted(entry: string, at: Place, { folder, realFolder }: NamingFolder): string {
    if (isRemote(entry)) throw fault(`${entry} is not fetched`, at);
    const path = joinPath(folder, entry);
    const real = this.#session.files.realPath(path);
    if (real === undefined) throw fault(`there is no file or folder ${entry}`, at);
    if (!isBelow(folderOf(real), realFolder))
      throw fault(`${entry} stands outside the folder of the kustomization`, at);
    return path;
  }
}
