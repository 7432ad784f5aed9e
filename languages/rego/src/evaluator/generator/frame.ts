import type { Builtin } from '../../builtins/builtin.ts';
import type { RuleTreeNode } from '../../compiler/compiled.ts';
import type { Rule, Term } from '../../syntax/ast.ts';
import type { RegoValue } from '../../values/index.ts';
import type { UserFunction, VirtualDocument } from '../runtime/documents.ts';
import type { Runtime } from '../runtime/index.ts';
import type { DocumentTree } from '../runtime/tree.ts';
import type { Activation } from '../runtime/watch.ts';
import { isWildcard } from './terms.ts';
import type { Block, Unit } from './unit.ts';

/** What generated code is linked with. */
export interface Linker {
  readonly root: RuleTreeNode;
  /** Loops over rows may use an index of the rows. */
  readonly joins: boolean;
  /** Everything is gone through in Rego's order, since rules may print. */
  readonly ordered: boolean;
  builtin(name: string): Builtin | undefined;
  /** The document of the rules at a node; undefined where they are functions. */
  document(node: RuleTreeNode): VirtualDocument | undefined;
  function(node: RuleTreeNode): UserFunction | undefined;
  tree(node: RuleTreeNode): DocumentTree;
  /** Characters that one text of code may have. */
  readonly maxCodeLength: number;
  /** Evaluations tell a `Watch` what they do. */
  readonly watched: boolean;
  /** Generated names of the local variables of what is being written → their names in the text. */
  readonly originalNames: ReadonlyMap<string, string>;
  /** What events of the rule are about, where evaluations are watched. */
  watchedRule(rule: Rule): Activation['node'] | undefined;
  /** The number of a base document for the cache of the scope. */
  baseNumber(path: readonly RegoValue[]): number;
}

/** A variable of Rego that has a value: the JavaScript that gives it. */
export type Bound = ReadonlyMap<string, string>;

/** JavaScript names that a watched evaluation speaks of. */
export interface Watching {
  /** The body that is being evaluated. */
  activation: string;
  /** The expression of it; empty before the first. */
  readonly expression: string;
  /** Its expressions so far. */
  readonly tries: readonly string[];
  /** The name of a value → where it was read from. */
  readonly reads: Map<string, string>;
}

interface Saved {
  readonly watching: Watching;
  readonly block: Block;
  readonly fail: string;
  readonly bound: Map<string, string>;
  readonly depth: number;
  readonly ordered: boolean;
}

/**
 * Where code is being written: after each expression, the place at which it holds. A failing test runs
 * `fail`, which goes on with the innermost loop or leaves the body.
 */
export class Frame {
  readonly unit: Unit<Runtime>;
  readonly linker: Linker;
  block: Block;
  fail = '';
  /** The JavaScript name of the scope that expressions are evaluated in. */
  scope = 's';
  bound = new Map<string, string>();
  /** Variables whose values nothing asks for. */
  readonly #unused: ReadonlySet<string>;
  /** The order of results shows, so collections are gone through in Rego's order. */
  ordered = false;
  watching: Watching = { activation: '', expression: '', tries: [], reads: new Map() };
  #levels: Block[];
  readonly #levelOf = new Map<string, number>();

  constructor(unit: Unit<Runtime>, linker: Linker, block: Block, unused: ReadonlySet<string>) {
    this.#unused = unused;
    this.unit = unit;
    this.linker = linker;
    this.block = block;
    this.#levels = [block];
  }

  line(text: string): void {
    this.block.line(text);
  }

  /** The term is a variable that takes any value, and nothing asks for it. */
  isAnything(term: Term): boolean {
    return (
      term.type === 'var' && !this.bound.has(term.name) && (this.#unused.has(term.name) || isWildcard(term))
    );
  }

  /** A name for the value of an expression, which depends on `level` of the loops that are open. */
  name(expression: string, level = this.depth): string {
    const name = this.fresh(level);
    this.line(`const ${name} = ${expression};`);
    return name;
  }

  /** A new name for what depends on `level` of the loops. */
  fresh(level = this.depth): string {
    const name = this.unit.fresh();
    this.#levelOf.set(name, level);
    return name;
  }

  get depth(): number {
    return this.#levels.length - 1;
  }

  /** How many of the open loops the values of names depend on. */
  levelOf(...names: readonly string[]): number {
    return Math.max(0, ...names.map((name) => this.#levelOf.get(name) ?? 0));
  }

  failUnless(condition: string): void {
    this.line(`if (!(${condition})) ${this.fail}`);
  }

  failIf(condition: string): void {
    this.line(`if (${condition}) ${this.fail}`);
  }

  /** Opens a loop that the rest of the body stands in. */
  openLoop(head: string): void {
    const label = this.unit.fresh('L');
    this.block = this.block.open(`${label}: ${head} `);
    this.fail = `continue ${label};`;
    this.#levels.push(this.block);
    this.line('if (--r.fuel < 0) r.refuel();');
  }

  /**
   * Writes `inside` into a block of its own; what it binds is forgotten afterwards. A failing test leaves
   * the block, whose label is given.
   */
  closure(inside: (label: string) => void, ordered: boolean): void {
    const saved = this.#save();
    const label = this.unit.fresh('B');
    this.bound = new Map(saved.bound);
    this.watching = { ...saved.watching, reads: new Map(saved.watching.reads) };
    this.block = this.block.open(`${label}: `);
    this.fail = `break ${label};`;
    this.ordered = ordered || this.linker.ordered;
    inside(label);
    this.#restore(saved);
  }

  #save(): Saved {
    return {
      block: this.block,
      fail: this.fail,
      bound: this.bound,
      depth: this.depth,
      ordered: this.ordered,
      watching: this.watching,
    };
  }

  #restore(saved: Saved): void {
    this.block = saved.block;
    this.fail = saved.fail;
    this.bound = saved.bound;
    this.ordered = saved.ordered;
    this.watching = saved.watching;
    this.#levels.length = saved.depth + 1;
  }

  /**
   * A value that depends on nothing below loop depth `level`: worked out where it is first needed and kept
   * for the turns of the loops in between. `make` writes the code that gives it, never undefined.
   */
  hoisted(level: number, make: () => string): string {
    if (level >= this.depth || this.linker.watched) return make();
    const name = this.unit.fresh('h');
    this.#levelOf.set(name, level);
    this.#levels[level]?.declare(name);
    const outer = this.block;
    this.block = outer.open(`if (${name} === undefined) `);
    const value = make();
    this.line(`${name} = ${value};`);
    this.block = outer;
    return name;
  }
}
