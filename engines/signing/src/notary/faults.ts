import { isKeelsonError } from '@keelson/core';
import { SigningError, type SigningErrorCode } from '../errors.ts';

/**
 * Runs what throws errors of the packages below, and gives those this package's code. Errors of this package and of programs pass.
 *
 * @param what for messages: what was being done
 */
export function asSigningError<T>(code: SigningErrorCode, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw signingErrorOf(error, code, what);
  }
}

/** The error under this package's code; one that is no KeelsonError as it is. */
export function signingErrorOf(error: unknown, code: SigningErrorCode, what: string): unknown {
  if (error instanceof SigningError || !isKeelsonError(error)) return error;
  return new SigningError(code, `${what}: ${error.message}`, { cause: error });
}

export function invalidEnvelope(message: string): SigningError {
  return new SigningError('NOTARY_ENVELOPE_INVALID', `signature of the Notary Project: ${message}`);
}

export function unsupported(message: string): SigningError {
  return new SigningError('NOTARY_ENVELOPE_UNSUPPORTED', `signature of the Notary Project: ${message}`);
}
