import { builtinDeclaration } from '../builtins/declarations.ts';
import { operatorName } from '../compiler/nodes.ts';
import type { Body, Every, Expr, Rule, Term } from '../syntax/ast.ts';
import { printExpr, printHead, printRef, printTerm, printWith } from '../syntax/print.ts';
import { walkRule } from '../syntax/visit.ts';
import type { SupportModule } from './saved.ts';
import { renameWildcards } from './wildcards.ts';

/** A query as a source file has it: an expression a line. */
export function querySource(body: Body): string {
  return renameWildcards(body).map(expressionSource).join('\n');
}

/** A module as a source file has it, with its last line ended. */
export function moduleSource({ path, rules }: SupportModule): string {
  const name = printRef(path).replace(/^data\.?/, '');
  const imports = keywordsOf(rules).map((keyword) => `import future.keywords.${keyword}`);
  const parts = [`package ${name}`, ...(imports.length === 0 ? [] : [imports.join('\n')])];
  return [...parts, ...rules.map(ruleSource)].map((part) => `${part}\n`).join('\n');
}

/** The keywords that rules use and that modules have only by an import. */
function keywordsOf(rules: readonly Rule[]): string[] {
  const found = new Set<string>();
  const expr = ({ terms: { type } }: Expr): boolean => {
    if (type === 'not' || type === 'and' || type === 'or') found.add(type);
    return false;
  };
  for (const rule of rules) walkRule(rule, { expr });
  return [...found].sort();
}

function ruleSource(rule: Rule): string {
  let text = `${rule.default ? 'default ' : ''}${headSource(rule)}`;
  if (!rule.default) text += bodySource(rule.body);
  for (let branch = rule.else; branch !== undefined; branch = branch.else) {
    const { value } = branch.head;
    const isTrue = value === undefined || (value.type === 'boolean' && value.value);
    text += ` else${isTrue ? '' : ` := ${printTerm(value)}`}${bodySource(branch.body)}`;
  }
  return text;
}

/** `= true` goes without saying, but for defaults. */
function headSource({ head, default: isDefault }: Rule): string {
  const { value } = head;
  if (value === undefined) return printHead(head);
  if (value.type === 'boolean' && value.value && !isDefault) return printHead({ ...head, value: undefined });
  return printHead({ ...head, assign: true });
}

function bodySource(written: Body): string {
  const body = renameWildcards(written);
  const [only, second] = body;
  const isTrue = only?.terms.type === 'term' && only.terms.term.type === 'boolean' && only.terms.term.value;
  if (isTrue && second === undefined) return '';
  if (only !== undefined && second === undefined) return ` if ${expressionSource(only)}`;
  return ` if {\n${body.map((expr) => `\t${expressionSource(expr)}`).join('\n')}\n}`;
}

/** Operators stand between their operands; with one operand more the result is compared with it. */
function expressionSource(expr: Expr): string {
  const { terms, negated } = expr;
  if (terms.type === 'every') return everySource(terms);
  if (terms.type !== 'call') return printExpr(expr);
  const infix = infixOf(terms.operator);
  const [left, right, result, more] = terms.operands;
  if (infix === undefined || left === undefined || right === undefined || more !== undefined)
    return printExpr(expr);
  const said =
    result === undefined
      ? `${termSource(left)} ${infix} ${termSource(right)}`
      : `${printTerm(result)} = ${operandSource(left)} ${infix} ${operandSource(right)}`;
  return [negated ? `not ${said}` : said, ...expr.with.map(printWith)].join(' ');
}

function everySource({ key, value, domain, body }: Every): string {
  const names = [...(key === undefined ? [] : [key]), value].map(printTerm).join(', ');
  return `every ${names} in ${printTerm(domain)} { ${body.map(expressionSource).join('; ')} }`;
}

function termSource(term: Term): string {
  if (term.type !== 'call') return printTerm(term);
  const infix = infixOf(term.operator);
  const [left, right, more] = term.operands;
  if (infix === undefined || left === undefined || right === undefined || more !== undefined)
    return printTerm(term);
  return `${operandSource(left)} ${infix} ${operandSource(right)}`;
}

function operandSource(term: Term): string {
  const text = termSource(term);
  return term.type === 'call' && infixOf(term.operator) !== undefined ? `(${text})` : text;
}

function infixOf(operator: Term): string | undefined {
  return builtinDeclaration(operatorName(operator))?.infix;
}
