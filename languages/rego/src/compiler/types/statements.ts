import type { Expr, Term } from '../../syntax/ast.ts';
import type { Diagnostic } from '../../syntax/diagnostic.ts';
import { printTerm } from '../../syntax/print.ts';
import { typeError } from '../diagnostics.ts';
import { isEquality, operatorName, operatorTerms } from '../nodes.ts';
import { isUnknown, keysOf, unifies, valuesOf } from './algebra.ts';
import { argumentLines, matchLines } from './details.ts';
import type { TypeEnvironment } from './environment.ts';
import { infer, isComposite, unifyTyped } from './infer.ts';
import { anyType, type FunctionType, isAnything, type MaybeType } from './type.ts';

/** An error, and whether it may only come from a type that is not known. */
export interface Found {
  readonly error: Diagnostic;
  readonly fromUnknown: boolean;
}

/** What a statement says that can never hold. */
export function checkStatement(expr: Expr, environment: TypeEnvironment): Found | undefined {
  const replacement = checkReplacements(expr, environment);
  if (replacement !== undefined) return replacement;
  if (expr.terms.type !== 'call') return undefined;
  const { operator, operands } = expr.terms;
  if (isEquality(expr)) return checkEquality(expr, operands, environment);
  const name = operatorName(operator);
  if (name === 'internal.member_2' || name === 'internal.member_3') {
    const error = checkMember(expr, operands, name === 'internal.member_3', environment);
    if (error !== undefined) return error;
  }
  return checkArguments(expr, operator, operands, environment);
}

/** A function may only be replaced by one that takes the same arguments. */
function checkReplacements(expr: Expr, environment: TypeEnvironment): Found | undefined {
  for (const { target, value, location } of expr.with) {
    const wanted = environment.typeOf(target);
    const given = environment.typeOf(value);
    if (wanted?.kind !== 'function' || given?.kind !== 'function' || unifies(wanted, given)) continue;
    const details = argumentLines(given.args, wanted, false);
    return {
      error: typeError(location, `${printTerm(target)}: arity mismatch`, details),
      fromUnknown: given.args.some((arg) => isUnknown(arg)),
    };
  }
  return undefined;
}

function checkEquality(
  expr: Expr,
  operands: readonly Term[],
  environment: TypeEnvironment,
): Found | undefined {
  const [left, right, extra] = operands;
  if (left === undefined || right === undefined || extra !== undefined) {
    const wanted: FunctionType = {
      kind: 'function',
      args: [anyType, anyType],
      result: undefined,
      variadic: undefined,
    };
    const what = extra === undefined ? 'too few arguments' : 'too many arguments';
    return argumentError(expr, 'eq', what, typesOf(operands, environment), wanted);
  }
  const types: [MaybeType, MaybeType] = [environment.typeOf(left), environment.typeOf(right)];
  return unifyTyped(environment, left, right, types) ? undefined : matchError(expr, types);
}

function matchError(expr: Expr, [left, right]: readonly [MaybeType, MaybeType]): Found {
  return {
    error: typeError(expr.location, 'match error', matchLines(left, right)),
    fromUnknown: isUnknown(left) || isUnknown(right),
  };
}

/** What is looked for with `in` must be able to be in there. */
function checkMember(
  expr: Expr,
  operands: readonly Term[],
  withKey: boolean,
  environment: TypeEnvironment,
): Found | undefined {
  const [first, second, third] = operands;
  const [key, value, collection] = withKey ? [first, second, third] : [undefined, first, second];
  if (collection === undefined || value === undefined) return undefined;
  const type = environment.typeOf(collection);
  const values = valuesOf(type);
  if (values === undefined) return undefined;
  const keyError = key === undefined ? undefined : checkMemberOperand(expr, key, keysOf(type), environment);
  return keyError ?? checkMemberOperand(expr, value, values, environment);
}

function checkMemberOperand(
  expr: Expr,
  term: Term,
  wanted: MaybeType,
  environment: TypeEnvironment,
): Found | undefined {
  if (isUnknown(wanted)) return undefined;
  const have = environment.typeOf(term);
  if ((isUnknown(have) || unifies(have, wanted)) && infer(environment, term, wanted)) return undefined;
  return matchError(expr, [have, wanted]);
}

function checkArguments(
  expr: Expr,
  operator: Term,
  operands: readonly Term[],
  environment: TypeEnvironment,
): Found | undefined {
  const type = environment.reference(operatorTerms(operator));
  if (isAnything(type)) return undefined;
  if (type?.kind !== 'function') {
    const message = `undefined function ${printTerm(operator)}`;
    return { error: typeError(expr.location, message), fromUnknown: false };
  }
  const wanted = type.result === undefined ? type.args : [...type.args, type.result];
  const have = typesOf(operands, environment);
  if (operands.length > wanted.length && type.variadic === undefined) {
    return argumentError(expr, printTerm(operator), 'too many arguments', have, type, true);
  }
  if (operands.length < type.args.length)
    return argumentError(expr, printTerm(operator), 'too few arguments', have, type, true);
  const invalid = (types: readonly MaybeType[]): Found =>
    argumentError(expr, printTerm(operator), 'invalid argument(s)', types, type, true);
  for (const [index, operand] of operands.entries()) {
    const want = index < wanted.length ? wanted[index] : type.variadic;
    const known = have[index];
    if (!isUnknown(known)) {
      if (!unifies(known, want)) return invalid(have);
      // Of what has parts, the parts may learn something.
      if (!isComposite(operand)) continue;
    }
    if (!infer(environment, operand, want)) return invalid(typesOf(operands, environment));
  }
  return undefined;
}

function typesOf(terms: readonly Term[], environment: TypeEnvironment): MaybeType[] {
  return terms.map((term) => environment.typeOf(term));
}

function argumentError(
  expr: Expr,
  name: string,
  what: string,
  have: readonly MaybeType[],
  wanted: FunctionType,
  withResult = false,
): Found {
  return {
    error: typeError(expr.location, `${name}: ${what}`, argumentLines(have, wanted, withResult)),
    fromUnknown: have.some((type) => isUnknown(type)),
  };
}
