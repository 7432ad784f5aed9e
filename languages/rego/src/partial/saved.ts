import { hasPrefix, isEquality, trueStatement } from '../compiler/nodes.ts';
import type { Body, Expr, Rule } from '../syntax/ast.ts';
import { newBody } from '../syntax/build.ts';
import { copyExpr } from '../syntax/copy.ts';
import { printRef } from '../syntax/print.ts';
import type { Frame } from './frame.ts';
import { type Path, splitRule } from './paths.ts';

/** An expression that is left for later; `frames` hold its variables: of both sides where it is an equality. */
export interface SavedExpression {
  readonly expr: Expr;
  readonly frames?: readonly [left: Frame, right: Frame];
}

export function plugExpression({ expr, frames }: SavedExpression, home: Frame): Expr {
  if (frames === undefined) return expr;
  const [left, right] = frames;
  const copy = copyExpr(expr);
  const { terms } = copy;
  if (terms.type === 'call') {
    const isPair = isEquality(copy);
    terms.operands = terms.operands.map((term, at) => (isPair && at === 1 ? right : left).plug(term, home));
  } else if (terms.type === 'term') {
    terms.term = left.plug(terms.term, home);
  }
  for (const modifier of copy.with) modifier.value = left.plug(modifier.value, home);
  return copy;
}

/** The expressions left for later on the way to where the evaluation stands. Each query that is built apart has a list of its own. */
export class SavedQueries {
  readonly #lists: SavedExpression[][] = [[]];

  get current(): SavedExpression[] {
    const list = this.#lists.at(-1);
    if (list === undefined) throw new TypeError('no query is being built');
    return list;
  }

  during(saved: readonly SavedExpression[], next: () => void): void {
    const list = this.current;
    const before = list.length;
    list.push(...saved);
    next();
    list.length = before;
  }

  /** Builds a query apart while `work` runs; `finished` is called for what was built, with the outer list in place. */
  apart(work: () => void): void {
    this.#lists.push([]);
    work();
    this.#lists.pop();
  }

  /** Runs with the query that was current before the innermost one. */
  outside(work: (inner: readonly SavedExpression[]) => void): void {
    const inner = this.#lists.pop() ?? [];
    work(inner);
    this.#lists.push(inner);
  }
}

export function pluggedBody(saved: readonly SavedExpression[], home: Frame): Body {
  if (saved.length === 0) return newBody([trueStatement(undefined)]);
  return newBody(saved.map((one) => ({ ...plugExpression(one, home) })));
}

/** Rules of one package. */
export interface SupportModule {
  /** `data` and then strings. */
  readonly path: Path;
  readonly rules: Rule[];
}

/** The rules that the residual queries refer to, by package. */
export class SupportRules {
  readonly modules = new Map<string, SupportModule>();

  /** Some rule gives a value at the path or below it. */
  has(path: Path): boolean {
    const { home, rule } = splitRule(path);
    const module = this.modules.get(printRef(home));
    return module?.rules.some(({ head }) => hasPrefix(head.reference, rule)) ?? false;
  }

  add(home: Path, rule: Rule): void {
    const name = printRef(home);
    let module = this.modules.get(name);
    if (module === undefined) {
      module = { path: home, rules: [] };
      this.modules.set(name, module);
    }
    module.rules.push(rule);
  }
}
