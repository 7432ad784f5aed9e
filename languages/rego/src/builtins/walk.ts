import { entriesSorted, isArray, isObjectValue, isSet, type RegoValue } from '../values/index.ts';
import type { BuiltinArguments, BuiltinContext } from './builtin.ts';
import { limitError, operand } from './operands.ts';

/** What `walk` is told of the paths that its caller wants. */
export interface WalkOptions {
  /** False where the caller does not look at paths: all are then the empty array. */
  readonly needsPath?: boolean;
}

/** Every value of a document with its path, `[path, value]`, the document itself first. */
export function* walk(
  document: RegoValue,
  context: BuiltinContext,
  { needsPath = true }: WalkOptions = {},
): Generator<readonly [path: readonly RegoValue[], value: RegoValue]> {
  const stack: { path: readonly RegoValue[]; value: RegoValue; depth: number }[] = [
    { path: [], value: document, depth: 0 },
  ];
  const { maxDepth } = context.limits;
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { path, value, depth } = entry;
    yield [path, value];
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= maxDepth) throw limitError('maxDepth', maxDepth);
    const below = children(value);
    context.chargeSteps(below.length);
    // The last child goes on the stack first, so that the first one comes off it first.
    for (let i = below.length - 1; i >= 0; i--) {
      const [key, child] = below[i] ?? [null, null];
      stack.push({ path: needsPath ? [...path, key] : path, value: child, depth: depth + 1 });
    }
  }
}

function children(value: RegoValue): readonly (readonly [RegoValue, RegoValue])[] {
  if (isArray(value)) return value.map((item, i) => [i, item]);
  if (isSet(value)) return value.sorted().map((item) => [item, item]);
  return isObjectValue(value) ? entriesSorted(value) : [];
}

/** `walk` as a relation. */
export function relateWalk(args: BuiltinArguments, context: BuiltinContext): Iterable<RegoValue> {
  return walk(operand(args, 1), context);
}
