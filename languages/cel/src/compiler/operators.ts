import type { BinaryExpr, CelExpr, ListExpr, LogicalExpr } from '../syntax/ast.ts';
import type { Generator } from './generator.ts';

export function generateBinary(generator: Generator, expr: BinaryExpr): string {
  const { operator } = expr;
  if (operator === '==' || operator === '!=') return equality(generator, expr, operator === '!=');
  if (operator === 'in' && expr.right.kind === 'list' && !generator.trackCost) {
    const inline = inLiteral(generator, expr.left, expr.right);
    if (inline !== undefined) return inline;
  }
  const left = generator.value(expr.left);
  const right = generator.value(expr.right);
  generator.spendCall(operator, [left, right], 'null');
  switch (operator) {
    case 'in':
      return generator.out.letThrowing(`rt.contains(${left}, ${right})`);
    case '+':
      return generator.out.letThrowing(`rt.add(${left}, ${right})`);
    case '-':
      return generator.out.letThrowing(`rt.subtract(${left}, ${right})`);
    case '*':
      return generator.out.letThrowing(`rt.multiply(${left}, ${right})`);
    case '/':
      return generator.out.letThrowing(`rt.divide(${left}, ${right})`);
    case '%':
      return generator.out.letThrowing(`rt.modulo(${left}, ${right})`);
    default:
      return generator.out.letThrowing(
        `typeof ${left} === "number" && typeof ${right} === "number" ? ${left} ${operator} ${right} : rt.compare(${left}, ${right}) ${operator} 0`,
      );
  }
}

function equality(generator: Generator, expr: BinaryExpr, negated: boolean): string {
  const left = generator.value(expr.left);
  const right = generator.value(expr.right);
  generator.spendCall(expr.operator, [left, right], 'null');
  const plain = isPlainLiteral(expr.left) || isPlainLiteral(expr.right);
  if (plain) return generator.out.let(`${left} ${negated ? '!==' : '==='} ${right}`);
  const source = `${negated ? '!' : ''}rt.equalValues(${left}, ${right})`;
  const literal = expr.left.kind === 'literal' || expr.right.kind === 'literal';
  return literal ? generator.out.let(source) : generator.out.letThrowing(source);
}

/** `x in ["a", "b"]` needs no list. */
function inLiteral(generator: Generator, element: CelExpr, list: ListExpr): string | undefined {
  const items = list.elements;
  const plain = items.every((item) => !item.optional && isPlainLiteral(item.value));
  if (!plain || items.length === 0 || items.length > 32) return undefined;
  const value = generator.value(element);
  return generator.out.let(items.map((item) => `${value} === ${generator.value(item.value)}`).join(' || '));
}

export function generateUnary(generator: Generator, operator: '!' | '-', operandExpr: CelExpr): string {
  const operand = generator.value(operandExpr);
  generator.spend(1);
  if (operator === '-') return generator.out.letThrowing(`rt.negate(${operand})`);
  generator.requireBool(operandExpr, operand);
  return generator.out.let(`!${operand}`);
}

/** Errors of one operand are absorbed by another that decides (cel-spec, "Logical Operators"). */
export function generateLogical(generator: Generator, expr: LogicalExpr): string {
  const { out } = generator;
  const decides = expr.operator === '||';
  const result = out.let();
  const error = out.let();
  const label = out.name('l');
  let mayFail = false;
  out.emit(`${label}: {`);
  expr.operands.forEach((operand, at) => {
    if (at === expr.operands.length - 1) {
      const value = generator.value(operand);
      out.emit(`if (${value} === ${decides}) { ${result} = ${decides}; break ${label}; }`);
      if (mayFail) out.emit(`if (${error} !== undefined) ${out.fail(error)}`);
      generator.requireBool(operand, value);
      out.emit(`${result} = ${!decides};`);
      return;
    }
    const fails = out.absorbing(error, () => {
      const value = generator.value(operand);
      out.emit(`if (${value} === ${decides}) { ${result} = ${decides}; break ${label}; }`);
      generator.requireBool(operand, value);
    });
    mayFail ||= fails;
  });
  out.emit('}');
  return result;
}

export function generateConditional(
  generator: Generator,
  conditionExpr: CelExpr,
  whenTrue: CelExpr,
  whenFalse: CelExpr,
): string {
  const condition = generator.value(conditionExpr);
  generator.requireBool(conditionExpr, condition);
  const result = generator.out.let();
  generator.out.emit(`if (${condition}) {`);
  generator.out.emit(`${result} = ${generator.value(whenTrue)};`);
  generator.out.emit('} else {');
  generator.out.emit(`${result} = ${generator.value(whenFalse)};`);
  generator.out.emit('}');
  return result;
}

function isPlainLiteral(expr: CelExpr): boolean {
  return expr.kind === 'literal' && ['string', 'bool', 'null'].includes(expr.value.type);
}
