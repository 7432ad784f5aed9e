import type { JsonObject } from '@keelson/core';

const clause =
  /^(!)?\s*(?:(all|global)\(\)|has\(\s*([\w./-]+)\s*\)|([\w./-]+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)')|([\w./-]+)\s+(not\s+in|in)\s*\{([^}]*)\})$/;

/**
 * Whether labels match a Calico selector made of clauses joined by `&&`. A selector in a wider form (`||`, brackets)
 * is taken to match: then no Pod is said to be without a policy wrongly.
 */
export function calicoSelects(selector: string, labels: JsonObject): boolean {
  const text = selector.trim();
  if (text === '') return true;
  if (text.includes('||') || /^\(/.test(text)) return true;
  return text.split('&&').every((part) => matchesClause(part.trim(), labels));
}

function matchesClause(text: string, labels: JsonObject): boolean {
  const match = clause.exec(text);
  if (match === null) return true;
  const [, not, every, present, key, operator, double, single, setKey, setOperator, set] = match;
  const result = (() => {
    if (every !== undefined) return true;
    if (present !== undefined) return Object.hasOwn(labels, present);
    if (key !== undefined) {
      const isEqual = Object.hasOwn(labels, key) && labels[key] === (double ?? single ?? '');
      return operator === '==' ? isEqual : !isEqual;
    }
    const values = (set ?? '').split(',').map((item) => item.trim().replace(/^["']|["']$/g, ''));
    const label = setKey !== undefined && Object.hasOwn(labels, setKey) ? labels[setKey] : undefined;
    const isIn = typeof label === 'string' && values.includes(label);
    return setOperator === 'in' ? isIn : !isIn;
  })();
  return not === undefined ? result : !result;
}
