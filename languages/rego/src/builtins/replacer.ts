import { decodeUtf8, encodeUtf8 } from '../values/index.ts';

export type Replacement = readonly [old: string, replacement: string];

/**
 * The text with every old string replaced, as Go's strings.Replacer does it: at each place the first pair
 * that matches counts, and an empty old string matches at every place once. `onLength` is told how long the
 * result has become.
 */
export function replaceAll(
  text: string,
  pairs: readonly Replacement[],
  onLength: (length: number) => void,
): string {
  // Go goes by bytes, which shows only where the empty string matches between those of a character.
  const isBytewise = pairs.some(([old]) => old === '') && !/^[\u0000-\u007f]*$/.test(text);
  if (!isBytewise) return replace(text, pairs, onLength);
  const bytewise = pairs.map(([old, replacement]): Replacement => [binary(old), binary(replacement)]);
  return decodeUtf8(Uint8Array.from(replace(binary(text), bytewise, onLength), (unit) => unit.charCodeAt(0)));
}

/** A text of one unit for each byte. */
function binary(text: string): string {
  return Array.from(encodeUtf8(text), (byte) => String.fromCharCode(byte)).join('');
}

function replace(text: string, pairs: readonly Replacement[], onLength: (length: number) => void): string {
  const byStart = groupByStart(pairs);
  let out = '';
  let copied = 0;
  let wasEmpty = false;
  for (let i = 0; i <= text.length; ) {
    const match = matchAt(text, i, byStart, pairs, wasEmpty);
    wasEmpty = match !== undefined && match[0] === '';
    if (match === undefined) {
      i++;
      continue;
    }
    out += text.slice(copied, i) + match[1];
    i += match[0].length;
    copied = i;
    onLength(out.length);
  }
  return out + text.slice(copied);
}

/** The places of the pairs by the first unit of their old string; those of empty ones by ''. */
function groupByStart(pairs: readonly Replacement[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [index, [old]] of pairs.entries()) {
    const group = groups.get(old.charAt(0));
    if (group === undefined) groups.set(old.charAt(0), [index]);
    else group.push(index);
  }
  return groups;
}

function matchAt(
  text: string,
  position: number,
  byStart: Map<string, number[]>,
  pairs: readonly Replacement[],
  wasEmpty: boolean,
): Replacement | undefined {
  const empty = wasEmpty ? undefined : byStart.get('')?.[0];
  const start = position < text.length ? byStart.get(text.charAt(position)) : undefined;
  const index = start?.find((candidate) => text.startsWith(pairs[candidate]?.[0] ?? '', position));
  const first = Math.min(index ?? pairs.length, empty ?? pairs.length);
  return pairs[first];
}
