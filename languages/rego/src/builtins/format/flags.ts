/** What stands between `%` and the verb, as Go's package fmt reads it. */
export interface Flags {
  sharp: boolean;
  zero: boolean;
  plus: boolean;
  minus: boolean;
  space: boolean;
  /** `%#v` and `%+v`, which are flags of their own. */
  sharpV: boolean;
  plusV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

export function noFlags(): Flags {
  return {
    sharp: false,
    zero: false,
    plus: false,
    minus: false,
    space: false,
    sharpV: false,
    plusV: false,
    width: undefined,
    precision: undefined,
  };
}

/** The text brought to the width, which counts code points; zeros only stand on the left. */
export function pad(text: string, flags: Flags, mayBeZeros = true): string {
  const missing = (flags.width ?? 0) - [...text].length;
  if (missing <= 0) return text;
  if (flags.minus) return text + ' '.repeat(missing);
  return (mayBeZeros && flags.zero ? '0' : ' ').repeat(missing) + text;
}
