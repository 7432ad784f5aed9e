import type { Body, Expr, Term, With } from '../syntax/ast.ts';
import { refTerm, varTerm } from '../syntax/build.ts';
import { printTerm } from '../syntax/print.ts';
import { walkTerm } from '../syntax/visit.ts';
import type { LocalDeclarations } from './local-declarations.ts';
import { isRootDocument } from './nodes.ts';
import { type Rewriter, rewriteChildren, rewriteTerms } from './rewrite.ts';
import { VariableCollector, variablesOfTerm } from './variables.ts';

const nothing: ReadonlySet<string> = new Set();

/** Rewrites a body; `used` are names that its result speaks of. */
export type BodyRewriter = (body: Body, used: ReadonlySet<string>) => Body;

/** Puts local names in the place of those of the text, in terms and what is below them. */
export class LocalTerms implements Rewriter {
  readonly #declarations: LocalDeclarations;
  readonly #body: BodyRewriter;

  constructor(declarations: LocalDeclarations, body: BodyRewriter) {
    this.#declarations = declarations;
    this.#body = body;
  }

  body(body: Body): Body {
    return this.#body(body, nothing);
  }

  /** The term with local names in place of those of the text. */
  term(term: Term): Term {
    switch (term.type) {
      case 'var':
        return this.variable(term);
      case 'ref':
        return isRootDocument(term) ? this.#root(term) : rewriteChildren(term, this);
      case 'call':
        this.#calledVariable(term);
        return rewriteChildren(term, this);
      case 'arraycomprehension':
      case 'setcomprehension':
        return this.#declarations.scopes.within(() => {
          term.body = this.#body(term.body, variablesOfTerm(term.term));
          term.term = this.term(term.term);
          return term;
        });
      case 'objectcomprehension':
        return this.#declarations.scopes.within(() => {
          term.body = this.#body(term.body, new VariableCollector().term(term.key).term(term.value).names);
          term.key = this.term(term.key);
          term.value = this.term(term.value);
          return term;
        });
      case 'templatestring':
        for (const part of term.parts) if (part.type === 'expr') this.#template(part.expr);
        return term;
      default:
        return rewriteChildren(term, this);
    }
  }

  #template(expr: Expr): void {
    const { terms } = expr;
    if (terms.type === 'term') terms.term = this.term(terms.term);
    else if (terms.type === 'call') {
      terms.operator = this.term(terms.operator);
      rewriteTerms(terms.operands, this);
    }
    for (const modifier of expr.with) {
      modifier.target = this.term(modifier.target);
      modifier.value = this.term(modifier.value);
    }
  }

  variable(term: Term & { type: 'var' }): Term {
    const { scopes } = this.#declarations;
    const known = scopes.find(term.name);
    if (known === undefined) {
      scopes.insert(term.name, term.name, 'seen');
      return term;
    }
    known.count += 1;
    return known.local === term.name ? term : varTerm(known.local, term.location);
  }

  /** `input` or `data` on its own, which a variable of that name may hide. */
  #root(term: Term & { type: 'ref' }): Term {
    const head = term.terms[0];
    if (head?.type !== 'var') return term;
    const known = this.#declarations.scopes.find(head.name);
    if (known === undefined || known.occurrence === 'seen' || known.local === head.name) return term;
    return varTerm(known.local, term.location);
  }

  #calledVariable(term: Term & { type: 'call' }): void {
    walkTerm(term.operator, {
      term: (part) => {
        if (part.type !== 'var') return false;
        const local = this.#declarations.scopes.local(part.name);
        if (local === undefined || local === part.name) return false;
        this.#declarations.refuse(term.location, `called function ${printTerm(term.operator)} shadowed`);
        return true;
      },
    });
  }

  /** A local variable named `input` does not change what `with input` replaces. */
  with(modifier: With): void {
    modifier.target = this.term(modifier.target);
    const shadow = this.#declarations.scopes.local('input');
    const { target } = modifier;
    if (target.type === 'var' && target.name === shadow) {
      modifier.target = refTerm([varTerm('input', target.location)], target.location);
    } else if (target.type === 'ref') {
      const head = target.terms[0];
      if (head?.type === 'var' && head.name === shadow) target.terms[0] = varTerm('input', head.location);
    }
    modifier.value = this.term(modifier.value);
  }
}
