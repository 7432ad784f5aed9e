import { hasPrefix } from '../compiler/nodes.ts';
import type { Term } from '../syntax/ast.ts';
import { isGround, stringTerm, varTerm } from '../syntax/build.ts';
import { compareTerms } from '../syntax/compare.ts';

/** The terms of a reference. */
export type Path = readonly Term[];

export function sameTerm(a: Term, b: Term): boolean {
  return compareTerms(a, b) === 0;
}

/** One of both leads to or through the other. */
export function onOneLine(a: Path, b: Path): boolean {
  return hasPrefix(a, b) || hasPrefix(b, a);
}

/** Both may name the same document; what is no constant may be anything. */
export function mayOverlap(a: Path, b: Path): boolean {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const x = a[at];
    const y = b[at];
    if (x === undefined || y === undefined || sameTerm(x, y)) continue;
    if (at === 0 || (isGround(x) && isGround(y))) return false;
  }
  return true;
}

const name = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Splits the path of a document into its package and the rule, whose name ends the run of plain names. */
export function splitRule(path: Path): { readonly home: Path; readonly rule: Term[] } {
  let start = 2;
  for (let at = 2; at < path.length; at += 1) {
    const term = path[at];
    if (term?.type !== 'string' || !name.test(term.value)) break;
    start = at;
  }
  return { home: path.slice(0, start), rule: named(path.slice(start)) };
}

/** The reference of a rule's head: its first term is a name. */
export function named([first, ...rest]: Path): Term[] {
  if (first === undefined) return [];
  return [first.type === 'string' ? varTerm(first.value, first.location) : first, ...rest];
}

export function insertNamespace(path: Path, namespace: string): Term[] {
  const [root, ...rest] = path;
  return root === undefined ? [] : [root, stringTerm(namespace), ...rest];
}
