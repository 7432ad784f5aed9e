import { quoteString } from '../../values/index.ts';
import { type BuiltinContext, BuiltinError } from '../builtin.ts';

/** A failure on the way to a server and back. */
export class NetworkError extends BuiltinError {
  readonly method: string;
  readonly url: string;
  /** Whether it took too long. */
  readonly isTimeout: boolean;

  constructor(method: string, url: string, fault: string, isTimeout = false) {
    const verb = method === '' ? 'Get' : method.charAt(0) + method.slice(1).toLowerCase();
    super(
      'eval_builtin_error',
      isTimeout ? `${verb} ${url}: request timed out` : `${verb} ${quoteString(url)}: ${fault}`,
    );
    this.method = verb;
    this.url = url;
    this.isTimeout = isTimeout;
  }

  /** What a response shows, which names no built-in. */
  get shown(): string {
    if (!this.isTimeout) return this.message;
    return `${this.method} ${quoteString(this.url)}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
  }
}

/** An error that a response shows without the place of the call. */
export class PlacelessError extends BuiltinError {
  constructor(message: string) {
    super('eval_builtin_error', message);
  }
}

/** What `http.send` gives for an error that it shall not raise. */
export function errorText(error: BuiltinError, { location }: BuiltinContext): string {
  if (error instanceof NetworkError) return error.shown;
  if (error instanceof PlacelessError) return error.message;
  const place =
    location === undefined
      ? ''
      : location.file === ''
        ? `${location.row}:${location.column}: `
        : `${location.file}:${location.row}: `;
  return `${place}${error.code}: http.send: ${error.message}`;
}
