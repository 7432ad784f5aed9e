import { KeelsonError } from '@keelson/core';

/**
 * The text of bytes: of the encoding that a byte order mark says, else of `declared`, else UTF-8. The mark is no part
 * of the text.
 *
 * @throws KeelsonError CONFIGURATION_ENCODING
 */
export function decode(file: string, bytes: Uint8Array, declared?: string): string {
  const encoding = markOf(bytes) ?? declared ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const message = `the bytes are no text in ${encoding.slice(0, 40)}`;
    throw new KeelsonError('CONFIGURATION_ENCODING', message, { location: { file }, cause: error });
  }
}

function markOf([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

/** The encoding that an XML text names in its first line (XML 1.0, 4.3.3); undefined where it names none. */
export function declaredInXml(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 200));
  return /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']/.exec(head)?.[1];
}
