import { decodeText as decode, TextEncodingError } from '@keelson/core';
import { ManifestError } from './errors.ts';

/** UTF-8, or UTF-16 with a byte order mark; anything with NUL bytes is no text. @throws ManifestError INPUT_NOT_TEXT */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    const text = decode(bytes, { keepMark: true });
    if (!text.includes('\0')) return text;
  } catch (error) {
    if (!(error instanceof TextEncodingError)) throw error;
    throw new ManifestError('INPUT_NOT_TEXT', `not valid ${error.encoding} text`, {
      location: { file },
      cause: error,
    });
  }
  throw new ManifestError('INPUT_NOT_TEXT', 'binary data, not text', { location: { file } });
}
