import type { Expr, RefTerm, Term, VarTerm } from '../../syntax/ast.ts';
import type { RegoValue } from '../../values/index.ts';
import { itemsInOrder, items as itemsOf } from '../runtime/access.ts';
import { JoinSite, type KeyTemplate } from '../runtime/join-index.ts';
import type { Frame } from './frame.ts';
import { emitEquals } from './matches.ts';
import { constantValue, isDetermined, isPlainName, isScalarTerm } from './terms.ts';
import { emitValue } from './values.ts';
import { mentions } from './variables.ts';

/** `row = collection[key]`, where the row and the key have no value yet. */
export interface RowLoop {
  readonly row: VarTerm;
  readonly collection: RefTerm;
  readonly key: VarTerm;
}

/** A comparison that picks rows: what of each row is compared, and with what. */
export interface Join {
  readonly template: KeyTemplate;
  readonly needed: readonly (readonly RegoValue[])[];
  /** Expressions between the loop and the comparison that depend on no row. */
  readonly fixed: readonly Expr[];
  readonly kind: 'equal' | 'within';
  readonly other: Term;
}

/** The expression as a loop over rows; undefined where it is none. */
export function rowLoop(expr: Expr, frame: Frame): RowLoop | undefined {
  const sides = equalitySides(expr);
  if (sides === undefined) return undefined;
  for (const [row, from] of [sides, [sides[1], sides[0]]] as const) {
    if (row.type !== 'var' || frame.bound.has(row.name) || from.type !== 'ref') continue;
    const key = from.terms.at(-1);
    const operands = from.terms.slice(1, -1);
    if (from.terms.length < 2 || key?.type !== 'var' || frame.bound.has(key.name) || key.name === row.name)
      continue;
    if (operands.every((operand) => isDetermined(operand, frame.bound)))
      return { row, key, collection: { ...from, terms: from.terms.slice(0, -1) } };
  }
  return undefined;
}

function equalitySides(expr: Expr): readonly [Term, Term] | undefined {
  if (expr.negated || expr.with.length > 0 || expr.terms.type !== 'call') return undefined;
  if (calledName(expr) !== 'eq') return undefined;
  const [left, right] = expr.terms.operands;
  return left === undefined || right === undefined ? undefined : [left, right];
}

export function calledName(expr: Expr): string | undefined {
  if (expr.terms.type !== 'call') return undefined;
  const { operator } = expr.terms;
  const terms = operator.type === 'ref' ? operator.terms : [operator];
  return terms
    .map((term) => (term.type === 'var' ? term.name : term.type === 'string' ? term.value : '[]'))
    .join('.');
}

/** The comparison that picks the rows of a loop, among the expressions after it. */
export function findJoin(loop: RowLoop, after: readonly Expr[], frame: Frame): Join | undefined {
  const search = new JoinSearch(loop, frame);
  for (const expr of after) {
    const found = search.take(expr);
    if (found === 'stop') return undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Follows the expressions after a loop and knows which variables come from the row, and which do not. */
class JoinSearch {
  readonly #rowName: string;
  readonly #frame: Frame;
  readonly #projections = new Map<string, readonly RegoValue[]>();
  readonly #needed: (readonly RegoValue[])[] = [];
  readonly #fixed: Expr[] = [];
  readonly #fixedNames = new Set<string>();
  readonly #keyName: string;

  constructor(loop: RowLoop, frame: Frame) {
    this.#rowName = loop.row.name;
    this.#keyName = loop.key.name;
    this.#frame = frame;
  }

  /** A join, nothing yet, or `stop`: the expression does something that must be done for each row. */
  take(expr: Expr): Join | 'stop' | undefined {
    const sides = equalitySides(expr);
    if (sides !== undefined) return this.#takeEquality(expr, sides);
    if (expr.negated || expr.with.length > 0 || expr.terms.type !== 'call') return 'stop';
    const [item, collection, output] = expr.terms.operands;
    if (calledName(expr) !== 'internal.member_2' || item === undefined || collection === undefined)
      return 'stop';
    if (output !== undefined) return 'stop';
    return this.#join('within', item, collection) ?? 'stop';
  }

  #takeEquality(expr: Expr, [left, right]: readonly [Term, Term]): Join | 'stop' | undefined {
    for (const [name, value] of [
      [left, right],
      [right, left],
    ] as const) {
      if (name.type === 'var' && !this.#isKnown(name.name)) {
        const path = this.#pathOf(value);
        if (path !== undefined) {
          this.#projections.set(name.name, path);
          this.#needed.push(path);
          return undefined;
        }
        if (!this.#isFixed(value)) return 'stop';
        this.#fixed.push(expr);
        this.#fixedNames.add(name.name);
        return undefined;
      }
    }
    return this.#join('equal', left, right) ?? this.#join('equal', right, left) ?? 'stop';
  }

  #isKnown(name: string): boolean {
    return (
      name === this.#rowName ||
      name === this.#keyName ||
      this.#projections.has(name) ||
      this.#fixedNames.has(name) ||
      this.#frame.bound.has(name)
    );
  }

  #join(kind: Join['kind'], item: Term, other: Term): Join | undefined {
    const template = this.#templateOf(item);
    if (template === undefined || !ofRow(template) || !this.#isFixed(other)) return undefined;
    return { template, needed: this.#needed, fixed: this.#fixed, kind, other };
  }

  /** The members of the row that a term stands for. */
  #pathOf(term: Term): readonly RegoValue[] | undefined {
    if (term.type === 'var') return term.name === this.#rowName ? [] : this.#projections.get(term.name);
    if (term.type !== 'ref') return undefined;
    const [head, ...operands] = term.terms;
    const start = head?.type === 'var' ? this.#pathOf(head) : undefined;
    if (start === undefined || !operands.every(isScalarTerm)) return undefined;
    return [...start, ...operands.map((operand) => constantValue(operand) ?? null)];
  }

  #templateOf(term: Term): KeyTemplate | undefined {
    const constant = constantValue(term);
    if (constant !== undefined) return { kind: 'constant', value: constant };
    const path = this.#pathOf(term);
    if (path !== undefined) return { kind: 'path', path };
    if (term.type === 'array') {
      const items = term.items.flatMap((item) => this.#templateOf(item) ?? []);
      return items.length === term.items.length ? { kind: 'array', items } : undefined;
    }
    if (term.type !== 'object') return undefined;
    const pairs: (readonly [string, KeyTemplate])[] = [];
    for (const [key, value] of term.pairs) {
      const item = this.#templateOf(value);
      if (key.type !== 'string' || !isPlainName(key.value) || item === undefined) return undefined;
      pairs.push([key.value, item]);
    }
    return { kind: 'object', pairs };
  }

  /** Whether a term gives the same one value whatever the row. */
  #isFixed(term: Term): boolean {
    for (const name of mentions(term)) {
      if (name === this.#rowName || name === this.#keyName || this.#projections.has(name)) return false;
    }
    if (term.type.endsWith('comprehension')) return false;
    const bound = new Map(this.#frame.bound);
    for (const name of this.#fixedNames) bound.set(name, '');
    return isDetermined(term, bound);
  }
}

function ofRow(template: KeyTemplate): boolean {
  switch (template.kind) {
    case 'path':
      return true;
    case 'constant':
      return false;
    case 'array':
      return template.items.some(ofRow);
    case 'object':
      return template.pairs.some(([, value]) => ofRow(value));
  }
}

/** Writes the loop over the rows that a join picks, or over all where there is no index yet. */
export function emitJoin(loop: RowLoop, join: Join, frame: Frame): void {
  const { unit } = frame;
  const collection = emitValue(loop.collection, frame);
  const level = frame.levelOf(collection);
  const takeItems = unit.use(frame.ordered ? 'itemsInOrder' : 'items');
  const rows = frame.hoisted(level, () => frame.name(`${takeItems}(${collection})`, level));
  const site = new JoinSite(join.template, join.needed, frame.ordered ? itemsInOrder : itemsOf);
  const found = emitFound(collection, rows, site, join, frame);
  const index = unit.fresh('i');
  const count = frame.name(`${found} === null ? ${rows}.length : ${found}.length`);
  frame.openLoop(`for (let ${index} = 0; ${index} < ${count}; ${index}++)`);
  const position = frame.name(`${found} === null ? ${index} : ${found}[${index}]`);
  if (!frame.isAnything(loop.key)) {
    const takeKeys = unit.use(frame.ordered ? 'keysInOrder' : 'keys');
    const keys = frame.hoisted(level, () => frame.name(`${takeKeys}(${collection})`, level));
    frame.bound.set(loop.key.name, frame.name(`${keys} === null ? ${position} : ${keys}[${position}]`));
  }
  frame.bound.set(loop.row.name, frame.name(`${rows}[${position}]`));
}

/** Writes the positions of the picked rows; null where all rows are to be gone through. */
function emitFound(collection: string, rows: string, site: JoinSite, join: Join, frame: Frame): string {
  const found = frame.fresh();
  const index = frame.name(`${frame.unit.constant(site)}.index(${collection}, ${rows}.length)`);
  frame.line(`let ${found} = null;`);
  const outer = frame.block;
  frame.block = outer.open(`if (${index} !== null) `);
  frame.line(`${found} = [];`);
  frame.closure((label) => {
    frame.line(`if (${index}.isEmpty) break ${label};`);
    for (const expr of join.fixed) emitEquals(expr, frame);
    frame.line(`${found} = ${index}.${join.kind}(${emitValue(join.other, frame)});`);
  }, frame.ordered);
  frame.block = outer;
  return found;
}
