import { type CelError, errorAt } from '../error.ts';
import type { CallExpr, CelExpr, ComprehensionMacro } from './ast.ts';

/** The node a call stands for when it is a macro (cel-spec, "Macros"), else undefined. Throws CEL_SYNTAX. */
export function expandMacro(call: CallExpr, source: string): CelExpr | undefined {
  if (call.target === undefined)
    return call.name === 'has' && call.args.length === 1 ? has(call, source) : undefined;
  if (call.target.kind === 'ident' && call.target.name === 'cel' && !call.target.absolute)
    return celMacro(call, source);
  if (call.name === 'optMap' || call.name === 'optFlatMap') return optionalMap(call, source);
  return comprehension(call, source);
}

function has(call: CallExpr, source: string): CelExpr {
  const [argument] = call.args;
  if (argument?.kind !== 'select' || argument.optional) {
    throw errorAt('CEL_SYNTAX', 'invalid argument to has() macro', source, argument?.start ?? call.start);
  }
  return { kind: 'has', operand: argument.operand, field: argument.field, start: call.start, end: call.end };
}

interface Shape {
  readonly macro: ComprehensionMacro;
  readonly variables: 1 | 2;
  readonly filtered: boolean;
}

function one(macro: ComprehensionMacro, filtered = false): Shape {
  return { macro, variables: 1, filtered };
}

function two(macro: ComprehensionMacro, filtered = false): Shape {
  return { macro, variables: 2, filtered };
}

/** The macros by name and number of arguments. */
const shapes: ReadonlyMap<string, Shape> = new Map([
  ['all/2', one('all')],
  ['exists/2', one('exists')],
  ['exists_one/2', one('existsOne')],
  ['existsOne/2', one('existsOne')],
  ['filter/2', one('filter')],
  ['map/2', one('map')],
  ['map/3', one('map', true)],
  ['sortBy/2', one('sortBy')],
  ['all/3', two('all')],
  ['exists/3', two('exists')],
  ['exists_one/3', two('existsOne')],
  ['existsOne/3', two('existsOne')],
  ['transformList/3', two('transformList')],
  ['transformList/4', two('transformList', true)],
  ['transformMap/3', two('transformMap')],
  ['transformMap/4', two('transformMap', true)],
  ['transformMapEntry/3', two('transformMapEntry')],
  ['transformMapEntry/4', two('transformMapEntry', true)],
]);

function comprehension(call: CallExpr, source: string): CelExpr | undefined {
  const shape = shapes.get(`${call.name}/${call.args.length}`);
  const body = call.args.at(-1);
  if (shape === undefined || call.target === undefined || body === undefined) return undefined;
  const names = call.args.slice(0, shape.variables).map((arg) => variableName(arg, source));
  if (new Set(names).size !== names.length) throw invalidVariable(call.args[1] ?? call, source);
  return {
    kind: 'comprehension',
    macro: shape.macro,
    range: call.target,
    variables: names,
    filter: shape.filtered ? call.args[shape.variables] : undefined,
    body,
    start: call.start,
    end: call.end,
  };
}

function optionalMap(call: CallExpr, source: string): CelExpr | undefined {
  const [variable, body] = call.args;
  if (call.args.length !== 2 || call.target === undefined || variable === undefined || body === undefined)
    return undefined;
  const name = variableName(variable, source);
  const { target, start, end } = call;
  return { kind: 'optionalMap', target, name, flat: call.name === 'optFlatMap', body, start, end };
}

function celMacro(call: CallExpr, source: string): CelExpr | undefined {
  const { args, start, end } = call;
  const [first, second, third] = args;
  if (
    call.name === 'bind' &&
    first !== undefined &&
    second !== undefined &&
    third !== undefined &&
    args.length === 3
  ) {
    return { kind: 'bind', name: variableName(first, source), value: second, body: third, start, end };
  }
  if (call.name === 'block' && first?.kind === 'list' && second !== undefined) {
    return {
      kind: 'block',
      bindings: first.elements.map((element) => element.value),
      body: second,
      start,
      end,
    };
  }
  const numbers = args.map((arg) =>
    arg.kind === 'literal' && arg.value.type === 'int' ? arg.value.value : -1n,
  );
  if (numbers.some((number) => number < 0n)) return undefined;
  const ident = (name: string): CelExpr => ({ kind: 'ident', name, absolute: false, start, end });
  if (call.name === 'index' && args.length === 1) return ident(`@index${numbers[0]}`);
  if (call.name === 'iterVar' && args.length === 2) return ident(`@it:${numbers[0]}:${numbers[1]}`);
  if (call.name === 'accuVar' && args.length === 2) return ident(`@ac:${numbers[0]}:${numbers[1]}`);
  return undefined;
}

function variableName(expr: CelExpr, source: string): string {
  if (expr.kind !== 'ident' || expr.absolute) throw invalidVariable(expr, source);
  return expr.name;
}

function invalidVariable(expr: CelExpr, source: string): CelError {
  return errorAt('CEL_SYNTAX', 'argument must be a simple name', source, expr.start);
}
