import type { Body, Expr } from '../syntax/ast.ts';
import type { LocalNames } from './names.ts';
import { numbered } from './nodes.ts';
import { rewriteOperandBodies } from './rewrite.ts';

/** Takes terms out of the expressions of a body and of the bodies inside, to stand before them as expressions. */
export abstract class Hoister {
  protected readonly names: LocalNames;

  constructor(names: LocalNames) {
    this.names = names;
  }

  body(body: Body): Body {
    const hoisted: Body = [];
    for (const expr of body) {
      this.hoist(expr, hoisted);
      rewriteOperandBodies(expr.terms, this);
      hoisted.push(expr);
    }
    return numbered(hoisted);
  }

  /** Puts behind `before` what must stand before the expression, and changes its terms to speak of that. */
  protected abstract hoist(expr: Expr, before: Body): void;
}
