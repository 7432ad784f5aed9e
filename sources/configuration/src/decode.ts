import { decodeText, KeelsonError, TextEncodingError } from '@keelson/core';

/**
 * The text of bytes, without a byte order mark.
 *
 * @param declared the encoding, where there is no mark; UTF-8 where it is not given.
 * @throws KeelsonError CONFIGURATION_ENCODING
 */
export function decode(file: string, bytes: Uint8Array, declared?: string): string {
  try {
    return decodeText(bytes, { declared });
  } catch (error) {
    if (!(error instanceof TextEncodingError)) throw error;
    throw new KeelsonError('CONFIGURATION_ENCODING', error.message, { location: { file }, cause: error });
  }
}

/** The encoding that an XML text names in its first line (XML 1.0, 4.3.3); undefined where it names none. */
export function declaredInXml(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 200));
  return /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']/.exec(head)?.[1];
}
