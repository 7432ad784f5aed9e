import { type Builtin, BuiltinError } from '../../builtins/builtin.ts';
import type { RegoValue } from '../../values/index.ts';
import type { UserFunction } from './documents.ts';
import { EvaluationError } from './failure.ts';
import type { CallSite, Run } from './run.ts';
import type { Mock, Scope } from './scope.ts';

const maxKeptErrors = 100;

/** The result of a built-in that yields nothing, such as `print`. */
export const done = true;

export function callBuiltin(
  scope: Scope,
  builtin: Builtin,
  args: readonly RegoValue[],
  site: CallSite,
): RegoValue | undefined {
  const mock = scope.mocks?.get(builtin.name);
  if (mock !== undefined) return callMock(scope, mock, args, site);
  const { run } = scope;
  if (--run.fuel < 0) run.refuel();
  run.context.location = site;
  try {
    const result =
      run.recordedCalls === undefined ? builtin.call(args, run.context) : recorded(run, builtin, args);
    return builtin.decl.result === undefined ? done : result;
  } catch (error) {
    return failed(run, builtin, error, site);
  }
}

/** The result that the record holds, else that of the call, which it holds from now on. */
function recorded(
  { recordedCalls, context }: Run,
  builtin: Builtin,
  args: readonly RegoValue[],
): RegoValue | undefined {
  if (recordedCalls === undefined || builtin.nondeterministic !== true) return builtin.call(args, context);
  const known = recordedCalls.get(builtin.name, args);
  if (known !== undefined) return known;
  const result = builtin.call(args, context);
  if (result !== undefined) recordedCalls.set(builtin.name, args, result);
  return result;
}

/** All results of a relation. */
export function relate(
  scope: Scope,
  builtin: Builtin,
  args: readonly RegoValue[],
  site: CallSite,
): readonly RegoValue[] {
  const mock = scope.mocks?.get(builtin.name);
  if (mock !== undefined || builtin.relate === undefined) {
    const value = callBuiltin(scope, builtin, args, site);
    return value === undefined ? [] : [value];
  }
  scope.run.context.location = site;
  try {
    return Array.from(builtin.relate(args, scope.run.context));
  } catch (error) {
    failed(scope.run, builtin, error, site);
    return [];
  }
}

/** What a call is undefined for, or the end of the evaluation. */
function failed(run: Run, builtin: Builtin, error: unknown, site: CallSite): undefined {
  if (!(error instanceof BuiltinError)) throw error;
  const failure = new EvaluationError(error.code, `${builtin.name}: ${error.message}`, site.at);
  if (run.strict) throw failure;
  if (run.builtinErrors.length < maxKeptErrors) run.builtinErrors.push(failure);
  return undefined;
}

export function callFunction(
  scope: Scope,
  target: UserFunction,
  args: readonly RegoValue[],
  site: CallSite,
): RegoValue | undefined {
  const mock = scope.mocks?.get(target.name);
  return mock === undefined ? target.run(scope, ...args) : callMock(scope, mock, args, site);
}

function callMock(
  scope: Scope,
  mock: Mock,
  args: readonly RegoValue[],
  site: CallSite,
): RegoValue | undefined {
  switch (mock.kind) {
    case 'value':
      return mock.value;
    case 'function':
      return mock.target.run(scope.withoutMocks(), ...args);
    case 'builtin':
      return callBuiltin(scope.withoutMocks(), mock.target, args, site);
  }
}
