import type { Expr } from '../syntax/ast.ts';

/** Equalities that the text wrote with `:=`: their left side only takes values and gives none. */
const assignments = new WeakSet<Expr>();

export function markAssignment(expr: Expr): void {
  assignments.add(expr);
}

export function isFromAssignment(expr: Expr): boolean {
  return assignments.has(expr);
}
