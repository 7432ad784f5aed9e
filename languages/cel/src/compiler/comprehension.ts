import type { ComprehensionExpr } from '../syntax/ast.ts';
import type { Generator } from './generator.ts';

/** The loop of a comprehension macro (cel-spec, "Macros"): plain JavaScript, no closure a step. */
export function generateComprehension(generator: Generator, expr: ComprehensionExpr): string {
  const loop = openLoop(generator, expr);
  const { before, after } = fixedCosts(expr.macro);
  generator.spend(before + after);
  const result = generator.within(loop.bindings, () => {
    switch (expr.macro) {
      case 'all':
      case 'exists':
        return quantifier(generator, expr, loop);
      case 'existsOne':
        return existsOne(generator, expr, loop);
      default:
        return collect(generator, expr, loop);
    }
  });
  return result;
}

/**
 * What the expansion of a macro costs around its loop: the initial value of the accumulator, and the result
 * (cel-go's macros as cel-spec describes them; each mention of the accumulator costs 1).
 */
function fixedCosts(macro: ComprehensionExpr['macro']): { before: number; after: number } {
  switch (macro) {
    case 'all':
    case 'exists':
      return { before: 0, after: 1 };
    case 'existsOne':
      return { before: 0, after: 2 };
    case 'transformMap':
    case 'transformMapEntry':
      return { before: 30, after: 1 };
    default:
      return { before: 10, after: 1 };
  }
}

interface Loop {
  readonly bindings: readonly (readonly [string, string])[];
  readonly head: string;
  /** Source that tells whether another element follows. */
  readonly more: string;
  /** Declarations at the start of the body. */
  readonly declarations: string;
  readonly element: string;
  readonly key: string;
  /** The range a transformMap or filter over a map reads from. */
  readonly range: string;
}

function openLoop(generator: Generator, expr: ComprehensionExpr): Loop {
  const { out } = generator;
  const range = generator.value(expr.range);
  const [first, second] = expr.variables;
  const at = out.name('i');
  const key = out.name('v');
  const element = out.name('v');
  const two = second !== undefined;
  const items = out.letThrowing(two ? `rt.keysOf(${range})` : `rt.elementsOf(${range})`);
  const head = `for (let ${at} = 0; ${at} < ${items}.length; ${at}++) {`;
  const declarations = two
    ? `const ${key} = ${items}[${at}]; const ${element} = rt.index(${range}, ${key});`
    : `const ${element} = ${items}[${at}];`;
  const bindings: [string, string][] = two
    ? [
        [first ?? '', key],
        [second, element],
      ]
    : [[first ?? '', element]];
  const more = `${at} + 1 < ${items}.length`;
  return { bindings, head, more, declarations, element, key, range };
}

function quantifier(generator: Generator, expr: ComprehensionExpr, loop: Loop): string {
  const { out } = generator;
  const decides = expr.macro === 'exists';
  const result = out.let(String(!decides));
  const error = out.let();
  const label = out.name('l');
  out.emit(`${label}: ${loop.head} ${loop.declarations}`);
  // The loop condition, and the accumulator in the step.
  const condition = decides ? 3 : 2;
  generator.spend(condition + 1);
  const mayFail = out.absorbing(error, () => {
    const value = generator.value(expr.body);
    out.emit(
      `if (${value} === ${decides}) { ${result} = ${decides}; ${generator.tracked(`if (${loop.more}) rt.spend(budget, ${condition}); `)}break ${label}; }`,
    );
    generator.requireBool(expr.body, value);
  });
  out.emit('}');
  if (mayFail) out.emit(`if (${error} !== undefined && ${result} === ${!decides}) ${out.fail(error)}`);
  return result;
}

function existsOne(generator: Generator, expr: ComprehensionExpr, loop: Loop): string {
  const { out } = generator;
  const count = out.let('0');
  out.emit(`${loop.head} ${loop.declarations}`);
  const value = generator.value(expr.body);
  generator.requireBool(expr.body, value);
  generator.spend(`${value} ? 2 : 1`);
  out.emit(`if (${value}) ${count}++;`);
  out.emit('}');
  return out.let(`${count} === 1`);
}

function collect(generator: Generator, expr: ComprehensionExpr, loop: Loop): string {
  const { out } = generator;
  const intoMap = expr.macro === 'transformMap' || expr.macro === 'transformMapEntry';
  const result = out.let(intoMap ? 'new rt.MapBuilder()' : '[]');
  const sortKeys = expr.macro === 'sortBy' ? out.let('[]') : '';
  if (intoMap) out.markThrowing();
  out.emit(`${loop.head} ${loop.declarations}`);
  const condition = expr.macro === 'filter' ? expr.body : expr.filter;
  generator.spend(1);
  if (condition !== undefined) {
    const value = generator.value(condition);
    generator.requireBool(condition, value);
    out.emit(`if (${value}) {`);
  }
  // The new element: a list of one and its addition, or an insertion into the map.
  generator.spend(intoMap ? 1 : expr.macro === 'filter' ? 12 : 11);
  if (expr.macro === 'transformMap') generator.spend(1);
  if (expr.macro === 'filter') out.emit(`${result}.push(${loop.element});`);
  else if (expr.macro === 'sortBy') {
    out.emit(`${sortKeys}.push(${generator.value(expr.body)}); ${result}.push(${loop.element});`);
  } else if (expr.macro === 'transformMap')
    out.emit(`${result}.add(${loop.key}, ${generator.value(expr.body)});`);
  else if (expr.macro === 'transformMapEntry') {
    out.emit(`rt.addEntry(${result}, ${generator.value(expr.body)});`);
  } else out.emit(`${result}.push(${generator.value(expr.body)});`);
  if (condition !== undefined) out.emit('}');
  out.emit('}');
  if (expr.macro === 'sortBy') return out.letThrowing(`rt.sortBy(${result}, ${sortKeys})`);
  return intoMap ? out.let(`${result}.build()`) : result;
}
