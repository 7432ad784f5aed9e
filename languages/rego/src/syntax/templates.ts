import type { Expr, TemplatePart, Term } from './ast.ts';
import { isCallOf, stringTerm } from './build.ts';
import { templateText } from './constants.ts';
import type { ParserContext } from './context.ts';
import { parseLiteral } from './query.ts';
import { token } from './token.ts';

/** `$"… {expression} …"`, from its first part. */
export function parseTemplateString(p: ParserContext, multiLine: boolean): Term | undefined {
  const location = p.loc();
  if (!p.has('template_strings')) {
    p.error(location, 'template strings are not supported by current capabilities');
    return undefined;
  }
  const parts: TemplatePart[] = [];
  for (;;) {
    const text = templateText(p.s.token, p.s.literal);
    if (typeof text !== 'string') {
      p.error(p.loc(), text.fault);
      return undefined;
    }
    if (text !== '') parts.push({ type: 'term', term: stringTerm(text, p.loc()) });
    if (p.at(token.templateEnd) || p.at(token.rawTemplateEnd)) break;
    const part = parseExpression(p);
    if (part === undefined) return undefined;
    parts.push(part);
    if (!p.at(token.rightBrace)) {
      p.error(p.loc(), 'expected } to end template string expression');
      return undefined;
    }
    p.scanTemplate(multiLine);
  }
  return { type: 'templatestring', parts, multiLine, location: location.spanning(location.offset, p.s.end) };
}

function parseExpression(p: ParserContext): TemplatePart | undefined {
  const commentsBefore = p.s.comments;
  p.scan();
  const hasComments = p.s.comments !== commentsBefore;
  const expr = parseLiteral(p);
  if (expr === undefined) {
    p.error(p.loc(), 'invalid template-string expression');
    return undefined;
  }
  const fault = faultOf(expr);
  if (fault !== undefined) {
    p.error(expr.location, fault);
    return undefined;
  }
  // What always has a value stays a plain term; a comment before it is kept by keeping the expression.
  if (expr.terms.type === 'term' && !hasComments && isConstant(expr.terms.term)) {
    return { type: 'term', term: expr.terms.term };
  }
  return { type: 'expr', expr };
}

function isConstant(term: Term): boolean {
  return term.type === 'string' || term.type === 'number' || term.type === 'boolean' || term.type === 'null';
}

function faultOf(expr: Expr): string | undefined {
  if (expr.negated) return "unexpected negation ('not') in template-string expression";
  if (isCallOf(expr, 'eq')) return "unexpected unification ('=') in template-string expression";
  if (isCallOf(expr, 'assign')) return "unexpected assignment (':=') in template-string expression";
  if (expr.terms.type === 'every') return "unexpected 'every' in template-string expression";
  if (expr.terms.type === 'some') return "unexpected 'some' in template-string expression";
  return undefined;
}
