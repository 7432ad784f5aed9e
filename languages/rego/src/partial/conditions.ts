import { operatorName } from '../compiler/nodes.ts';
import { constantValue } from '../evaluator/generator/terms.ts';
import type { Body, Expr, Term } from '../syntax/ast.ts';
import { type JsonResult, type RegoValue, toJson } from '../values/index.ts';
import { type Mappings, translateField } from './mappings.ts';

/** A condition on the fields of a row. */
export type Condition =
  | { readonly type: 'field'; readonly operator: string; readonly field: string; readonly value: Operand }
  | {
      readonly type: 'compound';
      readonly operator: 'and' | 'or' | 'not';
      readonly conditions: readonly Condition[];
    };

/** A constant, or another field. */
export type Operand = { readonly value: RegoValue } | { readonly field: string };

/** The queries as one condition; undefined where it always holds. They must have passed `checkQueries`. */
export function conditionOf(queries: readonly Body[], mappings: Mappings): Condition | undefined {
  const parts: Condition[] = [];
  for (const body of queries) {
    if (body.length === 0) return undefined;
    parts.push(
      joined(
        'and',
        body.map((expr) => expressionCondition(expr, mappings)),
      ),
    );
  }
  return joined('or', parts);
}

function joined(operator: 'and' | 'or', conditions: readonly Condition[]): Condition {
  const [first, second] = conditions;
  if (first !== undefined && second === undefined) return first;
  return { type: 'compound', operator, conditions };
}

const operators: ReadonlyMap<string, string> = new Map([
  ['eq', 'eq'],
  ['neq', 'ne'],
  ['lt', 'lt'],
  ['lte', 'lte'],
  ['gt', 'gt'],
  ['gte', 'gte'],
  ['startswith', 'startswith'],
  ['endswith', 'endswith'],
  ['contains', 'contains'],
  ['internal.member_2', 'in'],
]);

/** The operator for operands in the other order. */
const mirrored: ReadonlyMap<string, string> = new Map([
  ['lt', 'gt'],
  ['lte', 'gte'],
  ['gt', 'lt'],
  ['gte', 'lte'],
]);

/** Thrown for what has no form in the target. */
export class Untranslatable extends Error {}

function expressionCondition(expr: Expr, mappings: Mappings): Condition {
  const { terms } = expr;
  const operator = terms.type === 'call' ? operators.get(operatorName(terms.operator)) : undefined;
  if (terms.type !== 'call' || operator === undefined) throw new Untranslatable('invalid statement');
  const [left, right] = terms.operands;
  if (left === undefined || right === undefined) throw new Untranslatable('missing operand');
  const condition =
    left.type === 'ref'
      ? fieldCondition(operator, left, right, mappings)
      : fieldCondition(mirrored.get(operator) ?? operator, right, left, mappings);
  if (!expr.negated) return condition;
  return { type: 'compound', operator: 'not', conditions: [condition] };
}

function fieldCondition(operator: string, field: Term, other: Term, mappings: Mappings): Condition {
  const name = fieldOf(field, mappings);
  // Any value will do: the field only must have one.
  if (other.type === 'var' && operator === 'eq')
    return { type: 'field', operator: 'ne', field: name, value: { value: null } };
  if (other.type === 'ref')
    return { type: 'field', operator, field: name, value: { field: fieldOf(other, mappings) } };
  const value = constantValue(other);
  if (value === undefined) throw new Untranslatable('operand is no constant');
  return { type: 'field', operator, field: name, value: { value } };
}

function fieldOf(term: Term, mappings: Mappings): string {
  const steps = term.type === 'ref' ? term.terms.slice(1) : [];
  const names = steps.map((step) => {
    if (step.type === 'string') return step.value;
    if (step.type === 'var') return step.name;
    throw new Untranslatable('a field is named by texts');
  });
  if (names.length === 0) throw new Untranslatable('operand is no field');
  return translateField(names.join('.'), mappings);
}

/** The condition as a UCAST tree. */
export function ucastOf(condition: Condition | undefined): JsonResult {
  if (condition === undefined) return {};
  const { type, operator } = condition;
  if (condition.type === 'compound') return { type, operator, value: condition.conditions.map(ucastOf) };
  const { field, value } = condition;
  return { type, operator, field, value: 'field' in value ? { field: value.field } : toJson(value.value) };
}
