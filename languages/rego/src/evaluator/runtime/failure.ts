import { RegoError, type RegoErrorCode } from '../../errors.ts';
import type { Location } from '../../syntax/location.ts';

/** An error of an evaluation, with the place in the policy that it came from. */
export class EvaluationError extends RegoError {
  readonly at: Location | undefined;

  constructor(code: RegoErrorCode, message: string, at?: Location) {
    super(
      code,
      message,
      at === undefined ? {} : { location: { file: at.file, line: at.row, column: at.col } },
    );
    this.at = at;
  }

  /** False for an error of a built-in function, behind which an evaluation that is not strict goes on. */
  get endsEvaluation(): boolean {
    return this.code !== 'eval_builtin_error' && this.code !== 'eval_type_error';
  }

  /** `file:row: code: message`, as OPA prints an error. */
  toOpaText(): string {
    const text = `${this.code}: ${this.message}`;
    return this.at === undefined ? text : `${this.at.toString()}: ${text}`;
  }
}

/** Two bodies, or two results of one, give other values to one key. */
export function duplicateKeyError(at: Location | undefined): EvaluationError {
  return new EvaluationError('eval_conflict_error', 'object keys must be unique', at);
}

export function limitError(name: string, value: number): EvaluationError {
  return new EvaluationError('eval_limit_error', `evaluation passes the limit ${name} of ${value}`);
}

/** An error that the rules raise for one key of a document, while its other keys may be sound. */
export function isOfOneKey(error: unknown): boolean {
  return (
    error instanceof EvaluationError &&
    (error.code === 'eval_conflict_error' ||
      error.code === 'eval_builtin_error' ||
      error.code === 'eval_type_error')
  );
}
