/**
 * Text from input made harmless for a terminal: control characters (C0, DEL, C1) and the bidirectional controls
 * that reorder what is read are written as escapes; tabs become spaces.
 */
export function terminalSafe(text: string): string {
  return text.replaceAll('\t', '    ').replace(unsafe, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/g;
