import type { Body, Expr, ExprTerms, Head, Rule, TemplatePart, Term, TermPair, With } from './ast.ts';
import { compareNumberTexts } from './number-text.ts';

const termOrder: Readonly<Record<Term['type'], number>> = {
  null: 0,
  boolean: 1,
  number: 2,
  string: 3,
  templatestring: 4,
  var: 5,
  ref: 6,
  array: 7,
  object: 8,
  set: 9,
  arraycomprehension: 10,
  objectcomprehension: 11,
  setcomprehension: 12,
  call: 13,
};

/** The order of two texts by code points; JavaScript's own goes by UTF-16 units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x === y) continue;
    const surrogateX = x >= 0xd800 && x <= 0xdfff;
    const surrogateY = y >= 0xd800 && y <= 0xdfff;
    if (surrogateX !== surrogateY) return surrogateX ? 1 : -1;
    return x < y ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

/** OPA's order of terms, places aside: negative, 0 or positive. */
export function compareTerms(a: Term, b: Term): number {
  if (a === b) return 0;
  if (a.type !== b.type) return termOrder[a.type] - termOrder[b.type];
  switch (a.type) {
    case 'null':
      return 0;
    case 'boolean':
      return b.type === a.type ? Number(a.value) - Number(b.value) : 0;
    case 'number':
      return b.type === a.type ? compareNumberTexts(a.text, b.text) : 0;
    case 'string':
      return b.type === a.type ? compareText(a.value, b.value) : 0;
    case 'var':
      return b.type === a.type ? compareText(a.name, b.name) : 0;
    case 'ref':
      return b.type === a.type ? compareLists(a.terms, b.terms, compareTerms) : 0;
    case 'array':
    case 'set':
      return b.type === a.type ? compareLists(a.items, b.items, compareTerms) : 0;
    case 'object':
      return b.type === a.type ? comparePairs(a.pairs, b.pairs) : 0;
    case 'call':
      return b.type === a.type
        ? compareTerms(a.operator, b.operator) || compareLists(a.operands, b.operands, compareTerms)
        : 0;
    case 'arraycomprehension':
    case 'setcomprehension':
      return b.type === a.type ? compareTerms(a.term, b.term) || compareBodies(a.body, b.body) : 0;
    case 'objectcomprehension':
      return b.type === a.type
        ? compareTerms(a.key, b.key) || compareTerms(a.value, b.value) || compareBodies(a.body, b.body)
        : 0;
    case 'templatestring':
      return b.type === a.type
        ? Number(a.multiLine) - Number(b.multiLine) ||
            a.parts.length - b.parts.length ||
            compareLists(a.parts, b.parts, compareParts)
        : 0;
  }
}

/** Keys first, then values, then the number of pairs: an object is compared key by key. */
function comparePairs(a: readonly TermPair[], b: readonly TermPair[]): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const x = a[at];
    const y = b[at];
    if (x === undefined || y === undefined) break;
    const order = compareTerms(x[0], y[0]) || compareTerms(x[1], y[1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareParts(a: TemplatePart, b: TemplatePart): number {
  if (a.type === 'term') return b.type === 'term' ? compareTerms(a.term, b.term) : -1;
  return b.type === 'expr' ? compareExprs(a.expr, b.expr) : 1;
}

export function compareLists<Item>(
  a: readonly Item[],
  b: readonly Item[],
  compare: (a: Item, b: Item) => number,
): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const x = a[at];
    const y = b[at];
    if (x === undefined || y === undefined) break;
    const order = compare(x, y);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

export function compareBodies(a: Body, b: Body): number {
  return compareLists(a, b, compareExprs);
}

/** OPA's order of rules, annotations aside. */
export function compareRules(a: Rule, b: Rule): number {
  const order =
    compareHeads(a.head, b.head) || Number(a.default) - Number(b.default) || compareBodies(a.body, b.body);
  if (order !== 0) return order;
  if (a.else === undefined || b.else === undefined)
    return Number(a.else !== undefined) - Number(b.else !== undefined);
  return compareRules(a.else, b.else);
}

function compareHeads(a: Head, b: Head): number {
  return (
    Number(b.assign) - Number(a.assign) ||
    compareLists(a.args ?? [], b.args ?? [], compareTerms) ||
    compareLists(a.reference, b.reference, compareTerms) ||
    compareText(a.name, b.name) ||
    compareOptional(a.key, b.key) ||
    compareOptional(a.value, b.value)
  );
}

const statementOrder: Readonly<Record<ExprTerms['type'], number>> = {
  some: 0,
  term: 1,
  call: 2,
  every: 3,
  not: 4,
  and: 5,
  or: 6,
};

export function compareExprs(a: Expr, b: Expr): number {
  if (a === b) return 0;
  const order =
    statementOrder[a.terms.type] - statementOrder[b.terms.type] ||
    a.index - b.index ||
    Number(a.negated) - Number(b.negated);
  if (order !== 0) return order;
  return compareStatements(a.terms, b.terms) || compareLists(a.with, b.with, compareWiths);
}

function compareWiths(a: With, b: With): number {
  return compareTerms(a.target, b.target) || compareTerms(a.value, b.value);
}

function compareStatements(a: ExprTerms, b: ExprTerms): number {
  switch (a.type) {
    case 'term':
      return b.type === a.type ? compareTerms(a.term, b.term) : 0;
    case 'call':
      return b.type === a.type
        ? compareTerms(a.operator, b.operator) || compareLists(a.operands, b.operands, compareTerms)
        : 0;
    case 'some':
      return b.type === a.type ? compareLists(a.symbols, b.symbols, compareTerms) : 0;
    case 'every':
      return b.type === a.type
        ? compareOptional(a.key, b.key) ||
            compareTerms(a.value, b.value) ||
            compareTerms(a.domain, b.domain) ||
            compareBodies(a.body, b.body)
        : 0;
    case 'not':
      return b.type === a.type ? compareBodies(a.body, b.body) : 0;
    case 'and':
    case 'or':
      return b.type === a.type ? compareBodies(a.lhs, b.lhs) || compareBodies(a.rhs, b.rhs) : 0;
  }
}

function compareOptional(a: Term | undefined, b: Term | undefined): number {
  if (a === undefined) return b === undefined ? 0 : -1;
  return b === undefined ? 1 : compareTerms(a, b);
}
