import { childOf, isObject, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { callFunction, type QueryClock } from './functions.ts';
import { QueryFault, type QueryNode } from './query-syntax.ts';

export type { QueryClock } from './functions.ts';
export { parseQuery, QueryFault, type QueryNode } from './query-syntax.ts';

/** Values that one query may look at. */
const maxQuerySteps = 1_000_000;

/**
 * Evaluates a query over a document.
 *
 * @returns null where there is nothing, as JMESPath has it
 * @throws QueryFault
 */
export function evaluateQuery(query: QueryNode, document: JsonValue, clock: QueryClock): JsonValue {
  let steps = 0;
  const run = (node: QueryNode, current: JsonValue): JsonValue => {
    if (++steps > maxQuerySteps)
      throw new QueryFault(`the query takes more than maxQuerySteps (${maxQuerySteps}) steps`);
    switch (node.kind) {
      case 'current':
        return current;
      case 'literal':
        return node.value;
      case 'field':
        return isObject(current) ? memberOf(current, node.name, clock) : null;
      case 'index':
        return Array.isArray(current) ? (current.at(node.at) ?? null) : null;
      case 'chain':
        return run(node.next, run(node.first, current));
      case 'projection': {
        const found = run(node.of, current);
        if (!Array.isArray(found)) return null;
        const items = node.flattens ? found.flat() : found;
        const { where } = node;
        const kept = where === undefined ? items : items.filter((item) => isTrue(run(where, item)));
        return kept.map((item) => run(node.each, item)).filter((item) => item !== null);
      }
      case 'not':
        return !isTrue(run(node.operand, current));
      case 'and': {
        const left = run(node.left, current);
        return isTrue(left) ? run(node.right, current) : left;
      }
      case 'or': {
        const left = run(node.left, current);
        return isTrue(left) ? left : run(node.right, current);
      }
      case 'compare':
        return compare(node.operator, run(node.left, current), run(node.right, current));
      case 'list':
        return current === null ? null : node.items.map((item) => run(item, current));
      case 'object':
        return current === null
          ? null
          : objectOf(node.entries.map(([name, item]) => [name, run(item, current)]));
      case 'call':
        return callFunction(
          node.name,
          node.values.map((value) => run(value, current)),
          clock,
        );
    }
  };
  return run(query, document);
}

function memberOf(object: JsonObject, name: string, { partial = [] }: QueryClock): JsonValue {
  const found = childOf(object, name);
  if (found === undefined && partial.includes(object)) throw new QueryFault(`${name} is not known`);
  return found ?? null;
}

/** JMESPath, "Or Expressions": what is empty counts as false. */
function isTrue(value: JsonValue): boolean {
  if (value === null || value === false || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isObject(value) || Object.keys(value).length > 0;
}

function compare(operator: string, left: JsonValue, right: JsonValue): JsonValue {
  if (operator === '==' || operator === '!=') {
    const simple = (value: JsonValue) => typeof value !== 'object' || value === null;
    if (!simple(left) || !simple(right))
      throw new QueryFault('keelson does not compare lists and objects in queries');
    return (left === right) === (operator === '==');
  }
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}
