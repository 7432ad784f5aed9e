import type { Term } from './ast.ts';
import { numberTerm, stringTerm } from './build.ts';
import type { ParserContext } from './context.ts';
import { numberFault } from './number-text.ts';
import { type Token, token } from './token.ts';

/** A number, with a minus sign and with or without a digit before the point. */
export function parseNumber(p: ParserContext): Term | undefined {
  const location = p.loc();
  let prefix = '';
  if (p.at(token.subtract)) {
    prefix = '-';
    p.scan();
    if (!p.at(token.number) && !p.at(token.dot)) return expected(p, 'expected number');
  }
  if (p.at(token.dot)) {
    prefix += '.';
    p.scan();
    if (!p.at(token.number)) return expected(p, 'expected number');
  }
  const { literal } = p.s;
  if (!prefix.endsWith('.') && hasLeadingZero(literal)) {
    return expected(p, 'expected number without leading zero');
  }
  const text = prefix + literal;
  const fault = numberFault(text);
  if (fault === 'number too big') {
    p.error(p.loc(), fault);
    return undefined;
  }
  if (fault !== undefined) return expected(p, fault);
  return numberTerm(text, location);
}

function expected(p: ParserContext, note: string): undefined {
  p.illegal(note);
  return undefined;
}

function hasLeadingZero(literal: string): boolean {
  if (literal.length < 2 || !literal.startsWith('0')) return false;
  const second = literal[1];
  if (second === '.') return false;
  return !(literal.length > 2 && (second === 'e' || second === 'E'));
}

export function parseString(p: ParserContext): Term | undefined {
  const { literal } = p.s;
  if (literal.startsWith('`')) return stringTerm(literal.slice(1, -1), p.loc());
  const value = unescapeText(literal.slice(1, -1));
  if (value === undefined) {
    p.error(p.loc(), `illegal string literal: ${literal}`);
    return undefined;
  }
  return stringTerm(value, p.loc());
}

/** The text of one part of a template string, whose literal still has its first and last character. */
export function templateText(kind: Token, literal: string): string | { readonly fault: string } {
  const inner = literal.slice(1, -1);
  switch (kind) {
    case token.templatePart:
    case token.templateEnd:
      return unescapeText(inner) ?? { fault: `illegal template-string part: ${literal}` };
    case token.rawTemplatePart:
    case token.rawTemplateEnd:
      return inner;
    default:
      return { fault: 'expected template-string part' };
  }
}

/**
 * The text with JSON's escapes replaced; undefined where it is no JSON string. Without any escape everything
 * may stand in it, as OPA has it. Half a surrogate pair becomes U+FFFD.
 */
function unescapeText(inner: string): string | undefined {
  if (!inner.includes('\\')) return inner;
  try {
    const value: unknown = JSON.parse(`"${inner}"`);
    return typeof value === 'string' ? value.toWellFormed() : undefined;
  } catch {
    return undefined;
  }
}
