import { type BuiltinHost, PartialPolicy } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { writeResult } from '../result.ts';
import { type EvalFormat, outputText } from './eval-output.ts';
import { type Asked, limitsFrom, type QueryValues, queryInput } from './query.ts';

export interface PartialValues extends QueryValues {
  readonly host: BuiltinHost;
  readonly 'disable-inlining'?: readonly string[] | undefined;
  readonly 'shallow-inlining'?: boolean | undefined;
  readonly 'strict-builtin-errors'?: boolean | undefined;
  readonly output?: string | undefined;
}

/** Evaluates as much of a query as can be without what is unknown, and writes what remains. */
export function evaluatePartially(
  query: string,
  asked: Asked,
  format: EvalFormat,
  values: PartialValues,
): number {
  const partial = partialQuery(query, asked, values)();
  writeResult(values.output, outputText({ partial }, format, 0));
  return exitCodes.done;
}

/**
 * The work of one partial evaluation, with all made ready that can be.
 *
 * @throws CommandError USAGE
 */
export function partialQuery(query: string, { modules, data, language }: Asked, values: PartialValues) {
  const wrong = (['package', 'import', 'schema', 'capabilities'] as const).find(
    (name) => values[name] !== undefined,
  );
  if (wrong !== undefined) throw new CommandError('USAGE', `--${wrong} does not go with --partial`);
  const { version } = language;
  const limits = limitsFrom(values);
  const policy = new PartialPolicy(modules, { version, data, checkDataConflicts: true, limits });
  const input = queryInput(values);
  const { unknowns, 'disable-inlining': disableInlining } = values;
  return () =>
    policy.evaluate(query, {
      host: values.host,
      strictBuiltinErrors: values['strict-builtin-errors'] ?? false,
      shallowInlining: values['shallow-inlining'] ?? false,
      ...(input === undefined ? {} : { input }),
      ...(unknowns === undefined ? {} : { unknowns }),
      ...(disableInlining === undefined ? {} : { disableInlining }),
    });
}
