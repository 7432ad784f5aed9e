import { CheckFailure, type DistributionCheck, NotSupported } from './check.ts';
import { referrerChecks, tagChecks } from './discovery.ts';
import { managementChecks } from './management.ts';
import { Probe } from './probe.ts';
import { pullChecks } from './pull.ts';
import { blobPushChecks, manifestPushChecks } from './push.ts';

/** What we hold a registry against, written from the text of the OCI distribution-spec 1.1. */
export const distributionChecks: readonly DistributionCheck[] = [
  ...pullChecks,
  ...blobPushChecks,
  ...manifestPushChecks,
  ...tagChecks,
  ...referrerChecks,
  ...managementChecks,
];

export type CheckOutcome =
  | { readonly kind: 'passed' }
  /** The specification leaves it to the registry. */
  | { readonly kind: 'not-supported'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Holds a registry that takes anybody's push against one check, in a repository of its own.
 *
 * @param url as `http://127.0.0.1:5000`.
 */
export async function checkRegistry(url: string, check: DistributionCheck): Promise<CheckOutcome> {
  try {
    await check.run(new Probe(url));
    return { kind: 'passed' };
  } catch (error) {
    if (error instanceof NotSupported) return { kind: 'not-supported', reason: error.message };
    const reason = error instanceof Error ? error.message : String(error);
    return {
      kind: 'failed',
      reason: error instanceof CheckFailure ? reason : `the request failed: ${reason}`,
    };
  }
}
