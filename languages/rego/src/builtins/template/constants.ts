import { type Constant, GoFloat } from './nodes.ts';
import type { Token } from './tokens.ts';
import { unquote } from './unquote.ts';

/** The value of a literal; undefined where the token is none or is not well written. */
export function constantOf({ kind, text }: Token): Constant | undefined {
  switch (kind) {
    case 'string':
      return unquote(text);
    case 'character': {
      const character = unquote(`"${text.slice(1, -1).replace('"', '\\"').replace("\\'", "'")}"`);
      const code = character?.codePointAt(0);
      return code === undefined ? undefined : BigInt(code);
    }
    case 'number':
      return numberOf(text.replaceAll('_', ''));
  }
  return undefined;
}

function numberOf(text: string): bigint | GoFloat {
  const match = /^([+-]?)(0[xXbBoO])?(\w+)$/.exec(text);
  const isInteger = match !== null && (match[2] !== undefined || /^\d+$/.test(match[3] ?? ''));
  if (!isInteger) return new GoFloat(Number(text));
  const digits = match[3] ?? '0';
  const isOctal = match[2] === undefined && /^0[0-7]+$/.test(digits);
  const magnitude = BigInt(isOctal ? `0o${digits}` : (match[2] ?? '') + digits);
  return match[1] === '-' ? -magnitude : magnitude;
}
