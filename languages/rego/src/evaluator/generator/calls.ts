import type { Builtin } from '../../builtins/builtin.ts';
import { findNode } from '../../compiler/compiled.ts';
import { nameOfTerms } from '../../compiler/nodes.ts';
import type { CallStatement, Term } from '../../syntax/ast.ts';
import type { Location } from '../../syntax/location.ts';
import type { UserFunction } from '../runtime/documents.ts';
import type { Mock } from '../runtime/scope.ts';
import { internalError } from './errors.ts';
import type { Frame, Linker } from './frame.ts';
import { inlineCalls } from './inline-calls.ts';
import { emitMatch, emitUnify } from './matches.ts';
import { callSite } from './sites.ts';
import { isScalarTerm } from './terms.ts';
import { emitValue } from './values.ts';

/** A function that a reference names, as `with` replaces it or puts it in another's place. */
export interface NamedFunction {
  readonly name: string;
  readonly mock: Mock;
}

/** The function of the policy or built-in that a reference names; undefined where it names none. */
export function functionName(terms: readonly Term[], linker: Linker): NamedFunction | undefined {
  const [head] = terms;
  if (head?.type !== 'var') return undefined;
  if (head.name === 'data') {
    const target = functionAt(terms, linker);
    return target === undefined ? undefined : { name: target.name, mock: { kind: 'function', target } };
  }
  if (head.name === 'input') return undefined;
  const builtin = linker.builtin(nameOfTerms(terms));
  return builtin === undefined
    ? undefined
    : { name: builtin.name, mock: { kind: 'builtin', target: builtin } };
}

function functionAt(terms: readonly Term[], linker: Linker): UserFunction | undefined {
  if (!terms.slice(1).every(isScalarTerm)) return undefined;
  const node = findNode(linker.root, terms);
  return node === undefined ? undefined : linker.function(node);
}

/** Writes a call that stands as an expression; the operand after the arguments takes the result. */
export function emitCall(call: CallStatement, location: Location | undefined, frame: Frame): void {
  const terms = call.operator.type === 'ref' ? call.operator.terms : [call.operator];
  const [head, ...rest] = terms;
  if (head?.type !== 'var') throw internalError('the operator of a call is no name', location);
  if (head.name === 'eq' && rest.length === 0) {
    const [left, right] = call.operands;
    if (left !== undefined && right !== undefined) {
      emitUnify(left, right, frame);
      return;
    }
  }
  if (head.name === 'data') {
    emitFunctionCall(terms, call.operands, location, frame);
    return;
  }
  const name = nameOfTerms(terms);
  const builtin = frame.linker.builtin(name);
  if (builtin === undefined) throw internalError(`unsupported built-in: ${name}`, location);
  emitBuiltinCall(builtin, call.operands, location, frame);
}

function emitFunctionCall(
  terms: readonly Term[],
  operands: readonly Term[],
  location: Location | undefined,
  frame: Frame,
): void {
  const target = functionAt(terms, frame.linker);
  if (target === undefined) {
    emitRuleCall(terms, operands, location, frame);
    return;
  }
  const args = operands.slice(0, target.arity).map((operand) => emitValue(operand, frame));
  const { scope, unit } = frame;
  const name = unit.constant(target);
  const site = unit.constant(callSite(location));
  const code = `${scope}.mocks === null ? ${name}.run(${[scope, ...args].join(', ')}) : ${unit.use('callFunction')}(${scope}, ${name}, [${args.join(', ')}], ${site})`;
  emitResult(frame.name(code, frame.levelOf(scope, ...args)), operands[target.arity], frame);
}

/**
 * Without arguments a function is a rule, and `f()` is its document. Where nothing is, the compiler lets a call
 * pass, and then it gives nothing.
 */
function emitRuleCall(
  terms: readonly Term[],
  operands: readonly Term[],
  location: Location | undefined,
  frame: Frame,
): void {
  const [output, ...more] = operands;
  const isRule = more.length === 0 && findNode(frame.linker.root, terms) !== undefined;
  if (isRule) {
    emitResult(emitValue({ type: 'ref', terms: [...terms], location }, frame), output, frame);
    return;
  }
  frame.line(`if (true) ${frame.fail}`);
}

function emitResult(result: string, output: Term | undefined, frame: Frame): void {
  if (output === undefined) {
    frame.failIf(`${result} === undefined || ${result} === false`);
    return;
  }
  frame.failIf(`${result} === undefined`);
  if (!frame.isAnything(output)) emitMatch(output, result, frame);
}

function emitBuiltinCall(
  builtin: Builtin,
  operands: readonly Term[],
  location: Location | undefined,
  frame: Frame,
): void {
  const { scope, unit } = frame;
  const { decl } = builtin;
  const arity =
    decl.result === undefined || decl.variadic !== undefined ? operands.length : (decl.args ?? []).length;
  const inputs = operands.slice(0, arity);
  const args = inputs.map((operand) => emitValue(operand, frame));
  const name = unit.constant(builtin);
  const site = unit.constant(callSite(location));
  const call = `(${scope}, ${name}, [${args.join(', ')}], ${site})`;
  const output = operands[arity];
  if (builtin.relate !== undefined) {
    const results = frame.name(`${unit.use('relate')}${call}`);
    const index = unit.fresh('i');
    frame.openLoop(`for (let ${index} = 0; ${index} < ${results}.length; ${index}++)`);
    emitResult(frame.name(`${results}[${index}]`), output, frame);
    return;
  }
  const inline = inlineCalls.get(builtin.name)?.(args, frame);
  if (inline?.test !== undefined && output === undefined) {
    const slow = `${unit.use('callBuiltin')}${call} !== false`;
    frame.failUnless(`${scope}.mocks === null ? ${inline.test} : ${slow}`);
    return;
  }
  const level = frame.levelOf(scope, ...args);
  if (inline === undefined) {
    emitResult(frame.name(`${unit.use('callBuiltin')}${call}`, level), output, frame);
    return;
  }
  const result = frame.fresh(level);
  frame.line(`let ${result} = ${scope}.mocks === null ? ${inline.value} : undefined;`);
  frame.line(`if (${result} === undefined) ${result} = ${unit.use('callBuiltin')}${call};`);
  emitResult(result, output, frame);
}
