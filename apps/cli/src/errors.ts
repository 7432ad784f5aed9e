import { isKeelsonError, KeelsonError } from '@keelson/core';
import { exitCodes } from './exit.ts';

/** Codes of the command itself. */
export const commandErrorCodes = [
  'USAGE',
  'OUTPUT_FAILED',
  'CONFIG_INVALID',
  'FIX_REFUSED',
  'INTERRUPTED',
] as const;
export type CommandErrorCode = (typeof commandErrorCodes)[number];

/** A wrong call or configuration. */
export class CommandError extends KeelsonError<CommandErrorCode> {}

/** Prints an error that ended the run and gives the exit code for it. */
export function reportError(error: unknown, debug: boolean): number {
  if (isUsageFault(error)) {
    process.stderr.write(`keelson: ${error.message} [USAGE]\n`);
    return exitCodes.usage;
  }
  if (isKeelsonError(error)) {
    process.stderr.write(`keelson: ${error.format()}\n`);
    if (debug && error.stack !== undefined) process.stderr.write(`${error.stack}\n`);
    return exitCodes.usage;
  }
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`keelson: internal error: ${text}; please report it, with the output of --debug\n`);
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return exitCodes.outside;
}

/** Errors of node:util parseArgs. */
function isUsageFault(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
