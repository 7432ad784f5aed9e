import type { SourceLocation } from './position.ts';

/** Options of every error. */
export interface KeelsonErrorOptions {
  /** Where in the user's input the fault stands. */
  location?: SourceLocation;
  cause?: unknown;
}

/**
 * The one base of all errors that reach a user. `code` comes from the closed table of its package, stands
 * in the printed message, and has an entry in docs/errors.md.
 */
export class KeelsonError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly location: SourceLocation | undefined;

  constructor(code: Code, message: string, options: KeelsonErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KeelsonError';
    this.code = code;
    this.location = options.location;
  }

  /** `file:line:column: message [CODE]`, the form in which every error is printed. */
  format(): string {
    const at = this.location;
    if (at === undefined) return `${this.message} [${this.code}]`;
    const line = at.line === undefined ? '' : `:${at.line}${at.column === undefined ? '' : `:${at.column}`}`;
    return `${at.file}${line}: ${this.message} [${this.code}]`;
  }
}

/** True for an error made by keelson itself, as opposed to a fault of the program. */
export function isKeelsonError(error: unknown): error is KeelsonError {
  return error instanceof KeelsonError;
}
