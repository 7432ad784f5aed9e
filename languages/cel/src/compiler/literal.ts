import type { CelLiteral } from '../syntax/ast.ts';

/**
 * JavaScript source of a string. This is the only way in which text of an expression gets into generated
 * code: JSON's escapes, and the two line separators that JSON leaves as they are.
 */
export function stringSource(value: string): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (c) => (c === '\u2028' ? '\\u2028' : '\\u2029'));
}

/** JavaScript source of a literal and whether it needs the run-time (and so is worth a constant). */
export function literalSource(literal: CelLiteral): { source: string; constant: boolean } {
  switch (literal.type) {
    case 'null':
      return { source: 'null', constant: false };
    case 'bool':
      return { source: String(literal.value), constant: false };
    case 'string':
      return { source: stringSource(literal.value), constant: false };
    case 'int':
      return { source: intSource(literal.value), constant: false };
    case 'uint':
      return { source: `rt.uint(${literal.value}n)`, constant: true };
    case 'double':
      return { source: `rt.double(${Object.is(literal.value, -0) ? '-0' : literal.value})`, constant: true };
    case 'bytes':
      return { source: `rt.bytes([${literal.value.join(',')}])`, constant: true };
  }
}

function intSource(value: bigint): string {
  const text = Number.isSafeInteger(Number(value)) ? String(value) : `${value}n`;
  return value < 0n ? `(${text})` : text;
}
