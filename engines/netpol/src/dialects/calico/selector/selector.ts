/** A Calico selector as read: "Selectors" in the reference of NetworkPolicy (docs.tigera.io). */
export type Selector =
  | { type: 'all' | 'global' }
  | { type: 'has'; label: string }
  | { type: 'compare'; operator: Comparison; label: string; value: string }
  /** Values sorted by their UTF-8 bytes, each once. */
  | { type: 'set'; operator: 'in' | 'not in'; label: string; values: readonly string[] }
  | { type: 'not'; operand: Selector }
  /** Two operands or more. */
  | { type: 'and' | 'or'; operands: readonly Selector[] };

export type Comparison = '==' | '!=' | 'contains' | 'starts with' | 'ends with';

/** The one text of selectors that are written alike but for spaces, quotes and order of sets; it reads as the same. */
export function canonicalSelector(selector: Selector): string {
  switch (selector.type) {
    case 'all':
    case 'global':
      return `${selector.type}()`;
    case 'has':
      return `has(${selector.label})`;
    case 'compare':
      return `${selector.label} ${selector.operator} ${quoted(selector.value)}`;
    case 'set':
      return `${selector.label} ${selector.operator} {${selector.values.map(quoted).join(', ')}}`;
    case 'not':
      return `!${canonicalSelector(selector.operand)}`;
    default: {
      const sign = selector.type === 'and' ? ' && ' : ' || ';
      return `(${selector.operands.map(canonicalSelector).join(sign)})`;
    }
  }
}

/** A string holds no quote of its own kind, so one of the two always serves. */
function quoted(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}

/** Texts by their code points, which is by their UTF-8 bytes. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  let i = 0;
  while (i < a.length && i < b.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  const left = a.charCodeAt(i);
  const right = b.charCodeAt(i);
  // Surrogates stand for code points above all others of 16 bits.
  const above = Number(isSurrogate(left)) - Number(isSurrogate(right));
  if (Number.isNaN(left) || Number.isNaN(right)) return a.length - b.length;
  return above !== 0 ? above : left - right;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
