import type { ObjectTerm, Term } from '../../syntax/ast.ts';
import type { RegoValue } from '../../values/index.ts';
import { emitComprehension } from './comprehensions.ts';
import { internalError } from './errors.ts';
import type { Frame } from './frame.ts';
import { emitReference } from './references.ts';
import { constantValue, isPlainName } from './terms.ts';
import { literal } from './unit.ts';

/**
 * Writes what evaluates a term and returns a JavaScript expression of its value: a name or a literal, never
 * undefined. Where the term has no value, the code fails; loops that it needs stay open.
 */
export function emitValue(term: Term, frame: Frame): string {
  const constant = constantValue(term);
  if (constant !== undefined) return constantCode(constant, frame);
  switch (term.type) {
    case 'var': {
      const name = frame.bound.get(term.name);
      if (name !== undefined) return name;
      if (term.name === 'data' || term.name === 'input') return emitReference([term], frame);
      throw internalError(`variable ${term.name} has no value`, term.location);
    }
    case 'array':
    case 'set': {
      const items = term.items.map((item) => emitValue(item, frame));
      const list = `[${items.join(', ')}]`;
      const code = term.type === 'array' ? list : `${frame.unit.use('setOf')}(${list})`;
      return frame.name(code, frame.levelOf(...items));
    }
    case 'object':
      return emitObject(term, frame);
    case 'ref':
      return emitReference(term.terms, frame);
    case 'arraycomprehension':
    case 'setcomprehension':
    case 'objectcomprehension':
      return emitComprehension(term, frame);
    default:
      throw internalError(`cannot evaluate a ${term.type} here`, term.location);
  }
}

/** Constants of one value are one object. */
export function constantCode(value: RegoValue, frame: Frame): string {
  if (typeof value === 'string') return literal(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (value === null || typeof value === 'boolean') return String(value);
  return frame.unit.constant(value);
}

function emitObject(term: ObjectTerm, frame: Frame): string {
  const pairs = term.pairs.map(
    ([key, value]) => [key, emitValue(key, frame), emitValue(value, frame)] as const,
  );
  const level = frame.levelOf(...pairs.flatMap(([, key, value]) => [key, value]));
  if (pairs.every(([key]) => key.type === 'string' && isPlainName(key.value)))
    return frame.name(`{${pairs.map(([, key, value]) => `${key}: ${value}`).join(', ')}}`, level);
  const entries = pairs.map(([, key, value]) => `[${key}, ${value}]`);
  return frame.name(`${frame.unit.use('objectLiteral')}([${entries.join(', ')}])`, level);
}
