import type { Body, Expr, ExprTerms, Head, RegoVersion, Rule, TemplatePart, Term, With } from './ast.ts';
import { isCallOf } from './build.ts';
import { functionName, infixFunctions } from './infix.ts';
import { quote } from './quote.ts';
import { isReservedWord } from './token.ts';

/** A term as OPA prints it in messages: sets and objects in order, wildcards as `_`. */
export function printTerm(term: Term): string {
  switch (term.type) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(term.value);
    case 'number':
      return term.text;
    case 'string':
      return quote(term.value);
    case 'var':
      return term.name.startsWith('$') ? '_' : term.name;
    case 'ref':
      return printRef(term.terms);
    case 'array':
      return `[${printTerms(term.items)}]`;
    case 'set':
      return term.items.length === 0 ? 'set()' : `{${printTerms(term.items)}}`;
    case 'object':
      return `{${term.pairs.map(([key, value]) => `${printTerm(key)}: ${printTerm(value)}`).join(', ')}}`;
    case 'call':
      return printCall(term.operator, term.operands);
    case 'arraycomprehension':
      return `[${printHeadTerm(term.term)} | ${printBody(term.body)}]`;
    case 'setcomprehension':
      return `{${printHeadTerm(term.term)} | ${printBody(term.body)}}`;
    case 'objectcomprehension':
      return `{${printHeadTerm(term.key)}: ${printHeadTerm(term.value)} | ${printBody(term.body)}}`;
    case 'templatestring':
      return `$"${term.parts.map(printPart).join('')}"`;
  }
}

export function printTerms(terms: readonly Term[]): string {
  return terms.map(printTerm).join(', ');
}

function printCall(operator: Term, operands: readonly Term[]): string {
  return `${printTerm(operator)}(${printTerms(operands)})`;
}

/** A reference: `data.a["b c"][x]`. */
export function printRef(terms: readonly Term[]): string {
  const [head, ...rest] = terms;
  if (head === undefined) return '';
  let text = head.type === 'string' ? head.value : printTerm(head);
  for (const part of rest) text += part.type === 'string' ? printKey(part.value) : `[${printTerm(part)}]`;
  return text;
}

function printKey(key: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && !isReservedWord(key, 'v1')) return `.${key}`;
  return /[\\\p{Cc}]/u.test(key) ? `[${quote(key)}]` : `["${key}"]`;
}

/** The head of a comprehension, where operators are written as such: `|` would be read as its bar. */
function printHeadTerm(term: Term): string {
  if (term.type !== 'call' || term.operands.length !== 2) return printTerm(term);
  const infix = infixFunctions.get(functionName(term.operator) ?? '');
  const [lhs, rhs] = term.operands;
  if (infix === undefined || infix.symbol === 'in' || lhs === undefined || rhs === undefined) {
    return printTerm(term);
  }
  return `(${printHeadTerm(lhs)} ${infix.symbol} ${printHeadTerm(rhs)})`;
}

function printPart(part: TemplatePart): string {
  if (part.type === 'expr') return `{${printExpr(part.expr)}}`;
  if (part.term.type !== 'string') return printTerm(part.term);
  const inner = quote(part.term.value).slice(1, -1);
  return inner.replace(/(^|[^\\])(\{+)/g, (_, before: string, braces: string) => {
    return `${before}${'\\{'.repeat(braces.length)}`;
  });
}

export function printBody(body: Body): string {
  return body.map(printExpr).join('; ');
}

export function printExpr(expr: Expr): string {
  const not = expr.negated ? 'not ' : '';
  const withs = expr.with.map((modifier) => ` ${printWith(modifier)}`).join('');
  return `${not}${printStatement(expr)}${withs}`;
}

export function printWith({ target, value }: With): string {
  return `with ${printTerm(target)} as ${printTerm(value)}`;
}

function printStatement(expr: Expr): string {
  const { terms } = expr;
  switch (terms.type) {
    case 'term':
      return printTerm(terms.term);
    case 'call': {
      const [lhs, rhs] = terms.operands;
      const isEquality = isCallOf(expr, 'eq') && terms.operands.length === 2;
      if (isEquality && lhs !== undefined && rhs !== undefined)
        return `${printTerm(lhs)} = ${printTerm(rhs)}`;
      return printCall(terms.operator, terms.operands);
    }
    case 'some':
      return `some ${printSymbols(terms.symbols)}`;
    case 'every': {
      const key = terms.key === undefined ? '' : `${printTerm(terms.key)}, `;
      return `every ${key}${printTerm(terms.value)} in ${printTerm(terms.domain)} { ${printBody(terms.body)} }`;
    }
    case 'not':
      if (terms.explicit || terms.body.length !== 1) return `not {${printBody(terms.body)}}`;
      return isTight(terms.body) ? `not ${printBody(terms.body)}` : `not (${printBody(terms.body)})`;
    case 'and':
    case 'or':
      return `${printOperand(terms, terms.lhs, terms.explicitLhs)} ${terms.type} ${printOperand(
        terms,
        terms.rhs,
        terms.explicitRhs,
      )}`;
  }
}

function printSymbols(symbols: readonly Term[]): string {
  const call = symbols[0];
  if (call === undefined || call.type !== 'call') return printTerms(symbols);
  const names = call.operands.slice(0, -1);
  const domain = call.operands.at(-1);
  return `${printTerms(names)} in ${domain === undefined ? '' : printTerm(domain)}`;
}

/** True for a body that `not` takes without parentheses. */
function isTight(body: Body): boolean {
  const expr = body[0];
  if (expr === undefined || expr.with.length > 0) return false;
  const { terms } = expr;
  if (terms.type === 'term') return !beginsWithBrace(terms.term);
  return terms.type !== 'and' && terms.type !== 'or' && terms.type !== 'not';
}

function printOperand(parent: ExprTerms & { type: 'and' | 'or' }, body: Body, explicit: boolean): string {
  const text = printBody(body);
  const expr = body[0];
  if (explicit || body.length !== 1 || expr === undefined) return `{ ${text} }`;
  return needsParentheses(parent, body, expr) ? `(${text})` : text;
}

function needsParentheses(parent: ExprTerms & { type: 'and' | 'or' }, body: Body, expr: Expr): boolean {
  if (expr.with.length > 0) return true;
  const isRight = body === parent.rhs;
  switch (expr.terms.type) {
    case 'or':
      return parent.type === 'and' || isRight;
    case 'and':
      return parent.type === 'and' && isRight;
    case 'term':
      return beginsWithBrace(expr.terms.term);
    default:
      return false;
  }
}

function beginsWithBrace(term: Term): boolean {
  switch (term.type) {
    case 'set':
      return term.items.length > 0;
    case 'object':
    case 'setcomprehension':
    case 'objectcomprehension':
      return true;
    case 'ref':
      return term.terms[0] !== undefined && beginsWithBrace(term.terms[0]);
    default:
      return false;
  }
}

/** A head as OPA prints it; `contains` where the version has it. */
export function printHead(head: Head, version: RegoVersion = 'v1'): string {
  let text = printRef(head.reference);
  let hasKey = false;
  if (head.args !== undefined && head.args.length > 0) {
    text += `(${printTerms(head.args)})`;
  } else if (head.reference.length === 1 && head.key !== undefined) {
    const key = printTerm(head.key);
    hasKey = version !== 'v0';
    text += hasKey ? ` contains ${key}` : `[${key}]`;
  }
  if (head.value !== undefined) return `${text} ${head.assign ? ':=' : '='} ${printTerm(head.value)}`;
  if (!hasKey && head.name === '' && head.key !== undefined) text += ` contains ${printTerm(head.key)}`;
  return text;
}

/** A rule with its `else` branches on one line, as OPA prints it. */
export function printRule(rule: Rule, version: RegoVersion = 'v1'): string {
  const open = version === 'v0' ? '{' : 'if {';
  let text = `${rule.default ? 'default ' : ''}${printHead(rule.head, version)}`;
  if (!rule.default) text += ` ${open} ${printBody(rule.body)} }`;
  for (let branch = rule.else; branch !== undefined; branch = branch.else) {
    const value = branch.head.value === undefined ? '' : `= ${printTerm(branch.head.value)}`;
    text += ` else ${value} ${open} ${printBody(branch.body)} }`;
  }
  return text;
}
