import type { JsonObject, JsonValue } from '@keelson/core';

/** Whether an object's labels match. */
type LabelPredicate = (labels: JsonObject) => boolean;

const clause =
  /^(!)?\s*(?:(all|global)\(\)|has\(\s*([\w./-]+)\s*\)|([\w./-]+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)')|([\w./-]+)\s+(not\s+in|in)\s*\{([^}]*)\})$/;

const everything: LabelPredicate = () => true;

/**
 * Reads a Calico selector made of clauses joined by `&&`. A selector in a wider form (`||`, brackets, `contains`)
 * is taken to match: then no Pod is said to be without a policy wrongly.
 */
export function calicoSelector(selector: string): LabelPredicate {
  const text = selector.trim();
  if (text === '' || text.includes('||') || text.startsWith('(')) return everything;
  const clauses = text.split('&&').map((part) => readClause(part.trim()));
  return (labels) => clauses.every((matches) => matches(labels));
}

function readClause(text: string): LabelPredicate {
  const match = clause.exec(text);
  if (match === null) return everything;
  const matches = readAffirmed(match);
  return match[1] === undefined ? matches : (labels) => !matches(labels);
}

function readAffirmed(match: RegExpExecArray): LabelPredicate {
  const [, , every, present, key, operator, double, single, setKey = '', setOperator, set = ''] = match;
  if (every !== undefined) return everything;
  if (present !== undefined) return (labels) => labelOf(labels, present) !== undefined;
  if (key !== undefined) {
    const wanted = double ?? single ?? '';
    return (labels) => (labelOf(labels, key) === wanted) === (operator === '==');
  }
  const values = new Set<JsonValue | undefined>(
    set.split(',').map((item) => item.trim().replace(/^["']|["']$/g, '')),
  );
  return (labels) => values.has(labelOf(labels, setKey)) === (setOperator === 'in');
}

function labelOf(labels: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
