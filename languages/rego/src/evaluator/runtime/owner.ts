import type { Location } from '../../syntax/location.ts';
import type { RegoValue } from '../../values/index.ts';
import { ConflictList } from './conflicts.ts';
import { EvaluationError } from './failure.ts';
import type { CallSite } from './run.ts';
import type { Scope } from './scope.ts';

/** Runs one rule and offers its values; tells whether it gave any. */
export type CollectCode = (scope: Scope, list: ConflictList, ...args: RegoValue[]) => boolean;

/** A rule or function whose definitions may contradict each other. */
export interface Owner {
  /** What the conflict is called. */
  readonly message: string;
  /** Each definition with its `else` branches after it. */
  collectors(): readonly (readonly CollectCode[])[];
}

/** The place of a definition that can be the one to contradict. */
export interface ConflictSite extends CallSite {
  readonly owner: Owner;
}

/**
 * Ends the evaluation: a definition gave a value other than one before it. All definitions run again, so that
 * the error lists every value.
 */
export function conflict(site: ConflictSite, scope: Scope, args: readonly RegoValue[]): never {
  const list = new ConflictList();
  try {
    for (const chain of site.owner.collectors()) {
      for (const collect of chain) if (collect(scope, list, ...args)) break;
      if (list.isFull) break;
    }
  } catch {
    // Another error than this conflict did not end the evaluation; the values found so far are told.
  }
  throw conflictError(list, site.owner.message, site.at);
}

function conflictError(list: ConflictList, message: string, at: Location | undefined): EvaluationError {
  return new EvaluationError('eval_conflict_error', message + list.text(), at);
}
