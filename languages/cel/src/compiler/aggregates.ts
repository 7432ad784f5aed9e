import type { ListExpr, MapExpr } from '../syntax/ast.ts';
import type { Generator } from './generator.ts';

export function generateList(generator: Generator, expr: ListExpr): string {
  generator.spend(10);
  if (expr.elements.every((element) => !element.optional)) {
    return generator.out.let(
      `[${expr.elements.map((element) => generator.value(element.value)).join(', ')}]`,
    );
  }
  const list = generator.out.let('[]');
  for (const element of expr.elements) {
    const value = element.optional
      ? generator.optionalOperand(element.value)
      : generator.value(element.value);
    generator.out.emit(`${element.optional ? `if (${value} !== undefined) ` : ''}${list}.push(${value});`);
  }
  return list;
}

export function generateMap(generator: Generator, expr: MapExpr): string {
  generator.spend(30);
  const map = generator.out.let('new rt.MapBuilder()');
  for (const entry of expr.entries) {
    const key = generator.value(entry.key);
    const value = entry.optional ? generator.optionalOperand(entry.value) : generator.value(entry.value);
    generator.out.emit(
      `${entry.optional ? `if (${value} !== undefined) ` : ''}${map}.add(${key}, ${value});`,
    );
    generator.out.markThrowing();
  }
  return generator.out.let(`${map}.build()`);
}
