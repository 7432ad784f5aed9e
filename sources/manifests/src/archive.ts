import { createReadStream, statSync } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { ManifestError } from './errors.ts';
import { fileKind, reasonOf } from './files.ts';
import type { FileLimits } from './limits.ts';

/** The files of an archive by their path in it. */
export type ArchiveFiles = Map<string, Uint8Array>;

/**
 * Reads the files of a `.tar`, `.tar.gz` or `.tgz` into memory. Entries whose path leaves the archive are
 * reported and left out; links and devices are never followed or made.
 * @throws ManifestError ARCHIVE_INVALID, or ARCHIVE_LIMIT naming the bound that was passed
 */
export async function readArchive(
  path: string,
  limits: FileLimits,
  report: (error: ManifestError) => void,
): Promise<ArchiveFiles> {
  const reader = new ArchiveReader(path, limits, report);
  try {
    await reader.read();
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    throw new ManifestError('ARCHIVE_INVALID', reasonOf(error), { location: { file: path }, cause: error });
  }
  return reader.files;
}

class ArchiveReader {
  readonly files: ArchiveFiles = new Map();
  readonly #path: string;
  readonly #limits: FileLimits;
  readonly #report: (error: ManifestError) => void;
  #entries = 0;

  constructor(path: string, limits: FileLimits, report: (error: ManifestError) => void) {
    this.#path = path;
    this.#limits = limits;
    this.#report = report;
  }

  async read(): Promise<void> {
    const tar = extract();
    const entries = this.#collect(tar);
    const input = createReadStream(this.#path);
    const unpacked = /\.tar$/i.test(this.#path)
      ? pipeline(input, this.#bounded(), tar)
      : pipeline(input, createGunzip(), this.#bounded(), tar);
    const faults = (await Promise.allSettled([unpacked, entries])).flatMap((result) =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    // A bound is the cause; that the other end closes early is what comes of it.
    const fault = faults.find((one) => one instanceof ManifestError) ?? faults[0];
    if (fault !== undefined) throw fault;
  }

  /** Counts what comes out, and stops at the bounds. */
  #bounded(): Transform {
    const { maxArchiveBytes, maxArchiveRatio } = this.#limits;
    const packed = Math.max(statSync(this.#path).size, 1);
    let bytes = 0;
    return new Transform({
      transform: (chunk: Uint8Array, _encoding, done) => {
        bytes += chunk.length;
        if (bytes > maxArchiveBytes)
          done(this.#limit(`more than maxArchiveBytes (${maxArchiveBytes}) unpacked`));
        else if (bytes > 1024 * 1024 && bytes / packed > maxArchiveRatio) {
          done(this.#limit(`unpacks to more than maxArchiveRatio (${maxArchiveRatio}) times its size`));
        } else done(null, chunk);
      },
    });
  }

  async #collect(tar: ReturnType<typeof extract>): Promise<void> {
    for await (const entry of tar) {
      const { name, type, size } = entry.header;
      if (++this.#entries > this.#limits.maxArchiveEntries) {
        throw this.#limit(`more than maxArchiveEntries (${this.#limits.maxArchiveEntries}) entries`);
      }
      const inside = insidePath(name);
      if (inside === undefined) {
        const shown = JSON.stringify(name.slice(0, 256));
        const fault =
          name.length > maxPath ? `has a path longer than ${maxPath}` : 'leads out of the archive';
        const message = `the entry ${shown} ${fault}`;
        this.#report(new ManifestError('ARCHIVE_INVALID', message, { location: { file: this.#path } }));
      }
      const wanted = inside !== undefined && type === 'file' && this.#isWanted(inside, size ?? 0);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) if (wanted && chunk instanceof Uint8Array) chunks.push(chunk);
      if (wanted && inside !== undefined) this.files.set(inside, Buffer.concat(chunks));
    }
  }

  /** Small files are all kept, as kustomizations may take data from any; large ones only when they are input. */
  #isWanted(inside: string, size: number): boolean {
    const { maxFileBytes } = this.#limits;
    if (size <= maxFileBytes) return size <= 1024 * 1024 || fileKind(inside) !== undefined;
    if (fileKind(inside) !== undefined) {
      const message = `${size} bytes are more than maxFileBytes (${maxFileBytes})`;
      this.#report(
        new ManifestError('INPUT_TOO_LARGE', message, { location: { file: `${this.#path}!${inside}` } }),
      );
    }
    return false;
  }

  #limit(message: string): ManifestError {
    return new ManifestError('ARCHIVE_LIMIT', message, { location: { file: this.#path } });
  }
}

/** Characters of a path, as Linux has it: work on paths grows with the square of their depth. */
const maxPath = 4_096;

/** A path inside the archive without `.` and doubled slashes; undefined when it leads out or is too long. */
function insidePath(name: string): string | undefined {
  if (name.length > maxPath) return undefined;
  const parts = name.replaceAll('\\', '/').split('/');
  if (name.startsWith('/') || parts.includes('..') || /^[A-Za-z]:/.test(name)) return undefined;
  return parts.filter((part) => part !== '' && part !== '.').join('/');
}
