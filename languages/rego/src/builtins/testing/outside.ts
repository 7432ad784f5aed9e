import { fromJson, type RegoValue, stringifyJson } from '../../values/index.ts';
import { type BuiltinContext, BuiltinError, type BuiltinFamily, defaultBuiltinLimits } from '../builtin.ts';
import type { BuiltinHost } from '../host.ts';

/** A context for calls of a test. */
export function contextFor(host: BuiltinHost = {}): BuiltinContext {
  return { host, limits: defaultBuiltinLimits, cache: new Map(), chargeSteps: () => undefined };
}

/** The result of a call as JSON text, `undefined`, or the error as `code: message`. */
export function callText(
  family: BuiltinFamily,
  name: string,
  args: readonly RegoValue[],
  host: BuiltinHost = {},
): string {
  try {
    const result = family[name]?.(args, contextFor(host));
    return result === undefined ? 'undefined' : stringifyJson(result, { escapeHtml: false });
  } catch (error) {
    if (error instanceof BuiltinError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** As `callText` with the arguments as a JSON array. */
export function callJson(family: BuiltinFamily, name: string, args: string, host: BuiltinHost = {}): string {
  const list = fromJson(args);
  return callText(family, name, Array.isArray(list) ? list : [], host);
}
