import { isConstant, rootNames } from '../compiler/nodes.ts';
import type { Term } from '../syntax/ast.ts';
import { arrayTerm, objectTerm, refTerm, setTerm, varTerm } from '../syntax/build.ts';

/** A term with the frame that its variables belong to. */
export interface Placed {
  readonly term: Term;
  readonly frame: Frame;
}

/**
 * The variables of one query, rule or function that is being evaluated. A variable may stand for a term of
 * another frame, whose own variables are not known yet.
 */
export class Frame {
  readonly id: number;
  readonly values = new Map<string, Placed>();

  constructor(id: number) {
    this.id = id;
  }

  /** What a variable stands for in the end; any other term as it is. */
  resolve(term: Term): Placed {
    let placed: Placed = { term, frame: this };
    while (placed.term.type === 'var') {
      const next = placed.frame.values.get(placed.term.name);
      if (next === undefined) return placed;
      placed = next;
    }
    return placed;
  }

  /** Gives the variable a value for as long as `next` runs. */
  bind(name: string, value: Placed, next: () => void): void {
    this.values.set(name, value);
    next();
    this.values.delete(name);
  }

  /**
   * The term with its variables replaced by what they stand for. Open variables keep their name in `home`, and
   * without one; those of other frames get the number of their frame behind it.
   */
  plug(term: Term, home?: Frame): Term {
    switch (term.type) {
      case 'var': {
        const { term: value, frame } = this.resolve(term);
        return value.type === 'var' ? frame.named(value.name, home) : frame.plug(value, home);
      }
      case 'ref':
        return refTerm(
          term.terms.map((part) => this.plug(part, home)),
          term.location,
        );
      case 'array':
      case 'set':
      case 'object':
        return isConstant(term) ? term : this.#plugItems(term, home);
      default:
        return term;
    }
  }

  #plugItems(term: Term & { type: 'array' | 'set' | 'object' }, home: Frame | undefined): Term {
    if (term.type === 'object')
      return objectTerm(
        term.pairs.map(([key, value]) => [this.plug(key, home), this.plug(value, home)]),
        term.location,
      );
    const items = term.items.map((item) => this.plug(item, home));
    return term.type === 'array' ? arrayTerm(items, term.location) : setTerm(items, term.location);
  }

  /** An open variable of this frame as `home` sees it. */
  named(name: string, home: Frame | undefined): Term {
    const isForeign = home !== undefined && home !== this && !rootNames.has(name);
    return varTerm(isForeign ? `${name}${this.id}` : name);
  }
}
