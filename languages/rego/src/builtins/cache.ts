import { type Key, keyOf, type RegoValue } from '../values/index.ts';
import type { BuiltinContext } from './builtin.ts';

/** The value that a call of these arguments gave before in this evaluation, else what `make` gives. */
export function cached(
  context: BuiltinContext,
  name: string,
  args: RegoValue,
  make: () => RegoValue,
): RegoValue {
  const known = tableOf(context, name);
  const key = keyOf(args);
  const old = known.get(key);
  if (old !== undefined) return old;
  const value = make();
  known.set(key, value);
  return value;
}

class ResultTable extends Map<Key, RegoValue> {}

function tableOf(context: BuiltinContext, name: string): ResultTable {
  const found = context.cache.get(name);
  if (found instanceof ResultTable) return found;
  const made = new ResultTable();
  context.cache.set(name, made);
  return made;
}
