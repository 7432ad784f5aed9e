import type { Body, Expr, Head, TemplatePart, TemplateString, Term } from '../syntax/ast.ts';
import { arrayTerm, callTerm, nameRef, newExpr, setTerm, stringTerm, varTerm } from '../syntax/build.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import { compileError } from './diagnostics.ts';
import type { LocalNames } from './names.ts';
import { callOf, operatorName, shownName } from './nodes.ts';
import { type Arity, outputsOfBody } from './outputs.ts';
import { type Rewriter, rewriteChildren, rewriteExpr, rewriteHead } from './rewrite.ts';
import { addAll, safetyView, variablesOfTerm } from './variables.ts';

export interface TemplateContext {
  /** The built-in that templates become may be called. */
  readonly isSupported: boolean;
  readonly names: LocalNames;
  readonly arity: Arity;
  readonly isRelation: (name: string) => boolean;
  /** The reference names a rule that always has a value. */
  readonly isAlwaysDefined: (reference: readonly Term[]) => boolean;
  readonly originalName: (local: string) => string;
}

/**
 * Turns template strings into calls of `internal.template_string` with an array of their parts: plain terms as
 * they are, everything that may be undefined as a set of at most one value.
 */
export class TemplateStrings {
  readonly errors: Diagnostic[] = [];
  readonly #context: TemplateContext;

  constructor(context: TemplateContext) {
    this.#context = context;
  }

  /** Answers the variables that have a value after the body. */
  body(body: Body, globals: ReadonlySet<string>): Set<string> {
    const safe = addAll(outputsOfBody(body, this.#context.arity, globals), globals);
    for (const expr of body) this.#expr(expr, safe);
    return safe;
  }

  head(head: Head, safe: ReadonlySet<string>): void {
    const rewriter = this.#rewriter(safe);
    const reference = head.reference;
    rewriteHead(head, rewriter);
    head.reference = reference;
  }

  #rewriter(safe: ReadonlySet<string>): Rewriter {
    return {
      term: (term) => this.#term(term, safe, safe),
      body: (body) => {
        for (const expr of body) this.#expr(expr, safe);
        return body;
      },
    };
  }

  #expr(expr: Expr, safe: ReadonlySet<string>): void {
    const { terms } = expr;
    if (terms.type !== 'every') {
      rewriteExpr(expr, this.#rewriter(safe));
      return;
    }
    terms.domain = this.#term(terms.domain, safe, safe);
    const bound = variablesOfTerm(terms.value);
    if (terms.key !== undefined) addAll(bound, variablesOfTerm(terms.key));
    this.body(terms.body, addAll(bound, safe));
    for (const modifier of expr.with) modifier.value = this.#term(modifier.value, safe, safe);
  }

  /** `own` are the variables that the term itself sees, `safe` those that terms below it see. */
  #term(term: Term, own: ReadonlySet<string>, safe: ReadonlySet<string>): Term {
    switch (term.type) {
      case 'templatestring': {
        const before = this.errors.length;
        const call = this.#call(term, own);
        return this.errors.length > before ? term : this.#children(call, safe);
      }
      case 'arraycomprehension':
      case 'setcomprehension': {
        const inner = this.body(term.body, safe);
        term.term = this.#term(term.term, inner, safe);
        return term;
      }
      case 'objectcomprehension': {
        const inner = this.body(term.body, safe);
        term.key = this.#term(term.key, inner, safe);
        term.value = this.#term(term.value, inner, safe);
        return term;
      }
      default:
        return this.#children(term, safe);
    }
  }

  #children(term: Term, safe: ReadonlySet<string>): Term {
    return rewriteChildren(term, this.#rewriter(safe));
  }

  #call({ parts, location }: TemplateString, safe: ReadonlySet<string>): Term {
    if (!this.#context.isSupported)
      this.errors.push(compileError(location, 'template-strings are not supported'));
    const terms =
      parts.length === 0 ? [stringTerm('', location)] : parts.flatMap((part) => this.#part(part, safe));
    return callTerm(
      nameRef(['internal', 'template_string'], location),
      [arrayTerm(terms, location)],
      location,
    );
  }

  #part(part: TemplatePart, safe: ReadonlySet<string>): Term[] {
    if (part.type === 'term') return [part.term];
    const term = this.#partTerm(part.expr);
    if (term === undefined) return [];
    if (term.type === 'var' || (term.type === 'ref' && this.#context.isAlwaysDefined(term.terms))) {
      return [setTerm([term])];
    }
    const open = [...variablesOfTerm(term, safetyView)].filter((name) => !safe.has(name)).sort();
    for (const name of open) {
      this.errors.push(
        compileError(term.location, `var ${shownName(this.#context.originalName(name))} is undeclared`),
      );
    }
    return [this.#capture(term, part.expr)];
  }

  #partTerm({ terms, location }: Expr): Term | undefined {
    if (terms.type === 'term') return terms.term;
    if (terms.type !== 'call') {
      this.errors.push(compileError(location, `unexpected template-string expression type: ${terms.type}`));
      return undefined;
    }
    const name = operatorName(terms.operator);
    if (this.#context.isRelation(name)) {
      const message = `illegal call to relation built-in '${name}' that may cause multiple outputs`;
      this.errors.push(compileError(undefined, message));
      return undefined;
    }
    return callTerm(terms.operator, terms.operands);
  }

  /** `{x | x = term}`. */
  #capture(term: Term, { with: modifiers }: Expr): Term {
    const variable = varTerm(this.#context.names.generate(), term.location);
    const capture = newExpr(callOf('eq', [variable, term], undefined), term.location);
    capture.with = modifiers;
    return { type: 'setcomprehension', term: variable, body: [capture], location: term.location };
  }
}
