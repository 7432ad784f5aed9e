import { isKeelsonError, KeelsonError } from '@keelson/core';
import { exitCodes } from './exit.ts';
import { tell } from './stderr.ts';

/** The closed table of the command: every code and what it means. */
export const commandErrorCodes = Object.freeze({
  USAGE: 'The call has an unknown flag, a wrong value, or names nothing to do.',
  OUTPUT_FAILED: 'A result could not be written to its file.',
  CONFIG_INVALID: 'keelson.yaml or a baseline has a missing, unknown or wrong field.',
  FIX_REFUSED: 'A file was not changed: a link, outside the paths given, or changed since it was read.',
  OUTSIDE_FAILED: 'A program that keelson calls (git) failed, or the system does not let it watch files.',
  NOT_JUDGED: 'Input that was seen and left out, with the reason; no error.',
});
export type CommandErrorCode = keyof typeof commandErrorCodes;

/** A wrong call or configuration. */
export class CommandError extends KeelsonError<CommandErrorCode> {}

const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
};

/** What an error of the system says, for messages of our own. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (Object.hasOwn(systemReasons, code)) return systemReasons[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}

/** Prints an error that ended the run and gives the exit code for it. */
export function reportError(error: unknown, debug: boolean): number {
  if (isKeelsonError(error)) {
    tell(`keelson: ${error.format()}`);
    if (debug && error.stack !== undefined) tell(error.stack);
    return outside.test(error.code) || blamedOutside.has(error) ? exitCodes.outside : exitCodes.usage;
  }
  tell(`keelson: internal error: ${reasonOf(error)}; please report it, with the output of --debug`);
  if (debug && error instanceof Error) tell(error.stack ?? '');
  return exitCodes.outside;
}

/**
 * Codes that say that a system outside failed. They are told by their names: the tables stand in packages that most starts do not
 * need. A URL that no request may go to was given by the caller.
 */
const outside =
  /^(?:OUTSIDE_FAILED|BUNDLE_NOT_GIVEN|CONTENT_NOT_FOUND|HTTP_(?!URL_).*|(?:REGISTRY|SIGSTORE)_.*|TUF_(?!ARCHIVE_).*|(?:DIGEST|SIZE)_MISMATCH|CREDENTIALS_UNAVAILABLE|KMS_(?:REFUSED|ANSWER_INVALID))$/;

const blamedOutside = new WeakSet<Error>();

/**
 * Says of an error that a system outside is to blame, whatever its code: the same fault in a file is the user's, and in what a registry
 * gave it is the registry's.
 */
export function blameOutside<T>(error: T): T {
  if (error instanceof Error) blamedOutside.add(error);
  return error;
}
