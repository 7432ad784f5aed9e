import { ManifestError } from './errors.ts';

/** UTF-8, or UTF-16 with a byte order mark; anything with NUL bytes is no text. @throws ManifestError INPUT_NOT_TEXT */
export function decodeText(bytes: Uint8Array, file: string): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: encoding === 'utf-8' }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch (error) {
    throw new ManifestError('INPUT_NOT_TEXT', `not valid ${encoding} text`, {
      location: { file },
      cause: error,
    });
  }
  throw new ManifestError('INPUT_NOT_TEXT', 'binary data, not text', { location: { file } });
}
