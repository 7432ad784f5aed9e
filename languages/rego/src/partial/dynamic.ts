import { findBuiltin } from '../builtins/index.ts';
import { type CompiledRule, childNode, type RuleTreeNode } from '../compiler/compiled.ts';
import { isConstant, isScalar, operatorName } from '../compiler/nodes.ts';
import { nodesBelow } from '../compiler/rule-tree.ts';
import type { Body, Expr, Term } from '../syntax/ast.ts';
import { refTerm } from '../syntax/build.ts';
import { printRef } from '../syntax/print.ts';
import { type Visitor, walkExpr, walkRule, walkTerm } from '../syntax/visit.ts';
import type { Frame } from './frame.ts';
import type { Path } from './paths.ts';
import { isDisabled } from './scope.ts';
import type { Place, Session } from './session.ts';

/** Evaluating the term needs something unknown, or a rule that does. */
export function isUnknownTerm(place: Place, term: Term, frame = place.frame): boolean {
  return new Search(place, frame, true).ask((visitor) => walkTerm(term, visitor));
}

/** As `isUnknownPath`, but functions count as they are written, not as what `with` replaces them with. */
export function isUnknownAsWritten(place: Place, path: Path, frame = place.frame): boolean {
  return new Search(place, frame, false).ask((visitor) => walkTerm(refTerm([...path]), visitor));
}

export function isUnknownPath(place: Place, path: Path, frame = place.frame): boolean {
  return isUnknownTerm(place, refTerm([...path]), frame);
}

export function isUnknownExpr(place: Place, expr: Expr): boolean {
  return new Search(place, place.frame, true).ask((visitor) => walkExpr(expr, visitor));
}

export function isUnknownBody(place: Place, body: Body): boolean {
  return body.some((expr) => isUnknownExpr(place, expr));
}

/** Goes through a tree and the rules that it names until something must be left for later. */
class Search {
  readonly #place: Place;
  readonly #frame: Frame;
  readonly #replaces: boolean;
  readonly #seen = new Set<CompiledRule>();
  #found = false;
  /** Rules that are being looked at: their variables are not those of the frame. */
  #depth = 0;

  constructor(place: Place, frame: Frame, replaces: boolean) {
    this.#replaces = replaces;
    this.#place = place;
    this.#frame = frame;
  }

  ask(walk: (visitor: Visitor) => void): boolean {
    this.#place.session.run.charge(1);
    walk(this.#visitor);
    return this.#found;
  }

  readonly #visitor: Visitor = {
    expr: (expr) => {
      this.#found ||= expr.with.length > 0 || this.#isChance(expr);
      return this.#found;
    },
    term: (term) => {
      if (!this.#found && term.type === 'var') this.#variable(term);
      else if (!this.#found && term.type === 'ref') this.#reference(term.terms, term);
      return this.#found;
    },
  };

  #isChance({ terms }: Expr): boolean {
    if (this.#place.session.nondeterministic || terms.type !== 'call') return false;
    return findBuiltin(operatorName(terms.operator))?.nondeterministic === true;
  }

  #variable(term: Term): void {
    if (this.#depth === 0) this.#found = this.#unknowns.isWithin(term, this.#frame);
  }

  get #unknowns(): Session['unknowns'] {
    return this.#place.session.unknowns;
  }

  #reference(path: Path, term: Term): void {
    this.#found = this.#unknowns.mayContain(term, this.#frame) || isDisabled(this.#place.scope, path, false);
    if (this.#found) return;
    const known = this.#depth > 0 ? path : path.map((part, at) => (at === 0 ? part : this.#scalar(part)));
    this.#depth += 1;
    this.#rulesOf(known);
    const { mocks } = this.#place.scope;
    const mock = this.#replaces && mocks.size > 0 ? mocks.get(printRef(path)) : undefined;
    if (mock?.type === 'ref') this.#rulesOf(mock.terms);
    this.#depth -= 1;
  }

  #rulesOf(path: Path): void {
    for (const rule of rulesNamed(this.#place.session.compilation.ruleTree, path)) {
      if (this.#found) break;
      if (this.#seen.has(rule)) continue;
      this.#seen.add(rule);
      walkRule(rule.rule, this.#visitor);
    }
  }

  #scalar(term: Term): Term {
    if (term.type !== 'var') return term;
    const value = this.#frame.plug(term);
    return isScalar(value) ? value : term;
  }
}

/** The rules on the way of a reference and below it; what is open in it may be any key. */
function* rulesNamed(root: RuleTreeNode, path: Path): Generator<CompiledRule> {
  const [head] = path;
  const start = head?.type === 'var' && head.name === 'data' ? root.children.get('"data') : undefined;
  if (start !== undefined) yield* rulesFrom(start, path, 1);
}

function* rulesFrom(node: RuleTreeNode, path: Path, at: number): Generator<CompiledRule> {
  yield* node.rules;
  const key = path[at];
  if (key === undefined) {
    for (const below of nodesBelow(node, false)) if (below !== node) yield* below.rules;
  } else if (isConstant(key)) {
    const child = childNode(node, key);
    if (child !== undefined) yield* rulesFrom(child, path, at + 1);
  } else {
    for (const child of node.children.values()) if (!child.hidden) yield* rulesFrom(child, path, at + 1);
  }
}
