import type { ArrayTerm, Expr, ObjectTerm, Term } from '../../syntax/ast.ts';
import { internalError } from './errors.ts';
import type { Frame } from './frame.ts';
import { constantValue, isEvaluable } from './terms.ts';
import { emitValue } from './values.ts';
import { noteStep } from './watched.ts';

/** Writes `=`: both sides are made equal, and variables that have no value get one. */
export function emitUnify(left: Term, right: Term, frame: Frame): void {
  if (left.type === 'array' && right.type === 'array') {
    emitArrays(left, right, frame);
    return;
  }
  if (left.type === 'object' && right.type === 'object') {
    emitObjects(left, right, frame);
    return;
  }
  if (isPattern(right) && isEvaluable(left, frame.bound)) {
    emitMatch(right, emitValue(left, frame), frame);
    return;
  }
  if (isEvaluable(right, frame.bound)) {
    emitMatch(left, emitValue(right, frame), frame);
    return;
  }
  if (isEvaluable(left, frame.bound)) {
    emitMatch(right, emitValue(left, frame), frame);
    return;
  }
  throw internalError('neither side of = has a value', left.location);
}

/** Writes an expression that is `=`. */
export function emitEquals(expr: Expr, frame: Frame): void {
  if (expr.terms.type !== 'call') return;
  const [left, right] = expr.terms.operands;
  if (left !== undefined && right !== undefined) emitUnify(left, right, frame);
}

function isPattern(term: Term): boolean {
  return term.type === 'var' || term.type === 'array' || term.type === 'object';
}

function emitArrays(left: ArrayTerm, right: ArrayTerm, frame: Frame): void {
  if (left.items.length !== right.items.length) {
    frame.line(`if (true) ${frame.fail}`);
    return;
  }
  const pairs: Pair[] = [];
  left.items.forEach((item, i) => {
    const other = right.items[i];
    if (other !== undefined) pairs.push([item, other]);
  });
  emitPairs(pairs, frame, left);
}

type Pair = readonly [Term, Term];

/** Unifies pairs in an order in which one side of each has a value by then. */
function emitPairs(pairs: readonly Pair[], frame: Frame, whole: Term): void {
  let waiting = pairs;
  while (waiting.length > 0) {
    const later: Pair[] = [];
    for (const pair of waiting) {
      if (isReady(pair, frame)) emitUnify(pair[0], pair[1], frame);
      else later.push(pair);
    }
    if (later.length === waiting.length) {
      const rest = later.filter(([a, b]) => !(a.type === 'var' && b.type === 'var' && a.name === b.name));
      if (rest.length === later.length) throw internalError('neither side of = has a value', whole.location);
      waiting = rest;
    } else waiting = later;
  }
}

function isReady([left, right]: Pair, frame: Frame): boolean {
  if (isEvaluable(left, frame.bound) || isEvaluable(right, frame.bound)) return true;
  if (left.type === 'array' && right.type === 'array') return true;
  return left.type === 'object' && right.type === 'object';
}

function emitObjects(left: ObjectTerm, right: ObjectTerm, frame: Frame): void {
  if (isEvaluable(left, frame.bound)) {
    emitMatch(right, emitValue(left, frame), frame);
    return;
  }
  if (isEvaluable(right, frame.bound)) {
    emitMatch(left, emitValue(right, frame), frame);
    return;
  }
  if (left.pairs.length !== right.pairs.length) {
    frame.line(`if (true) ${frame.fail}`);
    return;
  }
  const pairs: Pair[] = [];
  for (const [key, value] of left.pairs) {
    const other = right.pairs.find(([name]) => isSameConstant(key, name));
    if (other === undefined) {
      frame.line(`if (true) ${frame.fail}`);
      return;
    }
    pairs.push([value, other[1]]);
  }
  emitPairs(pairs, frame, left);
}

function isSameConstant(a: Term, b: Term): boolean {
  const left = constantValue(a);
  return left !== undefined && left === constantValue(b);
}

/** Matches a term against a value: its variables get values, all else must be equal. */
export function emitMatch(pattern: Term, value: string, frame: Frame): void {
  switch (pattern.type) {
    case 'var': {
      const known = frame.bound.get(pattern.name);
      if (known === undefined) frame.bound.set(pattern.name, value);
      else emitEquality(value, known, frame);
      return;
    }
    case 'array':
      if (isEvaluable(pattern, frame.bound)) break;
      frame.failUnless(`Array.isArray(${value}) && ${value}.length === ${pattern.items.length}`);
      pattern.items.forEach((item, i) => {
        const name = frame.name(`${value}[${i}]`, frame.levelOf(value));
        noteStep(value, String(i), name, frame);
        emitMatch(item, name, frame);
      });
      return;
    case 'object':
      if (isEvaluable(pattern, frame.bound)) break;
      frame.failUnless(`${frame.unit.use('objectSize')}(${value}) === ${pattern.pairs.length}`);
      for (const [key, item] of pattern.pairs) {
        const name = emitValue(key, frame);
        const found = frame.name(`${frame.unit.use('at')}(${value}, ${name})`, frame.levelOf(value, name));
        noteStep(value, name, found, frame);
        frame.failIf(`${found} === undefined`);
        emitMatch(item, found, frame);
      }
      return;
  }
  emitEquality(value, emitValue(pattern, frame), frame);
}

export function emitEquality(a: string, b: string, frame: Frame): void {
  frame.failUnless(equalityCode(a, b, frame));
}

/** A test in parentheses whether two values are equal; `a` and `b` are names or literals. */
export function equalityCode(a: string, b: string, frame: Frame): string {
  if (a === b) return 'true';
  const literalKind = kindOfLiteral(a) ?? kindOfLiteral(b);
  if (literalKind === 'exact') return `(${a} === ${b})`;
  const same = frame.unit.use('equals');
  if (literalKind === 'number') {
    const name = kindOfLiteral(a) === undefined ? a : b;
    return `(${a} === ${b} || (typeof ${name} === 'object' && ${same}(${a}, ${b})))`;
  }
  return `(${a} === ${b} || ((typeof ${a} === 'object' || typeof ${b} === 'object') && ${same}(${a}, ${b})))`;
}

function kindOfLiteral(code: string): 'exact' | 'number' | undefined {
  if (code.startsWith('"') || code === 'true' || code === 'false' || code === 'null') return 'exact';
  return /^-?[0-9]/.test(code) ? 'number' : undefined;
}
