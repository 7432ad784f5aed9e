import { RegoError } from '../errors.ts';

/** A file of an archive. */
export interface ArchiveFile {
  /** With `/`, without one in front. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const blockSize = 512;

/** Bounds on what an archive may hold. */
export interface ArchiveLimits {
  readonly maxFiles: number;
}

export const defaultArchiveLimits: ArchiveLimits = Object.freeze({ maxFiles: 100_000 });

/**
 * The plain files of a tar archive (POSIX.1-2017 ustar and pax, and the long names of GNU). Links, devices and folders
 * are left out; bytes are parts of the archive's own.
 *
 * @throws RegoError `bundle_error` for a damaged archive, a path that leaves it, or too many files.
 */
export function readTar(archive: Uint8Array, limits: ArchiveLimits = defaultArchiveLimits): ArchiveFile[] {
  const files: ArchiveFile[] = [];
  let longName: string | undefined;
  for (let at = 0; at < archive.length; ) {
    const header = archive.subarray(at, at + blockSize);
    if (header.length < blockSize) throw damaged('it ends within a header');
    if (header.every((byte) => byte === 0)) break;
    checkSum(header);
    const size = octal(header, 124, 12);
    const begin = at + blockSize;
    if (begin + size > archive.length) throw damaged('it ends within a file');
    const bytes = archive.subarray(begin, begin + size);
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'L') longName = text(bytes);
    else if (type === 'x') longName = paxPath(text(bytes)) ?? longName;
    else {
      if (type === '0' || type === '\0') files.push({ path: safePath(longName ?? nameOf(header)), bytes });
      longName = undefined;
      if (files.length > limits.maxFiles)
        throw damaged(`it has more than maxFiles (${limits.maxFiles}) files`);
    }
    at = begin + Math.ceil(size / blockSize) * blockSize;
  }
  return files;
}

function nameOf(header: Uint8Array): string {
  const name = text(header.subarray(0, 100));
  const isUstar = text(header.subarray(257, 262)) === 'ustar';
  const prefix = isUstar ? text(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** `path` of an extended header: records of `length key=value`, the length in bytes and of the whole record. */
function paxPath(records: string): string | undefined {
  for (const line of records.split('\n')) {
    const path = /^\d+ path=(.*)$/.exec(line)?.[1];
    if (path !== undefined) return path;
  }
  return undefined;
}

function safePath(path: string): string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  if (steps.includes('..')) throw damaged(`the path ${JSON.stringify(path)} leaves it`);
  return steps.join('/');
}

function checkSum(header: Uint8Array): void {
  let sum = 0;
  for (const [at, byte] of header.entries()) sum += at >= 148 && at < 156 ? 32 : byte;
  if (sum !== octal(header, 148, 8)) throw damaged('a header has a wrong check sum');
}

function octal(header: Uint8Array, from: number, length: number): number {
  const digits = text(header.subarray(from, from + length)).trim();
  if (!/^[0-7]*$/.test(digits)) throw damaged('a number in a header cannot be read');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function damaged(reason: string): RegoError {
  return new RegoError('bundle_error', `the archive cannot be read: ${reason}`);
}

/** A tar archive of files, the same bytes for the same files: no times and no owners. */
export function writeTar(files: readonly ArchiveFile[]): Uint8Array {
  const blocks = files.flatMap(({ path, bytes }) => [...headersOf(path, bytes.length), padded(bytes)]);
  blocks.push(new Uint8Array(2 * blockSize));
  return join(blocks);
}

function headersOf(path: string, size: number): Uint8Array[] {
  const name = new TextEncoder().encode(path);
  if (name.length <= 100) return [headerOf(name, size, '0')];
  const record = paxRecord(`path=${path}`);
  return [
    headerOf(new TextEncoder().encode('pax'), record.length, 'x'),
    padded(record),
    headerOf(name.subarray(0, 100), size, '0'),
  ];
}

/** The length that a record begins with counts its own digits. */
function paxRecord(pair: string): Uint8Array {
  const rest = new TextEncoder().encode(` ${pair}\n`).length;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return new TextEncoder().encode(`${length} ${pair}\n`);
}

function headerOf(name: Uint8Array, size: number, type: string): Uint8Array {
  const header = new Uint8Array(blockSize);
  const put = (at: number, value: string) => header.set(new TextEncoder().encode(value), at);
  header.set(name, 0);
  put(100, '0000600\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, `${size.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(148, '        ');
  put(156, type);
  put(257, 'ustar\u000000');
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / blockSize) * blockSize);
  whole.set(bytes);
  return whole;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
