import { builtinDeclaration } from '../builtins/declarations.ts';
import type { Rule, Term } from '../syntax/ast.ts';
import { copyTerm } from '../syntax/copy.ts';
import { constantPrefix, isConstant, isEquality, operatorName, sides, startsWith } from './nodes.ts';

/** Where a variable gets its value, to be told in errors. */
export type VariableOrigin =
  | { readonly from: 'input' | 'rule'; readonly reference: readonly Term[] }
  | { readonly from: 'collection'; readonly collection: Term }
  | { readonly from: 'builtin'; readonly name: string }
  | { readonly from: 'key' | 'argument' };

/** Where the variables of a reference in the expression of that index get their values. */
export function variableOrigins(
  rule: Rule,
  index: number,
  reference: readonly Term[],
): Map<string, VariableOrigin> {
  const finder = new OriginFinder(rule, index);
  const origins = new Map<string, VariableOrigin>();
  for (const term of reference.slice(1)) {
    const origin = term.type === 'var' ? finder.origin(term.name, 0) : undefined;
    if (term.type === 'var' && origin !== undefined) origins.set(term.name, origin);
  }
  return origins;
}

class OriginFinder {
  readonly #equal = new Map<string, Term>();
  readonly #outputs = new Map<string, string>();
  readonly #head = new Map<string, 'key' | 'argument'>();
  readonly #size: number;

  constructor({ head, body }: Rule, index: number) {
    this.#size = body.length;
    for (const expr of body.slice(0, index)) {
      if (expr.negated || expr.with.length > 0) continue;
      if (isEquality(expr)) this.#addEquality(sides(expr));
      else if (expr.terms.type === 'call') {
        this.#addOutput(operatorName(expr.terms.operator), expr.terms.operands);
      }
    }
    const keys = [...head.reference.slice(1), ...(head.key === undefined ? [] : [head.key])];
    for (const term of keys) if (term.type === 'var') this.#head.set(term.name, 'key');
    for (const term of head.args ?? []) if (term.type === 'var') this.#head.set(term.name, 'argument');
  }

  #addEquality(pair: readonly [Term, Term] | undefined): void {
    if (pair === undefined) return;
    const [left, right] = pair;
    if (left.type === 'var' && !this.#equal.has(left.name)) this.#equal.set(left.name, right);
    if (right.type === 'var' && !this.#equal.has(right.name)) this.#equal.set(right.name, left);
  }

  #addOutput(name: string, operands: readonly Term[]): void {
    const declaration = builtinDeclaration(name);
    const last = operands.at(-1);
    if (declaration === undefined || last?.type !== 'var') return;
    if (operands.length === (declaration.decl.args?.length ?? 0) + 1) this.#outputs.set(last.name, name);
  }

  /** Equalities are followed as far as a body of this size can go; what goes further runs in a circle. */
  origin(name: string, depth: number): VariableOrigin | undefined {
    if (depth > this.#size) return undefined;
    const builtin = this.#outputs.get(name);
    if (builtin !== undefined) return { from: 'builtin', name: builtin };
    const equal = this.#equal.get(name);
    if (equal?.type === 'var') return this.origin(equal.name, depth + 1);
    const known = equal?.type === 'ref' ? this.#referenceOrigin(equal.terms, depth) : undefined;
    if (known !== undefined) return known;
    const from = this.#head.get(name);
    return from === undefined ? undefined : { from };
  }

  #referenceOrigin(reference: readonly Term[], depth: number): VariableOrigin | undefined {
    if (startsWith(reference, 'input')) return { from: 'input', reference: constantPart(reference) };
    if (startsWith(reference, 'data')) return { from: 'rule', reference: constantPart(reference) };
    const [head, key, more] = reference;
    if (head === undefined || key === undefined || more !== undefined || isConstant(key)) return undefined;
    const collection = this.#collection(head, depth);
    return collection === undefined ? undefined : { from: 'collection', collection };
  }

  #collection(term: Term, depth: number): Term | undefined {
    let at = term;
    for (let step = depth; step <= this.#equal.size && at.type === 'var'; step += 1) {
      const equal = this.#equal.get(at.name);
      if (equal === undefined) return undefined;
      at = equal;
    }
    const isCollection = at.type === 'array' || at.type === 'set' || at.type === 'object';
    return isCollection && isConstant(at) ? at : undefined;
  }
}

function constantPart(reference: readonly Term[]): Term[] {
  return constantPrefix(reference).map(copyTerm);
}
