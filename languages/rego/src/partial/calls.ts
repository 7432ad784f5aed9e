import type { Builtin } from '../builtins/index.ts';
import { BuiltinError } from '../builtins/index.ts';
import { findNode } from '../compiler/compiled.ts';
import { operatorName, startsWith } from '../compiler/nodes.ts';
import { VariableCollector } from '../compiler/variables.ts';
import { RegoError } from '../errors.ts';
import { constantValue } from '../evaluator/generator/terms.ts';
import { EvaluationError } from '../evaluator/runtime/failure.ts';
import type { CallStatement, Rule, Term } from '../syntax/ast.ts';
import { newExpr, refTerm, varTerm } from '../syntax/build.ts';
import { printRef } from '../syntax/print.ts';
import type { RegoValue } from '../values/index.ts';
import { evaluateBody } from './body.ts';
import { isUnknownExpr, isUnknownPath, isUnknownTerm } from './dynamic.ts';
import { type Definitions, definitionsAt } from './rules.ts';
import { saveCall, saveExprOf } from './save.ts';
import { pluggedBody } from './saved.ts';
import { isDisabled } from './scope.ts';
import { expressionAt, inner, type Next, type Place } from './session.ts';
import { namespaced, newHead, newRule } from './support.ts';
import { unify, unifyAll } from './unify.ts';
import { termOf } from './values.ts';

/** Calls a built-in or a function of the modules; what is unknown of it is left for later. */
export function evaluateCall(place: Place, call: CallStatement, next: Next): void {
  if (call.operator.type !== 'ref') return;
  const operator = call.operator.terms;
  const { compilation } = place.session;
  const mock = place.scope.mocks.get(printRef(operator));
  if (mock?.type === 'ref' && compilation.arity(mock.terms) >= (startsWith(mock.terms, 'data') ? 1 : 0)) {
    // A replacement does not replace itself.
    const scope = { ...place.scope, mocks: new Map<string, Term>(), cache: new Map<string, Term | null>() };
    evaluateCall({ ...place, scope }, { ...call, operator: mock }, next);
  } else if (mock !== undefined) {
    callValue(place, call, mock, compilation.arity(operator), next);
  } else if (operator[0]?.type === 'var' && operator[0].name === 'data') {
    callFunction(place, call, operator, next);
  } else {
    callBuiltin(place, call, next);
  }
}

/** The function was replaced with a value. */
function callValue(
  { frame, ...place }: Place,
  call: CallStatement,
  value: Term,
  arity: number,
  next: Next,
): void {
  const output = call.operands[arity];
  if (output !== undefined) unify({ frame, ...place }, output, value, [frame, frame], next);
  else if (value.type !== 'boolean' || value.value) next();
}

function callBuiltin(place: Place, call: CallStatement, next: Next): void {
  const name = operatorName(call.operator);
  const builtin = place.session.builtin(name);
  if (builtin === undefined) throw new RegoError('eval_internal_error', `unsupported built-in ${name}`);
  const arity = builtin.decl.args?.length ?? 0;
  if (isUnknownExpr(place, expressionAt(place)) || hasUnknown(place, call)) {
    saveCall(place, call, arity, next);
    return;
  }
  const { frame } = place;
  const isVoid = builtin.decl.result === undefined;
  const count = isVoid ? call.operands.length : arity;
  const args = call.operands.slice(0, count).map((operand) => constantValue(frame.plug(operand)));
  if (args.includes(undefined))
    throw new RegoError('eval_internal_error', `${name} was given an open operand`);
  const output = call.operands[count];
  for (const result of results(
    place,
    builtin,
    args.filter((arg) => arg !== undefined),
  )) {
    if (isVoid) next();
    else if (output !== undefined) unify(place, output, termOf(result), [frame, frame], next);
    else if (result !== false) next();
  }
}

function hasUnknown(place: Place, { operands }: CallStatement): boolean {
  return operands.some((operand) => isUnknownTerm(place, operand));
}

function results(
  { session: { run } }: Place,
  builtin: Builtin,
  args: readonly RegoValue[],
): readonly RegoValue[] {
  run.charge(1);
  try {
    if (builtin.relate !== undefined) return [...builtin.relate(args, run.context)];
    const value = builtin.call(args, run.context);
    if (builtin.decl.result === undefined) return [true];
    return value === undefined ? [] : [value];
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    const failure = new EvaluationError(error.code, `${builtin.name}: ${error.message}`);
    if (run.strict) throw failure;
    run.builtinErrors.push(failure);
    return [];
  }
}

function callFunction(place: Place, call: CallStatement, operator: readonly Term[], next: Next): void {
  const node = findNode(place.session.compilation.ruleTree, operator);
  if (node === undefined) return;
  const definitions = definitionsAt(node);
  const arity = (definitions.rules[0] ?? definitions.fallback)?.rule.head.args?.length ?? 0;
  if (definitions.hasElse && isUnknownExpr(place, expressionAt(place))) {
    saveCall(place, call, arity, next);
    return;
  }
  const isApart = place.session.shallow || isDisabled(place.scope, operator, true);
  if (isApart || countsFallback(call, definitions, arity)) {
    const isUnknown =
      isUnknownPath(place, operator) ||
      hasUnknown(place, { ...call, operands: call.operands.slice(0, arity) });
    if (isUnknown) {
      callSupport({ place, call, operator, arity }, definitions, next);
      return;
    }
  }
  inlineFunction(place, call, definitions, next);
}

/** A default of false is the same as no value where nobody takes the value. */
function countsFallback({ operands }: CallStatement, { fallback }: Definitions, arity: number): boolean {
  if (fallback === undefined) return false;
  const { value } = fallback.rule.head;
  return operands.length !== arity || value?.type !== 'boolean' || value.value;
}

function inlineFunction(
  place: Place,
  call: CallStatement,
  { rules, fallback }: Definitions,
  next: Next,
): void {
  let isDefined = false;
  for (const { rule } of rules) {
    for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.else) {
      if (!inlineBranch(place, call, branch, next)) continue;
      isDefined = true;
      break;
    }
  }
  if (!isDefined && fallback !== undefined) inlineBranch(place, call, fallback.rule, next);
}

/** True where the branch gave a value. */
function inlineBranch(place: Place, { operands }: CallStatement, { head, body }: Rule, next: Next): boolean {
  const args = [...(head.args ?? [])];
  const isTaken = operands.length > args.length;
  if (isTaken && head.value !== undefined) args.push(head.value);
  const child = inner(place, body);
  let isDefined = false;
  unifyAll(place, operands, args, [place.frame, child.frame], () =>
    evaluateBody(child, () => {
      const { value } = head;
      if (!isTaken && value !== undefined) {
        if (place.session.unknowns.contains(value, child.frame))
          return saveExprOf(place, newExpr({ type: 'term', term: value }), child.frame, next);
        isDefined = true;
        const known = child.frame.plug(value);
        if (known.type === 'boolean' && !known.value) return;
      }
      isDefined = true;
      next();
    }),
  );
  return isDefined;
}

interface FunctionCall {
  readonly place: Place;
  readonly call: CallStatement;
  readonly operator: readonly Term[];
  readonly arity: number;
}

/** Keeps what is left of the function as a rule of its own, and the call of that. */
function callSupport(
  { place, call, operator, arity }: FunctionCall,
  { rules, fallback }: Definitions,
  next: Next,
): void {
  const { session } = place;
  const target = namespaced(session, operator);
  if (!session.support.has(target))
    for (const { rule, module } of fallback === undefined ? rules : [...rules, fallback])
      supportFunction(place, rule, namespaced(session, module.package.path));
  if (session.support.has(target)) saveCall(place, { ...call, operator: refTerm(target) }, arity, next);
}

function supportFunction(place: Place, rule: Rule, home: readonly Term[]): void {
  const { session } = place;
  const child = inner(place, rule.body);
  const { args = [], value, reference } = rule.head;
  const names = new VariableCollector().terms(args).names;
  const plug = (term: Term): Term => child.frame.plug(term, session.home);
  session.saved.apart(() =>
    session.unknowns.during(
      [...names].map((name) => ({ term: varTerm(name), frame: child.frame })),
      () =>
        evaluateBody(child, () =>
          session.saved.outside((saved) => {
            const body = pluggedBody(saved, session.home);
            if (!session.passesTypes(body)) return;
            const head = newHead(reference, {
              args: args.map(plug),
              value: value === undefined ? undefined : plug(value),
            });
            session.support.add(home, newRule(head, body, rule.default));
          }),
        ),
    ),
  );
}
