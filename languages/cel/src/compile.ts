import { checkExpr } from './checker/checker.ts';
import { formatType, parseType } from './checker/types.ts';
import { Substitution } from './checker/unify.ts';
import { Generator } from './compiler/generator.ts';
import type { CelEnvironment, CelType } from './environment.ts';
import { errorAt } from './error.ts';
import type { CelVariables, GeneratedCel } from './runtime/runtime.ts';
import type { CelValue } from './runtime/values.ts';
import type { CelExpr } from './syntax/ast.ts';
import { type ParseOptions, parseCel } from './syntax/parser.ts';

export interface CompileOptions extends ParseOptions {
  /** Check types before compiling. Default true. */
  check?: boolean;
  /** The type the expression must have, such as `bool`; a `dyn` result passes the check. */
  expectedType?: CelType;
}

export interface EvaluateOptions {
  /** Cost after which evaluation ends in CEL_COST. Default none. */
  costLimit?: number;
}

/** An expression ready to be evaluated any number of times. */
export interface CelProgram {
  readonly source: string;
  /** Throws CelError CEL_EVALUATION or CEL_COST. */
  evaluate(variables: CelVariables, options?: EvaluateOptions): CelValue;
}

/** JavaScript source of a function `(rt) => (variables) => value`. Throws CelError for a faulty expression. */
export function generateCel(
  source: string,
  environment: CelEnvironment,
  options: CompileOptions = {},
): string {
  const expr = parseCel(source, options);
  if (options.check !== false) checkParsed(expr, source, environment, options.expectedType);
  const generator = new Generator(environment);
  const result = generator.value(expr);
  return generator.out.finish(result);
}

/** The type of an expression, `list(int)`. Throws CelError CEL_SYNTAX, CEL_TYPE or CEL_LIMIT. */
export function checkCel(source: string, environment: CelEnvironment, options: CompileOptions = {}): CelType {
  return checkParsed(parseCel(source, options), source, environment, options.expectedType);
}

function checkParsed(
  expr: CelExpr,
  source: string,
  environment: CelEnvironment,
  expected?: CelType,
): CelType {
  const type = checkExpr(expr, environment, source);
  const text = formatType(type);
  if (expected !== undefined && !new Substitution().assign(parseType(expected), type)) {
    throw errorAt('CEL_TYPE', `expected type '${expected}' but found '${text}'`, source, 0);
  }
  return text;
}

/** Parses, checks and compiles. Throws CelError CEL_SYNTAX, CEL_TYPE or CEL_LIMIT. */
export function compileCel(
  source: string,
  environment: CelEnvironment,
  options: CompileOptions = {},
): CelProgram {
  const code = generateCel(source, environment, options);
  // The code holds names made by the emitter and literals in stringSource's form, nothing of the text itself.
  const build: GeneratedCel = new Function(`return ${code}`)();
  const run = build(environment.runtime);
  return { source, evaluate: (variables) => run(variables) };
}
