import type {
  Body,
  Comment,
  Expr,
  ExprTerms,
  Head,
  Import,
  Module,
  Rule,
  TemplatePart,
  Term,
  With,
} from './ast.ts';
import { objectTerm, refTerm, setTerm } from './build.ts';

/** Deep copies. Places are shared: they never change. */
export function copyModule(module: Module): Module {
  return {
    ...module,
    package: { ...module.package, path: module.package.path.map(copyTerm) },
    imports: module.imports.map(copyImport),
    rules: module.rules.map(copyRule),
    comments: module.comments.map((comment): Comment => ({ ...comment })),
  };
}

function copyImport(statement: Import): Import {
  const { path } = statement;
  return { ...statement, path: refTerm(path.terms.map(copyTerm), path.location) };
}

export function copyRule(rule: Rule): Rule {
  return {
    ...rule,
    head: copyHead(rule.head),
    body: copyBody(rule.body),
    else: rule.else === undefined ? undefined : copyRule(rule.else),
  };
}

export function copyHead(head: Head): Head {
  return {
    ...head,
    reference: head.reference.map(copyTerm),
    args: head.args?.map(copyTerm),
    key: copyOptional(head.key),
    value: copyOptional(head.value),
    keywords: [...head.keywords],
  };
}

export function copyBody(body: Body): Body {
  return body.map(copyExpr);
}

export function copyExpr(expr: Expr): Expr {
  return { ...expr, terms: mapStatement(expr.terms, copyTerm, copyBody), with: copyWiths(expr.with) };
}

function copyWiths(withs: readonly With[]): With[] {
  return withs.map((modifier) => ({
    ...modifier,
    target: copyTerm(modifier.target),
    value: copyTerm(modifier.value),
  }));
}

function copyOptional(term: Term | undefined): Term | undefined {
  return term === undefined ? undefined : copyTerm(term);
}

export function copyTerm(term: Term): Term {
  return mapTerm(term, copyTerm, copyBody, copyExpr);
}

/**
 * The statement with other terms and bodies directly below it. Terms come first: the operator, the operands,
 * the key, the value, the domain.
 */
export function mapStatement(
  terms: ExprTerms,
  onTerm: (term: Term) => Term,
  onBody: (body: Body) => Body,
): ExprTerms {
  switch (terms.type) {
    case 'term':
      return { ...terms, term: onTerm(terms.term) };
    case 'call':
      return { ...terms, operator: onTerm(terms.operator), operands: terms.operands.map(onTerm) };
    case 'some':
      return { ...terms, symbols: terms.symbols.map(onTerm) };
    case 'every':
      return {
        ...terms,
        key: terms.key === undefined ? undefined : onTerm(terms.key),
        value: onTerm(terms.value),
        domain: onTerm(terms.domain),
        body: onBody(terms.body),
      };
    case 'not':
      return { ...terms, body: onBody(terms.body) };
    case 'and':
    case 'or':
      return { ...terms, lhs: onBody(terms.lhs), rhs: onBody(terms.rhs) };
  }
}

/**
 * The term with other terms, bodies and template expressions directly below it; always a new node, but for the
 * parts that the functions give back. Sets and objects are put in order again.
 */
export function mapTerm(
  term: Term,
  onTerm: (term: Term) => Term,
  onBody: (body: Body) => Body,
  onExpr: (expr: Expr) => Expr,
): Term {
  switch (term.type) {
    case 'ref':
      return { ...term, terms: term.terms.map(onTerm) };
    case 'array':
      return { ...term, items: term.items.map(onTerm) };
    case 'set':
      return setTerm(term.items.map(onTerm), term.location);
    case 'object':
      return objectTerm(
        term.pairs.map(([key, value]) => [onTerm(key), onTerm(value)]),
        term.location,
      );
    case 'call':
      return { ...term, operator: onTerm(term.operator), operands: term.operands.map(onTerm) };
    case 'arraycomprehension':
    case 'setcomprehension':
      return { ...term, term: onTerm(term.term), body: onBody(term.body) };
    case 'objectcomprehension':
      return { ...term, key: onTerm(term.key), value: onTerm(term.value), body: onBody(term.body) };
    case 'templatestring':
      return {
        ...term,
        parts: term.parts.map(
          (part): TemplatePart =>
            part.type === 'term'
              ? { type: 'term', term: onTerm(part.term) }
              : { type: 'expr', expr: onExpr(part.expr) },
        ),
      };
    default:
      return { ...term };
  }
}
