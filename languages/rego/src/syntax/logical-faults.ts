import type { Body, Term } from './ast.ts';
import type { ParserContext } from './context.ts';
import { functionName, infixFunctions } from './infix.ts';
import type { Location } from './location.ts';

/**
 * `{ a | b … }` as a body: a union, though it reads like a comprehension. The call `or(a, b)` and the union in
 * parentheses are told apart by their words.
 */
export function isAmbiguousUnion(body: Body): boolean {
  const expr = body[0];
  if (expr === undefined || expr.terms.type !== 'call') return false;
  const { operator } = expr.terms;
  if (functionName(operator) !== 'or' || operator.location?.text !== '|') return false;
  return expr.location === undefined || !expr.location.text.trim().startsWith('(');
}

export function wordsFrom(p: ParserContext, offset: number): string {
  return p.source.text.slice(offset, p.s.lastEnd);
}

export function errorWithOnOperand(p: ParserContext, location: Location, operator: string): void {
  p.hint(
    'Wrap the operand in `(...)` or `{...}` to scope, or move `with` after the ' +
      `\`${operator}\` expression to apply it to the whole expression`,
  );
  p.error(location, `\`with\` modifier is not allowed on operand of \`${operator}\``);
}

export function errorBracedOperand(p: ParserContext, at: Location, words: string, operator: string): void {
  p.hint(`wrap the operand to keep the value: \`(${words}) ${operator} ...\``);
  p.error(at, `operand of \`${operator}\` cannot begin with \`{\` unless the braces hold a body`);
}

export function errorNotABody(p: ParserContext, location: Location, words: string, term: Term): void {
  p.hint(`write \`not (${words})\` to negate the value, or \`not {${words}}\` for a body holding it`);
  const type = bracedValue(term).type;
  p.error(location, `\`{...}\` in an operand position must contain expression(s), got: ${type}`);
}

/** The value that the first brace of a term opens: that of `{1, 2} & s` is the set. */
function bracedValue(term: Term): Term {
  if (term.type !== 'call') return term;
  const infix = infixFunctions.get(functionName(term.operator) ?? '');
  const first = term.operands[0];
  if (infix === undefined || first === undefined || term.operands.length !== infix.operands) return term;
  return bracedValue(first);
}

export function errorBodyInParentheses(
  p: ParserContext,
  open: Location,
  braces: string,
  prefix: string,
): 'failed' {
  p.hint(`drop the parens to keep the body: \`${prefix}${braces}\``);
  p.error(open, '`(...)` in an operand position cannot contain a body');
  return 'failed';
}

export function errorAmbiguousUnion(p: ParserContext, location: Location, body: Body, prefix: string): void {
  const braces = wordsFrom(p, location.offset);
  const expr = body[0]?.location;
  let union = braces;
  if (expr !== undefined) {
    const from = expr.offset - location.offset;
    const to = from + expr.text.length;
    if (from > 0 && to <= braces.length) {
      union = `${braces.slice(0, from)}(${expr.text})${braces.slice(to)}`;
    }
  }
  p.hint(`write \`${prefix}(${braces})\` for the comprehension, or \`${prefix}${union}\` for the set union`);
  p.error(
    location,
    'ambiguous `{ ... | ... }` operand: read as a body holding a set-union expression, not as a comprehension',
  );
}

/** Functions that give no value. */
const voidFunctions = new Set(['print', 'internal.print']);

/** An operand of nothing but calls that give no value can never fail. */
export function checkVoidCalls(p: ParserContext, body: Body, operator: string): void {
  let name: string | undefined;
  for (const { terms, negated: isNot } of body) {
    const called = !isNot && terms.type === 'call' ? functionName(terms.operator) : undefined;
    if (called === undefined || !voidFunctions.has(called)) return;
    name ??= called;
  }
  if (name === undefined) return;
  p.hint(
    `\`${name}\` produces no value and always succeeds, so the operand can never fail; move it out of the ` +
      'operand, or add an expression that can fail',
  );
  p.error(body[0]?.location, `operand of \`${operator}\` cannot consist only of calls to \`${name}\``);
}
