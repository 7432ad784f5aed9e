import { decodeBase64 } from '../base64.ts';

export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const begin = '-----BEGIN ';
const end = '-----END ';
const dashes = '-----';

/**
 * The next block of a PEM text (RFC 7468) and what follows it, as Go reads them: text around blocks is passed
 * over, as are blocks that are not well formed.
 */
export function nextPemBlock(text: string): { readonly block: PemBlock | undefined; readonly rest: string } {
  let from = 0;
  for (;;) {
    const close = text.startsWith(end, from) ? from : lineStart(text, end, from);
    if (close < 0) return { block: undefined, rest: text };
    const open = text.lastIndexOf(begin, close - 1);
    const next = close + end.length;
    if (open >= from && (open === 0 || text[open - 1] === '\n')) {
      const found = readBlock(text, open, close);
      if (found !== undefined) return found;
    }
    from = next;
  }
}

function lineStart(text: string, mark: string, from: number): number {
  const at = text.indexOf(`\n${mark}`, Math.max(from - 1, 0));
  return at < 0 ? -1 : at + 1;
}

function readBlock(text: string, open: number, close: number): { block: PemBlock; rest: string } | undefined {
  const [header = '', ...lines] = text.slice(open + begin.length, close).split('\n');
  const typeLine = header.trimEnd();
  if (!typeLine.endsWith(dashes)) return undefined;
  const type = typeLine.slice(0, -dashes.length);
  while (lines[0]?.includes(':') === true) lines.shift();
  const trailer = text.slice(close + end.length);
  const endOfLine = trailer.indexOf('\n');
  const lastLine = endOfLine < 0 ? trailer : trailer.slice(0, endOfLine);
  if (lastLine.trimEnd() !== `${type}${dashes}`) return undefined;
  const bytes = decodeBase64(lines.join('\n').replace(/[ \t]/g, ''), 'standard');
  if (typeof bytes === 'number') return undefined;
  return { block: { type, bytes }, rest: endOfLine < 0 ? '' : trailer.slice(endOfLine + 1) };
}

/** All blocks of a text. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let left = text;
  while (left !== '') {
    const { block, rest } = nextPemBlock(left);
    if (block === undefined) break;
    blocks.push(block);
    left = rest;
  }
  return blocks;
}
