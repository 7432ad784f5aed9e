import type { SourceLocation } from './position.ts';

/** Options of every error. */
export interface KeelsonErrorOptions {
  /** Where in the user's input the fault stands. */
  location?: SourceLocation;
  cause?: unknown;
}

/** Characters of a message: what it quotes of an input may be as long as the input. */
const maxMessageLength = 10_000;

/**
 * The one base of all errors that reach a user. `code` comes from the closed table of its package, stands
 * in the printed message, and has an entry in docs/errors.md.
 */
export class KeelsonError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly location: SourceLocation | undefined;

  constructor(code: Code, message: string, options: KeelsonErrorOptions = {}) {
    super(bounded(message), options.cause === undefined ? undefined : { cause: options.cause });
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

function bounded(message: string): string {
  if (message.length <= maxMessageLength) return message;
  // The end says what is wrong as often as the beginning does.
  return `${message.slice(0, maxMessageLength - 1_000)} … ${message.slice(-997)}`;
}

/** True for an error made by keelson itself, as opposed to a fault of the program. */
export function isKeelsonError(error: unknown): error is KeelsonError {
  return error instanceof KeelsonError;
}
