import type { Expr, Head, Rule, Term } from './ast.ts';
import { booleanTerm, isCallOf, trueBody } from './build.ts';
import { newHead } from './heads.ts';
import { functionName } from './infix.ts';
import type { Location } from './location.ts';
import { printRef } from './print.ts';

/** Why an expression is no rule. */
export interface NoRule {
  readonly fault: string;
}

/**
 * The rule that a statement of a module stands for where it is written as a query: `p = 1`, `p[x]`, `f(x)`,
 * `a.b.c`. `isBuiltin` knows the names of built-in functions.
 */
export function ruleFromBody(body: readonly Expr[], isBuiltin: (name: string) => boolean): Rule | NoRule {
  const [expr] = body;
  if (expr === undefined || body.length !== 1) {
    return { fault: 'multiple expressions cannot be used for rule head' };
  }
  if (expr.with.length > 0) return { fault: 'expressions using with keyword cannot be used for rule head' };
  if (expr.negated) return { fault: 'negated expressions cannot be used for rule head' };
  const { terms } = expr;
  if (terms.type === 'some') return { fault: "'some' declarations cannot be used for rule head" };
  if (terms.type === 'term') return fromTerm(terms.term);
  if (terms.type !== 'call') return { fault: 'expression cannot be used for rule head' };
  const [lhs, rhs] = terms.operands;
  const isAssignment = isCallOf(expr, 'assign');
  if (isAssignment || isCallOf(expr, 'eq')) {
    if (lhs === undefined || rhs === undefined) return { fault: 'assignment requires two operands' };
    return fromEquation(lhs, rhs, isAssignment, expr.location);
  }
  const name = functionName(terms.operator);
  if (name !== undefined && isBuiltin(name)) return { fault: 'rule name conflicts with built-in function' };
  return fromCall(terms.operator, terms.operands);
}

function rule(head: Head, location: Location | undefined, bodyLocation: Location | undefined): Rule {
  return {
    default: false,
    head,
    body: trueBody(bodyLocation),
    else: undefined,
    location,
    generatedBody: true,
  };
}

function fromTerm(term: Term): Rule | NoRule {
  if (term.type !== 'ref') return { fault: `${term.type} cannot be used for rule name` };
  const [first, key] = term.terms;
  if (first === undefined || key === undefined) return { fault: 'refs cannot be used for rule head' };
  if (first.type !== 'var') return { fault: `invalid rule head: ${printRef(term.terms)}` };
  const isPartialSet = term.terms.length === 2;
  const head = newHead(isPartialSet ? [{ ...first }] : term.terms);
  if (isPartialSet) {
    head.key = key;
  } else {
    head.value = booleanTerm(true, term.location);
    head.generatedValue = true;
  }
  head.location = term.location;
  return rule(head, term.location, term.location);
}

function fromEquation(lhs: Term, rhs: Term, assign: boolean, location: Location | undefined): Rule | NoRule {
  const head = equationHead(lhs);
  if ('fault' in head) return head;
  head.value = rhs;
  head.assign = assign;
  head.location = location;
  return rule(head, location, rhs.location);
}

function equationHead(lhs: Term): Head | NoRule {
  switch (lhs.type) {
    case 'var':
      return newHead([{ ...lhs }]);
    case 'ref': {
      const [first, key] = lhs.terms;
      if (first === undefined || first.type !== 'var') {
        return { fault: `invalid rule head: ${printRef(lhs.terms)}` };
      }
      const head = newHead(lhs.terms);
      if (lhs.terms.length === 2) {
        head.name = first.name;
        head.key = key;
      }
      return head;
    }
    case 'call':
      return callHead(lhs.operator, lhs.operands) ?? { fault: 'call cannot be used for rule name' };
    default:
      return { fault: `${lhs.type} cannot be used for rule name` };
  }
}

function callHead(operator: Term, operands: Term[]): Head | undefined {
  if (operator.type !== 'ref' || operator.terms[0]?.type !== 'var') return undefined;
  const head = newHead(operator.terms);
  head.args = operands;
  return head;
}

function fromCall(operator: Term, operands: Term[]): Rule | NoRule {
  if (operands.length === 0) return { fault: 'rule argument list must take at least one argument' };
  const head = callHead(operator, operands);
  if (head === undefined) {
    const terms = operator.type === 'ref' ? operator.terms : [operator];
    return { fault: `invalid rule head: ${printRef(terms)}` };
  }
  head.value = booleanTerm(true, operator.location);
  head.location = operator.location;
  return rule(head, operator.location, operator.location);
}
