import { gunzipSync } from 'node:zlib';
import { type ArchiveFile, RegoError, readTar } from '@keelson/rego';
import { BundleError } from './errors.ts';
import type { BundleLimits } from './limits.ts';

/**
 * The files of an archive: tar, in gzip or plain.
 *
 * @throws RegoError `bundle_error`; BundleError BUNDLE_LIMIT
 */
export function unpack(bytes: Uint8Array, limits: BundleLimits): ArchiveFile[] {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return readTar(isGzip ? unzip(bytes, limits) : bytes, limits);
}

function unzip(bytes: Uint8Array, { maxUnpackedBytes }: BundleLimits): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxUnpackedBytes });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new BundleError('BUNDLE_LIMIT', `more than maxUnpackedBytes (${maxUnpackedBytes}) unpacked`);
    throw new RegoError('bundle_error', 'the archive cannot be read: it is no whole gzip', { cause: error });
  }
}
