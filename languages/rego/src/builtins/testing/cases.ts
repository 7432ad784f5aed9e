import { expect, test } from 'vitest';
import { parseValue } from '../../evaluator/constant.ts';
import { isArray, type RegoValue, stringifyRego } from '../../values/index.ts';
import { type BuiltinContext, BuiltinError, type BuiltinLimits, defaultBuiltinLimits } from '../builtin.ts';
import type { BuiltinHost } from '../host.ts';
import { findBuiltin } from '../table.ts';

/** What the context of a call is made of in tests. */
export interface TestContext {
  readonly host?: BuiltinHost;
  readonly limits?: Partial<BuiltinLimits>;
  readonly print?: (text: string) => void;
}

export function contextOf({ host = {}, limits = {}, print }: TestContext = {}): BuiltinContext {
  return {
    host,
    limits: { ...defaultBuiltinLimits, ...limits },
    cache: new Map(),
    chargeSteps: () => {},
    ...(print === undefined ? {} : { print }),
  };
}

/** The values of a call, `name(term, …)`: one of a function, all of a relation, none where it is undefined. */
export function valuesOf(call: string, context: BuiltinContext = contextOf()): readonly RegoValue[] {
  const open = call.indexOf('(');
  const name = call.slice(0, open);
  const builtin = findBuiltin(name);
  if (builtin === undefined) throw new Error(`there is no built-in function ${name}`);
  const args = parseValue(`[${call.slice(open + 1, -1)}]`);
  if (!isArray(args)) throw new Error('the arguments of a call are terms');
  if (builtin.relate !== undefined) return [...builtin.relate(args, context)];
  const value = builtin.call(args, context);
  return value === undefined ? [] : [value];
}

/** The result as it would be printed: the value, `undefined`, or `code: message`. */
export function resultOf(call: string, context?: BuiltinContext): string {
  try {
    const values = valuesOf(call, context);
    return values.length === 0 ? 'undefined' : values.map(stringifyRego).join(' | ');
  } catch (error) {
    if (error instanceof BuiltinError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** A row is a call and the result that OPA gives. */
export function testCalls(rows: readonly (readonly [call: string, result: string])[]): void {
  test.each(rows)('%s', (call, result) => {
    expect(resultOf(call)).toBe(result);
  });
}
