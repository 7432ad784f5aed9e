import type { Location } from '../../syntax/location.ts';
import { EvaluationError } from '../runtime/failure.ts';

/** The compiler handed over something that the generator does not expect. */
export function internalError(message: string, at: Location | undefined): EvaluationError {
  return new EvaluationError('eval_internal_error', message, at);
}
