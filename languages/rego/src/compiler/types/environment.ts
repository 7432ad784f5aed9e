import type { Term } from '../../syntax/ast.ts';
import { isConstant, rootNames } from '../nodes.ts';
import { either, isEmptyCollection, selected, valuesOf } from './algebra.ts';
import { TypeTree, treeKey } from './tree.ts';
import {
  anyType,
  arrayType,
  booleanType,
  constantKey,
  type MaybeType,
  nullType,
  numberType,
  objectType,
  type Property,
  type PropertyTypes,
  setType,
  stringType,
} from './type.ts';

/** Tells the type of a comprehension as it stands in an environment. */
export type ClosureTyper = (term: Term, environment: TypeEnvironment) => MaybeType;

/** Tells the type of the built-in whose name a reference is. */
export type FunctionTyper = (reference: readonly Term[]) => MaybeType;

/** The types that are known at a place: of variables there, and of documents around. */
export class TypeEnvironment {
  readonly tree: TypeTree;
  /** Where types of variables are put: the own tree, but for the layers that `with` adds. */
  readonly variables: TypeTree;
  readonly outer: TypeEnvironment | undefined;
  readonly #closure: ClosureTyper;
  readonly #functions: FunctionTyper;

  constructor(
    closure: ClosureTyper,
    functions: FunctionTyper,
    outer?: TypeEnvironment,
    tree = new TypeTree(),
    variables = tree,
  ) {
    this.#closure = closure;
    this.#functions = functions;
    this.outer = outer;
    this.tree = tree;
    this.variables = variables;
  }

  /** An environment inside of this one. */
  inner(closure: ClosureTyper = this.#closure): TypeEnvironment {
    return new TypeEnvironment(closure, this.#functions, this);
  }

  /** A layer over this one for one expression: what it learns of variables outlives it. */
  layer(tree = new TypeTree()): TypeEnvironment {
    return new TypeEnvironment(this.#closure, this.#functions, this, tree, this.variables);
  }

  /** Grows with every change of what is known here. */
  get version(): number {
    return this.tree.version + (this.outer?.version ?? 0);
  }

  typeOf(term: Term): MaybeType {
    switch (term.type) {
      case 'null':
        return nullType;
      case 'boolean':
        return booleanType;
      case 'number':
        return numberType;
      case 'string':
      case 'templatestring':
        return stringType;
      case 'array':
        return arrayType(term.items.map((item) => this.typeOf(item)));
      case 'object':
        return this.#object(term.pairs);
      case 'set':
        return setType(
          term.items.reduce((all: MaybeType, item) => either(all, this.typeOf(item)), undefined),
        );
      case 'arraycomprehension':
      case 'setcomprehension':
      case 'objectcomprehension':
        return this.#closure(term, this);
      case 'ref':
        return this.reference(term.terms);
      case 'var':
        return this.#variable(term);
      case 'call':
        return undefined;
    }
  }

  #object(pairs: readonly (readonly [key: Term, value: Term])[]): MaybeType {
    const properties: Property[] = [];
    let rest: PropertyTypes | undefined;
    for (const [key, value] of pairs) {
      if (isConstant(key)) properties.push({ key: constantKey(key), value: this.typeOf(value) });
      else rest = { key: this.typeOf(key), value: this.typeOf(value) };
    }
    return objectType(properties, rest);
  }

  #variable(term: Term): MaybeType {
    const key = treeKey(term);
    for (let at: TypeEnvironment | undefined = this; at !== undefined; at = at.outer) {
      const node = at.tree.children.get(key);
      if (node !== undefined) return node.type;
    }
    return undefined;
  }

  /** The type of what a reference names; anything, for documents that nothing is known of. */
  reference(reference: readonly Term[]): MaybeType {
    const [head] = reference;
    return this.#from(reference, head === undefined ? undefined : treeKey(head));
  }

  #from(reference: readonly Term[], key: string | undefined): MaybeType {
    for (let at: TypeEnvironment | undefined = this; at !== undefined; at = at.outer) {
      const node = key === undefined ? undefined : at.tree.children.get(key);
      if (node !== undefined) return at.#below(node, reference, 1, key);
    }
    return this.#unknown(reference);
  }

  #unknown(reference: readonly Term[]): MaybeType {
    const [head] = reference;
    return head?.type === 'var' && rootNames.has(head.name) ? anyType : this.#functions(reference);
  }

  #below(node: TypeTree, reference: readonly Term[], index: number, key: string | undefined): MaybeType {
    const next = reference[index];
    if (next === undefined) return node.extent();
    if (node.isLeaf) {
      const child = node.children.size === 0 ? undefined : node.child(next);
      if (child === undefined) return selectedBy(node.type, reference, index);
      return this.#below(child, reference, index + 1, key);
    }
    if (!isConstant(next)) return selectedBy(node.extent(), reference, index);
    const child = node.child(next);
    if (child !== undefined) return this.#below(child, reference, index + 1, key);
    // What is known here goes no further: what is around may know more.
    return this.outer === undefined ? this.#unknown(reference) : this.outer.#from(reference, key);
  }
}

/** The type that a reference reaches from a value of `type`, by its terms from `index` on. */
function selectedBy(from: MaybeType, reference: readonly Term[], index: number): MaybeType {
  let type = from;
  for (let at = index; at < reference.length; at += 1) {
    const term = reference[at];
    if (type === undefined || term === undefined) return type;
    switch (term.type) {
      case 'var':
      case 'ref':
      case 'array':
      case 'object':
      case 'set':
        if (isEmptyCollection(type)) return anyType;
        type = valuesOf(type);
        break;
      default:
        type = isConstant(term) ? selected(type, constantKey(term)) : undefined;
    }
  }
  return type;
}
