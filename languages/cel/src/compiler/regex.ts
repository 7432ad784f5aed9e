import { provenSource } from '../regex/proof.ts';
import { parseRegex, RegexSyntaxError } from '../regex/syntax.ts';
import type { CallExpr } from '../syntax/ast.ts';
import type { Generator } from './generator.ts';
import { stringSource } from './literal.ts';

/** `text.matches("literal")`: the pattern is compiled once, before the first evaluation. */
export function generateRegexCall(generator: Generator, expr: CallExpr): string | undefined {
  if (expr.name !== 'matches') return undefined;
  const [text, pattern] = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
  if (text === undefined || pattern?.kind !== 'literal' || pattern.value.type !== 'string') return undefined;
  if (expr.args.length !== (expr.target === undefined ? 2 : 1)) return undefined;
  const { out } = generator;
  const native = provenPattern(pattern.value.value);
  const matcher = out.constant(
    native === undefined
      ? `rt.matcher(${stringSource(pattern.value.value)})`
      : `rt.nativeMatcher(${stringSource(native)})`,
  );
  const value = generator.value(text);
  generator.spend(`rt.callCost("matches", [${value}, ${stringSource(pattern.value.value)}], null)`);
  return out.letThrowing(`${matcher}(${value})`);
}

/** V8 source of a pattern where that is safe. A faulty pattern is left to evaluation. */
function provenPattern(pattern: string): string | undefined {
  try {
    return provenSource(parseRegex(pattern).node);
  } catch (error) {
    if (error instanceof RegexSyntaxError) return undefined;
    throw error;
  }
}
