import { isConstant, isEquality, sides } from '../compiler/nodes.ts';
import type { Body, Term } from '../syntax/ast.ts';
import { sameTerm } from './paths.ts';

/** Variables that a body says are equal: one of each class stands for all, or a constant does. */
export class Classes {
  readonly #parents = new Map<string, string>();
  readonly #constants = new Map<string, Term>();
  readonly #live: ReadonlySet<string>;

  constructor(live: ReadonlySet<string>) {
    this.#live = live;
  }

  /** Undefined where the equalities contradict each other. */
  static of(body: Body, live: ReadonlySet<string>): Classes | undefined {
    const classes = new Classes(live);
    for (const expr of body) {
      const pair = isEquality(expr) && !expr.negated && expr.with.length === 0 ? sides(expr) : undefined;
      if (pair !== undefined && !classes.#take(...pair)) return undefined;
    }
    return classes;
  }

  #take(a: Term, b: Term): boolean {
    if (a.type === 'var' && b.type === 'var') return this.#merge(a.name, b.name);
    if (a.type === 'var' && isConstant(b)) return this.#fix(a.name, b);
    if (b.type === 'var' && isConstant(a)) return this.#fix(b.name, a);
    return true;
  }

  has(name: string): boolean {
    return this.#parents.has(name);
  }

  /** The variable that stands for the class; undefined where the name is in none. */
  root(name: string): string | undefined {
    let at = name;
    for (let up = this.#parents.get(at); up !== undefined; up = this.#parents.get(at)) {
      if (up === at) return at;
      at = up;
    }
    return undefined;
  }

  constant(root: string): Term | undefined {
    return this.#constants.get(root);
  }

  /** References begin with the variable: a constant may not take its place. */
  keepVariable(root: string): void {
    this.#constants.delete(root);
  }

  /** What stands for the variable. */
  value(name: string): Term | undefined {
    const root = this.root(name);
    if (root === undefined) return undefined;
    return this.#constants.get(root) ?? { type: 'var', name: root, location: undefined };
  }

  #make(name: string): string {
    const root = this.root(name);
    if (root !== undefined) return root;
    this.#parents.set(name, name);
    return name;
  }

  #fix(name: string, value: Term): boolean {
    const root = this.#make(name);
    const known = this.#constants.get(root);
    if (known !== undefined && !sameTerm(known, value)) return false;
    this.#constants.set(root, value);
    return true;
  }

  #merge(a: string, b: string): boolean {
    const first = this.#make(a);
    const second = this.#make(b);
    if (first === second) return true;
    const [root, other] = this.#live.has(first) ? [first, second] : [second, first];
    this.#parents.set(other, root);
    const constant = this.#constants.get(other);
    return constant === undefined || this.#fix(root, constant);
  }
}
