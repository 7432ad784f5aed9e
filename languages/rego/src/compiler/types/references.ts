import type { Expr, Term } from '../../syntax/ast.ts';
import { compareTerms } from '../../syntax/compare.ts';
import type { Diagnostic } from '../../syntax/diagnostic.ts';
import { printRef } from '../../syntax/print.ts';
import { type Visitor, walkBody, walkExpr, walkTerm, walkTerms } from '../../syntax/visit.ts';
import { typeError } from '../diagnostics.ts';
import { isComprehension, isConstant, isScalar, rootNames } from '../nodes.ts';
import { isEmptyCollection, keysOf, selected, unifies, valuesOf } from './algebra.ts';
import { invalidLines, unsupportedLines } from './details.ts';
import type { TypeEnvironment } from './environment.ts';
import { infer } from './infer.ts';
import type { TypeTree } from './tree.ts';
import { anyType, constantKey, type MaybeType, stringType, unwrapped } from './type.ts';

/** A reference as errors show it, with the names and terms of the text. */
export type ReferenceDisplay = (reference: readonly Term[]) => readonly Term[];

/** Looks for references that cannot have a value, and learns the types of variables in them. */
export class ReferenceChecker {
  readonly #environment: TypeEnvironment;
  readonly #display: ReferenceDisplay;
  readonly #visitor: Visitor;
  #errors: Diagnostic[] = [];

  constructor(environment: TypeEnvironment, display: ReferenceDisplay) {
    this.#environment = environment;
    this.#display = display;
    this.#visitor = {
      term: (term) => isComprehension(term) || (term.type === 'ref' && this.#reference(term.terms)),
      expr: (expr) => this.#statement(expr),
    };
  }

  /** The errors of the references of an expression, closures left out. */
  check(expr: Expr): Diagnostic[] {
    this.#errors = [];
    walkExpr(expr, this.#visitor);
    return this.#errors;
  }

  /** Operators and `with` are not looked at. */
  #statement({ terms }: Expr): boolean {
    if (terms.type === 'call') {
      walkTerms(terms.operands, this.#visitor);
      return true;
    }
    if (terms.type === 'term') {
      walkTerm(terms.term, this.#visitor);
      return true;
    }
    if (terms.type !== 'not') return false;
    walkBody(terms.body, this.#visitor);
    return true;
  }

  /** Answers whether what is inside of the reference is left out. */
  #reference(reference: readonly Term[]): boolean {
    const type = this.#environment.reference(reference);
    if (type?.kind === 'function') {
      this.#errors.push(this.#usedFunction(reference, type));
      return true;
    }
    const error = this.#inTree(this.#environment, this.#environment.tree, reference, 0);
    if (error !== undefined) this.#errors.push(error);
    return false;
  }

  #usedFunction(reference: readonly Term[], type: MaybeType): Diagnostic {
    const shown = this.#display(reference);
    const last = shown.at(-1);
    const isLocal = last?.type === 'var' && /__local[0-9]+__/.test(last.name);
    const name = printRef(isLocal ? shown.slice(0, -1) : shown);
    const details = unsupportedLines(shown, reference.length - 1, type);
    return typeError(reference[0]?.location, `function ${name} used as reference, not called`, details);
  }

  /** Follows the reference through what is known of documents. */
  #inTree(
    environment: TypeEnvironment,
    node: TypeTree,
    reference: readonly Term[],
    index: number,
  ): Diagnostic | undefined {
    const head = reference[index];
    if (head === undefined) return undefined;
    if ((index === 1 || index === 2) && head.type !== 'var' && head.type !== 'string') {
      return this.#invalid(reference, index, this.#environment.typeOf(head), stringType, childKeys(node));
    }
    if (head.type === 'var' && index !== 0) {
      const keys = keysOf(node.extent());
      const known = this.#environment.typeOf(head);
      if (known === undefined) this.#environment.variables.put([head], keys);
      else if (!unifies(keys, known)) return this.#invalid(reference, index, known, keys, childKeys(node));
    }
    const child = node.child(head);
    if (child === undefined) return this.#outside(environment, node, reference, index);
    if (child.isLeaf) return this.#inType(child.type, reference, index + 1);
    return this.#inTree(environment, child, reference, index + 1);
  }

  #outside(
    environment: TypeEnvironment,
    node: TypeTree,
    reference: readonly Term[],
    index: number,
  ): Diagnostic | undefined {
    const { outer } = environment;
    if (outer !== undefined) return this.#inTree(outer, outer.tree, reference, 0);
    const head = reference[0];
    if (head?.type !== 'var' || !rootNames.has(head.name)) return this.#inType(anyType, reference, 0);
    if (index === 0) return this.#inType(anyType, reference, 1);
    // Each child may be meant, so its errors do not count: only what is learned of variables does.
    for (const child of node.children.values()) this.#inTree(environment, child, reference, index + 1);
    return undefined;
  }

  /** Follows the reference through a type. */
  #inType(type: MaybeType, reference: readonly Term[], index: number): Diagnostic | undefined {
    const head = reference[index];
    if (head === undefined) return undefined;
    if (isEmptyCollection(type)) return this.#inEmpty(type, reference, index);
    const keys = keysOf(type);
    if (keys === undefined) {
      const shown = this.#display(reference);
      const details = unsupportedLines(shown, index - 1, type);
      return typeError(reference[0]?.location, `undefined ref: ${printRef(shown)}`, details);
    }
    switch (head.type) {
      case 'var': {
        const known = this.#environment.typeOf(head);
        if (known === undefined) this.#environment.variables.put([head], keys);
        else if (!unifies(known, keys)) return this.#invalid(reference, index, known, keys, knownKeys(type));
        break;
      }
      case 'ref': {
        const known = this.#environment.reference(head.terms);
        if (known !== undefined && !unifies(known, keys)) {
          return this.#invalid(reference, index, known, keys, knownKeys(type));
        }
        break;
      }
      case 'array':
      case 'object':
      case 'set':
        if (!infer(this.#environment, head, keys)) {
          return this.#invalid(reference, index, this.#environment.typeOf(head), keys, []);
        }
        break;
      default: {
        const child = isConstant(head) ? selected(type, constantKey(head)) : undefined;
        if (child === undefined) return this.#invalid(reference, index, undefined, keys, knownKeys(type));
        return this.#inType(child, reference, index + 1);
      }
    }
    return this.#inType(valuesOf(type), reference, index + 1);
  }

  /** A constant key is never there; to go through all keys is allowed. */
  #inEmpty(type: MaybeType, reference: readonly Term[], index: number): Diagnostic | undefined {
    const head = reference[index];
    if (head === undefined) return undefined;
    if (isScalar(head)) return this.#invalid(reference, index, undefined, undefined, []);
    if (head.type !== 'var') return undefined;
    const known = this.#environment.typeOf(head);
    const keys = keysOf(type);
    if (known === undefined) this.#environment.variables.put([head], anyType);
    else if (keys !== undefined && !unifies(known, keys))
      return this.#invalid(reference, index, known, keys, []);
    return undefined;
  }

  #invalid(
    reference: readonly Term[],
    index: number,
    have: MaybeType,
    want: MaybeType,
    oneOf: readonly Term[],
  ): Diagnostic {
    const shown = this.#display(reference);
    const details = invalidLines(shown, index, { have, want, oneOf });
    return typeError(reference[0]?.location, `undefined ref: ${printRef(shown)}`, details);
  }
}

function childKeys(node: TypeTree): Term[] {
  return [...node.children.values()]
    .flatMap(({ key }) => (key === undefined ? [] : [key]))
    .sort(compareTerms);
}

/** The keys that objects of the type have for sure. */
function knownKeys(of: MaybeType): Term[] {
  const type = unwrapped(of);
  const keys =
    type?.kind === 'object'
      ? type.properties.map(({ key }) => key)
      : type?.kind === 'any'
        ? type.of.flatMap(knownKeys)
        : [];
  const once = keys.filter(
    (key, index) => keys.findIndex((other) => compareTerms(key, other) === 0) === index,
  );
  return once.sort(compareTerms);
}
