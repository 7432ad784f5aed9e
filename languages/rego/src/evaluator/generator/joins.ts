import { childNode } from '../../compiler/compiled.ts';
import { isComprehension, isEquality, operatorName } from '../../compiler/nodes.ts';
import type { Expr, RefTerm, Term, VarTerm } from '../../syntax/ast.ts';
import { compareTerms } from '../../syntax/compare.ts';
import type { RegoValue } from '../../values/index.ts';
import { itemsInOrder, items as itemsOf } from '../runtime/access.ts';
import { JoinSite, type KeyTemplate } from '../runtime/join-index.ts';
import type { Frame } from './frame.ts';
import { emitEquals, emitMatch } from './matches.ts';
import { emitSteps, endsInTree } from './references.ts';
import { constantValue, isDetermined, isPlainName, isScalarTerm } from './terms.ts';
import { emitValue } from './values.ts';
import { mentions } from './variables.ts';

/**
 * `collection[key].path = side`, where the key has no value yet. The side is a variable without a value, which
 * then stands for the row or a part of it, or something to compare with.
 */
export interface RowLoop {
  readonly collection: RefTerm;
  readonly key: VarTerm;
  readonly path: readonly Term[];
  readonly side: Term;
  readonly binds: boolean;
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
  return rowLoopOf(sides[0], sides[1], frame) ?? rowLoopOf(sides[1], sides[0], frame);
}

function rowLoopOf(from: Term, side: Term, frame: Frame): RowLoop | undefined {
  if (from.type !== 'ref') return undefined;
  const at = from.terms.findIndex((term, i) => i > 0 && !isDetermined(term, frame.bound));
  const key = from.terms[at];
  if (at < 1 || key?.type !== 'var') return undefined;
  const path = from.terms.slice(at + 1);
  if (!path.every(isScalarTerm) || mentions(side).has(key.name)) return undefined;
  if (endsInTree(from.terms.slice(0, at), frame)) return undefined;
  const binds =
    side.type === 'var' && !frame.bound.has(side.name) && side.name !== 'input' && side.name !== 'data';
  if (!binds && !isDetermined(side, frame.bound)) return undefined;
  return { collection: { ...from, terms: from.terms.slice(0, at) }, key, path, side, binds };
}

function equalitySides(expr: Expr): readonly [Term, Term] | undefined {
  if (expr.negated || expr.with.length > 0 || !isEquality(expr)) return undefined;
  const [left, right] = expr.terms.operands;
  return left === undefined || right === undefined ? undefined : [left, right];
}

export function calledName(expr: Expr): string | undefined {
  return expr.terms.type === 'call' ? operatorName(expr.terms.operator) : undefined;
}

/** The comparison that picks the rows of a loop: its own, or one among the expressions after it. */
export function findJoin(loop: RowLoop, after: readonly Expr[], frame: Frame): Join | undefined {
  const search = new JoinSearch(loop, frame);
  if (!loop.binds) return search.own();
  for (const expr of after) {
    const found = search.take(expr);
    if (found === 'stop') return undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Follows the expressions after a loop and knows which variables come from the row, and which do not. */
class JoinSearch {
  readonly #loop: RowLoop;
  readonly #frame: Frame;
  readonly #path: readonly RegoValue[];
  readonly #projections = new Map<string, readonly RegoValue[]>();
  readonly #needed: (readonly RegoValue[])[] = [];
  readonly #fixed: Expr[] = [];
  readonly #fixedNames = new Set<string>();
  readonly #keyName: string;

  constructor(loop: RowLoop, frame: Frame) {
    this.#loop = loop;
    this.#frame = frame;
    this.#keyName = loop.key.name;
    this.#path = constants(loop.path);
    if (!loop.binds || loop.side.type !== 'var') return;
    this.#projections.set(loop.side.name, this.#path);
    if (this.#path.length > 0) this.#needed.push(this.#path);
  }

  /** The join that the loop's own expression is. */
  own(): Join | undefined {
    const { side } = this.#loop;
    if (!this.#isFixed(side)) return undefined;
    return {
      template: { kind: 'path', path: this.#path },
      needed: [],
      fixed: [],
      kind: 'equal',
      other: side,
    };
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
    if (term.type === 'var') return this.#projections.get(term.name);
    if (term.type !== 'ref') return undefined;
    const [head, ...operands] = term.terms;
    const start = head?.type === 'var' ? this.#projections.get(head.name) : undefined;
    if (start !== undefined)
      return operands.every(isScalarTerm) ? [...start, ...constants(operands)] : undefined;
    return this.#pathByKey(term.terms);
  }

  /** `collection[key].a.b` names the same row as the loop does. */
  #pathByKey(terms: readonly Term[]): readonly RegoValue[] | undefined {
    const prefix = this.#loop.collection.terms;
    const key = terms[prefix.length];
    const rest = terms.slice(prefix.length + 1);
    if (key?.type !== 'var' || key.name !== this.#keyName || !rest.every(isScalarTerm)) return undefined;
    const isSame = prefix.every((term, i) => {
      const other = terms[i];
      return other !== undefined && compareTerms(term, other) === 0;
    });
    return isSame ? constants(rest) : undefined;
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
      if (name === this.#keyName || this.#projections.has(name)) return false;
    }
    if (isComprehension(term)) return false;
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
  const site = new JoinSite(
    join.template,
    join.needed,
    frame.ordered ? itemsInOrder : itemsOf,
    isStored(loop.collection, frame),
  );
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
  const value = emitSteps(frame.name(`${rows}[${position}]`), loop.path, frame);
  emitMatch(loop.side, value, frame);
}

/** The collection is a part of the base document, at a path that no rules stand on. */
function isStored({ terms }: RefTerm, frame: Frame): boolean {
  const [head, ...operands] = terms;
  if (head?.type !== 'var' || head.name !== 'data' || frame.bound.has(head.name)) return false;
  let node = frame.linker.root.children.get('"data');
  for (const operand of operands) {
    if (node === undefined) return true;
    if (node.rules.length > 0 || !isScalarTerm(operand)) return false;
    node = childNode(node, operand);
  }
  return node === undefined;
}

function constants(terms: readonly Term[]): readonly RegoValue[] {
  return terms.map((term) => constantValue(term) ?? null);
}

/** Writes the positions of the picked rows; null where all rows are to be gone through. */
function emitFound(collection: string, rows: string, site: JoinSite, join: Join, frame: Frame): string {
  const found = frame.fresh();
  const index = frame.name(
    `${frame.unit.constant(site)}.index(${collection}, ${rows}.length, ${frame.scope})`,
  );
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
