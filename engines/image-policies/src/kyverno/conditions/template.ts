import { isObject, type JsonValue, objectOf } from '@keelson/core';
import { evaluateQuery, parseQuery, type QueryClock, QueryFault, type QueryNode } from './query.ts';

/** A value with its variables in place. @throws QueryFault */
export type Template = (document: JsonValue, clock: QueryClock) => JsonValue;

/**
 * A value of a policy whose texts may hold variables, `{{ query }}`. A text that is one variable becomes its value, of whatever type; in
 * other texts it has to be a text, a number or a truth value. What a variable gives is never read for variables again.
 *
 * @throws QueryFault for a query that keelson cannot read
 */
export function compileTemplate(value: JsonValue): Template {
  if (typeof value === 'string') return textTemplate(value);
  if (Array.isArray(value)) {
    const items = value.map(compileTemplate);
    return (document, clock) => items.map((item) => item(document, clock));
  }
  if (isObject(value)) {
    const entries = Object.entries(value).map(
      ([name, item]) => [name, compileTemplate(item ?? null)] as const,
    );
    return (document, clock) => objectOf(entries.map(([name, item]) => [name, item(document, clock)]));
  }
  return () => value;
}

function textTemplate(text: string): Template {
  const parts = partsOf(text);
  const [only, ...others] = parts;
  if (only === undefined) return () => '';
  if (others.length === 0)
    return typeof only === 'string' ? () => only : (...given) => resolved(only, ...given);
  return (...given) =>
    parts.map((part) => (typeof part === 'string' ? part : spliced(resolved(part, ...given)))).join('');
}

interface Variable {
  readonly text: string;
  readonly query: QueryNode;
}

function resolved({ query, text }: Variable, document: JsonValue, clock: QueryClock): JsonValue {
  const value = evaluateQuery(query, document, clock);
  if (value === null) throw new QueryFault(`there is nothing at {{ ${text.trim()} }}`);
  return value;
}

function spliced(value: JsonValue): string {
  if (typeof value === 'object') throw new QueryFault('a list or an object stands inside a text');
  return String(value);
}

/** Texts and variables in turn; empty texts are left out. */
function partsOf(text: string): readonly (string | Variable)[] {
  if (/\\\{\{|\$\(/.test(text))
    throw new QueryFault('keelson does not read escaped variables and references');
  const parts: (string | Variable)[] = [];
  let rest = 0;
  for (let start = text.indexOf('{{'); start >= 0; start = text.indexOf('{{', rest)) {
    const end = endOf(text, start);
    if (start > rest) parts.push(text.slice(rest, start));
    const inner = text.slice(start + 2, end - 2);
    parts.push({ text: inner, query: parseQuery(withInner(inner)) });
    rest = end;
  }
  if (rest < text.length) parts.push(text.slice(rest));
  return parts;
}

/** Where the variable that starts here ends, with those inside it. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const pair = text.slice(at, at + 2);
    if (pair === '{{') depth++;
    else if (pair === '}}') depth--;
    else continue;
    at++;
    if (depth === 0) return at + 1;
  }
  throw new QueryFault('a variable does not end');
}

/**
 * Kyverno puts the text of an inner variable into the outer query, where it would be read as a query too. One that is all of a literal,
 * `'{{ inner }}'`, means its text: it becomes a call, so that nothing in it is read.
 */
function withInner(query: string): string {
  const replaced = query.replace(/'\{\{([^{}']*)\}\}'/g, 'resolved_text($1)');
  if (replaced.includes('{{'))
    throw new QueryFault('keelson reads a variable inside another only where it is all of a literal');
  return replaced;
}
