import { type JsonValue, type SourceLocation, stringifyJson } from '@keelson/core';
import {
  BigNumber,
  compile,
  fromJson,
  type JsonResult,
  type Module,
  parseModule,
  RegoError,
} from '@keelson/rego';
import type { ImagePolicyError } from '../errors.ts';
import { refused } from '../faults.ts';
import { invalid } from './context.ts';

/** The rules that decide: `allow` must be true, `deny` must have nothing. */
const deciding = ['allow', 'deny'] as const;

/**
 * Rules over one statement in Rego: `deny` of the module's package holds nothing, and `allow` is true, as far as the module has them.
 *
 * @param file for messages
 * @throws ImagePolicyError IMAGE_POLICY_INVALID for a module that does not compile, or has neither
 */
export function statementRego(
  text: string,
  file: string,
  location: SourceLocation | undefined,
): (input: JsonValue) => ImagePolicyError | undefined {
  const { policy, name, rules } = compiled(text, file, location);
  return (input) => {
    for (const rule of rules) {
      const query = `data.${name}.${rule}`;
      const { result, errors } = policy.evaluate(query, fromJson(stringifyJson(input)), {
        // A built-in that fails would else leave a denial undefined, which is none.
        strictBuiltinErrors: true,
      });
      const [fault] = errors;
      if (fault !== undefined) return refused(`${file} cannot be evaluated: ${fault.message}`);
      const reason = rule === 'allow' ? notAllowed(result) : denied(result);
      if (reason !== undefined) return refused(reason);
    }
    return undefined;
  };
}

function compiled(text: string, file: string, location: SourceLocation | undefined) {
  try {
    const module = parseModule(file, text);
    const name = packageOf(module);
    const rules = deciding.filter((rule) => module.rules.some((each) => nameOf(each) === rule));
    if (name === undefined)
      throw invalid(`${file}: the package is no name of letters, digits, _ and dots`, location);
    if (rules.length === 0) throw invalid(`${file}: the package has neither deny nor allow`, location);
    return { policy: compile({ [file]: text }), name, rules };
  } catch (error) {
    if (!(error instanceof RegoError)) throw error;
    throw invalid(`${file} does not compile: ${error.message}`, location, error);
  }
}

function packageOf({ package: { path } }: Module): string | undefined {
  const parts = path.slice(1).map((term) => (term.type === 'string' ? term.value : ''));
  return parts.length > 0 && parts.every((part) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(part))
    ? parts.join('.')
    : undefined;
}

function nameOf({ head }: Module['rules'][number]): string {
  const [first] = head.reference;
  return first?.type === 'var' ? first.name : head.name;
}

const notAllowed = (result: JsonResult | undefined): string | undefined =>
  result === true ? undefined : 'allow is not true';

/** What a rule of denials says: nothing where it is undefined, false or empty. */
function denied(result: JsonResult | undefined): string | undefined {
  if (result === undefined || result === false) return undefined;
  const entries: readonly JsonResult[] = isMany(result) ? Object.values(result) : [result];
  return entries.length === 0 ? undefined : entries.slice(0, 5).map(wordOf).join('; ');
}

/** A set, a list, or an object. */
function isMany(
  result: JsonResult,
): result is readonly JsonResult[] | { readonly [key: string]: JsonResult } {
  return typeof result === 'object' && result !== null && !(result instanceof BigNumber);
}

function wordOf(entry: JsonResult): string {
  if (typeof entry === 'string') return entry;
  const message = isMany(entry) && 'msg' in entry ? entry.msg : undefined;
  return typeof message === 'string' ? message : 'deny holds';
}
