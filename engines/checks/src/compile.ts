import type { CelEnvironment } from '@keelson/cel';
import { compileCel, createEnvironment } from '@keelson/cel';
import { formatPath, type Path } from '@keelson/core';
import type { Check, CheckVariables } from './check.ts';
import type { CheckDefinition, ExpressionDefinition, Locate } from './definition.ts';
import { CheckError } from './errors.ts';

/** Variables of check expressions, all of them dynamic: input is not typed. */
export const checkVariableNames = [
  'object',
  'pod',
  'podMetadata',
  'container',
  'containerType',
  'component',
  'dockerfile',
  'stage',
  'instruction',
  'item',
  'index',
  'key',
  'params',
] as const satisfies readonly (keyof CheckVariables)[];

/** Cost that one evaluation of a user's expression may spend; Kubernetes allows 10,000,000 for a policy expression. */
export const checkCostLimit = 10_000_000;

let environment: CelEnvironment | undefined;

/** The CEL environment of checks: standard and Kubernetes libraries, variables of docs/checks-format.md. */
export function checkEnvironment(): CelEnvironment {
  environment ??= createEnvironment({
    variables: Object.fromEntries(
      checkVariableNames.map((name) => [
        name,
        name === 'index' ? 'int' : name === 'key' || name === 'containerType' ? 'string' : 'dyn',
      ]),
    ),
  });
  return environment;
}

/** Programs by name, for checks written in TypeScript; users' checks have none. */
export type Programs = Readonly<Record<string, Extract<Check['judge'], { type: 'program' }>['run']>>;

/**
 * Makes a check that can be run out of its definition, compiling its CEL now.
 * @throws CheckError CHECK_EXPRESSION naming field, line and what is wrong
 */
export function compileCheck(
  definition: CheckDefinition,
  locate: Locate = () => undefined,
  programs: Programs = {},
): Check {
  const { id, target, severity, controls, kinds, judge } = definition;
  if (judge.type === 'element') {
    return { id, target, severity, controls, kinds, judge: compileElement(definition, judge, locate) };
  }
  const run = Object.hasOwn(programs, judge.program) ? programs[judge.program] : undefined;
  if (run === undefined) {
    throw new CheckError(
      'CHECK_DEFINITION',
      `there is no program "${judge.program}"`,
      at(locate, ['program']),
    );
  }
  const params = definition.params === undefined ? {} : { params: definition.params };
  return { id, target, severity, controls, kinds, judge: { type: 'program', run, ...params } };
}

function compileElement(definition: CheckDefinition, judge: ExpressionDefinition, locate: Locate) {
  const { scope, containers, components, each, when, expression, message, text, point, fixWhen } = judge;
  return {
    type: 'element' as const,
    scope,
    containers,
    ...(components.length === 0 ? {} : { components }),
    point,
    ...(each === undefined ? {} : { each }),
    ...(when === undefined ? {} : { when: compileBoolean(when, ['when'], locate) }),
    expression: compileBoolean(expression, ['expression'], locate),
    message: message === undefined ? (text ?? definition.title) : compileText(message, locate),
    ...(definition.fix === undefined ? {} : { fix: definition.fix }),
    ...(fixWhen === undefined ? {} : { fixWhen: compileBoolean(fixWhen, ['fix', 'when'], locate) }),
    ...(definition.params === undefined ? {} : { params: definition.params }),
  };
}

function compileBoolean(source: string, field: Path, locate: Locate): (variables: CheckVariables) => boolean {
  const evaluate = compileExpression(source, field, locate, 'bool');
  return (variables) => {
    const value = evaluate(variables);
    if (typeof value === 'boolean') return value;
    throw new CheckError(
      'CHECK_EXPRESSION',
      `${formatPath(field)} gave a value that is not true or false`,
      at(locate, field),
    );
  };
}

function compileText(source: string, locate: Locate): (variables: CheckVariables) => string {
  const evaluate = compileExpression(source, ['message'], locate, 'string');
  return (variables) => String(evaluate(variables));
}

function compileExpression(
  source: string,
  field: Path,
  locate: Locate,
  expectedType: 'bool' | 'string',
): (variables: CheckVariables) => unknown {
  try {
    const program = compileCel(source, checkEnvironment(), { expectedType });
    return (variables) => program.evaluate({ ...variables }, { costLimit: checkCostLimit });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CheckError('CHECK_EXPRESSION', `${formatPath(field)}: ${reason}`, {
      ...at(locate, field),
      cause: error,
    });
  }
}

function at(locate: Locate, path: Path) {
  const location = locate(path);
  return location === undefined ? {} : { location };
}
