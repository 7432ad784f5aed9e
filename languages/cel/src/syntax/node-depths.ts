import { errorAt } from '../error.ts';
import type { CelExpr } from './ast.ts';

const maxDepth = 1000;

/** Notes how deep each node of a tree is, so that no later walk over the tree can run out of stack. */
export class NodeDepths {
  readonly #source: string;
  readonly #depths = new Map<CelExpr, number>();

  constructor(source: string) {
    this.#source = source;
  }

  /** The node itself, noted as one deeper than the deepest child. Throws CelError CEL_LIMIT. */
  note<T extends CelExpr>(expr: T, children: readonly (CelExpr | undefined)[]): T {
    let depth = 0;
    for (const child of children)
      if (child !== undefined) depth = Math.max(depth, this.#depths.get(child) ?? 0);
    if (depth >= maxDepth) {
      throw errorAt(
        'CEL_LIMIT',
        `the expression is nested deeper than ${maxDepth}`,
        this.#source,
        expr.start,
      );
    }
    this.#depths.set(expr, depth + 1);
    return expr;
  }
}
