import type { Term } from '../syntax/ast.ts';
import { compareTerms } from '../syntax/compare.ts';
import { isComprehension } from './nodes.ts';
import { isCovered, type Names, patternView, safetyView, variablesOfTerm } from './variables.ts';

/** The variables that have a value once `a = b` holds, given that those of `safe` have one. */
export function unifiedVariables(safe: Names, a: Term, b: Term): Set<string> {
  const unifier = new Unifier(safe);
  unifier.unify(a, b);
  return unifier.unified;
}

/** What the reference begins with has a value. */
export function isReferenceSafe(reference: readonly Term[], safe: Names): boolean {
  const head = reference[0];
  if (head === undefined) return true;
  return head.type === 'var' ? safe.has(head.name) : isTermSafe(head, safe);
}

function isTermSafe(term: Term, safe: Names): boolean {
  return isCovered(variablesOfTerm(term, safetyView), safe);
}

/** The term gives values and takes none: a reference or call that is safe, or a comprehension. */
function givesValue(term: Term, safe: Names): boolean {
  if (term.type === 'ref') return isReferenceSafe(term.terms, safe);
  return term.type === 'call' && isTermSafe(term, safe);
}

class Unifier {
  readonly unified = new Set<string>();
  readonly #safe: Names;
  /** Variables that have a value once all of a set have. */
  readonly #waiting = new Map<string, Set<string>>();

  constructor(safe: Names) {
    this.#safe = safe;
  }

  unify(a: Term, b: Term): void {
    switch (a.type) {
      case 'var':
        this.#unifyVariable(a.name, b);
        break;
      case 'ref':
      case 'call':
        if (givesValue(a, this.#safe)) this.#take(b, true);
        break;
      case 'array':
      case 'object':
        this.#unifyPattern(a, b);
        break;
      case 'arraycomprehension':
        this.#take(b, b.type === 'array');
        break;
      case 'objectcomprehension':
        this.#take(b, b.type === 'object');
        break;
      default:
        if (b.type === 'var') this.#mark(b.name);
    }
  }

  /** `b` gets its value from the other side. */
  #take(b: Term, asPattern: boolean): void {
    if (b.type === 'var') this.#mark(b.name);
    else if (asPattern && (b.type === 'array' || b.type === 'object')) this.#markAll(b);
  }

  #unifyVariable(name: string, b: Term): void {
    if (b.type === 'var') {
      if (this.#isSafe(b.name)) this.#mark(name);
      else if (this.#isSafe(name)) this.#mark(b.name);
      else {
        this.#await(name, b.name);
        this.#await(b.name, name);
      }
    } else if (b.type === 'array' || b.type === 'object') {
      this.#unifyWithPattern(name, b);
    } else if ((b.type !== 'ref' && b.type !== 'call') || givesValue(b, this.#safe)) {
      this.#mark(name);
    }
  }

  #unifyPattern(a: Term, b: Term): void {
    if (b.type === 'var') this.#unifyWithPattern(b.name, a);
    else if (givesValue(b, this.#safe)) this.#markAll(a);
    else if (a.type === 'array' && isComprehension(b)) this.#markAll(a);
    else if (a.type === 'array' && b.type === 'array') this.#unifyItems(a.items, b.items);
    else if (a.type === 'object' && b.type === 'object' && a.pairs.length === b.pairs.length) {
      for (const [key, value] of a.pairs) {
        const other = b.pairs.find(([otherKey]) => compareTerms(key, otherKey) === 0);
        if (other !== undefined) this.unify(value, other[1]);
      }
    }
  }

  #unifyItems(a: readonly Term[], b: readonly Term[]): void {
    if (a.length !== b.length) return;
    a.forEach((item, index) => {
      const other = b[index];
      if (other !== undefined) this.unify(item, other);
    });
  }

  /** A variable beside an array or object: either has a value once the other has. */
  #unifyWithPattern(name: string, pattern: Term): void {
    if (this.#isSafe(name)) {
      this.#markAll(pattern);
      return;
    }
    const open = [...variablesOfTerm(pattern, patternView)].filter((part) => !this.#isSafe(part));
    if (open.length === 0) this.#mark(name);
    for (const part of open) this.#await(name, part);
  }

  #isSafe(name: string): boolean {
    return this.#safe.has(name) || this.unified.has(name);
  }

  #markAll(pattern: Term): void {
    for (const name of variablesOfTerm(pattern, patternView)) this.#mark(name);
  }

  #await(name: string, other: string): void {
    const others = this.#waiting.get(name);
    if (others === undefined) this.#waiting.set(name, new Set([other]));
    else others.add(other);
  }

  #mark(name: string): void {
    this.unified.add(name);
    const parts = this.#waiting.get(name);
    this.#waiting.delete(name);
    for (const part of parts ?? []) this.#mark(part);
    for (const [waiting, others] of [...this.#waiting]) {
      if (others.delete(name) && others.size === 0) this.#mark(waiting);
    }
  }
}
