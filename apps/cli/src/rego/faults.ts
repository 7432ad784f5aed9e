import {
  type Diagnostic,
  EvaluationError,
  formatDiagnostics,
  RegoError,
  RegoSyntaxError,
} from '@keelson/rego';
import { exitCodes } from '../exit.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { indented, type Structure, structure } from './json-output.ts';

/** An error as `opa` writes it in JSON. */
function faultJson({ message, code, location, details = [] }: Diagnostic): Structure {
  const [line, caret] = details;
  return structure({
    message,
    code,
    location: location === undefined ? undefined : placeJson(location),
    details:
      code === 'rego_parse_error' && line !== undefined && caret !== undefined
        ? structure({ line, idx: caret.indexOf('^') })
        : undefined,
  });
}

export function placeJson({ file, row, col }: { file: string; row: number; col: number }): Structure {
  return structure({ file, row, col });
}

export function errorJson({ code, message, at }: EvaluationError): Structure {
  return structure({ message, code, location: at === undefined ? undefined : placeJson(at) });
}

/** The errors that ended a run, as `opa`'s JSON has them; undefined for what is no error of a policy. */
export function faultsOf(error: unknown): readonly Structure[] | undefined {
  if (error instanceof RegoSyntaxError) return error.diagnostics.map(faultJson);
  if (error instanceof EvaluationError) return [errorJson(error)];
  return error instanceof RegoError ? [structure({ message: error.message })] : undefined;
}

/** The text of an error of a policy in `opa`'s words. */
export function faultText(error: unknown): string | undefined {
  if (error instanceof RegoSyntaxError) return formatDiagnostics(error.diagnostics);
  if (error instanceof EvaluationError) return error.toOpaText();
  if (error instanceof RegoError) return error.message;
  return undefined;
}

/** An evaluation that failed says nothing of its input, which counts as one that could not be read. */
function exitOf(error: unknown): number {
  return error instanceof EvaluationError ? exitCodes.unreadable : exitCodes.usage;
}

/** Does the work of a verb; where errors of policies end it they are told on stderr, unless the verb is to be quiet. */
export async function reportFaults(quiet: boolean, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const text = faultText(error);
    if (text === undefined) throw error;
    if (!quiet) tell(text);
    return exitOf(error);
  }
}

/** Does the work of a verb whose result is JSON: errors of policies are its result as well. */
export async function faultsAsJson(
  { format, output }: { readonly format: string; readonly output: string | undefined },
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const errors = faultsOf(error);
    if (errors === undefined || format !== 'json') throw error;
    writeResult(output, `${indented(structure({ errors }))}\n`);
    return exitOf(error);
  }
}
