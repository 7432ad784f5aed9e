import { PkiError } from './errors.ts';
import { pkiLimits } from './limits.ts';

export interface PemBlock {
  /** `CERTIFICATE`, `PUBLIC KEY` and the like. */
  readonly label: string;
  readonly bytes: Uint8Array;
}

const boundary = /^-----(BEGIN|END) ([ -~]{1,64})-----[ \t]*$/;

/**
 * Every block of a text in the strict and lax forms of RFC 7468: text may stand around blocks, headers of old (`Proc-Type`)
 * are refused.
 * @throws PkiError PEM_INVALID with the line, PEM_LIMIT
 */
export function readPem(text: string): readonly PemBlock[] {
  if (text.length > pkiLimits.maxPemBytes)
    throw new PkiError(
      'PEM_LIMIT',
      `a PEM text has more than ${pkiLimits.maxPemBytes} characters (maxPemBytes)`,
    );
  const blocks: PemBlock[] = [];
  let open: { label: string; line: number; lines: string[] } | undefined;
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    const current = text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end);
    start = end + 1;
    line++;
    if (!current.startsWith('-----') || (open === undefined && !/^-----(BEGIN|END)/.test(current))) {
      open?.lines.push(current);
      continue;
    }
    const [, kind, label = ''] = boundary.exec(current) ?? [];
    if (kind === undefined) throw fault(`line ${line} begins with dashes and is neither BEGIN nor END`);
    if (kind === 'BEGIN') {
      if (open !== undefined) throw fault(`the block of line ${open.line} has no END before line ${line}`);
      open = { label, line, lines: [] };
      continue;
    }
    if (open === undefined) throw fault(`line ${line} ends a block that has no BEGIN`);
    if (open.label !== label)
      throw fault(`line ${line} ends ${label}, but line ${open.line} begins ${open.label}`);
    if (blocks.length === pkiLimits.maxPemBlocks)
      throw new PkiError(
        'PEM_LIMIT',
        `a PEM text has more than ${pkiLimits.maxPemBlocks} blocks (maxPemBlocks)`,
      );
    blocks.push({ label, bytes: base64(open.lines, open.line) });
    open = undefined;
  }
  if (open !== undefined) throw fault(`the block of line ${open.line} has no END`);
  return blocks;
}

/** The blocks' text again, 64 characters a line. */
export function writePem(label: string, bytes: Uint8Array): string {
  const body =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${body.map((each) => `${each}\n`).join('')}-----END ${label}-----\n`;
}

/** @param begin line of the block's BEGIN. */
function base64(lines: readonly string[], begin: number): Uint8Array {
  const all = lines.map((each) => each.trim()).join('');
  const bytes = Buffer.from(all, 'base64');
  // Node's decoder leaves out what it does not know, so what it read is written again and held beside the text.
  if (all !== '' && bytes.toString('base64') === all) return bytes;
  throw base64Fault(lines, begin);
}

function base64Fault(lines: readonly string[], begin: number): PkiError {
  let isPadded = false;
  let isEmpty = true;
  for (const [at, each] of lines.entries()) {
    const part = each.trim();
    if (at === 0 && /^Proc-Type:.*ENCRYPTED/.test(part))
      return fault(
        `the block of line ${begin} is encrypted in a form of old that is not read: openssl pkcs8 -topk8 writes today’s`,
      );
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(part) || (isPadded && part !== ''))
      return fault(`line ${begin + 1 + at} is no base64`);
    isEmpty &&= part === '';
    isPadded ||= part.endsWith('=');
  }
  return fault(
    isEmpty
      ? `the block of line ${begin} is empty`
      : `the base64 of the block of line ${begin} has a wrong end`,
  );
}

function fault(message: string): PkiError {
  return new PkiError('PEM_INVALID', message);
}
