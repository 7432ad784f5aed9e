import {
  parseRegex,
  provenSource,
  type RegexNode,
  RegexSyntaxError,
  requiredLiterals,
  simplifyForTest,
} from '@keelson/regex';
import type { CallExpr } from '../syntax/ast.ts';
import type { Generator } from './generator.ts';
import { stringSource } from './literal.ts';

/** `text.matches("literal")`: the pattern is read when it is generated, and compiled when it is first needed. */
export function generateRegexCall(generator: Generator, expr: CallExpr): string | undefined {
  if (expr.name !== 'matches') return undefined;
  const [text, pattern] = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
  if (text === undefined || pattern?.kind !== 'literal' || pattern.value.type !== 'string') return undefined;
  if (expr.args.length !== (expr.target === undefined ? 2 : 1)) return undefined;
  const { out } = generator;
  const matcher = out.constant(matcherSource(pattern.value.value));
  const value = generator.value(text);
  generator.spend(`rt.callCost("matches", [${value}, ${stringSource(pattern.value.value)}], null)`);
  return out.letThrowing(`${matcher}(${value})`);
}

/** The matcher of a pattern: V8's where that is safe. A faulty pattern is left to evaluation. */
function matcherSource(pattern: string): string {
  const node = parsed(pattern);
  const native = node === undefined ? undefined : provenSource(node);
  if (native !== undefined) return `rt.nativeMatcher(${stringSource(native)})`;
  const literals = node === undefined ? [] : requiredLiterals(simplifyForTest(node));
  return `rt.matcher(${stringSource(pattern)}, [${literals.map(stringSource).join(', ')}])`;
}

function parsed(pattern: string): RegexNode | undefined {
  try {
    return parseRegex(pattern).node;
  } catch (error) {
    if (error instanceof RegexSyntaxError) return undefined;
    throw error;
  }
}
