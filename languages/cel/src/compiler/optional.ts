import type { CallExpr, CelExpr } from '../syntax/ast.ts';
import { type Generator, isInherited } from './generator.ts';
import { stringSource } from './literal.ts';

/** `a.?b`, `a[?b]` and plain selections from such: expressions that yield an optional. */
export function isOptionalChain(expr: CelExpr): boolean {
  if (expr.kind !== 'select' && expr.kind !== 'index') return false;
  return expr.optional || isOptionalChain(expr.operand);
}

/** The chain as an atom that is undefined for none: no optional object is made. */
export function optionalAtom(generator: Generator, expr: CelExpr): string {
  if (!isOptionalChain(expr) || (expr.kind !== 'select' && expr.kind !== 'index'))
    return generator.value(expr);
  const operand = optionalAtom(generator, expr.operand);
  generator.spendQualifier(expr.operand);
  const { out } = generator;
  if (expr.kind === 'index') {
    const key = generator.value(expr.index);
    return out.letThrowing(`rt.optionalIndex(${operand}, ${key})`);
  }
  const key = stringSource(expr.field);
  const slow = `rt.${expr.optional ? 'optionalField' : 'chainedField'}(${operand}, ${key})`;
  const source = isInherited(expr.field) ? slow : `rt.isMap(${operand}) ? ${operand}[${key}] : ${slow}`;
  return expr.optional ? out.let(source) : out.letThrowing(source);
}

/** The members of optionals that decide without evaluating their argument, or need no optional object. */
export function generateOptionalCall(generator: Generator, expr: CallExpr): string | undefined {
  const { out } = generator;
  const { target, args } = expr;
  if (target === undefined) return undefined;
  const [alternative] = args;
  switch (`${expr.name}/${args.length}`) {
    case 'orValue/1': {
      if (alternative === undefined) return undefined;
      const value = generator.optionalOperand(target);
      const result = out.let(value);
      out.emit(`if (${result} === undefined) {`);
      out.emit(`${result} = ${generator.value(alternative)};`);
      out.emit('}');
      return result;
    }
    case 'or/1': {
      if (alternative === undefined) return undefined;
      const result = out.let(generator.optionalOperand(target));
      out.emit(`if (${result} === undefined) {`);
      out.emit(`${result} = ${generator.optionalOperand(alternative)};`);
      out.emit('}');
      return out.let(`rt.optional(${result})`);
    }
    case 'hasValue/0':
      generator.spend(1);
      return out.let(`${generator.optionalOperand(target)} !== undefined`);
    case 'value/0': {
      const value = generator.optionalOperand(target);
      generator.spend(1);
      out.emit(`if (${value} === undefined) ${out.fail('rt.fault("optional.none() dereference")')}`);
      return value;
    }
    default:
      return undefined;
  }
}
