/** Bytes that are no text of the encoding that they say. */
export class TextEncodingError extends Error {
  readonly encoding: string;

  constructor(encoding: string, options?: ErrorOptions) {
    super(`the bytes are no text in ${encoding}`, options);
    this.name = 'TextEncodingError';
    this.encoding = encoding;
  }
}

export interface TextOptions {
  /** What is said of the encoding elsewhere; UTF-8 where it is not given. A byte order mark counts more. */
  readonly declared?: string | undefined;
  /** Leave the byte order mark of UTF-8 in the text, so that its offsets are those of the bytes. */
  readonly keepMark?: boolean;
}

/**
 * The text of bytes in UTF-8, UTF-16 with a byte order mark, or the encoding that is declared (WHATWG Encoding, 4.2).
 *
 * @throws TextEncodingError
 */
export function decodeText(
  bytes: Uint8Array,
  { declared = 'utf-8', keepMark = false }: TextOptions = {},
): string {
  const marked = markedEncoding(bytes);
  const encoding = marked ?? declared;
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: keepMark && marked === undefined }).decode(
      bytes,
    );
  } catch (error) {
    throw new TextEncodingError(encoding.slice(0, 40), { cause: error });
  }
}

function markedEncoding([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}
