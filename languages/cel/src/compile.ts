import { checkExpr } from './checker/checker.ts';
import { formatType, parseType } from './checker/types.ts';
import { Substitution } from './checker/unify.ts';
import { Generator } from './compiler/generator.ts';
import { stringSource } from './compiler/literal.ts';
import type { CelEnvironment, CelType } from './environment.ts';
import { errorAt } from './error.ts';
import type { CelVariables, GeneratedCel } from './runtime/runtime.ts';
import type { CelValue } from './runtime/values.ts';
import type { CelExpr } from './syntax/ast.ts';
import { type ParseOptions, parseCel } from './syntax/parser.ts';

export interface CompileOptions extends ParseOptions {
  /** Check types before compiling. Default true. */
  check?: boolean;
  /** The type the value must have, such as `bool`. What checking leaves open is tested at evaluation. */
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
  /** As `evaluate`, with what it cost by Kubernetes' runtime cost rules. */
  evaluateWithCost(variables: CelVariables, options?: EvaluateOptions): { value: CelValue; cost: number };
}

/** JavaScript source of a function `(rt) => (variables) => value`. Throws CelError for a faulty expression. */
export function generateCel(
  source: string,
  environment: CelEnvironment,
  options: CompileOptions = {},
): string {
  return generate(parseAndCheck(source, environment, options), environment, false, options.expectedType);
}

function parseAndCheck(source: string, environment: CelEnvironment, options: CompileOptions): CelExpr {
  const expr = parseCel(source, options);
  if (options.check !== false) checkParsed(expr, source, environment, options.expectedType);
  return expr;
}

/** A value of a type that checking left open (`dyn`) is held to the expected type when it is there. */
function generate(
  expr: CelExpr,
  environment: CelEnvironment,
  trackCost: boolean,
  expected: CelType | undefined,
): string {
  const generator = new Generator(environment, trackCost);
  const value = generator.value(expr);
  const sure =
    expected === undefined || expected === 'dyn' || (expected === 'bool' && generator.isBool(expr));
  return generator.out.finish(
    sure ? value : `rt.expect(${value}, ${stringSource(parseType(expected).name)})`,
  );
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
  const expr = parseAndCheck(source, environment, options);
  const build = (trackCost: boolean) => {
    // The code holds names made by the emitter and literals in stringSource's form, nothing of the text itself.
    const generated: GeneratedCel = new Function(
      `return ${generate(expr, environment, trackCost, options.expectedType)}`,
    )();
    return generated(environment.runtime);
  };
  const run = build(false);
  let tracking: ReturnType<GeneratedCel> | undefined;
  const evaluateWithCost = (variables: CelVariables, { costLimit }: EvaluateOptions = {}) => {
    tracking ??= build(true);
    const budget = { limit: costLimit ?? Number.POSITIVE_INFINITY, spent: 0 };
    const value = tracking(variables, budget);
    return { value, cost: budget.spent };
  };
  return {
    source,
    evaluate: (variables, limits) =>
      limits?.costLimit === undefined ? run(variables) : evaluateWithCost(variables, limits).value,
    evaluateWithCost,
  };
}
