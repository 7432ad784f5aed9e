import { compareTerms } from '../../syntax/compare.ts';
import { composite, printChoices, printProperty, printType } from './print.ts';
import type { AnyType, ArrayType, FunctionType, MaybeType, ObjectType } from './type.ts';

const elision = '...';
/** Wider types that are not what an error is about lose what is inside of them. */
const widestElided = 32;
const deepest = 8;

type Pair = [left: string, right: string];

/** The type with only as much inside as fits, or with `depth` levels of it. */
export function elided(type: MaybeType, depth?: number): string {
  if (depth === undefined) {
    const full = printType(type);
    return [...full].length <= widestElided ? full : withDepth(type, 0);
  }
  return withDepth(type, depth);
}

function withDepth(type: MaybeType, depth: number): string {
  if (type === undefined || depth < 0) return printType(type);
  const inner = (part: MaybeType): string => withDepth(part, depth - 1);
  switch (type.kind) {
    case 'set':
      if (type.of === undefined) return printType(type);
      return `set[${depth === 0 ? elision : inner(type.of)}]`;
    case 'array': {
      const items = depth === 0 && type.items.length > 0 ? [elision] : type.items.map(inner);
      return composite(
        'array',
        items,
        type.rest === undefined ? '' : depth === 0 ? elision : inner(type.rest),
      );
    }
    case 'object': {
      const { properties, rest } = type;
      const known =
        depth === 0 && properties.length > 0
          ? [elision]
          : properties.map(({ key, value }) => printProperty(key, inner(value)));
      const open =
        rest === undefined ? '' : depth === 0 ? elision : `${inner(rest.key)}: ${inner(rest.value)}`;
      return composite('object', known, open);
    }
    case 'any':
      return printChoices(depth === 0 && type.of.length > 0 ? [elision] : type.of.map(inner));
    case 'function': {
      const given = type.args.length > 0 || type.variadic !== undefined;
      if (depth === 0) {
        return `(${given ? elision : ''}) => ${type.result === undefined ? printType(undefined) : elision}`;
      }
      const args = type.args.map(inner);
      if (type.variadic !== undefined) args.push(`${inner(type.variadic)}...`);
      return `(${args.join(', ')}) => ${inner(type.result)}`;
    }
    default:
      return printType(type);
  }
}

/** Both types with what differs: what is the same on both sides is cut short or left out. */
export function diffTypes(a: MaybeType, b: MaybeType, depth: number): Pair {
  const cut: Pair = [elided(a), elided(b)];
  if (depth >= deepest || a === undefined || b === undefined || same(a, b)) return cut;
  switch (a.kind) {
    case 'set': {
      if (b.kind !== 'set' || a.of === undefined || b.of === undefined) return cut;
      const [left, right] = diffTypes(a.of, b.of, depth + 1);
      return [`set[${left}]`, `set[${right}]`];
    }
    case 'array':
      return b.kind === 'array' ? diffArrays(a, b, depth) : cut;
    case 'object':
      return b.kind === 'object' ? diffObjects(a, b, depth) : cut;
    case 'any':
      return b.kind === 'any' ? diffChoices(a, b) : cut;
    case 'function':
      return b.kind === 'function' && a.args.length === b.args.length ? diffFunctions(a, b, depth) : cut;
    default:
      return cut;
  }
}

function same(a: MaybeType, b: MaybeType): boolean {
  return printType(a) === printType(b);
}

function diffArrays(a: ArrayType, b: ArrayType, depth: number): Pair {
  if (a.items.length !== b.items.length || (a.rest === undefined) !== (b.rest === undefined)) {
    return [elided(a, 1), elided(b, 1)];
  }
  const items = a.items.map((item, index) => diffTypes(item, b.items[index], depth + 1));
  const rest: Pair = a.rest === undefined ? ['', ''] : diffTypes(a.rest, b.rest, depth + 1);
  const side = (at: 0 | 1): string =>
    composite(
      'array',
      items.map((pair) => pair[at]),
      rest[at],
    );
  return [side(0), side(1)];
}

function diffObjects(a: ObjectType, b: ObjectType, depth: number): Pair {
  const left: string[] = [];
  const right: string[] = [];
  let isElided = false;
  for (const { key, value } of a.properties) {
    const other = b.properties.find((property) => compareTerms(property.key, key) === 0);
    if (other === undefined) left.push(printProperty(key, elided(value)));
    else if (same(value, other.value)) isElided = true;
    else left.push(printProperty(key, diffTypes(value, other.value, depth + 1)[0]));
  }
  for (const { key, value } of b.properties) {
    const other = a.properties.find((property) => compareTerms(property.key, key) === 0);
    if (other === undefined) right.push(printProperty(key, elided(value)));
    else if (!same(value, other.value))
      right.push(printProperty(key, diffTypes(other.value, value, depth + 1)[1]));
  }
  if (isElided) {
    left.push(elision);
    right.push(elision);
  }
  const [leftRest, rightRest] = diffRests(a, b, depth);
  return [composite('object', left, leftRest), composite('object', right, rightRest)];
}

function diffRests({ rest: a }: ObjectType, { rest: b }: ObjectType, depth: number): Pair {
  if (a !== undefined && b !== undefined) {
    const keys = diffTypes(a.key, b.key, depth + 1);
    const values = diffTypes(a.value, b.value, depth + 1);
    return [`${keys[0]}: ${values[0]}`, `${keys[1]}: ${values[1]}`];
  }
  const alone = (rest: ObjectType['rest']): string =>
    rest === undefined ? '' : `${elided(rest.key)}: ${elided(rest.value)}`;
  return [alone(a), alone(b)];
}

function diffChoices(a: AnyType, b: AnyType): Pair {
  const left = a.of.filter((choice) => !b.of.some((other) => same(choice, other)));
  const right = b.of.filter((choice) => !a.of.some((other) => same(choice, other)));
  const rest = left.length < a.of.length ? [elision] : [];
  const print = (choices: readonly MaybeType[]): string =>
    printChoices([...choices.map((choice) => elided(choice)), ...rest]);
  return [print(left), print(right)];
}

function diffFunctions(a: FunctionType, b: FunctionType, depth: number): Pair {
  const args = a.args.map((arg, index) => diffTypes(arg, b.args[index], depth + 1));
  const left = args.map((pair) => pair[0]);
  const right = args.map((pair) => pair[1]);
  if (a.variadic !== undefined && b.variadic !== undefined) {
    const [x, y] = diffTypes(a.variadic, b.variadic, depth + 1);
    left.push(`${x}...`);
    right.push(`${y}...`);
  } else if (a.variadic !== undefined) left.push(`${elided(a.variadic)}...`);
  else if (b.variadic !== undefined) right.push(`${elided(b.variadic)}...`);
  const [x, y] = diffTypes(a.result, b.result, depth + 1);
  return [`(${left.join(', ')}) => ${x}`, `(${right.join(', ')}) => ${y}`];
}
